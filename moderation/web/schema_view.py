"""The OpenAPI document as rows for a page: every endpoint with its fields, examples and answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Segments = tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of an object."""

    name: str
    type: str
    required: bool
    text: Segments
    limits: str
    inner: tuple["FieldView", ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One status that an endpoint can answer."""

    status: str
    text: Segments
    headers: tuple[str, ...]
    model: str | None
    fields: tuple[FieldView, ...]

    @property
    def good(self) -> bool:
        """Is it a success?"""
        return self.status < "300"


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint."""

    id: str
    method: str
    path: str
    summary: str
    text: Segments
    parameters: tuple[FieldView, ...]
    body: tuple[FieldView, ...]
    body_text: Segments
    curl: str
    answers: tuple[AnswerView, ...] = field(default_factory=tuple)


def endpoints(document: Mapping[str, Any]) -> dict[str, list[EndpointView]]:
    """Tag → its endpoints, in the order of the document."""
    found: dict[str, list[EndpointView]] = {tag["name"]: [] for tag in document["tags"]}
    base = document["servers"][0]["url"].rstrip("/")
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_endpoint(method.upper(), path, operation, schemas, base))
    return found


def event_rows(document: Mapping[str, Any]) -> list[tuple[str, str, tuple[FieldView, ...]]]:
    """Type of event, what it tells, the fields of its data."""
    schemas, rows = document["components"]["schemas"], []
    for type, item in document["webhooks"].items():
        _, content = _only(item["post"]["requestBody"]["content"])
        rows.append((type, item["post"]["summary"], fields_of(content["schema"]["properties"]["data"], schemas)))
    return rows


def segments(text: str) -> Segments:
    """Text with `code` in backticks as (is code, text) pairs; the template escapes both."""
    return tuple((index % 2 == 1, part) for index, part in enumerate(text.split("`")) if part)


def fields_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[FieldView, ...]:
    """The fields of an object schema, nested ones inside."""
    resolved = _resolve(schema, schemas)
    required = set(resolved.get("required", ()))
    return tuple(_field(name, one, name in required, schemas) for name, one in resolved.get("properties", {}).items())


def _endpoint(
    method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any], base: str
) -> EndpointView:
    media, content = _only(operation.get("requestBody", {}).get("content", {}))
    schema = content.get("schema", {})
    return EndpointView(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        text=segments(operation.get("description", "")),
        parameters=tuple(_parameter(one, schemas) for one in operation.get("parameters", ())),
        body=fields_of(schema, schemas),
        body_text=segments(schema.get("description", "") if "$ref" not in schema else ""),
        curl=_curl(method, base + path, media, operation),
        answers=tuple(_answer(status, one, schemas) for status, one in operation["responses"].items()),
    )


def _only(content: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return next(iter(content.items()), ("", {}))


def _parameter(parameter: Mapping[str, Any], schemas: Mapping[str, Any]) -> FieldView:
    described = {**parameter["schema"], "description": parameter.get("description", "")}
    return _field(f"{parameter['name']}", described, parameter.get("required", False), schemas, where=parameter["in"])


def _field(
    name: str, schema: Mapping[str, Any], required: bool, schemas: Mapping[str, Any], where: str = ""
) -> FieldView:
    core, nullable = _without_null(schema)
    kind = _type(core, schemas)
    inner = core.get("items", core) if core.get("type") == "array" else core
    text = schema.get("description") or core.get("description") or ""
    return FieldView(
        name=name,
        type=f"{where} {kind}".strip() + (" or null" if nullable else ""),
        required=required,
        text=segments(text),
        limits=_limits(core),
        inner=fields_of(inner, schemas) if "$ref" in inner else (),
    )


def _without_null(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        return choices[0], len(choices) < len(schema["anyOf"])
    return schema, False


def _resolve(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _type(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(_resolve(schema, schemas).get("type", "object"))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    if "anyOf" in schema:
        return " or ".join(_type(one, schemas) for one in schema["anyOf"])
    return str(
        schema.get("format") or schema.get("type") or ("string" if "enum" in schema or "const" in schema else "any")
    )


def _limits(schema: Mapping[str, Any]) -> str:
    source = schema.get("items", schema) if schema.get("type") == "array" else schema
    if "enum" in source:
        return " · ".join(map(str, source["enum"]))
    parts = []
    if "maxLength" in source:
        parts.append(f"{source.get('minLength', 0)} to {source['maxLength']:,} characters")
    if "maximum" in source:
        parts.append(f"{source.get('minimum', 0):,} to {source['maximum']:,}")
    return ", ".join(parts)


def _answer(status: str, answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> AnswerView:
    _, content = _only(answer.get("content", {}))
    schema = content.get("schema", {})
    schema = schema.get("anyOf", (schema,))[0]
    return AnswerView(
        status=status,
        text=segments(answer["description"]),
        headers=tuple(answer.get("headers", {})),
        model=schema["$ref"].rpartition("/")[2] if "$ref" in schema else None,
        fields=fields_of(schema, schemas),
    )


def _curl(method: str, url: str, media: str, operation: Mapping[str, Any]) -> str:
    lines = [f"curl -X {method}" if method not in ("GET",) else "curl", "  -H 'Authorization: Bearer {your key}'"]
    body = operation.get("x-example")
    if body is not None:
        lines.append(f"  -H 'Content-Type: {media}'")
        indent = None if "ndjson" in media else 2
        text = json.dumps(body, ensure_ascii=False, indent=indent).replace("'", "’")
        lines.append(f"  -d '{text}'")
    lines.append(f"  '{url}'")
    return lines[0] + " " + " \\\n".join(lines[1:]).lstrip()

"""The OpenAPI 3.1 document, built from the route table and the models that do the work."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import moderation
from moderation.web import answers, roles
from moderation.web.event_types import EVENTS
from moderation.web.fields import URL_UNSAFE, identifier_schema
from moderation.web.idempotency import LENGTH
from moderation.web.routes import Query, Route, Says

_REF = "#/components/schemas/{model}"
_ALWAYS = (401, 500, 503)
_WITH_BODY = (400, 413, 415, 422)
PROBLEMS = {
    400: "The request could not be read: not JSON, or a malformed header.",
    401: "The key is missing or not valid.",
    403: "That may not be done; the detail says why.",
    404: "There is no such thing at your site.",
    409: "It conflicts with what is stored; `type` says how.",
    410: "No longer kept.",
    413: "Too large.",
    415: "Send UTF-8 JSON, not compressed.",
    422: "Some fields are missing or wrong; `errors` names all of them.",
    429: "Too many requests; Retry-After says when to come back.",
    500: "Something went wrong on our side; the detail has an id to quote.",
    503: "Not available just now; Retry-After says when to come back. Repeat the same request.",
}
_HEADERS = {
    "Location": "The address of the thing.",
    "Retry-After": "Seconds to wait.",
    "Preference-Applied": "The preferences that were followed.",
    "Idempotent-Replayed": "`true`: done before under this key; this is the thing as it is now.",
    "WWW-Authenticate": "How to authenticate.",
}
_REQUEST_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Prefer": ("`wait=N` (at most 10 seconds), `ask-first`, or both with a comma.", {"type": "string"}),
    "Idempotency-Key": (
        "Yours, for one request: a repeat with the same key and body does nothing again. Kept for 7 days.",
        {"type": "string", "minLength": 1, "maxLength": LENGTH, "pattern": "^[!-~]+$"},
    ),
}
_PATHS: dict[str, tuple[str, dict[str, Any]]] = {
    "comment_id": ("Your id of the comment.", identifier_schema(URL_UNSAFE)),
    "author_id": ("Your id of the author.", identifier_schema(URL_UNSAFE)),
    "story_id": ("Your id of the story, percent-encoded.", identifier_schema()),
    "webhook_id": ("The id of the endpoint.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
    "appeal_id": ("The id of the appeal.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
}
_INTRO = (
    "Send comments, obey `publish`, follow the events. A comment is answered with 202 and judged by the newsroom's own "
    "rules; every change of its status is an event, and a webhook where you have one. Errors are problem JSON (RFC 9457) "
    "with a stable `type`. Unknown fields are ignored; the header `Ignored-Fields` names them. Times are RFC 3339 with zone."
)


def document(routes: tuple[Route, ...], *, public_url: str) -> dict[str, Any]:
    """The document for `routes`."""
    refs, schemas = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Keep It Civil", "version": moderation.__version__, "description": _INTRO},
        "servers": [{"url": public_url or "/"}],
        "security": [{"siteKey": []}],
        "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "webhooks": {type: _webhook(type, text, refs[model]) for type, (text, model) in EVENTS.items()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "siteKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of your site: kic_live_… or kic_test_…",
                }
            },
        },
    }


def _webhook(type: str, text: str, ref: str) -> dict[str, Any]:
    message = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": type},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"$ref": ref},
        },
    }
    return {
        "post": {
            "operationId": type,
            "summary": text,
            "security": [],
            "requestBody": {"required": True, "content": {"application/json": {"schema": message}}},
            "responses": {"2XX": {"description": "Taken."}, "410": {"description": "Send nothing more."}},
        }
    }


def problem_statuses(route: Route) -> tuple[int, ...]:
    """Every status of an error that the endpoint can answer."""
    if route.dialect:
        return tuple(sorted(route.dialect.statuses))
    found = {*_ALWAYS, *route.problems}
    if not roles.may("read", route.act):
        found.add(403)
    if route.takes_body:
        found.update(_WITH_BODY)
    if route.method == "POST":
        found.add(400)
    if "{" in route.path:
        found.add(422 if route.creates else 404)
    return tuple(sorted(found))


def path_parameters(route: Route) -> list[str]:
    """The names in the path of a route."""
    return [step[1:-1] for step in route.path.split("/") if step.startswith("{")]


def _schemas(routes: tuple[Route, ...]) -> tuple[dict[Any, str], dict[str, Any]]:
    bodies = {route.body for route in routes if route.body}
    given: set[type[BaseModel]] = {says.model for route in routes for says in route.answers.values() if says.model}
    given |= {route.dialect.error for route in routes if route.dialect}
    given |= {answers.Problem, answers.NotSubmitted, *(model for _, model in EVENTS.values())}
    inputs: list[Any] = [(model, "validation") for model in sorted(bodies, key=lambda one: one.__name__)]
    outputs: list[Any] = [(model, "serialization") for model in sorted(given, key=lambda one: one.__name__)]
    keys, definitions = models_json_schema([*inputs, *outputs], ref_template=_REF)
    return {model: schema["$ref"] for (model, _), schema in keys.items()}, definitions["$defs"]


def _operation(route: Route, refs: dict[Any, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": route.name, "tags": [route.tag], "summary": route.summary}
    if route.text:
        found["description"] = route.text
    parameters = [*map(_path, path_parameters(route)), *map(_query, route.queries), *map(_header, route.headers)]
    if parameters:
        found["parameters"] = parameters
    if route.example is not None:
        found["x-example"] = route.example
    if route.body:
        found["requestBody"] = {"required": True, "content": {route.media[0]: _content(route, refs)}}
    responses = {str(status): _answer(says, refs) for status, says in sorted(route.answers.items())}
    responses |= {str(status): _answer(_refusal(route, status), refs) for status in problem_statuses(route)}
    return {**found, "responses": responses}


def _content(route: Route, refs: dict[Any, str]) -> dict[str, Any]:
    if not route.parse:  # a stream of lines: OpenAPI 3.1 has no word for its items
        return {"schema": {"type": "string", "description": f"On each line an object as {refs[route.body]}."}}
    found: dict[str, Any] = {"schema": {"$ref": refs[route.body]}}
    return {**found, "example": route.example} if route.example is not None else found


def _path(name: str) -> dict[str, Any]:
    text, schema = _PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def _query(query: Query) -> dict[str, Any]:
    return {"name": query.name, "in": "query", "description": query.text, "schema": dict(query.schema)}


def _header(name: str) -> dict[str, Any]:
    text, schema = _REQUEST_HEADERS[name]
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _answer(says: Says, refs: dict[Any, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": says.text}
    if says.headers:
        found["headers"] = {
            name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in says.headers
        }
    if says.model:
        found["content"] = {says.media: {"schema": _answer_schema(says, refs)}}
    return found


def _answer_schema(says: Says, refs: dict[Any, str]) -> dict[str, Any]:
    if "ndjson" in says.media:
        return {"type": "string", "description": f"On each line an object as {refs[says.model]}."}
    if says.or_model:
        return {"anyOf": [{"$ref": refs[says.model]}, {"$ref": refs[says.or_model]}]}
    return {"$ref": refs[says.model]}


def _refusal(route: Route, status: int) -> Says:
    headers = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ())
    if route.dialect:
        return Says(route.dialect.statuses[status], route.dialect.error, headers)
    return Says(PROBLEMS[status], answers.Problem, headers, "application/problem+json")

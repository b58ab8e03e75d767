"""docs/api.md, made from the same document as /docs: `python -m moderation.web.reference_text > docs/api.md`."""

import sys
from collections.abc import Iterable, Iterator

from moderation.web import openapi
from moderation.web.api import ROUTES
from moderation.web.reference import PROBLEM_TYPES
from moderation.web.schema_view import AnswerView, EndpointView, FieldView, Segments, endpoints, event_rows

_HEAD = """# HTTP API, version 1

Made from the code by `python -m moderation.web.reference_text`; a running service shows the same at `/docs`, and for machines at
`/openapi.json`. How to use it: [integrate.md](integrate.md).

Every request carries `Authorization: Bearer kic_live_…`. Bodies are UTF-8 JSON. Unknown fields are ignored.
"""


def page() -> str:
    """The page as Markdown."""
    document = openapi.document(ROUTES, public_url="")
    parts = [_HEAD]
    for tag, group in endpoints(document).items():
        parts.append(f"\n## {tag}\n")
        parts += [_endpoint(one) for one in group]
    parts.append("\n## Types of events\n\n| type | tells | data |\n| --- | --- | --- |\n")
    parts += [f"| `{type}` | {text} | {_names(fields)} |\n" for type, text, fields in event_rows(document)]
    parts.append("\n## Errors\n\n| type | status | what to do |\n| --- | --- | --- |\n")
    parts += [f"| `/problems/{slug}` | {status} | {text} |\n" for slug, status, text in PROBLEM_TYPES]
    return "".join(parts)


def _endpoint(one: EndpointView) -> str:
    head = f"\n### {one.summary}\n\n`{one.method} {one.path}`\n\n"
    text = f"{_text(one.text)}\n\n" if one.text else ""
    fields = "".join(_fields((*one.parameters, *one.body)))
    body = f"Body: {_text(one.body_text)}\n\n" if one.body_text else ""
    return head + text + (f"{fields}\n" if fields else "") + body + _answers(one.answers)


def _fields(fields: Iterable[FieldView], depth: int = 0) -> Iterator[str]:
    for field in fields:
        notes = [field.type, "required" if field.required else "", field.limits]
        said = ", ".join(note for note in notes if note)
        text = _text(field.text)
        yield f"{'  ' * depth}- `{field.name}` ({said}){': ' if text else ''}{text}\n"
        yield from _fields(field.inner, depth + 1)


def _answers(answers: Iterable[AnswerView]) -> str:
    good = [f"{one.status} {_text(one.text)}" + (f" ({one.model})" if one.model else "") for one in answers if one.good]
    bad = [one.status for one in answers if not one.good]
    return f"Answers: {' '.join(good)} Errors: {', '.join(bad)}.\n"


def _names(fields: Iterable[FieldView]) -> str:
    return ", ".join(f"`{field.name}`" for field in fields)


def _text(parts: Segments) -> str:
    return "".join(f"`{text}`" if is_code else text for is_code, text in parts)


if __name__ == "__main__":
    sys.stdout.write(page())

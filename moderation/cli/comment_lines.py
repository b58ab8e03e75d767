"""Comments from a file or stdin, one at a time, as submissions; a bad line is told, not raised."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from moderation.engine.examples import author_from, story_from
from moderation.engine.facts import Parent, Story, Submission
from moderation.workflow.incoming import TEXT_BYTES

FORMATS = ("jsonl", "csv", "text")


class BadLine(ValueError):
    """A line that is no comment; str() says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One comment with its id (else the line number), or the reason why there is none."""

    id: Any
    submission: Submission | None
    error: str | None = None


def read_lines(source: TextIO, format: str, story: Story | None = None) -> Iterator[Line]:
    """An open text in, a Line for each comment out, in order."""
    for number, record in _records(source, format):
        id: Any = number
        try:
            if isinstance(record, BadLine):
                raise record
            id = record.get("id") if record.get("id") not in (None, "") else number
            yield Line(id, _submission(record, story))
        except BadLine as error:
            yield Line(id, None, str(error))


def read_story(text: str) -> Story:
    """A story's JSON in, the story out; raises BadLine."""
    return _story(_parsed(text), None) or Story()


def _records(source: TextIO, format: str) -> Iterator[tuple[int, Mapping[str, Any] | BadLine]]:
    if format == "csv":
        yield from _csv_records(source)
        return
    for number, line in enumerate(source, start=1):
        if line.strip():
            yield number, _record(line, format)


def _record(line: str, format: str) -> Mapping[str, Any] | BadLine:
    if format == "text":
        return {"text": line.rstrip("\r\n")}
    try:
        return _parsed(line)
    except BadLine as error:
        return error


def _csv_records(source: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | BadLine]]:
    rows = csv.DictReader(source)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, BadLine(f"not CSV: {error}")
            continue
        yield rows.line_num, {key: value for key, value in row.items() if key and value not in (None, "")}


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(record, dict):
        raise BadLine("not a JSON object")
    return record


def _submission(record: Mapping[str, Any], story: Story | None) -> Submission:
    format = record.get("format", "plain")
    if format not in ("plain", "html"):
        raise BadLine("`format` is plain or html")
    return Submission(
        text=_text(record.get("text")),
        format=format,
        author=_author(record.get("author")),
        story=_story(record.get("story"), story),
        parent=_parent(record.get("parent")),
        language=_string(record, "language"),
    )


def _text(text: Any) -> str:
    if not isinstance(text, str) or not text:
        raise BadLine("`text` is missing or no text")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadLine("`text` holds half a character (a lone surrogate)") from None
    if size > TEXT_BYTES or "\x00" in text:
        raise BadLine(f"`text` has more than {TEXT_BYTES:,} bytes, or a NUL")
    return text


def _string(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        raise BadLine(f"`{key}` is no text")
    return value


def _author(value: Any) -> Any:
    given = _object(value, "author")
    try:
        return author_from(given)
    except (TypeError, ValueError):
        raise BadLine("`author` is not as it should be") from None


def _story(value: Any, default: Story | None) -> Story | None:
    if value is None:
        return default
    given = _object(value, "story")
    for key in ("id", "url", "title", "body", "section", "language"):
        if not isinstance(given.get(key), str | None):
            raise BadLine(f"`story.{key}` is no text")
    try:
        return story_from(given)
    except (TypeError, KeyError, AttributeError):
        raise BadLine("`story` is not as it should be") from None


def _parent(value: Any) -> Parent | None:
    if value is None:
        return None
    given = _object({"text": value} if isinstance(value, str) else value, "parent")
    return Parent(_string(given, "text"), _string(given, "author_id"))


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise BadLine(f"`{name}` is no object")
    return value or {}

"""Lines of `moderation export` as comments with what became of them; a line that cannot be taken says why."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from moderation.workflow.imports import Decided
from moderation.workflow.incoming import (
    ABSENT,
    ID_LENGTH,
    TEXT_BYTES,
    IncomingAuthor,
    IncomingComment,
    IncomingParent,
    IncomingStory,
)

URL_UNSAFE = "/?#%\\"
STATUSES = ("published", "rejected", "withdrawn")


class LeftOut(ValueError):
    """Why a line is not taken in; the same sentence for the same reason, so that they can be counted."""


def json_records(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | LeftOut]]:
    """Each line that is not blank, with its number."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, _parsed(line)
            except LeftOut as reason:
                yield number, reason


def read(records: Iterable[tuple[int, Mapping[str, Any] | LeftOut]]) -> Iterator[tuple[int, Decided | LeftOut]]:
    """Numbered records as comments, or why not."""
    for number, record in records:
        try:
            yield number, record if isinstance(record, LeftOut) else _decided(record)
        except LeftOut as reason:
            yield number, reason


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise LeftOut("not JSON") from None
    if not isinstance(record, dict):
        raise LeftOut("not a JSON object")
    return record


def _decided(record: Mapping[str, Any]) -> Decided:
    status, decision = record.get("status"), _object(record, "decision")
    if status in ("held", "pending", None):
        raise LeftOut("not decided: send it to POST /v1/comments")
    if status not in STATUSES:
        raise LeftOut("`status` is not published, rejected or withdrawn")
    return Decided(
        comment=_comment(record), status=status, reason=_words(decision, "reason"), decided_at=_time(decision, "at")
    )


def _comment(record: Mapping[str, Any]) -> IncomingComment:
    author, story, parent = (_object(record, name) for name in ("author", "story", "parent"))
    format = record.get("format") or "plain"
    if format not in ("plain", "html"):
        raise LeftOut("`format` is not plain or html")
    return IncomingComment(
        id=_id(record, "id", URL_UNSAFE),
        text=_text(record),
        author=IncomingAuthor(id=_id(author, "author.id", URL_UNSAFE), name=_words(author, "name")),
        story=IncomingStory(
            id=_id(story, "story.id"),
            url=_words(story, "url", 2_048) or ABSENT,
            title=_words(story, "title", 1_024) or ABSENT,
            section=_words(story, "section", 200) or ABSENT,
        ),
        parent=IncomingParent(id=_id(parent, "parent.id", URL_UNSAFE)) if parent else None,
        format=cast(Any, format),
        created_at=_time(record, "created_at"),
        language=_words(record, "language", 35),
        metadata=_metadata(record),
    )


def _object(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    if value is not None and not isinstance(value, dict):
        raise LeftOut(f"`{name}` is no object")
    return value or {}


def _id(record: Mapping[str, Any], name: str, forbidden: str = "") -> str:
    """A site's own id, within the limits of the API; a number is its digits."""
    value = record.get(name.rpartition(".")[2])
    id = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(id, str) or not id:
        raise LeftOut(f"`{name}` is missing")
    is_bad = any(char in forbidden or unicodedata.category(char) in ("Cc", "Cs") for char in id)
    if is_bad or len(id) > ID_LENGTH or id != id.strip() or id in (".", ".."):
        raise LeftOut(f"`{name}` is no id that the API takes")
    return id


def _text(record: Mapping[str, Any]) -> str:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise LeftOut("`text` is missing: it was erased, or never there")
    return _storable(text, "text")


def _metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(_object(record, "metadata"))
    if "\\u0000" in _storable(json.dumps(found, ensure_ascii=False), "metadata"):
        raise LeftOut("`metadata` holds a NUL")
    return found


def _words(record: Mapping[str, Any], name: str, limit: int = TEXT_BYTES) -> str | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise LeftOut(f"`{name}` is no text")
    return _storable(value, name, limit)


def _storable(text: str, name: str, limit: int = TEXT_BYTES) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise LeftOut(f"`{name}` holds half a character") from None
    if size > limit or "\0" in text:
        raise LeftOut(f"`{name}` has more than {limit:,} bytes, or a NUL")
    return text


def _time(record: Mapping[str, Any], name: str) -> datetime | None:
    value = record.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise LeftOut(f"`{name}` is no time, such as 2026-11-01T10:00:00Z") from None
    if at.tzinfo is None or not 1970 <= at.year < 9000:
        raise LeftOut(f"`{name}` has no zone, or a year that cannot be")
    return min(at, datetime.now(UTC))

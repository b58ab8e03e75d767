"""What clients of Perspective send: the fields of its messages as data, in both spellings, and the checks of their values."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.errors import MalformedRequest
from moderation.web import json_body
from moderation.web.fields import TEXT_BYTES, is_blank
from moderation.web.perspective_errors import Refused, unreadable, wrong

BODY_BYTES = 4 * 1024 * 1024  # an article and a comment before it may have 1 MB each
MOST_NAMES = 100
LONGEST_NAME = 100
LONGEST_TOKEN = 1_000
Read = Callable[[Any, str], Any]
_CAPITAL = re.compile("[A-Z]")
_LONE = re.compile("[\ud800-\udfff]")


def _wrong_type(kind: str, at: str) -> Refused:
    return unreadable(f"Invalid value at '{at}' ({kind}).", at)


def string(value: Any, at: str) -> str:
    """Text; half a surrogate pair cannot be one."""
    if not isinstance(value, str) or _LONE.search(value):
        raise _wrong_type("TYPE_STRING", at)
    return value


def boolean(value: Any, at: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _wrong_type("TYPE_BOOL", at)
    return value


def number(value: Any, at: str) -> float:
    """A number, also written as a string, as JSON of protocol buffers allows."""
    try:
        found = math.nan if isinstance(value, bool) or not isinstance(value, int | float | str) else float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise _wrong_type("TYPE_FLOAT", at)
    return found


def whole(value: Any, at: str) -> int:
    """A whole number."""
    found = number(value, at)
    if found != int(found):
        raise _wrong_type("TYPE_INT32", at)
    return int(found)


def one_of(*names: str) -> Read:
    """An enumeration, by name or by number."""

    def read(value: Any, at: str) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
            return names[value]
        if value not in names:
            raise _wrong_type("TYPE_ENUM", at)
        return str(value)

    return read


def message(**fields: Read) -> Read:
    """An object with these fields, each also in snake_case; null is as good as absent."""
    spellings = {name: name for name in fields} | {_snake(name): name for name in fields}

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong_type("TYPE_MESSAGE", at or "body")
        found: dict[str, Any] = {}
        for given, inner in value.items():
            name = spellings.get(given)
            if name is None:
                where = f" at '{at}'" if at else ""
                raise unreadable(f'Unknown name "{_shown(given)}"{where}: Cannot find field.', at)
            if inner is not None:
                found[name] = fields[name](inner, f"{at}.{_snake(name)}" if at else _snake(name))
        return found

    return read


def several(read_one: Read) -> Read:
    """A list."""

    def read(value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise _wrong_type("TYPE_LIST", at)
        return [read_one(one, f"{at}[{index}]") for index, one in enumerate(value)]

    return read


def by_name(read_one: Read) -> Read:
    """A map from names."""

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > MOST_NAMES:
            raise _wrong_type("TYPE_MESSAGE", at)
        return {
            name: read_one({} if one is None else one, f"{at}[{i}].value")
            for i, (name, one) in enumerate(value.items())
        }

    return read


def _snake(name: str) -> str:
    return _CAPITAL.sub(lambda found: "_" + found.group().lower(), name)


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:LONGEST_NAME])


SCORE_TYPES = ("SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW")
_ENTRY = message(text=string, type=one_of("TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"))
_SCORE = message(value=number, type=one_of(*SCORE_TYPES))
_COMMON = {
    "comment": _ENTRY,
    "context": message(entries=several(_ENTRY), articleAndParentComment=message(article=_ENTRY, parentComment=_ENTRY)),
    "languages": several(string),
    "clientToken": string,
    "sessionId": string,
    "communityId": string,
}
ANALYZE = message(
    **_COMMON,
    requestedAttributes=by_name(message(scoreType=one_of(*SCORE_TYPES), scoreThreshold=number)),
    spanAnnotations=boolean,
    doNotStore=boolean,
)
SUGGEST = message(
    **_COMMON,
    attributeScores=by_name(
        message(summaryScore=_SCORE, spanScores=several(message(begin=whole, end=whole, score=_SCORE)))
    ),
)


@dataclass(frozen=True, slots=True)
class Given:
    """One request that has the right shape."""

    text: str
    fields: Mapping[str, Any]

    @property
    def is_too_long(self) -> bool:
        """More than is scored."""
        return len(self.text.encode()) > TEXT_BYTES

    @property
    def languages(self) -> list[str]:
        """As they were given."""
        return list(self.fields.get("languages") or ())

    def context(self, name: str) -> str | None:
        """The text of `article` or `parentComment`."""
        around = self.fields.get("context", {}).get("articleAndParentComment", {})
        return around.get(name, {}).get("text") or None

    def echo(self) -> dict[str, str]:
        """What goes back as it came."""
        token = self.fields.get("clientToken")
        return {"clientToken": token} if token else {}


def parse(raw: bytes, read: Read) -> Given:
    """The body in, whatever its type was said to be; refused in Google's words where something is wrong."""
    given = shaped(raw, read)
    if is_blank(given.text):
        raise wrong("COMMENT_EMPTY", "Comment must be non-empty.")
    if given.is_too_long:
        raise wrong("COMMENT_TOO_LONG", "Comment text too long.")
    return given


def shaped(raw: bytes, read: Read) -> Given:
    """The body in, of the right shape; its text may be empty or too long."""
    try:
        given = json_body.parse(raw) if raw.strip() else {}
    except MalformedRequest as error:
        raise unreadable(error.detail) from None
    fields = read(given, "")
    comment = fields.get("comment", {})
    text = str(comment.get("text", "")).replace("\0", " ")
    if comment.get("type") == "HTML":
        raise wrong("INVALID_REQUEST", "Currently, only 'PLAIN_TEXT' type is supported.")
    if {"entries", "articleAndParentComment"} <= set(fields.get("context", {})):
        raise wrong("INVALID_REQUEST", "Context can have either entries or article_and_parent_comment, not both.")
    return Given(text, fields)

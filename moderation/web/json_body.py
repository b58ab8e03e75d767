"""Strict JSON: the bytes of a request body in, an object out, or an error that says where it went wrong."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import re2
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.errors import FieldError, MalformedRequest, TooLarge
from moderation.web.errors import UnsupportedMedia

REQUEST_BYTES = 256 * 1024
BATCH_BYTES = 8 * 1024 * 1024
BATCH_LINES = 1_000
DEPTH = 32
DIGITS = 32
JSON_TYPES = ("application/json",)
NDJSON_TYPES = (
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/json",
)

# Brackets outside strings. RE2 runs in linear time; the closing quote is optional so that no start is tried twice.
_BRACKETS = re2.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


class _Unreadable(Exception):
    """Raised inside the hooks of the JSON decoder; carries the sentence for the caller."""


def read_body(request: Request, *, limit: int = REQUEST_BYTES, types: tuple[str, ...] = JSON_TYPES) -> bytes:
    """The raw body, at most `limit` bytes, chunked or not; its type and encoding are checked first."""
    check_media(request, types)
    # One more than allowed: a body without a length would be cut at the limit in silence.
    request.max_content_length = limit + 1
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body may have at most {limit} bytes.")


def check_media(request: Request, types: tuple[str, ...]) -> None:
    """Refuse a compressed body, another media type, and any charset but UTF-8."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedMedia("Compressed bodies are not accepted; send the body without Content-Encoding.")
    if request.mimetype not in types:
        raise UnsupportedMedia(f"Send the body with Content-Type: {types[0]}.")
    charset = request.mimetype_params.get("charset", "utf-8").strip().lower()
    if charset not in ("utf-8", "utf8"):
        raise UnsupportedMedia("Send the body in UTF-8.")


def mended(raw: bytes) -> bytes:
    """The body without halves of characters, for senders that take no refusal; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return raw


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; anything else is a MalformedRequest that names the place."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise MalformedRequest("The body must be a JSON object, such as {…}.")
    return value


def parse(raw: bytes) -> Any:
    """The JSON value in `raw`: no duplicate keys, NaN or Infinity, at most 32 deep, numbers of at most 32 digits."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"The body is not valid UTF-8: byte {error.start + 1}.") from None
    if _too_deep(raw):
        raise MalformedRequest(f"The body is nested deeper than {DEPTH}.")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise MalformedRequest(f"The body is not valid JSON: {where}.") from None
    except _Unreadable as error:
        raise MalformedRequest(str(error)) from None


def _too_deep(raw: bytes) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= DEPTH:
        return False
    depth = 0
    for found in _BRACKETS.finditer(raw):
        token = found.group()
        if token in (b"[", b"{"):
            depth += 1
            if depth > DEPTH:
                return True
        elif token in (b"]", b"}"):
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Unreadable(f"The field {_shown(name)} is given twice.")
            seen.add(name)
    return found


def _shown(name: str) -> str:
    return json.dumps(name[:60])


def _integer(digits: str) -> int:
    _check_length(digits)
    return int(digits)


def _float(digits: str) -> float:
    _check_length(digits)
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _Unreadable("A number must be finite.")
    return number


def _check_length(digits: str) -> None:
    if len(digits) > DIGITS:
        raise _Unreadable(f"A number is too long: at most {DIGITS} characters.")


def _constant(name: str) -> NoReturn:
    raise _Unreadable(f"A number must be finite: {name} is not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def unstorable(value: Any, pointer: str = "#") -> Iterator[FieldError]:
    """Every string in `value` that no database can keep: a lone surrogate or NUL, with its position."""
    if isinstance(value, str):
        found = _SURROGATE_OR_NUL.search(value)
        if found:
            position = found.start() + 1
            yield FieldError(pointer, f"Contains a character that cannot be stored (position {position}).")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _SURROGATE_OR_NUL.search(name):
                yield FieldError(pointer, "The name of a field contains a character that cannot be stored.")
            else:
                yield from unstorable(inner, f"{pointer}/{escape_pointer(name)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unstorable(inner, f"{pointer}/{index}")


def escape_pointer(name: object) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")

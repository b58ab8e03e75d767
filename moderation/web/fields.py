"""Field types of the API with the limits of the contract, and the validation that names every wrong field at once."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from moderation.errors import FieldError, InvalidFields
from moderation.web.json_body import escape_pointer, unstorable
from moderation.workflow.incoming import ID_LENGTH
from moderation.workflow.incoming import TEXT_BYTES as TEXT_BYTES

TITLE_BYTES = 1_024
BODY_BYTES = 200 * 1_024
NOTE_BYTES = 4_096
URL_LENGTH = 2_048
REVISION_MAX = 2**31 - 1
FUTURE = timedelta(minutes=5)

# What leaves no mark on a page beside the format and space categories: fillers, blanks, selectors, joiners.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)
_INVISIBLE_CATEGORIES = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LANGUAGE_LENGTH = 35  # RFC 5646, 4.4.1: no tag in use is longer
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,6}$"
_ID_EDGE = r"[^\s\x00-\x1f\x7f-\x9f{forbidden}]"
_ID_INNER = r"[^\x00-\x1f\x7f-\x9f{forbidden}]"

Model = TypeVar("Model", bound=BaseModel)


class Fields(BaseModel):
    """Base of every request model: strict types, unknown fields ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


def validate(model: type[Model], value: dict[str, Any], *, now: datetime) -> Model:
    """`value` as `model`, or InvalidFields with every wrong field."""
    errors = list(unstorable(value))
    try:
        found = model.model_validate(value, context={"now": now})
    except ValidationError as error:
        known = {one.pointer for one in errors}
        errors += [one for one in map(_field_error, error.errors(include_url=False)) if one.pointer not in known]
    if errors:
        raise InvalidFields(errors=errors)
    return found


def ignored(given: Mapping[str, Any], taken: BaseModel, pointer: str = "#") -> Iterator[str]:
    """Pointers of the fields in `given` that `taken`, which was made of it, does not know."""
    for name, value in given.items():
        here = f"{pointer}/{escape_pointer(name)}"
        if name not in type(taken).model_fields:
            yield here
            continue
        inner = getattr(taken, name)
        pairs = enumerate(zip(value, inner, strict=True)) if isinstance(inner, list) else [(None, (value, inner))]
        for index, (raw, model) in pairs:
            if isinstance(model, Fields):
                yield from ignored(raw, model, here if index is None else f"{here}/{index}")


_SENTENCES: dict[str, str] = {
    "missing": "This field is required.",
    "string_type": "Must be a string.",
    "int_type": "Must be a whole number.",
    "bool_type": "Must be true or false.",
    "list_type": "Must be a list.",
    "dict_type": "Must be an object.",
    "model_type": "Must be an object.",
    "string_unicode": "Contains a character that cannot be stored.",
    "literal_error": "Must be one of: {expected}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than_equal": "Must be at most {le}.",
    "too_long": "Must have at most {max_length} entries.",
    "string_too_long": "Must have at most {max_length} characters.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_pattern_mismatch": "Does not have the expected form.",
}


def _field_error(error: Any) -> FieldError:
    pointer = "#" + "".join(f"/{escape_pointer(step)}" for step in error["loc"])
    sentence = _SENTENCES.get(error["type"])
    if sentence is None:
        return FieldError(pointer, error["msg"] if error["type"].startswith("kic_") else "Has a wrong value.")
    return FieldError(pointer, sentence.format(**error.get("ctx", {})))


def wrong(kind: str, sentence: str) -> PydanticCustomError:
    """The error of a field, said to the caller as it stands."""
    # The sentence is a template to pydantic: braces of our own would be read as places.
    return PydanticCustomError(f"kic_{kind}", "{sentence}", {"sentence": sentence})


def is_blank(text: str) -> bool:
    """Does `text` show nothing: empty, white space, zero-width and filler characters only?"""
    return all(char in _INVISIBLE or unicodedata.category(char) in _INVISIBLE_CATEGORIES for char in text)


def _text(limit: int, *, blank: bool) -> Callable[[str], str]:
    def check(value: str) -> str:
        size = len(value.encode("utf-8", "surrogatepass"))
        if size > limit:
            raise wrong("too_long", f"Too long: {size} bytes of UTF-8, at most {limit}.")
        if not blank and is_blank(value):
            raise wrong("blank", "The text is empty.")
        return value

    return check


def _text_schema(limit: int, *, blank: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": limit, "description": f"At most {limit:,} bytes of UTF-8."}
    return schema if blank else {**schema, "minLength": 1, "pattern": r"\S"}


def identifier_error(value: str, *, forbidden: str = "") -> str | None:
    """Why `value` may not be an id (None: it may)."""
    if not 1 <= len(value) <= ID_LENGTH:
        return f"Must have 1 to {ID_LENGTH} characters."
    if any(unicodedata.category(char) == "Cc" for char in value):
        return "Must not contain control characters."
    if value[0].isspace() or value[-1].isspace():
        return "Must not begin or end with a blank."
    if value in (".", ".."):
        return "Must not be . or .. on its own."
    if any(char in forbidden for char in value):
        return "Must not contain any of " + " ".join(forbidden) + " ."
    return None


def _identifier(forbidden: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        mistake = identifier_error(value, forbidden=forbidden)
        if mistake:
            raise wrong("id", mistake)
        return value

    return check


def identifier_schema(forbidden: str = "") -> dict[str, Any]:
    """The JSON Schema of an id."""
    escaped = re.escape(forbidden).replace("/", "\\/")
    edge, inner = _ID_EDGE.format(forbidden=escaped), _ID_INNER.format(forbidden=escaped)
    pattern = f"^{edge}({inner}*{edge})?$"
    return {"type": "string", "minLength": 1, "maxLength": ID_LENGTH, "pattern": pattern, "not": {"enum": [".", ".."]}}


URL_UNSAFE = "/?#%\\"


def read_time(value: Any) -> datetime:
    """An RFC 3339 time with zone, as UTC."""
    if not isinstance(value, str):
        raise wrong("time", "Must be a string with a time, such as 2026-11-24T09:30:00Z.")
    found = _RFC3339.fullmatch(value)
    if not found:
        raise wrong("time", "Must be an RFC 3339 time with its zone, such as 2026-11-24T09:30:00Z.")
    date, minute, second, fraction, zone = found.groups()
    second = "59" if second == "60" else second  # RFC 3339 allows a leap second, Python does not
    text = f"{date}T{minute}{second}{(fraction or '')[:7]}{'+00:00' if zone in 'Zz' else zone}"
    try:
        time = datetime.fromisoformat(text)
        if not 1970 <= time.year <= 2200:
            raise ValueError
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong("time", "There is no such time; years run from 1970 to 2200.") from None


def _past(value: datetime, info: ValidationInfo) -> datetime:
    if value > _now(info) + FUTURE:
        raise wrong("future", "Lies more than 5 minutes in the future; check the clock and the zone.")
    return value


def _future(value: datetime, info: ValidationInfo) -> datetime:
    if value <= _now(info):
        raise wrong("past", "Must lie in the future.")
    return value


def _now(info: ValidationInfo) -> datetime:
    context: dict[str, datetime] = info.context or {}
    return context["now"]


def url_error(value: str) -> str | None:
    """Why `value` is not a web address that we take (None: it is)."""
    if len(value) > URL_LENGTH:
        return f"Must have at most {URL_LENGTH} characters."
    if any(char.isspace() or unicodedata.category(char) in ("Cc", "Cf") for char in value) or "\\" in value:
        return "Must not contain blanks, control characters or backslashes."
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "Is not a valid address."
    if parts.scheme not in ("http", "https") or not host:
        return "Must be an address beginning with https:// or http://."
    if "@" in parts.netloc:
        return "Must not contain a user name or password."
    return None


def _url(value: str) -> str:
    mistake = url_error(value)
    if mistake:
        raise wrong("url", mistake)
    return value


_TIME = {"type": "string", "format": "date-time", "description": "RFC 3339 with zone."}

Text = Annotated[
    str, AfterValidator(_text(TEXT_BYTES, blank=False)), WithJsonSchema(_text_schema(TEXT_BYTES, blank=False))
]
AnyText = Annotated[
    str, AfterValidator(_text(TEXT_BYTES, blank=True)), WithJsonSchema(_text_schema(TEXT_BYTES, blank=True))
]
Title = Annotated[
    str, AfterValidator(_text(TITLE_BYTES, blank=True)), WithJsonSchema(_text_schema(TITLE_BYTES, blank=True))
]
StoryBody = Annotated[
    str, AfterValidator(_text(BODY_BYTES, blank=True)), WithJsonSchema(_text_schema(BODY_BYTES, blank=True))
]
Note = Annotated[
    str, AfterValidator(_text(NOTE_BYTES, blank=True)), WithJsonSchema(_text_schema(NOTE_BYTES, blank=True))
]
Words = Annotated[
    str, AfterValidator(_text(TITLE_BYTES, blank=False)), WithJsonSchema(_text_schema(TITLE_BYTES, blank=False))
]
Name = Annotated[
    str, AfterValidator(_text(TITLE_BYTES, blank=True)), WithJsonSchema(_text_schema(TITLE_BYTES, blank=True))
]
SafeId = Annotated[str, AfterValidator(_identifier(URL_UNSAFE)), WithJsonSchema(identifier_schema(URL_UNSAFE))]
AnyId = Annotated[str, AfterValidator(_identifier("")), WithJsonSchema(identifier_schema())]
PastTime = Annotated[datetime, BeforeValidator(read_time), AfterValidator(_past), WithJsonSchema(_TIME)]
FutureTime = Annotated[datetime, BeforeValidator(read_time), AfterValidator(_future), WithJsonSchema(_TIME)]
AnyTime = Annotated[datetime, BeforeValidator(read_time), WithJsonSchema(_TIME)]
Url = Annotated[
    str,
    AfterValidator(_url),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": URL_LENGTH, "pattern": "^https?://"}),
]


def _language(value: str) -> str:
    if len(value) > _LANGUAGE_LENGTH or not re.fullmatch(_LANGUAGE, value, re.ASCII):
        raise wrong("language", "Must be a language tag, such as en or en-GB.")
    return value


Language = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema({"type": "string", "pattern": _LANGUAGE, "maxLength": _LANGUAGE_LENGTH}),
]

"""The one tree of errors that callers can act on; web.errors maps each class to an HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a submitted field: a JSON pointer such as `#/author/id`, and what to do about it."""

    pointer: str
    detail: str


class ModerationError(Exception):
    """Base of every error of ours. `type` is a stable slug, `detail` a sentence that a person can act on."""

    type = "error"
    title = "The request could not be carried out"

    def __init__(
        self,
        detail: str = "",
        *,
        type: str | None = None,  # the name RFC 9457 gives it
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.type = type or self.type
        self.errors = tuple(errors)
        self.retry_after = retry_after


class MalformedRequest(ModerationError):
    """The bytes are not what the protocol asks for (bad JSON, a bad header)."""

    type = "malformed_request"
    title = "The request could not be read"


class InvalidFields(ModerationError):
    """Readable, but one or more fields are missing or wrong; all of them are named at once."""

    type = "invalid_fields"
    title = "Some fields are missing or wrong"


class NotAuthenticated(ModerationError):
    """No key, or one that is not valid."""

    type = "not_authenticated"
    title = "A valid key is needed"


class NotAllowed(ModerationError):
    """The caller is known but may not do this."""

    type = "not_allowed"
    title = "This is not allowed"


class NotFound(ModerationError):
    """No such thing, or it belongs to another site: the two read the same on purpose."""

    type = "not_found"
    title = "Not found"


class Conflict(ModerationError):
    """The state of the thing does not allow this; `type` says why (stale_revision, withdrawn, decided …)."""

    type = "conflict"
    title = "This conflicts with what is stored"


class NoLongerKept(ModerationError):
    """It was here and has been removed: after its retention time, or because its author was erased."""

    type = "no_longer_kept"
    title = "No longer kept"


class TooLarge(ModerationError):
    """Over a size limit of the contract."""

    type = "too_large"
    title = "Too large"


class TooManyRequests(ModerationError):
    """Over a rate limit; `retry_after` is in seconds."""

    type = "too_many_requests"
    title = "Too many requests"


class Unavailable(ModerationError):
    """A part of the service that this needs does not answer; nothing was stored unless a repeat says so."""

    type = "unavailable"
    title = "Not available just now"


class InvalidSettings(ModerationError):
    """An unknown or malformed setting: the start stops."""

    type = "invalid_settings"
    title = "The settings are not valid"

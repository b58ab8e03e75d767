"""Errors in the shape and words of Google's API: its clients compare the texts, and read `details` of every one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from moderation.errors import (
    InvalidFields,
    MalformedRequest,
    ModerationError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    TooLarge,
    TooManyRequests,
)
from moderation.web import errors

SERVICE = "commentanalyzer.googleapis.com"
MEDIA_TYPE = "application/json; charset=UTF-8"
_OWN = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_STATUS_OF = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 503: "UNAVAILABLE"}
Detail = Mapping[str, Any]


class Refused(InvalidFields):
    """A request that Google's API would have refused, with its words and the `details` that say why."""

    def __init__(self, message: str, *details: Detail, status: int = 400) -> None:
        super().__init__(message)
        self.details = details
        self.status = status


def wrong(kind: str, message: str, **more: Any) -> Refused:
    """An error about the comment, the attributes or the languages."""
    return Refused(message, {"@type": _OWN, "errorType": kind, **more})


def unreadable(problem: str, field: str = "") -> Refused:
    """The body is no JSON, or not of the shape that the API takes."""
    description = f"Invalid JSON payload received. {problem}"
    violation = {"field": field, "description": description} if field else {"description": description}
    return Refused(description, {"@type": _BAD_REQUEST, "fieldViolations": [violation]})


def language_unsupported(attribute: str, languages: Sequence[str], *, requested: bool) -> Refused:
    """An attribute that is not scored in one of these languages."""
    which = "requestedLanguages" if requested else "detectedLanguages"
    return wrong(
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        f"Attribute {attribute} does not support request languages: {', '.join(languages)}",
        languageNotSupportedByAttributeError={which: list(languages), "attribute": attribute},
    )


def key_missing() -> Refused:
    """Nobody asks."""
    message = (
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API."
    )
    return Refused(message, _info("CREDENTIALS_MISSING"), status=403)


def key_not_valid() -> Refused:
    """A key that opens nothing."""
    return Refused("API key not valid. Please pass a valid API key.", _info("API_KEY_INVALID"))


class QuotaExceeded(TooManyRequests):
    """The key has asked as often as it may."""

    def __init__(self, per_minute: int, site: str, retry_after: int | None) -> None:
        metric = "Analysis requests (AnalyzeComment)"
        super().__init__(
            f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute per project' "
            f"of service '{SERVICE}' for consumer 'projects/{site}'.",
            retry_after=retry_after,
        )
        self.details = (
            _info(
                "RATE_LIMIT_EXCEEDED",
                quota_metric="CommentAnalyzerService/analyze_requests",
                quota_limit="AnalyzeRequestsPerMinutePerProject",
                quota_limit_value=str(per_minute),
                quota_location="global",
                consumer=f"projects/{site}",
            ),
        )


def _info(reason: str, **metadata: str) -> Detail:
    return {
        "@type": _INFO,
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE, **metadata},
    }


def respond(error: ModerationError) -> Response:
    """Any error of ours in Google's shape."""
    if isinstance(error, NotAuthenticated | NotAllowed):
        error = key_not_valid()
    elif isinstance(error, MalformedRequest | TooLarge):
        error = unreadable(error.detail)
    response = errors.respond(error)  # logs and Retry-After are the same as everywhere
    code = error.status if isinstance(error, Refused) else response.status_code
    status = "RESOURCE_EXHAUSTED" if code == 429 else _STATUS_OF.get(code, "INTERNAL")
    details = getattr(error, "details", None) or (_info(error.type.upper()),)
    body = {
        "code": code,
        "message": error.detail or f"{error.title}.",
        "status": status,
        "details": [dict(detail) for detail in details],
    }
    response.status_code, response.content_type = code, MEDIA_TYPE
    response.set_data(written({"error": body}))
    return response


def no_batch() -> ModerationError:
    """`/batch` of the discovery document, which bundles requests: it is not offered."""
    return NotFound("Batch requests are not offered here; send each request by itself.")


def written(body: Mapping[str, Any]) -> str:
    """JSON as Google writes it: two blanks for each step."""
    return json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

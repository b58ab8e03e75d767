"""The one map from errors to HTTP: RFC 9457 problem JSON, stable types, nothing of the inside let out."""

import json
import traceback
import uuid
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from moderation import telemetry
from moderation.errors import (
    Conflict,
    InvalidFields,
    InvalidSettings,
    MalformedRequest,
    ModerationError,
    NoLongerKept,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from moderation.web.security import PAGE_POLICY
from moderation.workflow.rulesets import NoRuleset

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
_log = telemetry.logger(__name__)


class UnsupportedMedia(ModerationError):
    """The body is in a type, charset or encoding that is not read here."""

    type = "unsupported_media_type"
    title = "The body is in a form that is not read here"


class MethodRefused(ModerationError):
    """The address is right, the method is not."""

    type = "method_not_allowed"
    title = "Another method is needed"


class UnexpectedError(ModerationError):
    """What was not foreseen: the caller learns an id to quote, and nothing else."""

    type = "internal_error"
    title = "Something went wrong on our side"


STATUS_OF: dict[type[ModerationError], int] = {
    MalformedRequest: 400,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    MethodRefused: 405,
    Conflict: 409,
    NoLongerKept: 410,
    TooLarge: 413,
    UnsupportedMedia: 415,
    InvalidFields: 422,
    TooManyRequests: 429,
    Unavailable: 503,
    NoRuleset: 503,
    InvalidSettings: 500,
    UnexpectedError: 500,
}
_OF_HTTP: dict[int, tuple[type[ModerationError], str]] = {
    400: (MalformedRequest, ""),
    404: (NotFound, "There is nothing at this address; the endpoints are listed at /docs."),
    405: (MethodRefused, "This address does not take that method; see the Allow header."),
    413: (TooLarge, ""),
    415: (UnsupportedMedia, ""),
}


def register(app: Flask) -> None:
    """Make every failure of `app` a problem document."""
    app.register_error_handler(ModerationError, respond)
    app.register_error_handler(HTTPException, _respond_http)
    app.register_error_handler(Exception, _respond_unexpected)


def status_of(error: ModerationError) -> int:
    """The HTTP status of an error of ours; the nearest class in its line decides."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return 500


def problem(error: ModerationError) -> dict[str, Any]:
    """The problem document of `error`, as a dict; also used for one line of a batch."""
    found: dict[str, Any] = {
        "type": f"/problems/{error.type}",
        "title": error.title,
        "status": status_of(error),
        "detail": error.detail or _summary(error),
        "code": error.type,
    }
    if error.errors:
        found["errors"] = [{"pointer": one.pointer, "detail": one.detail} for one in error.errors]
    return found


def _summary(error: ModerationError) -> str:
    if not error.errors:
        return f"{error.title}."
    first, more = error.errors[0], len(error.errors) - 1
    return f"{first.pointer}: {first.detail}" + (f" And {more} more: see errors." if more else "")


def respond(error: ModerationError) -> Response:
    """The answer for an error of ours."""
    status = status_of(error)
    if status == 500 and not isinstance(error, UnexpectedError):
        return _respond_unexpected(error)
    response = _document(problem(error), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = _challenge()
    if status in (429, 503) or error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after or RETRY_SECONDS)
    return response


def unexpected(error: BaseException) -> UnexpectedError:
    """Log `error` by class and place, never by its message (it may quote a comment); give the caller an id."""
    error_id = uuid.uuid4().hex
    rule = request.url_rule.rule if request.url_rule else None
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
    _log.error("request_failed", error_id=error_id, route=rule, error=type(error).__name__, at=frames)
    return UnexpectedError(f"The error was logged with the id {error_id}; quote it when you report this.")


def _respond_unexpected(error: Exception) -> Response:
    return respond(unexpected(error))


def _respond_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error  # a redirect
    if status >= 500:
        return _respond_unexpected(error)
    kind, detail = _OF_HTTP.get(status, (MalformedRequest, f"{HTTPStatus(status).phrase}."))
    if status == 404 and request.path.startswith("/desk"):
        detail = "There is no such page at the desk, or it is of another site."
    response = _document({**problem(kind(detail)), "status": status}, status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _document(body: dict[str, Any], status: int) -> Response:
    if _is_for_a_person():
        response = make_response(render_template("problem.html", problem=body), status)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        return response
    return Response(json.dumps(body, ensure_ascii=False) + "\n", status=status, content_type=MEDIA_TYPE)


def _is_for_a_person() -> bool:
    """A browser asked, and not for the API."""
    wants = request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"
    return wants and not request.path.startswith("/v1")


def _challenge() -> str:
    given = "Authorization" in request.headers
    return 'Bearer realm="moderation", error="invalid_token"' if given else 'Bearer realm="moderation"'

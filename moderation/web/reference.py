"""/openapi.json, and /docs: the same document as a page, rendered here and without any script."""

import functools
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from moderation.errors import NotFound
from moderation.web import openapi
from moderation.web.roles import open_to_all
from moderation.web.routes import Answer, Route, render
from moderation.web.schema_view import endpoints, event_rows, fields_of, segments
from moderation.web.security import PAGE_POLICY

PROBLEM_TYPES = (
    (
        "malformed_request",
        400,
        "Not UTF-8, not JSON, a field given twice, nested deeper than 32, a number over 32 digits; the detail says where.",
    ),
    ("malformed_idempotency_key", 400, "Send 1 to 255 visible ASCII characters."),
    ("not_authenticated", 401, "The key is missing or not valid."),
    ("not_allowed", 403, "This key may not do that."),
    ("staff", 403, "Staff and moderators cannot be blocked."),
    ("not_found", 404, "There is no such thing at your site; another site's things read the same."),
    ("method_not_allowed", 405, "See the Allow header."),
    ("stale_revision", 409, "This is an earlier revision, or its text; the comment has moved on."),
    ("revision_conflict", 409, "This revision is stored with other text: count one up."),
    ("comment_conflict", 409, "The id belongs to another author's comment, or to one under another story."),
    ("withdrawn", 409, "The comment was withdrawn; its id is used up."),
    ("decided", 409, "Another moderator has decided since the revision that yours saw: read the comment again."),
    ("block_over", 409, "The block that the appeal is about has ended."),
    ("not_stopped", 409, "The comment that the appeal is about is neither held nor rejected."),
    ("no_longer_kept", 410, "Removed after its retention time; for events, begin again without a cursor."),
    ("erased", 410, "The comment was erased with its author; its id is used up, and nothing may bring it back."),
    ("too_large", 413, "Over a limit that the detail names."),
    ("unsupported_media_type", 415, "Send UTF-8 JSON, not compressed."),
    ("invalid_fields", 422, "Fields are missing or wrong; errors names all of them, each with a JSON pointer."),
    ("idempotency_mismatch", 422, "This Idempotency-Key came with another request before: take a new key."),
    ("too_many_requests", 429, "Wait for as long as Retry-After says."),
    ("internal_error", 500, "Our fault; quote the id in the detail. Repeat the same request: that is safe."),
    ("no_ruleset", 503, "The site has no rules that this version can read; comments are taken and held."),
    ("unavailable", 503, "Wait for as long as Retry-After says, then repeat the same request."),
)


_DOCUMENTATION = open_to_all("read the documentation of the API")


def blueprint(routes: tuple[Route, ...], *, public_url: str) -> Blueprint:
    """The document and its page."""
    reference = Blueprint("reference", __name__)
    document = functools.cache(lambda: openapi.document(routes, public_url=public_url))
    known = {slug for slug, _, _ in PROBLEM_TYPES}

    @reference.get("/openapi.json")
    @_DOCUMENTATION
    def openapi_json() -> Response:
        return render(Answer(document()))

    @reference.get("/docs")
    @_DOCUMENTATION
    def docs() -> Response:
        return _page(document())

    @reference.get("/problems/<slug>")
    @_DOCUMENTATION
    def problem_type(slug: str) -> AnyResponse:
        if slug not in known:
            raise NotFound("There is no problem of this type.")
        return redirect(f"/docs#problem-{slug}")

    return reference


def _page(document: dict[str, Any]) -> Response:
    schemas = document["components"]["schemas"]
    page = render_template(
        "docs.html",
        info=document["info"],
        base=document["servers"][0]["url"].rstrip("/"),
        intro=segments(document["info"]["description"]),
        groups=endpoints(document),
        problems=PROBLEM_TYPES,
        events=event_rows(document),
        problem_fields=fields_of({"$ref": "#/components/schemas/Problem"}, schemas),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response

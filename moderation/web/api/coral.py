"""Coral's external moderation phase: each comment is checked by the site's own rules before Coral publishes it.

Coral publishes unseen on any error and after its time-out, so whatever is signed gets an answer in time.
"""

import hashlib
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from flask import Blueprint, Response, g, request
from pydantic import Field

from moderation import telemetry
from moderation.errors import InvalidFields, MalformedRequest
from moderation.web import auth, coral_answers, errors, json_body, roles, unchecked
from moderation.web.coral_requests import ACT, SignedRequest, opened, said
from moderation.web.fields import TEXT_BYTES, URL_LENGTH, AnyId, Fields, SafeId, is_blank, validate
from moderation.web.routes import Edge
from moderation.workflow.coral import AskedComment, format_of
from moderation.workflow.patience import Patience

DEADLINE_MS = 150  # fits into the 200 of Coral's own form
_AGENT = "Coral Moderation/"
_SLACK = 0.1
_ROLES: Mapping[str, Literal["staff", "moderator"]] = {"STAFF": "staff", "MODERATOR": "moderator", "ADMIN": "moderator"}


class CommentFields(Fields):
    """What the reader wrote, and below what."""

    body: str
    parent_id: SafeId | None = Field(None, alias="parentID")


class AuthorFields(Fields):
    """Who wrote it."""

    id: SafeId
    role: str = "COMMENTER"


class StoryFields(Fields):
    """Where."""

    id: AnyId
    url: str | None = None


class PhaseFields(Fields):
    """One request of a phase; what is not used here is passed over."""

    action: str = "NEW"
    comment: CommentFields
    author: AuthorFields
    story: StoryFields

    def asked(self) -> AskedComment:
        """The comment for the verb."""
        url = self.story.url
        return AskedComment(
            text=self.comment.body,
            format=format_of(self.comment.body),
            author_id=self.author.id,
            role=_ROLES.get(self.author.role, "reader"),
            story_id=self.story.id,
            story_url=url if url and len(url) <= URL_LENGTH else None,
            parent_id=self.comment.parent_id,
            is_edit=self.action == "EDIT",
        )


def blueprint(edge: Edge) -> Blueprint:
    """The address of the phase."""
    coral = Blueprint("coral", __name__)
    coral.after_request(partial(_count_unchecked, edge))
    view = roles.mark(
        opened(edge, "coral_phase", partial(moderation, Patience(edge.application.settings.web_threads // 2))), ACT
    )
    coral.add_url_rule("/coral/<protocol_key>/moderation", "moderation", view, methods=["POST"])
    return coral


def moderation(patience: Patience, asked: SignedRequest) -> Response:
    """Status, flags, tags and the reason of a rejection; an empty object where the rules have nothing to say."""
    g.coral_ends = g.started + int(asked.key.options.get("deadline_ms", DEADLINE_MS)) / 1000
    try:
        fields = _fields(asked)
        if is_blank(fields.comment.body):  # a picture, or stars
            return said(coral_answers.NO_OPINION)
        if len(fields.comment.body.encode()) > TEXT_BYTES:
            return said(coral_answers.HOLD)
        return said(_checked(patience, asked, fields.asked()))
    except TimeoutError:
        return _failed(asked, "late")
    except (MalformedRequest, InvalidFields):
        telemetry.failures.labels(what="coral.unreadable").inc()
    except Exception as error:
        errors.unexpected(error)
    return _failed(asked, "error")


def _fields(asked: SignedRequest) -> PhaseFields:
    given = json_body.parse_object(json_body.mended(asked.raw))
    comment = given.get("comment")
    if isinstance(comment, dict) and isinstance(comment.get("body"), str):
        comment["body"] = comment["body"].replace("\0", " ")
    return validate(PhaseFields, given, now=asked.edge.application.now())


def _checked(patience: Patience, asked: SignedRequest, comment: AskedComment) -> dict[str, Any]:
    app, left = asked.edge.application, g.coral_ends - time.perf_counter()
    check = partial(
        app.coral_phase.check,
        site_id=asked.holder.site_id,
        asked=comment,
        digest=hashlib.sha256(asked.raw).hexdigest(),
        by=auth.actor(asked.holder),
        now=app.now(),
        seconds=left,
    )
    return coral_answers.answer(patience.wait(check, left))


def _failed(asked: SignedRequest, why: str) -> Response:
    """Nobody checked it in time: people look, unless the key says otherwise. What is only late goes on by itself."""
    if asked.key.options.get("on_failure") == "none":
        _count(asked.edge, why)
        return said(coral_answers.NO_OPINION)
    return said(coral_answers.HOLD)


def _count_unchecked(edge: Edge, response: Response) -> Response:
    """Counts what Coral publishes without a check: refusals, and what came later than the key allows."""
    ends = g.get("coral_ends")
    if response.status_code != 200 and request.headers.get("User-Agent", "").startswith(_AGENT):
        _count(edge, "error")
    elif ends is not None and time.perf_counter() > ends + _SLACK:
        _count(edge, "late")
    return response


def _count(edge: Edge, why: str) -> None:
    key = (request.view_args or {}).get("protocol_key", "")
    unchecked.count(edge.application, key, protocol="coral_phase", why=why)

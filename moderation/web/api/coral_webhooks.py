"""Coral's webhooks: signed like its phase, answered with 200 once they are stored, since repeated failures end them there."""

from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from moderation import telemetry
from moderation.errors import InvalidFields, MalformedRequest
from moderation.web import json_body, roles
from moderation.web.coral_requests import ACT, SignedRequest, opened, said
from moderation.web.fields import URL_LENGTH, AnyId, Fields, validate
from moderation.web.routes import Edge
from moderation.workflow.coral_events import CoralEvent


class EventIds(Fields):
    """The ids that an event is about."""

    story_id: AnyId | None = Field(None, alias="storyID")
    story_url: str | None = Field(None, alias="storyURL")
    comment_id: AnyId | None = Field(None, alias="commentID")
    status: Annotated[str, Field(max_length=100)] | None = None


class EventFields(Fields):
    """One event; what is not used here is passed over."""

    id: AnyId
    type: Annotated[str, Field(max_length=100)]
    data: EventIds = EventIds()

    def event(self) -> CoralEvent:
        """The event for the verb."""
        url = self.data.story_url
        return CoralEvent(
            id=self.id,
            type=self.type,
            story_id=self.data.story_id,
            story_url=url if url and len(url) <= URL_LENGTH else None,
            comment_id=self.data.comment_id,
            status=self.data.status,
        )


def blueprint(edge: Edge) -> Blueprint:
    """The address of the webhooks."""
    coral = Blueprint("coral_webhooks", __name__)
    view = roles.mark(opened(edge, "coral_webhook", webhook), ACT)
    coral.add_url_rule("/coral/<protocol_key>/webhooks", "webhooks", view, methods=["POST"])
    return coral


def webhook(asked: SignedRequest) -> Response:
    """One event taken in; a repeat changes nothing."""
    app = asked.edge.application
    try:
        fields = validate(EventFields, json_body.parse_object(json_body.mended(asked.raw)), now=app.now())
    except (MalformedRequest, InvalidFields):  # a later Coral: no reason for it to stop telling
        telemetry.failures.labels(what="coral.unreadable").inc()
        return said({})
    app.coral_events.note(site_id=asked.holder.site_id, event=fields.event(), now=app.now())
    return said({})

"""Webhooks: the site's own endpoints that get every event."""

from typing import Annotated, Literal

from pydantic import Field

from moderation.errors import Unavailable
from moderation.lifecycle import EVENT_TYPES
from moderation.web import answers
from moderation.web.fields import Fields, Url
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says

EventType = Literal[EVENT_TYPES]  # type: ignore[valid-type]  # the tuple of the lifecycle is the one list


class WebhookFields(Fields):
    """Where to send what."""

    url: Url = Field(description="https on a public address.")
    types: Annotated[list[EventType], Field(min_length=1, max_length=50)] | None = Field(
        None, description="The types of events to send; every type where you leave it out."
    )


def add(call: Call) -> Answer:
    """Add an endpoint; its secret is in this answer and never again."""
    types = tuple(dict.fromkeys(call.body.types)) if call.body.types else None
    webhook = call.application.webhooks.add(
        site_id=call.site_id, url=call.body.url, types=types, by=call.by, now=call.now, key=call.key
    )
    if webhook.pop("replayed", False):
        return Answer(webhook, 200, REPLAYED)
    return Answer(webhook, 201)


def list_all(call: Call) -> Answer:
    """The endpoints of the site, without secrets."""
    return Answer({"webhooks": call.application.webhooks.list(site_id=call.site_id)})


def remove(call: Call) -> Answer:
    """Take an endpoint away."""
    call.application.webhooks.remove(site_id=call.site_id, webhook_id=call.path["webhook_id"], by=call.by, now=call.now)
    return Answer(None, 204)


def test(call: Call) -> Answer:
    """Send a test event to one endpoint and wait for what it says; as many at a time as may wait at all."""
    with call.edge.waiting.take() as free:
        if not free:
            raise Unavailable("Too many requests are waiting at the moment; try again in a second.", retry_after=1)
        found = call.application.webhooks.test(
            site_id=call.site_id, webhook_id=call.path["webhook_id"], by=call.by, now=call.now
        )
    return Answer(found)


ROUTES = (
    Route(
        method="POST",
        path="/v1/webhooks",
        name="addWebhook",
        tag="Webhooks",
        summary="Add an endpoint",
        text="Every event is sent as a POST, signed as Standard Webhooks 1.0 says. The secret is shown this once.",
        act="keep webhooks",
        view=add,
        body=WebhookFields,
        answers={
            200: Says(
                "Added before under this key; the secret is not shown again.", answers.Webhook, ("Idempotent-Replayed",)
            ),
            201: Says("Added.", answers.NewWebhook),
        },
        problems=(404, 409),  # 404: a repeat, and the endpoint was removed since
        headers=("Idempotency-Key",),
        example={"url": "https://paper.example/hooks/moderation", "types": ["comment.published", "comment.rejected"]},
    ),
    Route(
        method="GET",
        path="/v1/webhooks",
        name="listWebhooks",
        tag="Webhooks",
        summary="List your endpoints",
        act="keep webhooks",
        view=list_all,
        answers={200: Says("Your endpoints, without their secrets.", answers.Webhooks)},
    ),
    Route(
        method="DELETE",
        path="/v1/webhooks/{webhook_id}",
        name="removeWebhook",
        tag="Webhooks",
        summary="Remove an endpoint",
        act="keep webhooks",
        view=remove,
        answers={204: Says("Removed; what was still waiting to be sent there is dropped.")},
        problems=(404,),
    ),
    Route(
        method="POST",
        path="/v1/webhooks/{webhook_id}/test",
        name="testWebhook",
        tag="Webhooks",
        summary="Send a test event to an endpoint",
        act="keep webhooks",
        view=test,
        answers={200: Says("What your receiver answered.", answers.WebhookTest)},
        problems=(404,),
        headers=("Idempotency-Key",),
    ),
)

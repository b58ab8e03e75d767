"""Decisions of a newsroom that moderates elsewhere."""

from typing import Literal

from pydantic import Field

from moderation.web import answers
from moderation.web.fields import AnyId, Fields, Note, Words
from moderation.web.links import with_links
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says
from moderation.web.submissions import Revision
from moderation.workflow.incoming import IncomingDecision


class ModeratorFields(Fields):
    """The person who decided."""

    id: AnyId


class DecisionFields(Fields):
    """A person's decision on one revision."""

    revision: Revision = Field(description="The revision that the moderator saw.")
    decision: Literal["approve", "reject"]
    reason: Words = Field(
        description="A category, illegal or other. A confirmed strike hangs on a category; any other word is kept, and counts for nothing."
    )
    note: Note | None = Field(None, description="For other moderators.")
    moderator: ModeratorFields | None = None

    def incoming(self) -> IncomingDecision:
        """The decision for the verbs."""
        return IncomingDecision(
            revision=self.revision,
            decision=self.decision,
            reason=self.reason,
            note=self.note or None,
            moderator_id=self.moderator.id if self.moderator else None,
        )


def decide(call: Call) -> Answer:
    """Record a decision that was made elsewhere."""
    comment, created, replayed = call.application.review.decide_outside(
        site_id=call.site_id,
        comment_id=call.path["comment_id"],
        decision=call.body.incoming(),
        by=call.by,
        now=call.now,
        key=call.key,
    )
    return Answer(
        with_links(comment, call.edge.public_url),
        201 if created and not replayed else 200,
        REPLAYED if replayed else {},
    )


ROUTES = (
    Route(
        method="POST",
        path="/v1/comments/{comment_id}/decisions",
        name="decide",
        tag="Decisions",
        summary="Record a moderator's decision made elsewhere",
        text="409 when another has decided since that revision.",
        act="pass on decisions taken elsewhere",
        view=decide,
        body=DecisionFields,
        answers={
            200: Says("Recorded before.", answers.Comment, ("Idempotent-Replayed",)),
            201: Says("Recorded.", answers.Comment),
        },
        problems=(404, 409),
        headers=("Idempotency-Key",),
        example={"revision": 1, "decision": "reject", "reason": "personal_attack", "moderator": {"id": "m-3"}},
    ),
)

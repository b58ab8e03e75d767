"""Decisions of a newsroom that moderates elsewhere."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from moderation.web import answers
from moderation.web.fields import AnyId, Fields, Note, Words, wrong
from moderation.web.links import with_links
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says
from moderation.web.submissions import Revision
from moderation.workflow.gravity import GRAVEST_FIRST
from moderation.workflow.incoming import IncomingDecision

_REASONS = tuple(sorted(GRAVEST_FIRST))


class ModeratorFields(Fields):
    """The person who decided."""

    id: AnyId


class DecisionFields(Fields):
    """A person's decision on one revision."""

    revision: Revision = Field(description="The revision that the moderator saw.")
    decision: Literal["approve", "reject"]
    reason: Words = Field(
        description=f"To reject, one of: {', '.join(_REASONS)}; the letter and a confirmed strike hang on it. "
        "To approve, any word."
    )
    note: Note | None = Field(None, description="For other moderators.")
    moderator: ModeratorFields | None = None

    @field_validator("reason")
    @classmethod
    def _is_known(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("decision") == "reject" and value not in _REASONS:
            raise wrong("reason", f"Must be one of: {', '.join(_REASONS)}.")
        return value

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
        problems=(404, 409, 410),
        headers=("Idempotency-Key",),
        example={"revision": 1, "decision": "reject", "reason": "personal_attack", "moderator": {"id": "m-3"}},
    ),
)

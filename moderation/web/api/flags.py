"""Flags: what readers report."""

from typing import Literal

from pydantic import Field

from moderation.errors import FieldError, InvalidFields
from moderation.web import answers
from moderation.web.fields import AnyId, Fields, Note
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says
from moderation.web.submissions import CommentFields, Revision
from moderation.workflow.incoming import IncomingFlag

FlagReason = Literal[
    "uncivil",
    "off_topic",
    "profanity",
    "vulgarity",
    "slur",
    "personal_attack",
    "harassment",
    "tragedy_joke",
    "spam",
    "threat",
    "self_harm",
    "personal_information",
    "illegal",
    "other",
    "disagree",
]


class ReaderFields(Fields):
    """The reader who flags."""

    id: AnyId


class FlagFields(Fields):
    """One reader's flag."""

    reader: ReaderFields
    reason: FlagReason = Field(description="disagree is accepted and never listed for a moderator.")
    note: Note | None = Field(None, description="The reader's own words, for moderators only.")
    revision: Revision | None = Field(
        None, description="The revision that the reader saw; the latest where you leave it out."
    )
    comment: CommentFields | None = Field(
        None,
        description="As in POST /v1/comments, for a comment that we have never seen: it is stored as published by you.",
    )

    def incoming(self) -> IncomingFlag:
        """The flag for the verbs."""
        return IncomingFlag(
            reader_id=self.reader.id,
            reason=self.reason,
            note=self.note or None,
            revision=self.revision,
            comment=self.comment.incoming() if self.comment else None,
        )


def raise_flag(call: Call) -> Answer:
    """Count one reader's flag."""
    along = call.body.comment
    if along is not None and along.id != call.path["comment_id"]:
        raise InvalidFields(errors=[FieldError("#/comment/id", "Must be the id in the address.")])
    flag, created, replayed = call.application.flags.raise_flag(
        site_id=call.site_id,
        comment_id=call.path["comment_id"],
        flag=call.body.incoming(),
        by=call.by,
        now=call.now,
        key=call.key,
    )
    return Answer(flag, 201 if created and not replayed else 200, REPLAYED if replayed else {})


def summary(call: Call) -> Answer:
    """The flags on a comment's latest revision."""
    return Answer(call.application.flags.summary(site_id=call.site_id, comment_id=call.path["comment_id"]))


ROUTES = (
    Route(
        method="POST",
        path="/v1/comments/{comment_id}/flags",
        name="raiseFlag",
        tag="Flags",
        summary="Pass on a reader's flag",
        text="The same reader on the same revision counts once; the first reason stays.",
        act="pass on flags of readers",
        view=raise_flag,
        body=FlagFields,
        answers={
            200: Says("This reader has flagged this revision before.", answers.FlagSummary, ("Idempotent-Replayed",)),
            201: Says("Counted.", answers.FlagSummary),
        },
        problems=(404, 409, 410),
        headers=("Idempotency-Key",),
        example={"reader": {"id": "u-42"}, "reason": "personal_attack"},
    ),
    Route(
        method="GET",
        path="/v1/comments/{comment_id}/flags",
        name="getFlags",
        tag="Flags",
        summary="Count the flags on a comment",
        act="read comments and their flags",
        view=summary,
        answers={200: Says("The flags on the latest revision.", answers.FlagSummary)},
        problems=(404, 410),
    ),
)

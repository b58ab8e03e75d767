"""Authors: their standing, blocks and appeals."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from moderation.web import answers
from moderation.web.fields import AnyId, Fields, FutureTime, Text, Words
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says


class BlockFields(Fields):
    """Why, where and until when."""

    reason: Words
    scope: Literal["site", "realm"] = Field("site", description="realm: every site with the same log-in.")
    until: FutureTime | None = Field(None, description="Without it the block stays until it is lifted.")


class UnblockFields(Fields):
    """Why the block ends."""

    reason: Words


class About(Fields):
    """What an appeal is about: one block, or one comment."""

    block: Annotated[AnyId | None, Field(description="Our id of the block, as in the author's standing.")] = None
    comment: Annotated[AnyId | None, Field(description="Your id of the comment.")] = None

    @model_validator(mode="after")
    def _one(self) -> "About":
        if (self.block is None) == (self.comment is None):
            raise PydanticCustomError("kic_about", "Give either block or comment.")
        return self

    def target(self) -> dict[str, Any]:
        """The one that was given."""
        return {"block": self.block} if self.block is not None else {"comment": self.comment}


class AppealFields(Fields):
    """An appeal in the author's words."""

    text: Text
    about: About


def standing(call: Call) -> Answer:
    """Strikes and the open block of an author."""
    return Answer(
        call.application.authors.standing(site_id=call.site_id, author_id=call.path["author_id"], now=call.now)
    )


def block(call: Call) -> Answer:
    """Block an author; one that we have never seen is created."""
    found, created, replayed = call.application.authors.block(
        site_id=call.site_id,
        author_id=call.path["author_id"],
        reason=call.body.reason,
        scope=call.body.scope,
        until=call.body.until,
        by=call.by,
        now=call.now,
        key=call.key,
    )
    return Answer(found, 201 if created and not replayed else 200, REPLAYED if replayed else {})


def unblock(call: Call) -> Answer:
    """Lift an author's block."""
    found, replayed = call.application.authors.unblock(
        site_id=call.site_id,
        author_id=call.path["author_id"],
        reason=call.body.reason,
        by=call.by,
        now=call.now,
        key=call.key,
    )
    return Answer(found, headers=REPLAYED if replayed else {})


def appeal(call: Call) -> Answer:
    """Take an author's appeal."""
    found, created, replayed = call.application.appeals.open(
        site_id=call.site_id,
        author_id=call.path["author_id"],
        text=call.body.text,
        about=call.body.about.target(),
        by=call.by,
        now=call.now,
        key=call.key,
    )
    headers = {"Location": f"{call.edge.public_url}/v1/appeals/{found['id']}"} | (REPLAYED if replayed else {})
    return Answer(found, 201 if created and not replayed else 200, headers)


def appeal_status(call: Call) -> Answer:
    """Where an appeal stands."""
    return Answer(call.application.appeals.status(site_id=call.site_id, appeal_id=call.path["appeal_id"]))


ROUTES = (
    Route(
        method="GET",
        path="/v1/authors/{author_id}",
        name="getAuthor",
        tag="Authors",
        summary="Read an author's standing",
        act="read a commenter's standing and appeals",
        view=standing,
        answers={200: Says("Strikes, and the open block or null.", answers.Author)},
        problems=(404,),
    ),
    Route(
        method="POST",
        path="/v1/authors/{author_id}/block",
        name="blockAuthor",
        tag="Authors",
        summary="Block an author",
        text="Comments sent while the block is open are rejected with its end and the way to appeal.",
        act="block and unblock commenters for the site",
        view=block,
        body=BlockFields,
        answers={
            200: Says("The same block is open already.", answers.Block, ("Idempotent-Replayed",)),
            201: Says("Blocked.", answers.Block),
        },
        problems=(403, 409),
        headers=("Idempotency-Key",),
        example={"reason": "Sent the same advertisement under nine stories.", "until": "2030-01-31T00:00:00Z"},
    ),
    Route(
        method="POST",
        path="/v1/authors/{author_id}/unblock",
        name="unblockAuthor",
        tag="Authors",
        summary="Lift a block",
        act="block and unblock commenters for the site",
        view=unblock,
        body=UnblockFields,
        answers={
            200: Says("The standing afterwards: no block is open any more.", answers.Author, ("Idempotent-Replayed",))
        },
        problems=(404,),
        headers=("Idempotency-Key",),
        example={"reason": "Second look: the account had been taken over."},
    ),
    Route(
        method="POST",
        path="/v1/authors/{author_id}/appeals",
        name="openAppeal",
        tag="Authors",
        summary="Pass on an author's appeal",
        act="pass on appeals",
        view=appeal,
        body=AppealFields,
        answers={
            200: Says("Already open.", answers.Appeal, ("Location", "Idempotent-Replayed")),
            201: Says("Opened.", answers.Appeal, ("Location",)),
        },
        problems=(404, 409, 410),
        headers=("Idempotency-Key",),
        example={"text": "I was quoting the minister.", "about": {"comment": "c-1001"}},
    ),
    Route(
        method="GET",
        path="/v1/appeals/{appeal_id}",
        name="getAppeal",
        tag="Authors",
        summary="Read where an appeal stands",
        act="read a commenter's standing and appeals",
        view=appeal_status,
        answers={200: Says("The appeal.", answers.Appeal)},
        problems=(404,),
    ),
)

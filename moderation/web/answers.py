"""What the endpoints answer, as models: the source of the OpenAPI document, and what tests hold answers against."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CommentStatus = Literal["pending", "published", "held", "rejected", "withdrawn"]
Action = Literal["allow", "review", "hold", "reject"]


class Given(BaseModel):
    """Base of every answer; fields may be added, so clients ignore those that they do not know."""

    model_config = ConfigDict(extra="allow")


class Id(Given):
    """A thing by its id."""

    id: str


class Problem(Given):
    """An error (RFC 9457)."""

    type: str = Field(description="Stable: decide by this, or by its last part in `code`.")
    title: str
    status: int
    detail: str = Field(description="A sentence that a person can act on.")
    code: str
    errors: list["ProblemField"] | None = None


class ProblemField(Given):
    """One wrong field."""

    pointer: str = Field(description="Where: a JSON pointer such as #/author/id.")
    detail: str


class MatchAnswer(Given):
    """What one rule saw."""

    rule: str
    category: str
    action: Action
    state: str = Field(
        description="Of the rule then: live, trial (acts on nothing), paused (by the safety limit: the action is milder)."
    )
    spans: list[list[int]] = Field(description="Begin and end in code points of the text.")
    text: str | list[str] | None = Field(
        None, description="The matched words, cut out of the stored text at read time."
    )
    aimed_at: str | None = None
    hidden_as: str | None = None
    reason: str | None = None
    scores: dict[str, Any] | None = Field(
        None, description="The scores that its rule asks for: attribute to {score, source, version}."
    )


class ReasonAnswer(Given):
    """One reason of the action."""

    code: str
    text: str
    rule: str | None = None
    until: str | None = None


class Verdict(Given):
    """What the rules say."""

    action: Action = Field(description="allow < review < hold < reject; review publishes and lists for a moderator.")
    categories: list[str]
    matches: list[MatchAnswer]
    reasons: list[ReasonAnswer]
    scores: dict[str, float]
    scored_by: dict[str, Any]
    not_assessed: dict[str, str]
    language: str | None
    ruleset: str | None
    engine: str | None


class Judged(Verdict):
    """What the rules say of a text that is not stored."""

    id: str | None = Field(None, description="Yours, where you gave one.")


class Letter(Given):
    """What the writer may be told."""

    title: str
    text: str
    appeal_url: str | None = None


class FlagCount(Given):
    """Flags on the latest revision."""

    total: int
    counts: dict[str, int]


class Comment(Given):
    """Where a comment stands."""

    id: str
    revision: int
    sequence: int = Field(description="Ignore an event whose sequence is not higher than the last you applied.")
    status: CommentStatus
    publish: bool = Field(description="Obey this one field: show the comment, or do not.")
    decided_by: Literal["rules", "person", "block", "site"] | None
    text: str | None
    verdict: Verdict | None
    decision: dict[str, Any] | None
    message: Letter | None
    flags: FlagCount
    story: Id
    author: Id
    history: list[Any]
    links: dict[str, str]


class NotSubmitted(Given):
    """The writer is asked once; nothing was stored. Send it again to post anyway."""

    status: Literal["not_submitted"]
    message: Any
    spans: list[list[int]]


class BatchLine(Given):
    """One line of a batch's answer: the comment, or the problem."""

    line: int
    status: int
    comment: Comment | None = None
    problem: Problem | None = None


class Story(Given):
    """A story as stored."""

    id: str


class FlagSummary(Given):
    """All flags on the latest revision as they stand now."""

    total: int = Field(description="Distinct readers.")
    counts: dict[str, int]
    weight: float
    outcome: str | None


class Author(Given):
    """The standing of an author."""

    id: str
    strikes: list[Any]
    block: dict[str, Any] | None


class Block(Given):
    """A block of an author."""

    id: str
    scope: Literal["site", "realm"]
    state: str
    reason: str | None
    until: str | None


class Appeal(Given):
    """An appeal and where it stands."""

    id: str
    state: str


class Event(Given):
    """One transition, written once."""

    id: str
    type: str
    created_at: str
    data: dict[str, Any]


class Events(Given):
    """A page of events."""

    events: list[Event]
    next: str = Field(description="Give it as `after` of the next request; on an empty page the same as the one given.")


class Webhook(Given):
    """An endpoint of yours."""

    id: str
    url: str


class NewWebhook(Webhook):
    """An endpoint just added."""

    secret: str = Field(description="Shown this once.")


class WebhookTest(Given):
    """What became of a test event."""

    id: str
    delivered: bool = Field(description="Your receiver answered 2xx.")
    status: int | None
    error: str | None = Field(description="Why no answer came: refused_address, dns, connect, tls, timeout, no_answer.")
    milliseconds: int


class Webhooks(Given):
    """Your endpoints."""

    webhooks: list[Webhook]


class Guidelines(Given):
    """The editors' own text with the public titles of the rules in force."""

    guidelines: str | None
    faq: str | None
    rules: list[dict[str, Any]]
    version: str
    date: str | None
    changed: list[Any]


class Health(Given):
    """Is the process there?"""

    status: str


class Readiness(Given):
    """Can this process take comments?"""

    status: Literal["ok", "degraded", "unavailable"]
    checks: dict[str, Any]

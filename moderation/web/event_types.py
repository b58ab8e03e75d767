"""What each type of event tells, and the shape of its data: for the OpenAPI document and the pages made from it."""

from typing import Any

from pydantic import BaseModel, Field

from moderation.web.answers import Action, CommentStatus, Given, Id


class Person(Given):
    """A commenter by the site's id."""

    id: str | None = Field(description="Null once the commenter was erased.")


class EventComment(Given):
    """A comment in an event: ids, codes and where it stands, never its words."""

    id: str
    revision: int
    published_revision: int | None = Field(description="The revision that readers may see; null: none.")
    sequence: int = Field(description="Ignore an event whose sequence is not higher than the last that you applied.")
    status: CommentStatus
    publish: bool = Field(description="Obey this.")
    decided_by: str | None
    action: Action | None
    categories: list[str]
    reasons: list[dict[str, Any]]
    story: Id
    author: Person


class CommentEvent(Given):
    """Data of `comment.…` events."""

    comment: EventComment
    decision: dict[str, Any] | None = Field(None, description="With comment.decided: decision, reason, undone.")
    flag: dict[str, Any] | None = Field(None, description="With comment.flagged: the reason.")


class AuthorEvent(Given):
    """Data of `author.…` events."""

    author: Person
    block: dict[str, Any] = Field(description="id, scope, category, until.")


class AppealEvent(Given):
    """Data of `appeal.…` events."""

    author: Person
    appeal: dict[str, Any] = Field(description="id, state, and the block or comment that it is about.")


class RulesetEvent(Given):
    """Data of `ruleset.published`."""

    ruleset: dict[str, Any] = Field(description="version, kind.")


class RuleEvent(Given):
    """Data of `rule.paused`."""

    rule: dict[str, Any] = Field(
        description="id; acts_as: the strictest action left to it (hold, review); stopped of the last checked comments."
    )


EVENTS: dict[str, tuple[str, type[BaseModel]]] = {
    "comment.published": ("Show the comment (or its new revision).", CommentEvent),
    "comment.held": (
        "A moderator reads it first. An edit may be held while the revision before it stays public.",
        CommentEvent,
    ),
    "comment.rejected": ("It is not published, or no longer.", CommentEvent),
    "comment.withdrawn": ("Your site has taken it back.", CommentEvent),
    "comment.decided": ("For information: a moderator has decided, or taken a decision back.", CommentEvent),
    "comment.flagged": ("For information: a reader has flagged it.", CommentEvent),
    "comment.urgent": ("For information: it is at the top of the desk, a threat for example.", CommentEvent),
    "author.blocked": ("A block is in force: what this author sends is rejected.", AuthorEvent),
    "author.unblocked": ("A block was lifted or has ended.", AuthorEvent),
    "appeal.opened": ("An appeal waits for an answer.", AppealEvent),
    "appeal.decided": ("An appeal was answered.", AppealEvent),
    "ruleset.published": ("Other rules are in force.", RulesetEvent),
    "rule.paused": (
        "The safety limit has paused a new or changed rule that stopped too much: it acts a step milder.",
        RuleEvent,
    ),
}

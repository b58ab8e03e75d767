"""What the edges hand to the verbs: parsed, typed, within the limits of the contract, not yet stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

TEXT_BYTES = 20_480  # of a comment's text, as UTF-8
ID_LENGTH = 200  # characters of an id
ABSENT: Any = object()  # a field that the caller did not give: the stored value stays


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. kind `site` (a key), `user` (a person at the desk), `operator` (the shell), `system` (us)."""

    kind: Literal["site", "user", "operator", "system"]
    id: str | None = None
    role: str | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAuthor:
    """The commenter as the site knows him; `id` is the site's."""

    id: str
    name: str | None = None
    joined_at: datetime | None = None
    role: Literal["reader", "staff", "moderator"] = "reader"
    trusted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingStory:
    """A story; every field but `id` may be ABSENT, and then stays as stored."""

    id: str
    url: str | None = ABSENT
    title: str | None = ABSENT
    body: str | None = ABSENT
    section: str | None = ABSENT
    language: str | None = ABSENT
    published_at: datetime | None = ABSENT
    byline: tuple[dict[str, Any], ...] = ABSENT
    people: tuple[dict[str, Any], ...] = ABSENT
    sensitive: tuple[str, ...] = ABSENT
    comments: Literal["open", "check_first", "closed"] = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingParent:
    """The comment replied to; text and author_id help where we have never seen it."""

    id: str
    text: str | None = None
    author_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingComment:
    """One comment, or one revision of it."""

    id: str
    text: str
    author: IncomingAuthor
    story: IncomingStory
    format: Literal["plain", "html"] = "plain"
    revision: int | None = None
    parent: IncomingParent | None = None
    created_at: datetime | None = None
    language: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFlag:
    """One reader's flag; `comment` describes one that we have never seen."""

    reader_id: str
    reason: str
    note: str | None = None
    revision: int | None = None
    comment: IncomingComment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingDecision:
    """A person's decision on one revision. `reason` is a category code; `moderator_id` the site's own id of the person.

    edit_only: a rejected edit leaves public what was; overrules: the id of another's decision that this one replaces.
    """

    revision: int
    decision: Literal["approve", "reject", "hold"]
    reason: str
    note: str | None = None
    moderator_id: str | None = None
    edit_only: bool = False
    overrules: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """The caller's key with the SHA-256 of the body that it came with."""

    key: str
    route: str
    body_hash: str

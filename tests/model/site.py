"""The model: one site as plain Python objects. What it answers and tells is what the service must answer and tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.model import rules

RANK = {"allow": 0, "review": 1, "hold": 2, "reject": 3}
STATUS = {"allow": "published", "review": "published", "hold": "held", "reject": "rejected"}
LEASE = timedelta(seconds=90)
UNDO = timedelta(seconds=5)
ATTEMPTS = 5
COUNTED = ("personal_attack", "spam")
URGENT = "threat"
UNLISTED = "disagree"

Answer = tuple[int, str | None]  # the status, and the code of a problem


@dataclass(eq=False)
class Flag:
    """One reader's flag on one revision."""

    reader: str
    reason: str
    weight: float
    state: str = "open"


@dataclass(eq=False)
class Decision:
    """What a person said of a revision; `id` is the service's, where the desk gave one."""

    by: str
    comment: "Comment"
    revision: "Revision"
    decision: str
    reason: str
    effective: datetime
    id: str = ""
    state: str = "waiting"
    before: tuple[str, int | None, str | None, bool] = ("pending", None, None, False)
    beside: "Revision | None" = None


@dataclass(eq=False)
class Revision:
    """One version of a comment's words and where its check stands; `strikes`: category → (decision, since)."""

    number: int
    text: str
    state: str = "waiting"
    lease: datetime | None = None
    attempts: int = 0
    action: str | None = None
    decision: Decision | None = None
    flags: dict[str, Flag] = field(default_factory=dict)
    strikes: dict[str, tuple[Decision, datetime]] = field(default_factory=dict)


@dataclass(eq=False)
class Comment:
    """A comment with its revisions by number."""

    id: str
    author: str
    story: str
    revisions: dict[int, Revision]
    status: str = "pending"
    public: int | None = None
    decided_by: str | None = None
    stopped: bool = False

    @property
    def latest(self) -> Revision:
        """The newest revision."""
        return self.revisions[max(self.revisions)]


@dataclass(eq=False)
class Block:
    """An author's block; `cause` is the decision that brought it, None for one by hand."""

    until: datetime | None
    cause: Decision | None = None
    id: str = ""
    state: str = "active"


@dataclass(eq=False)
class Author:
    """What is on record of an author."""

    blocks: list[Block] = field(default_factory=list)
    checked_until: datetime | None = None

    def block(self, now: datetime) -> Block | None:
        """The block in force."""
        return next((b for b in self.blocks if b.state == "active" and (b.until is None or b.until > now)), None)


@dataclass(eq=False)
class Appeal:
    """A second look that was asked for."""

    author: str
    about: Comment | Block
    id: str = ""
    state: str = "open"


@dataclass(eq=False)
class Site:
    """All that a site knows; `told` is its event feed."""

    comments: dict[str, Comment] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)
    stories: dict[str, str] = field(default_factory=dict)
    readers: dict[str, tuple[int, int]] = field(default_factory=dict)  # decided, upheld
    appeals: list[Appeal] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    published: list[str] = field(default_factory=lambda: ["first"])
    told: list[tuple[Any, ...]] = field(default_factory=list)

    def tell(self, type: str, comment: Comment, revision: int, *more: object) -> None:
        """One event about a comment."""
        self.told.append((type, comment.id, revision, comment.status, comment.public is not None, *more))

    def move(self, comment: Comment, status: str, public: int | None, by: str | None, revision: int) -> None:
        """The one way in which a comment's standing changes."""
        if (comment.status, comment.public) != (status, public):
            comment.status, comment.public, comment.decided_by = status, public, by
            self.tell(f"comment.{status}", comment, revision)

    def find(self, id: str, number: int | None = None) -> Comment | None:
        """The comment, where it is there and has the revision."""
        comment = self.comments.get(id)
        return comment if comment and (number is None or number in comment.revisions) else None

    def end_block(self, author: str, block: Block, state: str) -> None:
        """A block is over."""
        block.state = state
        self.told.append(("author.unblocked", author))

    def weight(self, revision: Revision) -> tuple[float, int]:
        """How much the flags on a revision weigh, and of how many readers."""
        counted = [flag.weight for flag in revision.flags.values() if flag.reason != UNLISTED]
        return sum(counted), len(counted)

    def strikes(self, author: str) -> Iterator[tuple[str, str, datetime]]:
        """(category, comment, since) of the strikes that count."""
        for comment in self.comments.values():
            for revision in comment.revisions.values() if comment.author == author else ():
                for category, (_, since) in revision.strikes.items():
                    yield category, comment.id, since

    def rules(self, text: str) -> str:
        """What the rules in force say of a text."""
        return rules.action(self.published[-1], text)

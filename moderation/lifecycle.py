"""PURE. Statuses of a comment, what moves it from one to the next, and the event that each move emits.

A comment's `status` speaks of its latest revision; `publish` says whether a revision of it is public.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

SAME_PERSON_AFTER = timedelta(hours=24)

Status = Literal["pending", "published", "held", "rejected", "withdrawn"]
DecidedBy = Literal["rules", "person", "block", "site"]
STATUSES: tuple[Status, ...] = ("pending", "published", "held", "rejected", "withdrawn")

STATUS_OF_ACTION: dict[str, Status] = {
    "allow": "published",
    "review": "published",
    "hold": "held",
    "reject": "rejected",
}
EVENT_OF_STATUS: dict[Status, str] = {
    "published": "comment.published",
    "held": "comment.held",
    "rejected": "comment.rejected",
    "withdrawn": "comment.withdrawn",
}
STATUS_EVENTS = tuple(EVENT_OF_STATUS.values())
EVENT_TYPES = (
    *STATUS_EVENTS,
    "comment.decided",
    "comment.flagged",
    "comment.urgent",
    "author.blocked",
    "author.unblocked",
    "appeal.opened",
    "appeal.decided",
    "ruleset.published",
    "rule.paused",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a comment stands: its status, and the number of the revision that is public (None: none is)."""

    status: Status
    published_revision: int | None

    @property
    def publish(self) -> bool:
        """What a site obeys: is any revision of the comment public?"""
        return self.published_revision is not None


def judged(now: Standing, *, revision: int, action: str, person_stopped: bool, edit_hides: bool) -> Standing:
    """Where a verdict with `action` on the latest `revision` leads.

    `person_stopped`: a moderator rejected or held an earlier revision, so a new one is at least held.
    `edit_hides`: the site takes the public revision down when its edit is held or rejected.
    """
    status = STATUS_OF_ACTION[action]
    if status == "published" and person_stopped:
        status = "held"
    if status == "published":
        return Standing(status, revision)
    return Standing(status, None if edit_hides else now.published_revision)


def decided(now: Standing, *, revision: int, decision: str, edit_only: bool = False) -> Standing:
    """Where a person's decision (approve, reject, hold) on `revision` leads; edit_only: what was public before stays."""
    if decision == "approve":
        return Standing("published", revision)
    stays = now.published_revision if edit_only and now.published_revision != revision else None
    return Standing("held" if decision == "hold" else "rejected", stays)


def edited(now: Standing) -> Standing:
    """A new revision waits for its check; the last published one stays public."""
    return Standing("pending", now.published_revision)


def withdrawn() -> Standing:
    """The site takes the comment back; nothing of it is public any more."""
    return Standing("withdrawn", None)


def hidden_by_flags(now: Standing) -> Standing:
    """Enough readers flagged the public text that no person has approved; an edit of it that was stopped stays so."""
    return Standing("held" if now.status == "published" else now.status, None)


def second_look(
    *, decided_first: bool, others_work: bool, other_contact: bool, waited: timedelta
) -> Literal["open", "another", "contact", "later"]:
    """May this person answer an appeal (open), or who shall: another moderator, the site's contact, he himself later?"""
    if not decided_first:
        return "open"
    if others_work:
        return "another"
    if other_contact:
        return "contact"
    return "open" if waited >= SAME_PERSON_AFTER else "later"


def event_for(before: Standing, after: Standing) -> str | None:
    """The one status event of a move, or None where nothing changed or the new revision only waits."""
    if after == before or after.status == "pending":
        return None
    return EVENT_OF_STATUS[after.status]

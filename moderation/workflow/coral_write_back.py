"""What people decide here on comments of a Coral, told there through its GraphQL.

Its phase tells no id, so the comment is found among the newest of its author there, by place, time and text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.storage.models import Author, Comment, Decision, Revision, Story
from moderation.storage.queries import lookup
from moderation.workflow import coral_graphql as graphql
from moderation.workflow.coral import ID, Finding
from moderation.workflow.coral_door import CoralDoor
from moderation.workflow.coral_graphql import PublishedComment
from moderation.workflow.coral_reasons import rejection_reason

STATUSES: Mapping[str, str] = {"published": graphql.APPROVED, "rejected": graphql.REJECTED}  # ours → theirs
READ_AT_MOST = 3  # comments whose place and time fit, nearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class CoralWish:
    """Where the comment is, and the status that it shall have."""

    coral: CoralDoor
    author_id: str
    story_id: str
    parent_id: str | None
    written_at: datetime
    text: str
    status: str
    reason: Mapping[str, str]
    since: datetime  # what a person decides there later stays


def is_of_coral(external_id: str) -> bool:
    """Did the comment come by the phase, or by a look at what was published?"""
    return external_id.startswith(ID)


def wish(
    session: Session, coral: CoralDoor, comment: Comment, decision: Decision | None, since: datetime
) -> CoralWish | str:
    """What the Coral is told about `comment`, or the word for why nothing."""
    status = STATUSES.get(comment.status)
    if status is None:
        return "held"  # Coral has no mutation for that
    author, story = session.get_one(Author, comment.author_id), session.get_one(Story, comment.story_id)
    revision = lookup.latest_revision(session, comment)
    if author.external_id is None or revision.text is None:
        return "gone"
    return CoralWish(
        coral=coral,
        author_id=author.external_id,
        story_id=story.external_id,
        parent_id=comment.parent_external_id,
        written_at=comment.created_at,
        text=revision.text,
        status=status,
        reason=rejection_reason(_found(session, revision, decision)),
        since=since,
    )


def tell(wish: CoralWish) -> str:
    """Tells it; the outcome. Raises Unreadable for all that is tried again."""
    comment = _find(wish)
    if comment is None:
        return "gone"
    if comment.status == wish.status:
        return "unchanged"
    if comment.decided_at is not None and comment.decided_at > wish.since:
        return "decided"
    if wish.status == graphql.APPROVED:
        wish.coral.approve(comment)
    else:
        wish.coral.reject(comment, wish.reason)
    return "told"


def _find(wish: CoralWish) -> PublishedComment | None:
    here = [
        one
        for one in wish.coral.comments_of_author(wish.author_id)
        if one.story_id == wish.story_id and one.parent_id in (None, wish.parent_id)
    ]
    for one in sorted(here, key=lambda one: abs(one.created_at - wish.written_at))[:READ_AT_MOST]:
        comment = wish.coral.comment(one.id)
        if comment is not None and comment.body == wish.text and comment.parent_id in (None, wish.parent_id):
            return comment
    return None


def _found(session: Session, revision: Revision, decision: Decision | None) -> Finding:
    """Why it is rejected: for the reason of the decision, or after an undo for what the rules had found."""
    if decision is not None and decision.state == "in_force":
        return Finding(action="reject", categories=(decision.reason,))
    verdict = lookup.live_verdict(session, revision.id)
    return Finding(action="reject", categories=tuple(verdict.categories) if verdict else ())

"""What people decide here on comments of a Coral, told there through its GraphQL.

Its phase tells no id, so the comment is found among the newest of its author there, by place, time and text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.storage.models import Author, Comment, Story
from moderation.storage.queries import lookup
from moderation.storage.queries.lookup import WayBack
from moderation.workflow import coral_door
from moderation.workflow import coral_graphql as graphql
from moderation.workflow.coral import ID, Finding
from moderation.workflow.coral_door import CoralDoor
from moderation.workflow.coral_graphql import PublishedComment
from moderation.workflow.coral_reasons import rejection_reason
from moderation.workflow.ports import JsonDoor

KEY_KIND = coral_door.KEY_KIND
FAILED, GAVE_UP = "coral.write_back_failed", "coral.write_back_gave_up"
STATUSES: Mapping[str, str] = {"published": graphql.APPROVED, "rejected": graphql.REJECTED}  # ours → theirs
READ_AT_MOST = 3  # comments whose place and time fit, nearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class CoralWish:
    """By what the comment is found, and the status that it shall have."""

    author_id: str
    story_id: str
    parent_id: str | None
    written_at: datetime
    text: str
    status: str
    reason: Mapping[str, str]

    def tell(self, door: JsonDoor, way: WayBack, *, since: datetime) -> str:
        """Tells it; the outcome. Raises Unreadable for all that is tried again."""
        coral = CoralDoor(door, way)
        comment = self._find(coral)
        if comment is None:
            return "gone"
        if comment.status == self.status:
            return "unchanged"
        if comment.decided_at is not None and comment.decided_at > since:
            return "decided"
        if self.status == graphql.APPROVED:
            coral.approve(comment)
        else:
            coral.reject(comment, self.reason)
        return "told"

    def _find(self, coral: CoralDoor) -> PublishedComment | None:
        here = [
            one
            for one in coral.comments_of_author(self.author_id)
            if one.story_id == self.story_id and one.parent_id in (None, self.parent_id)
        ]
        for one in sorted(here, key=lambda one: abs(one.created_at - self.written_at))[:READ_AT_MOST]:
            comment = coral.comment(one.id)
            if comment is not None and comment.body == self.text and comment.parent_id in (None, self.parent_id):
                return comment
        return None


def is_of(external_id: str) -> bool:
    """Did the comment come by the phase, or by a look at what was published?"""
    return external_id.startswith(ID)


def wish(session: Session, comment: Comment, *, why: Sequence[str]) -> CoralWish | str:
    """What the Coral is told about `comment`, or the word for why nothing."""
    status = STATUSES.get(comment.status)
    if status is None:
        return "held"  # Coral has no mutation for that
    author, story = session.get_one(Author, comment.author_id), session.get_one(Story, comment.story_id)
    text = lookup.latest_revision(session, comment).text
    if author.external_id is None or text is None:
        return "gone"
    return CoralWish(
        author_id=author.external_id,
        story_id=story.external_id,
        parent_id=comment.parent_external_id,
        written_at=comment.created_at,
        text=text,
        status=status,
        reason=rejection_reason(Finding(action="reject", categories=why)),
    )

"""What a Coral tells of by its webhooks: each event counts once, however often it is sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import CoralComment, new_id
from moderation.storage.rows import insert_once
from moderation.workflow import coral_graphql as graphql
from moderation.workflow import people
from moderation.workflow.coral_door import way_back
from moderation.workflow.incoming import ABSENT, IdempotencyKey, IncomingStory
from moderation.workflow.recording import Recorder, replayed

STORY_CREATED = "STORY_CREATED"
COMMENTS = ("COMMENT_CREATED", "COMMENT_REPLY_CREATED")
LEFT_QUEUE = "COMMENT_LEFT_MODERATION_QUEUE"
DECIDED = (graphql.APPROVED, graphql.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoralEvent:
    """One event, without the words of anybody: ids only."""

    id: str
    type: str
    story_id: str | None = None
    story_url: str | None = None
    comment_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class CoralEvents:
    """The verb behind Coral's webhooks."""

    record: Recorder

    def note(self, *, site_id: str, event: CoralEvent, now: datetime) -> bool:
        """Takes in what an event tells; False where it was told before. What is not used here is passed over."""
        digest = hashlib.sha256(event.id.encode()).hexdigest()
        key = IdempotencyKey(key=f"coral-event-{digest}", route="POST /coral/webhooks", body_hash=digest)
        row_id = None
        with self.record(site_id, now) as ledger:
            if replayed(ledger.session, site_id, key, now) is not None:
                return False
            if event.type == STORY_CREATED and event.story_id:
                story = IncomingStory(id=event.story_id, url=event.story_url or ABSENT)
                people.story(ledger.session, site_id, story, now)
            elif event.type in COMMENTS and event.comment_id:
                row_id = _to_look_at(ledger.session, site_id, event.comment_id, now)
            elif event.type == LEFT_QUEUE and event.status in DECIDED and event.comment_id:
                row_id = _to_look_at(ledger.session, site_id, event.comment_id, now, again=True)
        if row_id is not None:
            self.record.queue.repair(row_id)
        return True


def _to_look_at(session: Session, site_id: str, coral_id: str, now: datetime, *, again: bool = False) -> str | None:
    """A row for the comment where the site gave a token to ask about it; None where not.

    A comment that has one is looked at `again` or not at all.
    """
    if way_back(session, site_id) is None:
        return None
    id = new_id()
    values = {"site_id": site_id, "coral_id": coral_id, "state": "due", "due_at": now, "attempts": 0, "created_at": now}
    if insert_once(session, CoralComment, id=id, **values):
        return id
    if not again:
        return None
    mine = select(CoralComment).where(CoralComment.site_id == site_id, CoralComment.coral_id == coral_id)
    row = session.execute(mine.with_for_update()).scalar_one_or_none()
    if row is None:  # removed for its age in between
        return id if insert_once(session, CoralComment, id=id, **values) else None
    row.lease_until = row.lease_token = row.done_at = None  # who holds it may have asked before the decision
    row.state, row.due_at, row.attempts, row.created_at = "due", now, 0, now
    return row.id

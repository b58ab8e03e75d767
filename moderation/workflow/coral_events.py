"""What a Coral tells of by its webhooks: each event counts once, however often it is sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from moderation.workflow import people
from moderation.workflow.incoming import ABSENT, IdempotencyKey, IncomingStory
from moderation.workflow.recording import Recorder, replayed

STORY_CREATED = "STORY_CREATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoralEvent:
    """One event, without the words of anybody: ids only."""

    id: str
    type: str
    story_id: str | None = None
    story_url: str | None = None


@dataclass(frozen=True, slots=True)
class CoralEvents:
    """The verb behind Coral's webhooks."""

    record: Recorder

    def note(self, *, site_id: str, event: CoralEvent, now: datetime) -> bool:
        """Takes in what an event tells; False where it was told before. What is not used here is passed over."""
        digest = hashlib.sha256(event.id.encode()).hexdigest()
        key = IdempotencyKey(key=f"coral-event-{digest}", route="POST /coral/webhooks", body_hash=digest)
        with self.record(site_id, now) as ledger:
            if replayed(ledger.session, site_id, key, now) is not None:
                return False
            if event.type == STORY_CREATED and event.story_id:
                story = IncomingStory(id=event.story_id, url=event.story_url or ABSENT)
                people.story(ledger.session, site_id, story, now)
        return True

"""Stories: what is known of what comments stand under, and how comments there are taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.storage.models import Story
from moderation.storage.queries import lookup
from moderation.workflow import people
from moderation.workflow.incoming import Actor, IncomingStory
from moderation.workflow.recording import Recorder
from moderation.workflow.times import rfc3339


@dataclass(frozen=True, slots=True)
class Stories:
    """The verbs about stories."""

    record: Recorder

    def put(self, *, site_id: str, story: IncomingStory, by: Actor, now: datetime) -> tuple[dict[str, Any], bool]:
        """Writes the given fields over the stored story; the story, and whether it is new."""
        with self.record(site_id, now) as ledger:
            stored, created = people.story(ledger.session, site_id, story, now)
            ledger.session.flush()
            return view(stored), created

    def check_first(self, *, site_id: str, story_id: str, by: Actor, now: datetime) -> None:
        """From now on a moderator reads every comment under an open story before it appears."""
        with self.record(site_id, now) as ledger:
            stored = lookup.story(ledger.session, site_id, story_id)
            if stored.comments == "open":
                stored.comments, stored.updated_at = "check_first", now
                ledger.audit(by=by, act="story.check_first", subject=("story", stored.id))

    def get(self, *, site_id: str, story_id: str) -> dict[str, Any]:
        """The story, or NotFound."""
        with self.record.database.read() as session:
            return view(lookup.story(session, site_id, story_id))


def view(story: Story) -> dict[str, Any]:
    """A story as the API shows it; the body stays here."""
    return {
        "id": story.external_id,
        "url": story.url,
        "title": story.title,
        "section": story.section,
        "language": story.language,
        "published_at": rfc3339(story.published_at),
        "byline": story.byline,
        "people": story.people,
        "sensitive": story.sensitive,
        "comments": story.comments,
        "created_at": rfc3339(story.created_at),
        "updated_at": rfc3339(story.updated_at),
    }

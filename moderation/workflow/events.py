"""The event feed of a site: read from any point, in order, nothing skipped."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import MalformedRequest, NoLongerKept
from moderation.storage.models import Event, Position
from moderation.storage.unit_of_work import Database
from moderation.workflow.times import rfc3339

MOST = 200


@dataclass(frozen=True, slots=True)
class Events:
    """The verb that reads events."""

    database: Database

    def read(self, *, site_id: str, after: str | None = None, limit: int = 100) -> dict[str, Any]:
        """{events, next}: up to `limit` events after the cursor `after` (none: from the beginning).

        Raises MalformedRequest for a cursor that we never gave, NoLongerKept where events after it have been removed.
        """
        cursor = _position(after)
        with self.database.read() as session:
            if after and cursor:
                _ours(session, site_id, cursor)
            rows = session.scalars(
                select(Event)
                .where(Event.site_id == site_id, Event.position > cursor)
                .order_by(Event.position)
                .limit(max(1, min(limit, MOST)))
            ).all()
        following = str(rows[-1].position) if rows else (after or "")
        return {"events": [view(row) for row in rows], "next": following}


def view(event: Event) -> dict[str, Any]:
    """An event as feed and webhooks show it."""
    return {"id": event.id, "type": event.type, "created_at": rfc3339(event.created_at), "data": event.data}


def _position(after: str | None) -> int:
    if not after:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise MalformedRequest("`after` is not a cursor that we gave; send the `next` of your last page.")
    return int(after)


def _ours(session: Session, site_id: str, cursor: int) -> None:
    position = session.get_one(Position, site_id)
    if cursor < position.events_removed_to:
        raise NoLongerKept("Events after this cursor have been removed; start again without `after`.")
    if cursor > position.last:
        raise MalformedRequest("`after` is ahead of every event of this site; start again without it.")

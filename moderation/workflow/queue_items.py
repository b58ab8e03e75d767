"""The review queue: a comment has at most one open item; opening again sharpens it, never doubles it."""

from sqlalchemy import update

from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, ReviewItem, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import counted, insert_once

# Order of the list, "needs you first": urgent, then what is held from readers, then what readers flagged.
RANKS = {"urgent": 1000.0, "held": 100.0, "flagged": 50.0, "review": 10.0}


def open_or_raise(
    ledger: Ledger, comment: Comment, *, source: str, rank: float, urgent: bool = False, opened: int | None = None
) -> bool:
    """Puts a comment before people, or moves its open item up; True if the item is new.

    `opened`: the place that it had before, for one that comes back; else it goes behind what is there.
    """
    session = ledger.session
    created = insert_once(
        session,
        ReviewItem,
        id=new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        source=source,
        urgent=urgent,
        rank=rank,
        opened_at=ledger.now,
        opened=opened or 0,
    )
    item = lookup.open_item(session, comment.id)
    assert item is not None
    if created:
        if opened is None:
            ledger.opened(item)
        return True
    item.urgent = item.urgent or urgent
    item.rank = max(item.rank, rank)
    return False


def close(ledger: Ledger, comment_id: str, outcome: str, *, spare: str | None = None) -> None:
    """Takes a comment off the list, with what became of it; an item of source `spare` stays."""
    open_item = (ReviewItem.comment_id == comment_id) & ReviewItem.closed_at.is_(None)
    counted(
        ledger.session,
        update(ReviewItem)
        .where(open_item if spare is None else open_item & (ReviewItem.source != spare))
        .values(closed_at=ledger.now, outcome=outcome, claimed_by=None, claimed_until=None),
    )

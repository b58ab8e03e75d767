"""Strikes as rows: one for each revision and category."""

from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Strike, new_id
from moderation.storage.rows import insert_once


def propose(
    ledger: Ledger, comment: Comment, *, revision_id: str, category: str, verdict_id: str | None = None
) -> str | None:
    """A strike that counts only when a person confirms it; its id, or None where one stands already and stays."""
    id = new_id()
    made = insert_once(
        ledger.session,
        Strike,
        id=id,
        realm_id=comment.realm_id,
        site_id=comment.site_id,
        author_id=comment.author_id,
        comment_id=comment.id,
        revision_id=revision_id,
        category=category,
        state="proposed",
        verdict_id=verdict_id,
        created_at=ledger.now,
    )
    return id if made else None

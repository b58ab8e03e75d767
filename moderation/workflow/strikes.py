"""Strikes as rows: one for each revision and category."""

from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Strike, new_id
from moderation.storage.rows import insert_once


def propose(
    ledger: Ledger, comment: Comment, *, revision_id: str, category: str, verdict_id: str | None = None
) -> None:
    """A strike that counts only when a person confirms it; one that stands already stays as it is."""
    insert_once(
        ledger.session,
        Strike,
        id=new_id(),
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

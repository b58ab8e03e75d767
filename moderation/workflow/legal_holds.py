"""What is kept for legal proceedings: neither age nor a wish to be erased removes it until an admin lifts that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from moderation.errors import NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Comment
from moderation.storage.queries import lookup
from moderation.workflow.incoming import Actor
from moderation.workflow.recording import Recorder
from moderation.workflow.times import rfc3339


@dataclass(frozen=True, slots=True)
class LegalHolds:
    """The verbs about legal holds."""

    record: Recorder

    def of_comment(self, *, site_id: str, comment_id: str, held: bool, by: Actor, now: datetime) -> bool:
        """Keeps a comment, or lifts that; False where it was so already. Raises NotFound."""
        with self.record(site_id, now) as ledger:
            comment = lookup.comment(ledger.session, site_id, comment_id, lock=True)
            return _set(ledger, comment, ("comment", comment.id), held, by)

    def of_author(self, *, site_id: str, author_id: str, held: bool, by: Actor, now: datetime) -> bool:
        """Keeps all comments of a commenter (the site's id), at every site of the login system; as of_comment."""
        with self.record(site_id, now) as ledger:
            _, realm = lookup.site_and_realm(ledger.session, site_id)
            author = lookup.find_author(ledger.session, realm, author_id)
            if author is None:
                raise NotFound("We have never seen this commenter.")
            author = lookup.lock_author(ledger.session, author.id)
            return _set(ledger, author, ("author", author.id), held, by)

    def list(self, *, site_id: str) -> dict[str, Any]:
        """{comments, commenters}: what is kept, by the site's ids, and since when."""
        with self.record.database.read() as session:
            site, _ = lookup.site_and_realm(session, site_id)
            comments = session.execute(
                select(Comment.external_id, Comment.legal_hold_at)
                .where(Comment.site_id == site_id, Comment.legal_hold_at.is_not(None))
                .order_by(Comment.legal_hold_at)
            ).all()
            authors = session.execute(
                select(Author.external_id, Author.legal_hold_at)
                .where(Author.realm_id == site.realm_id, Author.legal_hold_at.is_not(None))
                .order_by(Author.legal_hold_at)
            ).all()
        shown = {"comments": comments, "commenters": authors}
        return {kind: [{"id": id, "since": rfc3339(at)} for id, at in rows] for kind, rows in shown.items()}


def _set(ledger: Ledger, row: Comment | Author, subject: tuple[str, str], held: bool, by: Actor) -> bool:
    if (row.legal_hold_at is not None) == held:
        return False
    row.legal_hold_at = ledger.now if held else None
    ledger.audit(by=by, act=f"legal_hold.{'set' if held else 'lifted'}", subject=subject)
    return True

"""Comments that were published or rejected elsewhere, taken in as history: nothing is judged, nobody is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from moderation.engine.text import fingerprint
from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Decision, Realm, Revision, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow import people
from moderation.workflow.gravity import GRAVEST_FIRST
from moderation.workflow.incoming import Actor, IncomingComment
from moderation.workflow.recording import Recorder

OTHER_REASON = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A comment with what became of it where it comes from."""

    comment: IncomingComment
    status: Literal["published", "rejected", "withdrawn"]
    reason: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Imports:
    """The verb that takes history in."""

    record: Recorder

    def guests(self, *, site_id: str) -> Callable[[str], str]:
        """What makes ids of people without accounts: an address or name in, the same id each time out, under our key."""
        with self.record.database.read() as session:
            _, realm = lookup.site_and_realm(session, site_id)
        return lambda known: f"guest-{lookup.guest_mac(realm, known)[:24]}"

    def take(self, *, site_id: str, comments: Sequence[Decided], by: Actor, now: datetime) -> int:
        """Stores those whose ids are new, all or none; how many they were. A repeat changes nothing.

        They count for their authors' records and have no event, so no webhook is sent and no sequence is used up.
        """
        with self.record(site_id, now) as ledger:
            _, realm = lookup.site_and_realm(ledger.session, site_id)
            known = _known(ledger.session, site_id, [one.comment.id for one in comments])
            new = [one for one in comments if one.comment.id not in known]
            taken = sum(_store(ledger, realm, one) for one in new)
            if taken:
                ledger.audit(by=by, act="comments.imported", subject=("site", site_id), count=taken)
        return taken


def _known(session: Session, site_id: str, ids: Sequence[str]) -> set[str]:
    known = select(Comment.external_id).where(Comment.site_id == site_id, Comment.external_id.in_(ids))
    return set(session.scalars(known))


def _store(ledger: Ledger, realm: Realm, given: Decided) -> bool:
    session, incoming = ledger.session, given.comment
    author = people.author(session, realm, incoming.author, ledger.now)
    story, _ = people.story(session, ledger.site_id, incoming.story, ledger.now)
    session.flush()
    written = incoming.created_at or ledger.now
    comment: dict[str, Any] = {
        "id": new_id(),
        "site_id": ledger.site_id,
        "realm_id": realm.id,
        "external_id": incoming.id,
        "author_id": author.id,
        "story_id": story.id,
        "parent_external_id": incoming.parent.id if incoming.parent else None,
        "status": given.status,
        "decided_by": "site",
        "latest_revision": 1,
        "published_revision": 1 if given.status == "published" else None,
        "person_stopped": given.status == "rejected",
        "sequence": 0,
        "metadata_": incoming.metadata or {},
        "created_at": written,
        "updated_at": ledger.now,
    }
    if not insert_once(session, Comment, **comment):
        return False  # the same id stood in the batch before
    revision = _revision(realm, incoming, comment)
    session.execute(insert(Revision).values(**revision))
    if given.status == "rejected":
        session.execute(insert(Decision).values(**_decision(ledger, given, comment, revision)))
    return True


def _revision(realm: Realm, incoming: IncomingComment, comment: dict[str, Any]) -> dict[str, Any]:
    written = comment["created_at"]
    return {
        "id": new_id(),
        "site_id": comment["site_id"],
        "comment_id": comment["id"],
        "author_id": comment["author_id"],
        "number": 1,
        "text": incoming.text,
        "format": incoming.format,
        "language": incoming.language,
        "author_name": incoming.author.name,
        "text_mac": lookup.text_mac(realm, incoming.text),
        "fingerprint": fingerprint(incoming.text),
        "written_at": incoming.created_at,
        "received_at": written,
        "state": "done",
        "due_at": written,
    }


def _decision(ledger: Ledger, given: Decided, comment: dict[str, Any], revision: dict[str, Any]) -> dict[str, Any]:
    at = given.decided_at or comment["created_at"]
    return {
        "id": new_id(),
        "site_id": ledger.site_id,
        "comment_id": comment["id"],
        "revision_id": revision["id"],
        "decision": "reject",
        "reason": given.reason if given.reason in GRAVEST_FIRST else OTHER_REASON,
        "by_kind": "site",
        "by_role": "moderator",
        "state": "in_force",
        "created_at": at,
        "effective_at": at,
        "before": {},
    }

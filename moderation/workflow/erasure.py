"""Erases one person: words, names, ids and what was made from them. Counts and decisions stay, and a block while it lasts.

Begun in one transaction, which nobody can see half done; the comments follow in batches. What was cut short, or what a
writer brought in just then, is finished by the hourly retention.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from moderation import lifecycle
from moderation.errors import Conflict, NotFound
from moderation.storage import forgetting
from moderation.storage.ledger import Ledger
from moderation.storage.models import (
    Appeal,
    AuditRow,
    Author,
    Block,
    Comment,
    Decision,
    FeedbackRow,
    Flag,
    Reader,
    Revision,
    Site,
)
from moderation.storage.queries import lookup
from moderation.storage.rows import counted
from moderation.workflow import queue_items
from moderation.workflow.incoming import SYSTEM, Actor
from moderation.workflow.moves import move
from moderation.workflow.recording import Recorder
from moderation.workflow.times import rfc3339

AT_ONCE = 100  # comments of one transaction
STRAGGLERS = timedelta(days=1)  # how long afterwards a writer's row may turn up that was on its way
GONE = "erased:"  # begins what stands for the keyed hash of a person's id
_OPEN = ("proposed", "active")


@dataclass(frozen=True, slots=True)
class _Person:
    author: Author | None
    reader: Reader | None
    sites: Sequence[str]  # of the login system


@dataclass(frozen=True, slots=True)
class Erasure:
    """The verbs about erasing people."""

    record: Recorder

    def preview(self, *, site_id: str, author_id: str) -> dict[str, Any]:
        """What would be erased, as counts, and how many sites it concerns. Raises NotFound."""
        with self.record.database.read() as session:
            return _preview(session, _find(session, site_id, author_id))

    def erase(self, *, site_id: str, author_id: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Erases the person with the site's id, at every site of the login system; what went, as counts.

        Raises NotFound, and Conflict (legal_hold) where anything of it is kept for legal proceedings.
        """
        with self.record(site_id, now) as ledger:
            person = _find(ledger.session, site_id, author_id)
            shown = _preview(ledger.session, person)
            _begin(ledger, person, author_id, by)
        if person.author is not None:
            self._finish(person.author.id, by, now)
        with self.record.database.write() as session:  # what was told while the comments went
            forgetting.person_in_events(session, person.sites, author_id)
        self.record.database.empty_log()
        return shown

    def erased(self) -> Iterator[dict[str, Any]]:
        """Everybody who was erased, by ids of ours that say nothing: what a restored backup is gone through with."""
        with self.record.database.read() as session:
            rows = session.scalars(
                select(AuditRow)
                .where(AuditRow.act.in_(("author.erased", "reader.erased")))
                .order_by(AuditRow.at, AuditRow.position)
            ).all()
        for row in rows:
            yield {"kind": row.subject_kind, "id": row.subject_id, "erased_at": rfc3339(row.at)}

    def repeat(self, *, kind: str, id: str, erased_at: datetime, now: datetime) -> bool:
        """Erases again whom `erased` named, in a database of before; False where there is nothing left to erase."""
        with self.record.database.read() as session:
            row = session.get(Author, id) if kind == "author" else session.get(Reader, id)
            if row is None or _is_gone(row, erased_at):
                return False
            site_id = session.scalars(select(Site.id).where(Site.realm_id == row.realm_id).order_by(Site.id)).first()
        if site_id is None:
            return False
        with self.record(site_id, now) as ledger:
            author = ledger.session.get(Author, id)
            reader = ledger.session.get(Reader, id)
            person = _Person(author, reader, _sites(ledger.session, row.realm_id))
            _begin(ledger, person, author.external_id if author else None, SYSTEM)
        if author is not None:
            self._finish(author.id, SYSTEM, now)
        return True

    def finish(self, *, now: datetime) -> int:
        """Goes on where an erasure was cut short, and lets go of keyed hashes that no block needs any longer."""
        left = or_(~Author.key.startswith(GONE), Author.erased_at > now - STRAGGLERS)
        with self.record.database.read() as session:
            ids = session.scalars(select(Author.id).where(Author.erased_at.is_not(None), left)).all()
        return sum(self._finish(id, SYSTEM, now) for id in ids)

    def _finish(self, author_id: str, by: Actor, now: datetime) -> int:
        gone = 0
        while (taken := self._comments(author_id, by, now)) > 0:
            gone += taken
        with self.record.database.write() as session:
            author = lookup.lock_author(session, author_id)
            assert author.erased_at is not None  # else nobody had asked for it
            _around(session, author, all_of_it=gone > 0 or author.erased_at > now - STRAGGLERS)
        return gone

    def _comments(self, author_id: str, by: Actor, now: datetime) -> int:
        """A batch of one site's comments."""
        with self.record.database.read() as session:
            first = session.execute(_left(author_id).order_by(Comment.site_id).limit(1)).first()
        if first is None:
            return 0
        with self.record(first.site_id, now) as ledger:
            session = ledger.session
            lookup.lock_author(session, author_id)
            left = _left(author_id).where(Comment.site_id == first.site_id).order_by(Comment.id).limit(AT_ONCE)
            ids = [row.id for row in session.execute(left.with_for_update(of=Comment))]
            for id in ids:
                _withdraw(ledger, lookup.lock_comment(session, id), by)
            session.flush()
            _forget(session, ids, now)
        return len(ids)


def _find(session: Session, site_id: str, external_id: str) -> _Person:
    _, realm = lookup.site_and_realm(session, site_id)
    key = lookup.person_key(realm, external_id)
    author = lookup.find_author(session, realm, external_id)
    reader = session.scalar(select(Reader).where(Reader.realm_id == realm.id, Reader.key == key))
    if author is None and reader is None:
        raise NotFound("Nobody with this id has commented or flagged here.")
    return _Person(author, reader, _sites(session, realm.id))


def _sites(session: Session, realm_id: str) -> Sequence[str]:
    return session.scalars(select(Site.id).where(Site.realm_id == realm_id).order_by(Site.id)).all()


def _is_gone(row: Author | Reader, erased_at: datetime) -> bool:
    """Was it erased already when the backup was made?"""
    if isinstance(row, Reader):
        return row.key.startswith(GONE)
    return row.erased_at is not None and row.erased_at >= erased_at


def _preview(session: Session, person: _Person) -> dict[str, Any]:
    author_id = person.author.id if person.author else None  # an id of nobody finds nothing
    reader_id = person.reader.id if person.reader else None
    comments = and_(Comment.author_id == author_id, Comment.erased_at.is_(None))

    def count(model: Any, *which: Any) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*which)) or 0

    return {
        "comments": count(Comment, comments),
        "sites": len(session.scalars(select(Comment.site_id).where(comments).distinct()).all()),
        "appeals": count(Appeal, Appeal.author_id == author_id),
        "flags": count(Flag, Flag.reader_id == reader_id),
        "open_blocks": count(Block, Block.author_id == author_id, Block.state.in_(_OPEN)),
    }


def _begin(ledger: Ledger, person: _Person, external_id: str | None, by: Actor) -> None:
    """All that names the person, in one step: from here on he is nobody."""
    session, now = ledger.session, ledger.now
    if person.author is not None:
        author = lookup.lock_author(session, person.author.id)
        _refuse_held(session, author)
        if external_id is not None:
            forgetting.person_in_events(session, person.sites, external_id)
        _unname(author)
        author.erased_at = now
        ledger.audit(by=by, act="author.erased", subject=("author", author.id))
    if person.reader is not None:
        reader = person.reader
        counted(session, update(Flag).where(Flag.reader_id == reader.id).values(note=None))
        reader.key = f"{GONE}{reader.id}"
        ledger.audit(by=by, act="reader.erased", subject=("reader", reader.id))


def _unname(author: Author) -> None:
    author.external_id, author.name, author.joined_at, author.trusted = None, None, None, False


def _refuse_held(session: Session, author: Author) -> None:
    held = select(Comment.external_id).where(Comment.author_id == author.id, Comment.legal_hold_at.is_not(None))
    ids = session.scalars(held.order_by(Comment.id).limit(3)).all()
    if author.legal_hold_at is None and not ids:
        return
    what = "All of this commenter's comments are" if author.legal_hold_at else f"Comment {', '.join(ids)} is"
    raise Conflict(f"{what} kept for legal proceedings; lift that first. Nothing was erased.", type="legal_hold")


def _left(author_id: str) -> Any:
    """(id, site_id) of what was there when the person was erased and still has to go."""
    return (
        select(Comment.id, Comment.site_id)
        .join(Author, Author.id == Comment.author_id)
        .where(Comment.author_id == author_id, Comment.erased_at.is_(None), Comment.legal_hold_at.is_(None))
        .where(Comment.created_at <= Author.erased_at)
    )


def _withdraw(ledger: Ledger, comment: Comment, by: Actor) -> None:
    """The site is told, by the event of a withdrawal, that nothing of it is public any longer."""
    verdict = lookup.live_verdict(ledger.session, lookup.latest_revision(ledger.session, comment).id)
    after = lifecycle.withdrawn()
    move(ledger, comment, after, decided_by="site", by=by, revision=comment.latest_revision, verdict=verdict)
    queue_items.close(ledger, comment.id, "withdrawn")


def _forget(session: Session, ids: Sequence[str], now: datetime) -> None:
    of = Revision.comment_id.in_(ids)
    macs = session.scalars(select(Revision.text_mac).where(of)).all()
    counted(session, delete(FeedbackRow).where(FeedbackRow.text_mac.in_(macs)))
    # No lease, so that a check which is under way writes nothing when it comes back.
    counted(session, update(Revision).where(of).values(text_mac="", state="done", lease_token=None, lease_until=None))
    forgetting.facts(session, select(Revision.id).where(Revision.comment_id.in_(forgetting.replies(ids))))
    forgetting.texts(session, ids, now)
    counted(session, update(Comment).where(Comment.id.in_(ids)).values(erased_at=now))
    counted(session, update(Flag).where(Flag.comment_id.in_(ids)).values(note=None))
    decided = update(Decision).where(Decision.comment_id.in_(ids))
    counted(session, decided.values(note=None))
    counted(session, decided.where(Decision.state == "waiting").values(state="undone", undone_at=now))


def _around(session: Session, author: Author, *, all_of_it: bool) -> None:
    """What else hangs on the person, of the time before he was erased; and his keyed hash, once no block needs it.

    Without `all_of_it` not what has to be looked for among all comments: a block may last for years of hourly looks.
    """
    before = (Appeal.author_id == author.id) & (Appeal.created_at <= author.erased_at)
    counted(session, delete(Appeal).where(before, Appeal.state == "open"))
    counted(session, update(Appeal).where(before).values(text=None, answer=None))
    if session.scalar(select(exists().where(Comment.author_id == author.id, Comment.erased_at.is_(None)))):
        return  # the same person comments again under a block that stood: what came since is not erased
    _unname(author)  # an edit that was under way then may have named him once more
    over = select(Block.id).where(Block.author_id == author.id, Block.state.not_in(_OPEN))
    forgetting.block_reasons(session, over)
    if all_of_it and not author.key.startswith(GONE):
        forgetting.answered_person(session, author.key)
    if not session.scalar(select(exists().where(Block.author_id == author.id, Block.state.in_(_OPEN)))):
        author.key = f"{GONE}{author.id}"

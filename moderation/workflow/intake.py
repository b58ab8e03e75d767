"""Accepts comments, their edits and withdrawals: one row per (site, id, revision), pending; the workers do the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import lifecycle, telemetry
from moderation.engine.text import fingerprint
from moderation.engine.text.sketches import sketch
from moderation.errors import Conflict
from moderation.storage.ledger import FIRST_KICK, Ledger
from moderation.storage.models import Author, Comment, Realm, Revision, Story, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_new
from moderation.workflow import people, queue_items
from moderation.workflow.asking import AskFirst
from moderation.workflow.incoming import Actor, IdempotencyKey, IncomingComment
from moderation.workflow.moves import move, standing
from moderation.workflow.ports import Queue
from moderation.workflow.present import Presenter
from moderation.workflow.recording import Recorder, replayed

BULK_FIRST_KICK = timedelta(seconds=60)

Outcome = Literal["created", "revised", "same", "not_submitted"]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission; `ask` is filled instead of `comment` where the writer is asked first."""

    outcome: Outcome
    comment: dict[str, Any]
    replayed: bool = False
    ask: dict[str, Any] | None = None


@dataclass(slots=True)
class _Stored:
    outcome: Outcome
    comment: Comment
    revision: Revision | None = None


class Intake:
    """The verbs with which a site hands comments over and takes them back."""

    def __init__(self, record: Recorder, queue: Queue, presenter: Presenter, ask_first: AskFirst) -> None:
        self._record = record
        self._queue = queue
        self._presenter = presenter
        self._ask_first = ask_first

    def submit(
        self,
        *,
        site_id: str,
        comment: IncomingComment,
        by: Actor,
        now: datetime,
        key: IdempotencyKey | None = None,
        bulk: bool = False,
        ask_first: bool = False,
    ) -> Submitted:
        """Stores a comment or a new revision of it and queues its check; a repeat changes nothing.

        Raises Conflict (withdrawn, comment_conflict, revision_conflict, stale_revision).
        """
        if ask_first and (ask := self._ask_first.once(site_id=site_id, comment=comment, now=now)):
            return Submitted("not_submitted", {}, ask=ask)
        with self._record(site_id, now) as ledger:
            session = ledger.session
            known = replayed(session, site_id, key, now)
            if known is not None:
                stored = _Stored("same", lookup.comment(session, site_id, comment.id))
            else:
                stored = self._store(ledger, comment, bulk, by)
            session.flush()
            view = self._view(session, stored, comment)
        if stored.revision is not None:
            telemetry.accepted.labels(queue="bulk" if bulk else "moderate").inc()
            self._queue.moderate(stored.revision.id, bulk=bulk)
        return Submitted(stored.outcome, view, replayed=known is not None)

    def open_batch(self, *, site_id: str, key: IdempotencyKey | None, now: datetime) -> bool:
        """Notes the key of a batch; True for a repeat, whose lines are safe to take in again by their ids.

        Raises InvalidFields where the key came with another batch.
        """
        with self._record(site_id, now) as ledger:
            return replayed(ledger.session, site_id, key, now) is not None

    def withdraw(self, *, site_id: str, comment_id: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Takes a comment back for good; a repeat gives the same answer."""
        with self._record(site_id, now) as ledger:
            comment = lookup.comment(ledger.session, site_id, comment_id, lock=True)
            if comment.status != "withdrawn":
                verdict = lookup.live_verdict(ledger.session, lookup.latest_revision(ledger.session, comment).id)
                move(
                    ledger,
                    comment,
                    lifecycle.withdrawn(),
                    decided_by="site",
                    by=by,
                    revision=comment.latest_revision,
                    verdict=verdict,
                )
                queue_items.close(ledger, comment.id, "withdrawn")
        with self._record.database.read() as session:
            return self._presenter.comment(session, lookup.comment(session, site_id, comment_id))

    def _view(self, session: Session, stored: _Stored, incoming: IncomingComment) -> dict[str, Any]:
        if stored.outcome == "created":
            return self._presenter.fresh(
                stored.comment, text=incoming.text, story=incoming.story.id, author=incoming.author.id
            )
        return self._presenter.comment(session, stored.comment)

    def _store(self, ledger: Ledger, incoming: IncomingComment, bulk: bool, by: Actor) -> _Stored:
        session, site_id, now = ledger.session, ledger.site_id, ledger.now
        _, realm = lookup.site_and_realm(session, site_id)
        author = people.author(session, realm, incoming.author, now)
        story, _ = people.story(session, site_id, incoming.story, now)
        session.flush()
        comment, created = _comment(session, site_id, incoming, author, story, now)
        if created:
            number = comment.latest_revision
            revision = _revision(session, realm, comment, author, incoming, number, bulk, now)
            return _Stored("created", comment, revision)
        return _revise(ledger, realm, comment, author, story, incoming, bulk)


def _comment(
    session: Session, site_id: str, incoming: IncomingComment, author: Author, story: Story, now: datetime
) -> tuple[Comment, bool]:
    made = insert_new(
        session,
        Comment,
        id=new_id(),
        site_id=site_id,
        realm_id=author.realm_id,
        external_id=incoming.id,
        author_id=author.id,
        story_id=story.id,
        parent_external_id=incoming.parent.id if incoming.parent else None,
        status="pending",
        latest_revision=incoming.revision or 1,
        person_stopped=False,
        sequence=0,
        metadata_=incoming.metadata or {},
        created_at=now,
        updated_at=now,
    )
    return made or lookup.comment(session, site_id, incoming.id, lock=True), made is not None


def _revise(
    ledger: Ledger,
    realm: Realm,
    comment: Comment,
    author: Author,
    story: Story,
    incoming: IncomingComment,
    bulk: bool,
) -> _Stored:
    session = ledger.session
    if comment.status == "withdrawn":
        raise Conflict("This comment was withdrawn; its id cannot be used again.", type="withdrawn")
    if comment.author_id != author.id or comment.story_id != story.id:
        raise Conflict(
            "This id belongs to a comment of another author or under another story.", type="comment_conflict"
        )
    number = _next_number(session, realm, comment, incoming)
    if number is None:
        return _Stored("same", comment)
    comment.latest_revision = number
    comment.status = lifecycle.edited(standing(comment)).status
    comment.updated_at, comment.texts_removed_at = ledger.now, None
    if incoming.metadata is not None:
        comment.metadata_ = incoming.metadata
    revision = _revision(session, realm, comment, author, incoming, number, bulk, ledger.now)
    return _Stored("revised", comment, revision)


def _next_number(session: Session, realm: Realm, comment: Comment, incoming: IncomingComment) -> int | None:
    """The number of the new revision, or None where this is a repeat of the latest one; raises Conflict."""
    latest = lookup.latest_revision(session, comment)
    mac = lookup.text_mac(realm, incoming.text)
    given = incoming.revision
    if given is not None and given < latest.number:
        raise Conflict(f"Revision {latest.number} is stored already; this is {given}.", type="stale_revision")
    if mac == latest.text_mac:
        return None
    if given == latest.number:
        raise Conflict(
            f"Revision {given} is stored with other text; send revision {given + 1}.", type="revision_conflict"
        )
    if given is not None:
        return given
    earlier = select(Revision.number).where(Revision.comment_id == comment.id, Revision.text_mac == mac)
    if session.scalar(earlier) is not None:
        raise Conflict(
            f"This is the text of an earlier revision; {latest.number} is the latest. "
            f"To go back to it send revision {latest.number + 1}.",
            type="stale_revision",
        )
    return latest.number + 1


def _revision(
    session: Session,
    realm: Realm,
    comment: Comment,
    author: Author,
    incoming: IncomingComment,
    number: int,
    bulk: bool,
    now: datetime,
) -> Revision:
    parent = incoming.parent
    row = Revision(
        id=new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        author_id=author.id,
        number=number,
        text=incoming.text,
        format=incoming.format,
        language=incoming.language,
        author_name=incoming.author.name,
        parent_text=_parent_text(session, comment.site_id, incoming),
        parent_author_key=lookup.person_key(realm, parent.author_id) if parent and parent.author_id else None,
        text_mac=lookup.text_mac(realm, incoming.text),
        fingerprint=fingerprint(incoming.text),
        **_sketched(incoming.text),
        written_at=incoming.created_at,
        received_at=now,
        bulk=bulk,
        due_at=now + (BULK_FIRST_KICK if bulk else FIRST_KICK),
    )
    session.add(row)
    return row


def _parent_text(session: Session, site_id: str, incoming: IncomingComment) -> str | None:
    """What is answered, as the site sent it along; not where we know that its words are gone."""
    parent = incoming.parent
    if parent is None or parent.text is None:
        return None
    known = lookup.find_comment(session, site_id, parent.id)
    return None if known is not None and known.texts_removed_at is not None else parent.text


def _sketched(text: str) -> dict[str, Any]:
    drawn = sketch(text)
    if drawn is None:
        return {}
    return {"sketch": drawn.places} | {f"band_{n}": band for n, band in enumerate(drawn.bands, 1)}


def store_as_published(ledger: Ledger, incoming: IncomingComment, by: Actor) -> Comment:
    """A comment that the site published before we saw it: stored with its text, published, decided by the site."""
    session, site_id, now = ledger.session, ledger.site_id, ledger.now
    _, realm = lookup.site_and_realm(session, site_id)
    author = people.author(session, realm, incoming.author, now)
    story, _ = people.story(session, site_id, incoming.story, now)
    session.flush()
    comment, created = _comment(session, site_id, incoming, author, story, now)
    if not created:
        return comment
    revision = _revision(session, realm, comment, author, incoming, comment.latest_revision, False, now)
    revision.state = "done"
    session.flush()
    after = lifecycle.Standing("published", revision.number)
    move(ledger, comment, after, decided_by="site", by=by, revision=revision.number, verdict=None)
    return comment

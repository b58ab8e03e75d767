"""Flags of readers: counted once, weighed by how right the reader was before; one is enough to reach a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import lifecycle, telemetry
from moderation.errors import Conflict, NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Comment, Flag, Reader, Realm, Revision, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow import people, queue_items
from moderation.workflow.incoming import Actor, IdempotencyKey, IncomingFlag
from moderation.workflow.intake import store_as_published
from moderation.workflow.moves import event_data, move, standing
from moderation.workflow.present import flag_counts
from moderation.workflow.recording import Recorder, replayed
from moderation.workflow.rulebook import Rulebook

URGENT_REASONS = frozenset({"illegal", "threat", "personal_information", "self_harm"})
UNLISTED_REASONS = frozenset({"disagree"})


@dataclass(frozen=True, slots=True)
class Flags:
    """The verbs about flags."""

    record: Recorder
    rulebook: Rulebook

    def raise_flag(
        self,
        *,
        site_id: str,
        comment_id: str,
        flag: IncomingFlag,
        by: Actor,
        now: datetime,
        key: IdempotencyKey | None = None,
    ) -> tuple[dict[str, Any], bool, bool]:
        """Counts one reader's flag on a revision; (the flags as they stand now, new?, replayed?)."""
        limits = self.rulebook.settings(site_id=site_id)["flags"]
        with self.record(site_id, now) as ledger:
            known = replayed(ledger.session, site_id, key, now)
            comment = self._comment(ledger, comment_id, flag, by)
            revision = lookup.revision(ledger.session, comment.id, flag.revision or _seen(comment))
            created = known is None and self._count(ledger, comment, revision, flag, limits)
            ledger.session.flush()
            view = _summary(ledger.session, revision)
        if created:
            telemetry.flags.labels(reason=flag.reason).inc()
        return view, created, known is not None

    def summary(self, *, site_id: str, comment_id: str) -> dict[str, Any]:
        """{total, counts, weight, outcome} of the latest revision."""
        with self.record.database.read() as session:
            return _summary(session, lookup.latest_revision(session, lookup.comment(session, site_id, comment_id)))

    def _comment(self, ledger: Ledger, comment_id: str, flag: IncomingFlag, by: Actor) -> Comment:
        found = lookup.find_comment(ledger.session, ledger.site_id, comment_id, lock=True)
        if found is None:
            if flag.comment is None:
                raise NotFound("There is no such comment; send it along as `comment` if it was never sent.")
            found = store_as_published(ledger, flag.comment, by)
        if lookup.not_erased(found).status == "withdrawn":
            raise Conflict("This comment was withdrawn.", type="withdrawn")
        return found

    def _count(
        self, ledger: Ledger, comment: Comment, revision: Revision, flag: IncomingFlag, limits: Mapping[str, Any]
    ) -> bool:
        session = ledger.session
        _, realm = lookup.site_and_realm(session, ledger.site_id)
        reader = people.reader(session, realm, flag.reader_id, ledger.now)
        created = insert_once(
            session,
            Flag,
            id=new_id(),
            site_id=ledger.site_id,
            comment_id=comment.id,
            revision_id=revision.id,
            reader_id=reader.id,
            reason=flag.reason,
            note=flag.note,
            weight=_weight(session, realm, reader, ledger),
            state="open",
            created_at=ledger.now,
        )
        if not created:
            return False
        data = event_data(ledger, comment, revision.number, lookup.live_verdict(session, revision.id))
        ledger.told("comment.flagged", {**data, "flag": {"reason": flag.reason}}, comment)
        if flag.reason not in UNLISTED_REASONS:
            self._list(ledger, comment, revision, flag, limits)
        return True

    def _list(
        self, ledger: Ledger, comment: Comment, revision: Revision, flag: IncomingFlag, limits: Mapping[str, Any]
    ) -> None:
        urgent = flag.reason in URGENT_REASONS
        weight, readers = _weight_of(ledger.session, revision.id)
        rank = queue_items.RANKS["urgent" if urgent else "flagged"] + weight
        queue_items.open_or_raise(ledger, comment, source="flags", rank=rank, urgent=urgent)
        if urgent:
            verdict = lookup.live_verdict(ledger.session, revision.id)
            ledger.told("comment.urgent", event_data(ledger, comment, revision.number, verdict), comment)
        if weight >= limits["hide_at"] and readers >= limits["readers"]:
            _hide(ledger, comment, revision)


def _seen(comment: Comment) -> int:
    """What a reader saw who does not say: the public revision, also while an edit of it waits or was stopped."""
    return comment.published_revision or comment.latest_revision


def _hide(ledger: Ledger, comment: Comment, revision: Revision) -> None:
    """The public text is held, unless a person approved this very revision: flags never undo a person.

    While an edit of it is being checked, for seconds, nothing happens: its verdict says what is public next.
    """
    if comment.published_revision != revision.number or comment.status == "pending":
        return
    decision = lookup.standing_decision(ledger.session, revision.id)
    if decision is not None and decision.decision == "approve":
        return
    latest = lookup.latest_revision(ledger.session, comment)
    is_latest = latest.id == revision.id
    move(
        ledger,
        comment,
        lifecycle.hidden_by_flags(standing(comment)),
        decided_by="rules" if is_latest else comment.decided_by,  # type: ignore[arg-type]  # checked by the table
        by=Actor("system"),
        revision=latest.number,
        verdict=lookup.live_verdict(ledger.session, latest.id),
        cause="flagged" if is_latest else "public_text_flagged",
    )


def _weight(session: Session, realm: Realm, reader: Reader, ledger: Ledger) -> float:
    """1 for a new reader, towards 0 for one who was never right; 0 for a blocked one. Laplace's rule of succession,
    started from one right flag."""
    author = session.scalar(select(Author).where(Author.realm_id == realm.id, Author.key == reader.key))
    if author is not None and lookup.active_block(session, author.id, ledger.site_id, ledger.now) is not None:
        return 0.0
    return (reader.flags_upheld + 1) / (reader.flags_decided + 1)


def _weight_of(session: Session, revision_id: str) -> tuple[float, int]:
    weights = session.scalars(
        select(Flag.weight).where(Flag.revision_id == revision_id, Flag.reason.not_in(UNLISTED_REASONS))
    ).all()
    return sum(weights), len(weights)


def _summary(session: Session, revision: Revision) -> dict[str, Any]:
    weight, _ = _weight_of(session, revision.id)
    listed = (Flag.revision_id == revision.id) & Flag.reason.not_in(UNLISTED_REASONS)  # the others nobody decides
    states = set(session.scalars(select(Flag.state).where(listed)))
    outcome = "open" if "open" in states else "upheld" if "upheld" in states else "declined" if states else None
    return {**flag_counts(session, revision.id), "weight": round(weight, 3), "outcome": outcome}

"""People decide: claim a comment, decide, release, undo; and decisions that newsrooms take elsewhere.

A decision at the desk waits a few seconds before anything of it takes effect, so that an undo sends nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.errors import Conflict, NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Decision, ReviewItem, Revision, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import counted, insert_once
from moderation.workflow import deciding, queue_items
from moderation.workflow.consequences import EDIT_ONLY, Consequences
from moderation.workflow.incoming import Actor, IdempotencyKey, IncomingDecision
from moderation.workflow.present import Presenter
from moderation.workflow.recording import Recorder, replayed
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.times import rfc3339

CLAIM = timedelta(minutes=5)
OVERRULES = ("senior", "admin")  # the roles that replace another's decision


@dataclass(frozen=True, slots=True)
class Review:
    """The verbs of the desk about comments."""

    record: Recorder
    rulebook: Rulebook
    presenter: Presenter
    consequences: Consequences

    def claim(self, *, site_id: str, item_id: str, by: Actor, now: datetime) -> bool:
        """Takes an item for five minutes; False where another moderator has it or it is closed. Raises NotFound."""
        with self.record.database.write() as session:
            free = or_(ReviewItem.claimed_by.is_(None), ReviewItem.claimed_by == by.id, ReviewItem.claimed_until < now)
            taken = counted(
                session,
                update(ReviewItem)
                .where(ReviewItem.id == item_id, ReviewItem.site_id == site_id, ReviewItem.closed_at.is_(None), free)
                .values(claimed_by=by.id, claimed_until=now + CLAIM),
            )
            if taken == 0 and _item(session, site_id, item_id) is None:
                raise NotFound("There is no such item in the queue of this site.")
            return taken == 1

    def release(self, *, site_id: str, item_id: str, by: Actor) -> None:
        """Gives a claimed item back to all. Raises NotFound."""
        with self.record.database.write() as session:
            if _item(session, site_id, item_id) is None:
                raise NotFound("There is no such item in the queue of this site.")
            session.execute(
                update(ReviewItem)
                .where(ReviewItem.id == item_id, ReviewItem.claimed_by == by.id)
                .values(claimed_by=None, claimed_until=None)
            )

    def decide(
        self, *, site_id: str, comment_id: str, decision: IncomingDecision, by: Actor, now: datetime
    ) -> dict[str, Any]:
        """A moderator's decision at the desk; it takes effect after the site's `undo_seconds`.

        With `overrules` it replaces the standing decision on this revision: of a senior or admin at any time, of a
        moderator where the comment came back into the list since.
        Raises Conflict (decided, claimed, stale_revision, withdrawn).
        """
        wait = timedelta(seconds=float(self.rulebook.settings(site_id=site_id)["undo_seconds"]))
        with self.record(site_id, now) as ledger:
            comment = self._locked(ledger, comment_id)
            _not_claimed_by_another(ledger, comment, by)
            if decision.overrules:
                self._overrule(ledger, comment, decision, by)
            row = self._new(ledger, comment, decision, by, now + wait)
            queue_items.close(ledger, comment.id, decision.decision)
            _audit(ledger, row, comment, by, decision.revision)
            return {"id": row.id, "effective_at": rfc3339(row.effective_at), "state": row.state}

    def decide_outside(
        self,
        *,
        site_id: str,
        comment_id: str,
        decision: IncomingDecision,
        by: Actor,
        now: datetime,
        key: IdempotencyKey | None = None,
    ) -> tuple[dict[str, Any], bool, bool]:
        """A decision that the newsroom took elsewhere, in force at once; (the comment, new?, replayed?).

        The same decision again changes nothing; another one by somebody else since is a Conflict.
        """
        with self.record(site_id, now) as ledger:
            session = ledger.session
            known = replayed(session, site_id, key, now)
            comment = self._locked(ledger, comment_id)
            actor = deciding.outside_actor(ledger, by, decision)
            created = known is None and not deciding.same_again(ledger, comment, decision, actor)
            if created:
                deciding.overrule(ledger, self.consequences, comment, decision, actor)
                row = self._new(ledger, comment, decision, actor, now)
                _audit(ledger, row, comment, actor, decision.revision)
                queue_items.close(ledger, comment.id, decision.decision)
                self.consequences.take_effect(ledger, row, comment)
        if created:
            telemetry.decisions.labels(decision=decision.decision).inc()
        with self.record.database.read() as session:
            view = self.presenter.comment(session, lookup.comment(session, site_id, comment_id))
        return view, created, known is not None

    def settle(self, *, decision_id: str, now: datetime) -> bool:
        """Puts a waiting decision into force once its time has come; False where it was undone or is in force."""
        with self.record.database.read() as session:
            waiting = session.get(Decision, decision_id)
            if waiting is None or waiting.state != "waiting":
                return False
            site_id, comment_id = waiting.site_id, waiting.comment_id
        with self.record(site_id, now) as ledger:
            author_id = ledger.session.get_one(Comment, comment_id).author_id
            lookup.lock_author(ledger.session, author_id)
            comment = lookup.lock_comment(ledger.session, comment_id)
            row = ledger.session.execute(
                select(Decision)
                .where(Decision.id == decision_id, Decision.state == "waiting", Decision.effective_at <= now)
                .execution_options(populate_existing=True)
            ).scalar_one_or_none()
            if row is None:
                return False
            self.consequences.take_effect(ledger, row, comment)
        telemetry.decisions.labels(decision=row.decision).inc()
        return True

    def undo(self, *, site_id: str, decision_id: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Takes the actor's own decision back: silently while it waits, with its reverse afterwards.

        Where the comment has moved on since, only what followed for author and readers is taken back.
        Raises NotFound for another's decision.
        """
        with self.record(site_id, now) as ledger:
            row = ledger.session.scalar(select(Decision).where(Decision.id == decision_id, Decision.site_id == site_id))
            if row is None or (by.kind == "user" and row.by_id != by.id):
                raise NotFound("There is no such decision of yours.")
            author_id = ledger.session.get_one(Comment, row.comment_id).author_id
            lookup.lock_author(ledger.session, author_id)
            comment = lookup.lock_comment(ledger.session, row.comment_id)
            ledger.session.refresh(row)
            if row.state == "undone":
                return {"id": row.id, "state": "undone"}
            was = row.state
            row.state, row.undone_at = "undone", now
            if was == "in_force":
                self.consequences.reverse(ledger, row, comment, by)
            _list_again(ledger, comment)
            _audit_undo(ledger, row, comment, by, was)
        return {"id": decision_id, "state": "undone"}

    def _overrule(self, ledger: Ledger, comment: Comment, decision: IncomingDecision, by: Actor) -> None:
        revision = _decidable(ledger, comment, decision)
        standing = lookup.standing_decision(ledger.session, revision.id)
        came_back = lookup.open_item(ledger.session, comment.id) is not None  # flagged anew, or appealed
        may = by.role in OVERRULES or came_back
        if standing is None or standing.id != decision.overrules or not may:
            raise deciding.decided_already(ledger, revision)
        deciding.overrule(ledger, self.consequences, comment, decision, by)
        ledger.audit(
            by=by,
            act="decision.overrule",
            subject=("comment", comment.id),
            decision=standing.id,
            revision=decision.revision,
        )

    def _locked(self, ledger: Ledger, comment_id: str) -> Comment:
        comment = lookup.comment(ledger.session, ledger.site_id, comment_id)
        lookup.lock_author(ledger.session, comment.author_id)
        return lookup.lock_comment(ledger.session, comment.id)

    def _new(
        self, ledger: Ledger, comment: Comment, decision: IncomingDecision, by: Actor, effective: datetime
    ) -> Decision:
        revision = _decidable(ledger, comment, decision)
        id = new_id()
        inserted = insert_once(
            ledger.session,
            Decision,
            id=id,
            site_id=ledger.site_id,
            comment_id=comment.id,
            revision_id=revision.id,
            decision=decision.decision,
            reason=decision.reason,
            note=decision.note,
            by_kind=by.kind,
            by_id=by.id,
            by_role=by.role,
            state="waiting",
            created_at=ledger.now,
            effective_at=effective,
            redress_until=self._redress(ledger, decision),
            before={},
            restriction=_restriction(comment, decision),
            own_initiative=not deciding.flagged(ledger, revision),
            detected_by=deciding.detected_by(ledger, revision),
            automated=False,
            ground="illegal_content" if decision.reason == "illegal" else "guidelines",
        )
        if not inserted:
            raise deciding.decided_already(ledger, revision)
        return ledger.session.get_one(Decision, id)

    def _redress(self, ledger: Ledger, decision: IncomingDecision) -> datetime | None:
        if decision.decision == "approve":
            return None
        return ledger.now + timedelta(days=float(self.rulebook.settings(site_id=ledger.site_id)["appeal_days"]))


def _item(session: Session, site_id: str, item_id: str) -> ReviewItem | None:
    return session.scalar(select(ReviewItem).where(ReviewItem.id == item_id, ReviewItem.site_id == site_id))


def _decidable(ledger: Ledger, comment: Comment, decision: IncomingDecision) -> Revision:
    if comment.status == "withdrawn":
        raise Conflict("This comment was withdrawn.", type="withdrawn")
    if decision.revision != comment.latest_revision:
        lookup.revision(ledger.session, comment.id, decision.revision)
        raise Conflict(
            f"Revision {comment.latest_revision} has come in since; look at it before you decide.",
            type="stale_revision",
        )
    return lookup.latest_revision(ledger.session, comment)


def _restriction(comment: Comment, decision: IncomingDecision) -> str:
    if decision.decision == "approve":
        return "none"
    return EDIT_ONLY if decision.edit_only and comment.published_revision else "comment_not_shown"


def _not_claimed_by_another(ledger: Ledger, comment: Comment, by: Actor) -> None:
    item = lookup.open_item(ledger.session, comment.id)
    if item is None or item.claimed_by in (None, by.id):
        return
    if item.claimed_until is not None and item.claimed_until > ledger.now:
        raise Conflict("Another moderator has this comment open just now.", type="claimed")


def _audit(ledger: Ledger, row: Decision, comment: Comment, by: Actor, revision: int) -> None:
    ledger.audit(
        by=by,
        act=f"decision.{row.decision}",
        subject=("comment", comment.id),
        decision=row.id,
        reason=row.reason,
        revision=revision,
    )


def _audit_undo(ledger: Ledger, row: Decision, comment: Comment, by: Actor, was: str) -> None:
    ledger.audit(
        by=by,
        act="decision.undo",
        subject=("comment", comment.id),
        decision=row.id,
        was=was,
    )


def _list_again(ledger: Ledger, comment: Comment) -> None:
    last = ledger.session.scalar(
        select(ReviewItem)
        .where(ReviewItem.comment_id == comment.id)
        .order_by(ReviewItem.opened_at.desc(), ReviewItem.id.desc())
        .limit(1)
    )
    if last is None and comment.status == "held":  # decided before its check: nobody has listed it yet
        queue_items.open_or_raise(ledger, comment, source="site", rank=queue_items.RANKS["held"])
    if last is None or last.closed_at is None or comment.erased_at is not None:
        return
    queue_items.open_or_raise(
        ledger, comment, source=last.source, rank=last.rank, urgent=last.urgent, opened=last.opened
    )

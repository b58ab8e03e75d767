"""What people decide here on comments of another program, told there: to a WordPress or a Coral.

A row holds the state, the attempts and the lease. What is sent is the state wanted at that moment, so it does not matter
how often it is sent; while one request is out for a comment, no other is. What differs by program is in a module of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Decision, Revision, WriteBack, new_id
from moderation.storage.queries import lookup
from moderation.storage.queries.lookup import WayBack
from moderation.workflow import coral_write_back, jobs, wordpress_write_back
from moderation.workflow.incoming import SYSTEM
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor
from moderation.workflow.recording import Recorder

log = telemetry.logger(__name__)

SETTLED = ("published", "held", "rejected")  # statuses that a decision leads to


class Wish(Protocol):
    """A comment of the other program, and the state that it shall have."""

    def tell(self, door: JsonDoor, way: WayBack, *, since: datetime) -> str:
        """Tells it; the outcome. Raises Unreadable for all that is tried again.

        `since`: when it was decided here. A later decision there stays, where the program tells of it.
        """
        ...


class Program(Protocol):
    """What the module of a program has."""

    KEY_KIND: str  # of the key with its address and token
    FAILED: str  # event of a try that failed
    GAVE_UP: str  # event, and act on record, of the last one

    def is_of(self, external_id: str) -> bool:
        """Can a comment with this id have come from there?"""
        ...

    def wish(self, session: Session, comment: Comment, /, *, why: Sequence[str]) -> Wish | str:
        """What is told about `comment`, or the word for why nothing; `why` has the categories of a rejection."""
        ...


PROGRAMS: tuple[Program, ...] = (coral_write_back, wordpress_write_back)


@dataclass(frozen=True, slots=True)
class _Claim:
    id: str
    site_id: str
    comment_id: str
    revision: int
    changes: int
    token: str
    since: datetime
    program: Program


def note(ledger: Ledger, comment: Comment, revision: Revision, *, since: datetime) -> None:
    """A person here decided `revision`, or took that back: the program that it came from is told, if the site has a key
    for that.

    `since`: when he did so; what is decided there from then on stands, also while his decision waits for an undo. The caller holds the lock of the comment.
    """
    session, now = ledger.session, ledger.now
    program = _program(comment)
    if program is None or lookup.way_back(session, comment.site_id, program.KEY_KIND) is None:
        return
    if revision.state == "done" and lookup.live_verdict(session, revision.id) is None:
        return  # imported: its id may be of another program
    row = session.scalar(select(WriteBack).where(WriteBack.comment_id == comment.id).with_for_update())
    if row is None:
        row = WriteBack(id=new_id(), site_id=comment.site_id, comment_id=comment.id, state="done", changes=0)
        session.add(row)
    row.revision, row.attempts, row.created_at = revision.number, 0, since
    row.changes += 1
    if row.state != "claimed":  # else its holder finds that there is more to tell
        row.state, row.due_at, row.done_at = "due", now, None
    ledger.write_backs.append(row.id)


@dataclass(frozen=True, slots=True)
class WriteBacks:
    """The verb of the workers for one comment that was decided here."""

    record: Recorder
    door: JsonDoor

    def run(self, *, row_id: str, now: datetime) -> bool:
        """Tells the state of one comment if that is due; False where there was nothing to do."""
        claim = self._claim(row_id, now)
        if claim is None:
            return False
        try:
            outcome, error = self._tell(claim), None
        except Unreadable as failed:
            outcome, error = None, failed.word
            log.warning(claim.program.FAILED, row=claim.id, why=error)
        self._finish(claim, outcome, error, now)
        telemetry.write_backs.labels(outcome=outcome or "failed").inc()
        return True

    def _tell(self, claim: _Claim) -> str:
        with self.record.database.read() as session:
            found = _wanted(session, claim)
        if isinstance(found, str):
            return found
        wish, way = found
        return wish.tell(self.door, way, since=claim.since)

    def _claim(self, row_id: str, now: datetime) -> _Claim | None:
        with self.record.database.write() as session:
            token = jobs.claim(session, WriteBack, row_id, now)
            if token is None:
                return None
            row = session.get_one(WriteBack, row_id)
            program = _program(session.get_one(Comment, row.comment_id))
            assert program is not None  # else the row had not been made; an id never changes
            return _Claim(
                row.id, row.site_id, row.comment_id, row.revision, row.changes, token, row.created_at, program
            )

    def _finish(self, claim: _Claim, outcome: str | None, error: str | None, now: datetime) -> None:
        with self.record(claim.site_id, now) as ledger:
            row = ledger.session.get(WriteBack, claim.id, with_for_update=True)
            if row is None or row.lease_token != claim.token:
                return
            jobs.finish(row, outcome, error, now)
            if row.changes != claim.changes:
                row.state, row.due_at, row.attempts, row.done_at = "due", now, 0, None
                ledger.write_backs.append(row.id)
            elif row.state == "dead":
                given_up = claim.program.GAVE_UP
                log.error(given_up, row=row.id, why=row.last_error)
                ledger.audit(by=SYSTEM, act=given_up, subject=("comment", row.comment_id), why=row.last_error)


def _program(comment: Comment) -> Program | None:
    return next((one for one in PROGRAMS if one.is_of(comment.external_id)), None)


def _wanted(session: Session, claim: _Claim) -> tuple[Wish, WayBack] | str:
    """What is told now and where, or the word for why nothing."""
    comment = session.get_one(Comment, claim.comment_id)
    if comment.status not in SETTLED or comment.latest_revision != claim.revision:
        return "overtaken"  # withdrawn, or edited: what comes next is no decision of a person here
    revision = lookup.latest_revision(session, comment)
    decision = lookup.standing_decision(session, revision.id)
    if decision is not None and decision.by_kind == "site":
        return "decided"  # there, since: a newsroom's own moderators are not overruled
    way = lookup.way_back(session, claim.site_id, claim.program.KEY_KIND)
    if way is None:
        return "no_key"
    found = claim.program.wish(session, comment, why=_categories(session, revision, decision))
    return found if isinstance(found, str) else (found, way)


def _categories(session: Session, revision: Revision, decision: Decision | None) -> Sequence[str]:
    """The reason of the decision; after an undo, what the rules had found."""
    if decision is not None and decision.state == "in_force":
        return (decision.reason,)
    verdict = lookup.live_verdict(session, revision.id)
    return tuple(verdict.categories) if verdict else ()

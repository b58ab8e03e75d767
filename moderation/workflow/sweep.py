"""Finds what was left behind and queues it again; settles what has come due. Safe to run from several places at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.storage.models import (
    Ask,
    Block,
    CoralComment,
    Decision,
    Delivery,
    DeskSession,
    Endpoint,
    Event,
    Heartbeat,
    IdempotencyRow,
    LoginAttempt,
    Position,
    ReviewItem,
    Revision,
    Site,
    Unchecked,
    WriteBack,
)
from moderation.storage.rows import counted, insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow.authors import Authors
from moderation.workflow.erasure import Erasure
from moderation.workflow.ports import Queue
from moderation.workflow.retention import Retention
from moderation.workflow.review import Review
from moderation.workflow.rulebook import Rulebook

LONGEST_WAIT = 40.0  # seconds between two hints for the same row; longer leaves work lying, shorter storms the queue
QUEUE_IS_LONG = 1000  # messages; more hints then only delay the ones that are there
SETTLED_AT_ONCE = 100
IDEMPOTENCY_KEPT = timedelta(days=7)
ASKS_KEPT = timedelta(days=30)
JOBS_AT_ONCE = 20
JOBS_KEPT = timedelta(days=30)
UNCHECKED_KEPT = timedelta(days=90)


class _Failures:
    """Errors of parts that do not hang on each other: all are tried, then the first error is raised."""

    def __enter__(self) -> "_Failures":
        self._first: Exception | None = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._first is not None:
            raise self._first

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around one part."""
        try:
            yield
        except Exception as error:
            self._first = self._first or error


@dataclass(frozen=True, slots=True)
class Sweep:
    """The verb that repairs."""

    database: Database
    queue: Queue
    review: Review
    authors: Authors
    rulebook: Rulebook
    retention: Retention
    erasure: Erasure
    pending_seconds: float = 10.0
    batch: int = 200
    events_days: int = 90

    def tick(self, *, now: datetime) -> dict[str, int]:
        """One look at everything that can be left behind; how many rows of each kind were taken up.

        What fails keeps nothing else back: it is raised at the end.
        """
        work: dict[str, Callable[[datetime], int]] = {
            "decisions": self._settle_decisions,
            "revisions": self._requeue_revisions,
            "deliveries": self._requeue_deliveries,
            "repairs": partial(self._requeue_jobs, CoralComment, self.queue.repair),
            "write_backs": partial(self._requeue_jobs, WriteBack, self.queue.write_back),
            "blocks": self._expire_blocks,
        }
        found: dict[str, int] = {}
        with _Failures() as failures:
            for what, part in work.items():
                with failures.kept():
                    found[what] = part(now)
                    if found[what]:
                        telemetry.swept.labels(what=what).inc(found[what])
        self._beat("sweep", now)
        return found

    def retain(self, *, now: datetime) -> dict[str, int]:
        """Removes what is past its time, and what an erasure that was cut short left; how many rows of each kind.

        What fails keeps nothing else back: it is raised at the end.
        """
        gone: dict[str, int] = {}
        with _Failures() as failures:
            with failures.kept():
                gone |= self._remove_old(now)
            with failures.kept():
                gone["erased"] = self.erasure.finish(now=now)
            with failures.kept():
                gone |= self.retention.run(now=now)
        return gone

    def _remove_old(self, now: datetime) -> dict[str, int]:
        """Unopened review items, events, idempotency keys, asks, sessions."""
        patience = self._patience()
        with self.database.write() as session:
            return {
                "not_reviewed": sum(_leave_queue(session, site, now, wait) for site, wait in patience.items()),
                "events": _remove_events(session, now - timedelta(days=self.events_days)),
                "idempotency": counted(
                    session, delete(IdempotencyRow).where(IdempotencyRow.created_at < now - IDEMPOTENCY_KEPT)
                ),
                "asks": counted(session, delete(Ask).where(Ask.created_at < now - ASKS_KEPT)),
                "repairs": counted(session, delete(CoralComment).where(CoralComment.created_at < now - JOBS_KEPT)),
                "write_backs": counted(session, delete(WriteBack).where(WriteBack.created_at < now - JOBS_KEPT)),
                "unchecked": counted(session, delete(Unchecked).where(Unchecked.last_at < now - UNCHECKED_KEPT)),
                "sessions": counted(
                    session, delete(DeskSession).where(DeskSession.created_at < now - timedelta(days=1))
                ),
                "login_attempts": counted(
                    session, delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1))
                ),
            }

    def _patience(self) -> dict[str, timedelta]:
        """How long a listed comment waits to be opened, by site."""
        with self.database.read() as session:
            sites = session.scalars(select(Site.id)).all()
        settings = {site: self.rulebook.settings(site_id=site) for site in sites}
        return {site: timedelta(hours=found["review_expires_hours"]) for site, found in settings.items()}

    def _settle_decisions(self, now: datetime) -> int:
        with self.database.read() as session:
            due = session.scalars(
                select(Decision.id)
                .where(Decision.state == "waiting", Decision.effective_at <= now)
                .order_by(Decision.effective_at)
                .limit(SETTLED_AT_ONCE)
            ).all()
        settled = 0
        with _Failures() as failures:
            for id in due:
                with failures.kept():
                    settled += self.review.settle(decision_id=id, now=now)
        return settled

    def _requeue_revisions(self, now: datetime) -> int:
        return sum(self._requeue(now, bulk=bulk) for bulk in (False, True))

    def _requeue(self, now: datetime, *, bulk: bool) -> int:
        """The revisions of one queue; that of a long import keeps no live comment waiting."""
        if self._is_long("bulk" if bulk else "moderate"):
            return 0
        abandoned = (Revision.state == "claimed") & (Revision.lease_until < now)
        due = or_(Revision.state == "waiting", abandoned) & (Revision.due_at <= now)
        with self.database.read() as session:
            rows = session.execute(
                select(Revision.id, Revision.kicks)
                .where(due, Revision.bulk.is_(bulk))
                .order_by(Revision.due_at)
                .limit(self.batch)
            ).all()
        taken = 0
        for id, kicks in rows:
            wait = min(self.pending_seconds * 2 ** min(kicks, 10), max(LONGEST_WAIT, self.pending_seconds))
            if self._postpone(id, kicks, now + timedelta(seconds=wait)):
                self.queue.moderate(id, bulk=bulk)
                taken += 1
        return taken

    def _postpone(self, revision_id: str, kicks: int, due_at: datetime) -> bool:
        """Counts one more hint; False where another sweep has just done so."""
        with self.database.write() as session:
            same = update(Revision).where(Revision.id == revision_id, Revision.kicks == kicks, Revision.state != "done")
            return counted(session, same.values(kicks=kicks + 1, due_at=due_at)) == 1

    def _requeue_deliveries(self, now: datetime) -> int:
        if self._is_long("deliver"):
            return 0
        abandoned = (Delivery.state == "claimed") & (Delivery.lease_until < now)
        free = or_(Endpoint.busy_until.is_(None), Endpoint.busy_until < now)
        with self.database.read() as session:
            rows = session.execute(
                select(Delivery.id, Delivery.endpoint_id)
                .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
                .where(
                    or_((Delivery.state == "due"), abandoned),
                    Delivery.due_at <= now - timedelta(seconds=1),
                    Endpoint.disabled_at.is_(None),
                    free,
                )
                .order_by(Delivery.position)
                .limit(self.batch)
            ).all()
        first_of_each = {endpoint: id for id, endpoint in reversed(rows)}
        for id in first_of_each.values():
            self.queue.deliver(id)
        return len(first_of_each)

    def _requeue_jobs(
        self, of: type[CoralComment] | type[WriteBack], hint: Callable[[str], None], now: datetime
    ) -> int:
        """Hints that come twice find the row claimed; a second of grace spares most of them."""
        if self._is_long("deliver"):
            return 0
        abandoned = (of.state == "claimed") & (of.lease_until < now)
        due = (of.state == "due") & (of.due_at <= now - timedelta(seconds=1))
        with self.database.read() as session:
            query = select(of.id).where(or_(due, abandoned)).order_by(of.due_at)
            rows = session.scalars(query.limit(JOBS_AT_ONCE)).all()
        for id in rows:
            hint(id)
        return len(rows)

    def _expire_blocks(self, now: datetime) -> int:
        with self.database.read() as session:
            due = session.scalars(
                select(Block.id).where(Block.state == "active", Block.until <= now).limit(SETTLED_AT_ONCE)
            ).all()
        return sum(self.authors.expire(block_id=id, now=now) for id in due)

    def _is_long(self, name: str) -> bool:
        length = self.queue.length(name)
        return length is not None and length > QUEUE_IS_LONG

    def _beat(self, part: str, now: datetime) -> None:
        with self.database.write() as session:
            if not insert_once(session, Heartbeat, part=part, at=now):
                session.execute(update(Heartbeat).where(Heartbeat.part == part).values(at=now))


def _leave_queue(session: Session, site_id: str, now: datetime, wait: timedelta) -> int:
    """Review items of rules that nobody opened: they leave as "not reviewed", never as approved. Held ones stay."""
    stale = ReviewItem.closed_at.is_(None) & (ReviewItem.opened_at < now - wait)
    untouched = ReviewItem.claimed_by.is_(None) & ReviewItem.urgent.is_(False)
    only_listed = (ReviewItem.source == "rules") & (ReviewItem.rank < 50)
    return counted(
        session,
        update(ReviewItem)
        .where(ReviewItem.site_id == site_id, stale, untouched, only_listed)
        .values(closed_at=now, outcome="not_reviewed"),
    )


def _remove_events(session: Session, before: datetime) -> int:
    old = Event.created_at < before
    last = session.execute(select(Event.site_id, func.max(Event.position)).where(old).group_by(Event.site_id)).all()
    for site, position in last:
        session.execute(
            update(Position)
            .where(Position.site_id == site, Position.events_removed_to < position)
            .values(events_removed_to=position)
        )
    return counted(session, delete(Event).where(old)) if last else 0

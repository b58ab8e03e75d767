"""One write of one site: a transaction, what it has to tell, and the hints that go out after its commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import InvalidFields
from moderation.storage.ledger import Ledger
from moderation.storage.models import IdempotencyRow
from moderation.storage.rows import insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow.incoming import IdempotencyKey
from moderation.workflow.ports import Queue


class Recorder:
    """Opens recording transactions: `with record(site_id, now) as ledger: …`."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self.database = database
        self.queue = queue

    @contextmanager
    def __call__(self, site_id: str, now: datetime) -> Iterator[Ledger]:
        """A transaction whose events, audit rows and deliveries are written at its end; deliveries and write-backs are then queued."""
        with self.database.write() as session:
            ledger = Ledger(session, site_id, now)
            yield ledger
            deliveries = ledger.write()
        for id in deliveries:
            self.queue.deliver(id)
        for id in ledger.write_backs:
            self.queue.write_back(id)


def replayed(session: Session, site_id: str, key: IdempotencyKey | None, now: datetime) -> str | None:
    """None for a first use of `key` (or none given); for a repeat, what the first use made (may be empty text).

    Raises InvalidFields where the same key came with another request.
    """
    if key is None:
        return None
    first = insert_once(
        session,
        IdempotencyRow,
        site_id=site_id,
        key=key.key,
        route=key.route,
        body_hash=key.body_hash,
        resource="",
        created_at=now,
    )
    if first:
        return None
    row = session.execute(
        select(IdempotencyRow).where(IdempotencyRow.site_id == site_id, IdempotencyRow.key == key.key)
    ).scalar_one()
    if (row.route, row.body_hash) != (key.route, key.body_hash):
        raise InvalidFields(
            "This Idempotency-Key was used for another request; use a new key for a new request.",
            type="idempotency_mismatch",
        )
    return row.resource


def remember(session: Session, site_id: str, key: IdempotencyKey | None, resource: str) -> None:
    """Notes what a first use of `key` made, for its repeats."""
    if key is None:
        return
    row = session.get(IdempotencyRow, (site_id, key.key))
    assert row is not None
    row.resource = resource

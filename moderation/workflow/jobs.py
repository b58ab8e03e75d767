"""Jobs of the workers at a program outside: one holder at a time, tried again on the schedule of webhooks."""

import random
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from moderation.storage.models import CoralComment, WriteBack, new_id
from moderation.storage.rows import counted
from moderation.workflow.webhooks import SCHEDULE

LEASE = timedelta(seconds=60)  # over a conversation of 25 seconds, and a check


class Unreadable(Exception):
    """The answer is none, or says that something is wrong; the word says what."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def claim(session: Session, of: type[CoralComment] | type[WriteBack], row_id: str, now: datetime) -> str | None:
    """The token of the lease on a row that is due, or whose holder is gone; None where there is nothing to do."""
    token = new_id()
    abandoned = (of.state == "claimed") & (of.lease_until < now)
    taken = counted(
        session,
        update(of)
        .where(of.id == row_id, or_(of.state == "due", abandoned), of.due_at <= now)
        .values(state="claimed", lease_until=now + LEASE, lease_token=token)
        .execution_options(synchronize_session=False),
    )
    return token if taken else None


def finish(row: CoralComment | WriteBack, outcome: str | None, error: str | None, now: datetime) -> None:
    """Gives the lease back: done with an `outcome`; without one due again, or dead after the last attempt."""
    row.lease_token = row.lease_until = None
    row.attempts += 1
    row.outcome, row.last_error = outcome, (error or "")[:60] or None
    if outcome is not None:
        row.state, row.done_at = "done", now
    elif row.attempts > len(SCHEDULE):
        row.state = "dead"
    else:
        wait = SCHEDULE[row.attempts - 1] * random.uniform(0.9, 1.1)
        row.state, row.due_at = "due", now + timedelta(seconds=wait)

"""What a row keeps that is also a job of the workers at a program outside."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import one_of

_DUE = sql("state IN ('due', 'claimed')")


class Job:
    """State, attempts and lease: due → claimed → done, or dead after the last attempt."""

    state: Mapped[str] = mapped_column(String(10), default="due")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str | None] = mapped_column(String(20))
    last_error: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]


def rules_of_jobs(table: str) -> tuple[CheckConstraint, Index]:
    """What the table of a job has besides its own rules: its states, and a way to what is due."""
    return (
        one_of("state", "due", "claimed", "done", "dead"),
        Index(f"ix_{table}_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )

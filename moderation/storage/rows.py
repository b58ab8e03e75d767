"""Writes that must count: insert-or-leave on both databases, counted updates, locks in one order."""

from typing import Any

from sqlalchemy import Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from moderation.storage.models import Base


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Inserts a row unless one stands in its way on any unique constraint; True if it was inserted.

    On PostgreSQL it waits for a transaction that is inserting the same row, so the answer is final.
    """
    dialect = session.get_bind().dialect.name
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # RETURNING, because a driver may count rows as unknown for an insert.
    made = make(model).values(**values).on_conflict_do_nothing().returning(*model.__table__.primary_key)
    return session.execute(made).first() is not None


def counted(session: Session, statement: Any) -> int:
    """Runs an INSERT, UPDATE or DELETE and gives the number of rows that it touched."""
    if isinstance(statement, Update):
        statement = statement.execution_options(synchronize_session=False)
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount

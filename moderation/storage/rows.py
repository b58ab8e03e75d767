"""Writes that must count: insert-or-leave on both databases, counted updates."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, make_transient_to_detached

from moderation.storage.models import Base

Row = TypeVar("Row", bound=Base)


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Inserts a row unless one stands in its way on any unique constraint; True if it was inserted.

    On PostgreSQL it waits for a transaction that is inserting the same row, so the answer is final.
    """
    session.flush()
    columns = model.__mapper__.columns
    given = {str(columns[name].key): value for name, value in values.items()}
    return session.execute(_insert(model, session.get_bind().dialect.name), given).first() is not None


def insert_new(session: Session, model: type[Row], **values: Any) -> Row | None:
    """As insert_once; the inserted row as an object of the session, without reading it again, or None.

    `values` name every column that has a default of its own; the others are null.
    """
    if not insert_once(session, model, **values):
        return None
    row = model(**{**dict.fromkeys(model.__mapper__.column_attrs.keys()), **values})
    make_transient_to_detached(row)
    session.add(row)
    return row


@cache
def _insert(model: type[Base], dialect: str) -> Any:
    """The statement, made once: making it takes longer than running it."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table = model.__table__
    assert isinstance(table, Table)
    # RETURNING, because a driver may count rows as unknown for an insert.
    return make(table).on_conflict_do_nothing().returning(*table.primary_key)


def counted(session: Session, statement: Any) -> int:
    """Runs an INSERT, UPDATE or DELETE and gives the number of rows that it touched."""
    if isinstance(statement, Update):
        statement = statement.execution_options(synchronize_session=False)
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount

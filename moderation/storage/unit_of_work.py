"""Two ways to a session: `write()` and `read()`. Every durability setting of the databases is here, with its reason."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from moderation.errors import Unavailable

_KEEPS = ("fsync", "full_page_writes", "synchronous_commit")
BUSY_SECONDS = 5  # how long a SQLite writer waits for another; then the caller is told to come back


class Database:
    """One database of the service. Connects on first use, not when built."""

    def __init__(self, url: str, *, pool_size: int = 10, pool_seconds: float = 5.0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(url, self.is_sqlite, pool_size, pool_seconds)
        self._writing = self.engine.execution_options(writing=True)
        self._turn = Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may change rows; committed at the end of the block, rolled back on any error.

        An error of the database becomes Unavailable: the outcome is then not known to be stored, and a repeat is safe.
        """
        with (
            self._own_turn(),
            as_unavailable(),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """SQLite has one writer, and waits for it by sleeping: threads of one process line up here instead."""
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise Unavailable("The database is busy; send it again.", retry_after=2)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent look that changes nothing."""
        with as_unavailable(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def unsafe(self) -> list[str]:
        """Settings of the server with which rows that we acknowledged can be lost when its machine stops: name=value."""
        if self.is_sqlite:
            return []  # ours, set with each connection
        with self.read() as session:
            found = {name: session.scalar(text(f"SHOW {name}")) for name in _KEEPS}
        return [f"{name}={value}" for name, value in found.items() if value == "off"]

    def empty_log(self) -> None:
        """SQLite: old pages, with words that were erased, stay in its log until it begins anew. Not while others read."""
        if not self.is_sqlite:
            return
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            cursor.close()
        finally:
            raw.close()

    def close(self) -> None:
        """Gives the connections back; a later use opens new ones."""
        self.engine.dispose()

    def forget_connections(self) -> None:
        """After a fork: the parent's connections are not ours to close."""
        self.engine.dispose(close=False)


@contextmanager
def as_unavailable() -> Iterator[None]:
    """What the database cannot do becomes Unavailable, with what it said as the cause."""
    try:
        yield
    except (OperationalError, PoolTimeout, sqlite3.Error) as error:
        raise Unavailable("The database does not answer; send it again.", retry_after=2) from error
    except DBAPIError as error:
        damaged = type(error) is DatabaseError  # SQLite's word for a file that is no database, or one no longer
        if not error.connection_invalidated and not damaged:
            raise
        raise Unavailable("The database connection was lost; send it again.", retry_after=2) from error


def _engine(url: str, is_sqlite: bool, pool_size: int, pool_seconds: float) -> Engine:
    if is_sqlite:
        engine = create_engine(
            url, pool_size=pool_size, pool_timeout=pool_seconds, connect_args={"timeout": BUSY_SECONDS}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        pool_timeout=pool_seconds,
        pool_pre_ping=True,  # a restarted server costs one retry here instead of a failed request
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": 5,
            # A hung statement or a forgotten transaction must not hold locks over a whole site; a server's default of
            # synchronous_commit=off would lose the last commits of a crash.
            "options": "-c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000 -c synchronous_commit=on",
            # A server whose packets vanish is given up after 30 s (15 s without an answer to what was sent).
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15000,
        },
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers never wait for the writer
    cursor.execute("PRAGMA synchronous=FULL")  # NORMAL may lose acknowledged commits when the power goes
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not left in free pages
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that begins by reading and then writes fails at once under a second writer; IMMEDIATE waits.

    It waits here and not in SQLite, whose own waiting sleeps for up to 100 ms at a time and starves the unlucky.
    """
    if not connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql("BEGIN")
        return
    raw: Any = connection.connection.driver_connection
    cursor = raw.cursor()
    end = time.monotonic() + BUSY_SECONDS
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while not _took_turn(cursor):
            if time.monotonic() > end:
                raise Unavailable("The database is busy; send it again.", retry_after=2)
            time.sleep(random.uniform(0.0005, 0.003))
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()


def _took_turn(cursor: Any) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True

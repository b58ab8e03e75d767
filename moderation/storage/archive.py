"""A whole database as files and back: SQLite as one consistent file, PostgreSQL as one COPY file for each table."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, inspect, text, update

from moderation.errors import Conflict
from moderation.storage.migrations import present, upgrade
from moderation.storage.models import Position
from moderation.storage.unit_of_work import Database

SQLITE_NAME = "moderation.sqlite"
_VERSION_TABLE = "alembic_version"
# What happened after a backup is lost with its numbers, which sites may have seen. The numbering goes on behind all that
# can have been given meanwhile: so no cursor skips an event, and no `sequence` comes twice.
RESTORE_STEP = 1_000_000


def dump(database: Database, folder: Path) -> dict[str, Any]:
    """Writes one moment of the database into `folder` while it is in use; says what was written."""
    if database.is_sqlite:
        _dump_sqlite(Path(database.url.database or ""), folder / SQLITE_NAME)
        return {"kind": "sqlite", "schema": present(database)}
    return {"kind": "postgresql", "schema": present(database), "tables": _dump_postgres(database, folder)}


def load(database: Database, folder: Path, made: Mapping[str, Any]) -> None:
    """Fills an empty database from what `dump` wrote and brings it to this version; Conflict where it is not empty."""
    if made["kind"] != ("sqlite" if database.is_sqlite else "postgresql"):
        raise Conflict(f"This backup is of {made['kind']}; the database named by the settings is another kind.")
    if not _is_empty(database):
        raise Conflict("The database is not empty. A restore never overwrites: name an empty one.")
    if database.is_sqlite:
        database.close()
        _place_sqlite(folder / SQLITE_NAME, Path(database.url.database or ""))
    else:
        upgrade(database, str(made["schema"]))
        _load_postgres(database, folder, made["tables"])
    upgrade(database)
    with database.write() as session:
        session.execute(update(Position).values(last=Position.last + RESTORE_STEP))


def _is_empty(database: Database) -> bool:
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return True
    with database.engine.connect() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != _VERSION_TABLE]
        return not any(
            connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()  # noqa: S608  # names of tables
            for name in tables
        )


def _dump_sqlite(source: Path, target: Path) -> None:
    """The online backup: writers go on, the copy is of one moment."""
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing, pages=1000, sleep=0.01)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        [(found,)] = writing.execute("PRAGMA integrity_check").fetchall()[:1]
        if found != "ok":
            raise Conflict("The copy of the database is damaged; the backup was not made.")
    finally:
        writing.close()
        reading.close()


def _place_sqlite(source: Path, target: Path) -> None:
    for suffix in ("-wal", "-shm"):  # of the empty database that was looked at
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    new = target.with_name(target.name + ".new")
    with source.open("rb") as reading, new.open("wb") as writing:
        new.chmod(0o600)
        while block := reading.read(1 << 20):
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    new.replace(target)


def _dump_postgres(database: Database, folder: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = []
    with (
        database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
    ):
        _take_time(connection.exec_driver_sql)
        for name in _in_order(connection):
            columns = [column["name"] for column in inspect(connection).get_columns(name)]
            statement = _statement("COPY {table} ({columns}) TO STDOUT", name, columns)
            with (folder / f"{name}.copy").open("wb") as file, _copying(connection, statement) as copy:
                file.writelines(bytes(block) for block in copy)
            tables.append({"name": name, "columns": columns})
    return tables


def _load_postgres(database: Database, folder: Path, tables: list[dict[str, Any]]) -> None:
    with database.engine.connect() as connection, connection.begin():
        _take_time(connection.exec_driver_sql)
        for table in tables:
            statement = _statement("COPY {table} ({columns}) FROM STDIN", table["name"], table["columns"])
            with (folder / f"{table['name']}.copy").open("rb") as file, _copying(connection, statement) as copy:
                while block := file.read(1 << 16):
                    copy.write(block)


def _in_order(connection: Connection) -> list[str]:
    """The tables so that each comes after those that it refers to."""
    found = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in found if name is not None and name != _VERSION_TABLE]


@contextmanager
def _copying(connection: Connection, statement: sql.Composed) -> Iterator[Any]:
    """psycopg's own COPY, inside the transaction of `connection`."""
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        yield copy


def _statement(template: str, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(template).format(table=sql.Identifier(table), columns=names)


def _take_time(execute: Callable[[str], object]) -> None:
    """Large tables take longer than a request may."""
    for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
        execute(f"SET LOCAL {name} = 0")

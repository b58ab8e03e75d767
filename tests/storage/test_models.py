"""The models against what the house promises of them."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, String, Text, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from moderation.bootstrap import build
from moderation.storage import migrations, personal
from moderation.storage.models import Base
from moderation.storage.unit_of_work import Database
from tests.fakes import FakeQueue
from tests.web.service import settings


def differences(database: Database) -> list[object]:
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_migrations_make_what_the_models_say_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite")
    assert differences(database) == []
    assert migrations.present(database) == migrations.newest()
    database.close()


def test_migrations_make_what_the_models_say_on_postgresql(empty_postgres_url: str) -> None:
    database = Database(empty_postgres_url)
    assert differences(database) == []
    database.close()


def test_every_column_with_words_is_listed_as_personal_or_not() -> None:
    words = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | Text | JSON)
    }
    listed = set(personal.PERSONAL) | personal.NOT_PERSONAL
    assert words - listed == set(), "put these into storage/personal.py"
    assert listed - words == set(), "these columns are gone"
    assert not set(personal.PERSONAL) & personal.NOT_PERSONAL


def test_every_table_carries_its_owner() -> None:
    own = {"newsroom", "realm", "site", "user_account", "membership", "desk_session", "login_attempt", "heartbeat"}
    shared = {"ruleset"}  # found by the hash of its content, owned by nobody
    for table in Base.metadata.tables.values():
        if table.name not in own | shared:
            assert {"site_id", "realm_id"} & set(table.columns.keys()), table.name


@pytest.mark.parametrize("journal", ["wal"])
def test_sqlite_keeps_what_it_acknowledged(tmp_path: Path, journal: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite")
    with database.read() as session:
        settings = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": journal, "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    database.close()


def test_a_server_that_may_lose_acknowledged_rows_is_named(empty_postgres_url: str) -> None:
    """The server of the tests runs without fsync: it is fast, and here it is the bad example."""
    database = Database(empty_postgres_url)
    assert database.unsafe() == ["fsync=off", "full_page_writes=off"]
    with database.read() as session:
        assert session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    database.close()


def test_an_unsafe_server_is_told_of_at_the_start(empty_postgres_url: str, tmp_path: Path) -> None:
    application = build(settings(tmp_path, database_url=empty_postgres_url), queue=FakeQueue())
    application.upgrade()
    with capture_logs() as lines:
        application.warm()
    application.close()
    assert {"event": "database.unsafe", "setting": "fsync=off", "log_level": "error"} in lines


def test_a_new_kind_of_key_costs_no_counts_of_the_old_ones(tmp_path: Path) -> None:
    """SQLite makes the table of keys anew, and what hangs on its rows would go with it."""
    database = Database(f"sqlite:///{tmp_path}/a.sqlite")
    migrations.upgrade(database, "0006")
    with database.write() as session:
        insert(session, _SITE + _BEFORE_0007)
    migrations.upgrade(database)
    with database.write() as session:
        assert session.scalar(text("SELECT count FROM unchecked WHERE key_id = 'k'")) == 7
        session.execute(text("UPDATE api_key SET kind = 'wordpress' WHERE id = 'k'"))
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE api_key SET kind = 'another' WHERE id = 'k'"))
    with database.read() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    database.close()


def test_write_backs_keep_their_rows_under_either_name_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite")
    keeps_write_backs(database)
    with database.read() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    database.close()


def test_write_backs_keep_their_rows_under_either_name_on_postgresql(empty_postgres_url: str) -> None:
    database = Database(empty_postgres_url)
    keeps_write_backs(database)
    database.close()


def keeps_write_backs(database: Database) -> None:
    """Up, down and up again: the same rows, and no name that speaks of the other table."""
    migrations.upgrade(database, "0007")
    before = names(database, "wordpress_comment")
    with database.write() as session:
        insert(session, _SITE + _WRITE_BACK)
        rows = session.execute(text("SELECT * FROM wordpress_comment")).all()
    migrations.upgrade(database, "0008")
    assert names(database, "write_back") == {name.replace("wordpress_comment", "write_back") for name in before}
    assert rows_of_write_backs(database) == rows
    downgrade(database, "0007")
    assert names(database, "wordpress_comment") == before
    migrations.upgrade(database, "0008")
    assert rows_of_write_backs(database) == rows


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_marks_of_erasure_come_and_go_and_leave_the_rows(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/a.sqlite" if kind == "sqlite" else request.getfixturevalue("empty_postgres_url")
    database = Database(url)
    migrations.upgrade(database, "0007")
    with database.write() as session:
        insert(session, _SITE + _WRITE_BACK)
    for version in ("0009", "0008", "0009"):
        (migrations.upgrade if version == "0009" else downgrade)(database, version)
        with database.read() as session:
            for table in ("comment", "author", "write_back"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, (version, table)
    database.close()


def rows_of_write_backs(database: Database) -> list[object]:
    with database.read() as session:
        assert not inspect(session.connection()).has_table("wordpress_comment")
        return list(session.execute(text("SELECT * FROM write_back")))


def insert(session: Session, statements: str) -> None:
    """Rows of an earlier schema; each `:key` is some bytes."""
    for statement in statements.strip().strip(";").split(";"):
        session.execute(text(statement), {"key": b"\0"} if ":key" in statement else {})


def names(database: Database, table: str) -> set[str]:
    """What constraints and indexes of a table are called."""
    with database.engine.connect() as connection:
        found = inspect(connection)
        rules = [
            *found.get_unique_constraints(table),
            *found.get_foreign_keys(table),
            *found.get_check_constraints(table),
        ]
        indexes = [one for one in found.get_indexes(table) if not one.get("duplicates_constraint")]
        return {str(one["name"]) for one in (found.get_pk_constraint(table), *rules, *indexes)}


def downgrade(database: Database, version: str) -> None:
    """Back to an earlier schema."""
    config = migrations._config()
    with database.engine.execution_options(writing=True).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, version)


_SITE = """
INSERT INTO newsroom (id, name, created_at) VALUES ('n', 'n', '2026-11-26');
INSERT INTO realm (id, newsroom_id, name, key, created_at) VALUES ('r', 'n', 'r', :key, '2026-11-26');
INSERT INTO site (id, newsroom_id, realm_id, slug, name, audit_key, created_at)
    VALUES ('s', 'n', 'r', 's', 's', :key, '2026-11-26');
"""
_BEFORE_0007 = """
INSERT INTO api_key (id, site_id, kind, lookup, label, options, created_at)
    VALUES ('k', 's', 'protocol', 'k', '', '{}', '2026-11-26');
INSERT INTO unchecked (site_id, key_id, protocol, why, day, count, last_at)
    VALUES ('s', 'k', 'perspective', 'late', '2026-11-26', 7, '2026-11-26');
"""
_WRITE_BACK = """
INSERT INTO author (id, realm_id, key, role, trusted, created_at) VALUES ('a', 'r', 'k', 'reader', false, '2026-11-26');
INSERT INTO story (id, site_id, external_id, byline, people, sensitive, comments, created_at, updated_at)
    VALUES ('t', 's', 't', '[]', '[]', '[]', 'open', '2026-11-26', '2026-11-26');
INSERT INTO comment (id, site_id, realm_id, external_id, author_id, story_id, status, latest_revision, person_stopped,
        sequence, metadata, created_at, updated_at)
    VALUES ('c', 's', 'r', '101', 'a', 't', 'held', 1, false, 0, '{}', '2026-11-26', '2026-11-26');
INSERT INTO wordpress_comment (id, site_id, comment_id, revision, changes, state, due_at, attempts, lease_until,
        lease_token, outcome, last_error, created_at, done_at)
    VALUES ('w', 's', 'c', 1, 2, 'claimed', '2026-11-26', 3, '2026-11-27', 'l', 'told', 'timeout', '2026-11-25', '2026-11-28');
"""

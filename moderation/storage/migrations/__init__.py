"""Versions of the schema (Alembic) and the one function that brings a database up to the newest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from moderation.storage.unit_of_work import Database


def upgrade(database: Database, version: str = "head") -> str:
    """Brings the schema to the newest version (or `version`) and gives its name; two processes at once take turns."""
    config = _config()
    with database.engine.execution_options(writing=True).connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(7263001)"))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    return newest() if version == "head" else version


def newest() -> str:
    """The version that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def present(database: Database) -> str | None:
    """The version that the database has (None: it is empty)."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config

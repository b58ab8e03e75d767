"""The parts of a production set-up, each configured by environment: web, worker, beat, db upgrade, sweep."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from moderation.cli import service
from moderation.storage import migrations
from moderation.storage.unit_of_work import Database, as_unavailable


@click.command()
def web() -> None:
    """Serve HTTP with gunicorn: MODERATION_WEB_PROCESSES processes of MODERATION_WEB_THREADS threads."""
    settings = service.production()  # malformed settings show here, once, and not in every worker
    _become(
        "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(settings.web_processes),
        "--threads", str(settings.web_threads), "--bind", f"{settings.web_host}:{settings.web_port}",
        # A worker whose main thread does not answer for a minute is replaced; requests have 20 s to end at a stop.
        "--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "5", "--no-control-socket",
        "--log-level", settings.log_level, "moderation.web.wsgi:load()",
    )  # fmt: skip


@click.command()
@click.option("--queues", default="moderate,bulk,deliver,upkeep", show_default=True, help="In order of precedence.")
@click.option("--name", default="moderation", show_default=True, help="Name of this worker in the logs.")
@click.option("--pool", type=click.Choice(["prefork", "threads"]), help="Instead of MODERATION_WORKER_POOL.")
@click.option("--concurrency", type=click.IntRange(1, 64), help="Instead of MODERATION_WORKER_CONCURRENCY.")
def worker(queues: str, name: str, pool: str | None, concurrency: int | None) -> None:
    """Work on the queues until SIGTERM; a running task is finished first."""
    service.production()
    options = ["--queues", queues, "--name", name]
    options += ["--pool", pool] if pool else []
    options += ["--concurrency", str(concurrency)] if concurrency else []
    _become("-m", "workers", "worker", *options)


@click.command()
def beat() -> None:
    """Send `sweep` and `retain` to the workers on time."""
    service.production()
    _become("-m", "workers", "beat")


@click.group()
def db() -> None:
    """The database."""


@db.command()
@service.data_option
def upgrade(data: Path | None) -> None:
    """Bring the tables up to this version. Safe to run again, and from several places at once."""
    database = Database(service.settings(data).database_url)
    with as_unavailable():
        click.echo(f"schema {migrations.upgrade(database)}", err=True)
    database.close()


@click.command()
@service.data_option
def sweep(data: Path | None) -> None:
    """Look once for what was left behind, and queue it again."""
    with service.application(data) as application:
        click.echo(json.dumps(application.sweep.tick(now=datetime.now(UTC))))


def _become(*arguments: str) -> None:
    command = [sys.executable, "-P", *arguments]
    os.execv(command[0], command)  # noqa: S606  # our own command, no shell

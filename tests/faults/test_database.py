"""The database dies, is full, is busy, is copied and comes back. Rows 11, 12, 13 and 27."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import event

from moderation import bootstrap
from moderation.config import Settings
from moderation.errors import Unavailable
from tests.chaos import invariants
from tests.factories import Newsroom
from tests.fakes import FakeQueue, FakeSender
from tests.faults.shapes import FaultyEmbedded, FaultyProduction
from tests.faults.site import Site
from tests.servers.postgres import Postgres
from tests.servers.processes import kill, wait_until
from tests.web.service import Service, Template


def test_row_11_postgresql_dies_and_loses_its_connections(production: Site) -> None:
    """Row 11: immediate stop, kill -9 and ended connections under load: 503 with Retry-After, and nothing half done."""
    shape = production.shape
    assert isinstance(shape, FaultyProduction)
    with production.load(seed=11):
        time.sleep(2)
        assert shape.postgres.process is not None
        kill(shape.postgres.process, signal.SIGQUIT)
        refused = _plain_post(production, "while-down")
        assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
        assert int(refused.headers["Retry-After"]) > 0
        shape.postgres.restart()
        time.sleep(2)
        for _ in range(8):
            time.sleep(0.3)
            _end_connections(shape)
        shape.postgres.restart(hard=True)
        production.post("while-down")
        time.sleep(2)
    assert production.judged("while-down")["status"] == "published"
    production.drained()


def _plain_post(site: Site, id: str) -> httpx.Response:
    body = {"id": id, "text": f"A word ({id})", "author": {"id": f"author-{id}"}, "story": {"id": "s"}}
    headers = {"Authorization": f"Bearer {site.key}"}
    return httpx.post(f"{site.shape.url}/v1/comments", json=body, headers=headers, timeout=30, trust_env=False)


def _end_connections(shape: FaultyProduction) -> None:
    with psycopg.connect(shape.postgres.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'kic%'")


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own, as root; else the test is skipped."""
    folder = Path(tempfile.mkdtemp(prefix="kic-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    try:
        if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("needs the right to mount a small file system")
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def fill(folder: Path) -> Path:
    """A file that takes what is left."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


def _full_then_free(service: Service, free: Callable[[], object]) -> None:
    """Posts until there is no room, also for a verdict; then there is room, and every question answers zero."""
    dice = random.Random(12)
    answers: dict[str, int] = {}
    while 503 not in answers.values():
        id = f"c{len(answers)}"
        answer = service.comment(id=id, text=_long(dice))
        answers[id] = answer.status_code
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0
        assert len(answers) < 5000
    assert set(answers.values()) <= {202, 503}
    with contextlib.suppress(Unavailable):  # some verdict may fit where no comment does
        service.queue.drain()
    free()
    wait_until(lambda: service.comment(id="last", text="A word.").status_code in (200, 202), seconds=60, what="room")
    now = datetime.now(UTC)
    for minutes in range(1, 30):
        now += timedelta(minutes=minutes)
        service.application.sweep.tick(now=now)
        while service.queue.revisions:
            service.application.moderate.run(revision_id=service.queue.revisions.pop(0), now=now)
    kept = {id for id, status in answers.items() if status == 202}
    assert not [id for id in kept if service.get(f"/v1/comments/{id}").get_json()["status"] != "published"]
    wrong = invariants.in_database(service.application.settings.database_url)
    assert not any(wrong.values()), {name: count for name, count in wrong.items() if count}


def _long(dice: random.Random) -> str:
    return " ".join(dice.choice(("bridge", "council", "garden", "market", "river", "winter")) for _ in range(2000))


def test_row_12_sqlite_has_no_pages_left(tmp_path: Path) -> None:
    """Row 12: SQLITE_FULL: 503 with Retry-After, nothing half stored, and it goes on when there is room."""
    template = tmp_path / "template"
    template.mkdir()
    service = Template(template).service(tmp_path / "service")
    limit = [1]

    def at_checkout(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit[0]}").close()

    event.listen(service.application.database.engine, "checkout", at_checkout)
    try:
        _full_then_free(service, lambda: limit.__setitem__(0, 2**30))
        _is_whole(tmp_path / "service" / "test.sqlite")
    finally:
        service.application.close()


def test_row_12_sqlite_has_no_disk_left(tmp_path: Path) -> None:
    """Row 12: ENOSPC under a WAL: the same."""
    (tmp_path / "template").mkdir()
    template = Template(tmp_path / "template")
    with small_disk(12) as disk:
        service = template.service(disk / "service")
        try:
            ballast = fill(disk)
            _full_then_free(service, ballast.unlink)
            _is_whole(disk / "service" / "test.sqlite")
        finally:
            service.application.close()


def _is_whole(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_row_12_postgresql_has_no_disk_left(tmp_path: Path) -> None:
    """Row 12: ENOSPC in PostgreSQL, which may go down with it: 503, nothing half stored, and it goes on."""
    (tmp_path / "template").mkdir()
    server = Postgres()
    with small_disk(160) as disk:
        server.folder = disk
        try:
            server.start()
            service = Template(tmp_path / "template", server).service(tmp_path / "service")
            ballast = fill(disk)

            def free() -> None:
                ballast.unlink()
                assert server.process is not None
                if server.process.poll() is not None:
                    server.restart()

            _full_then_free(service, free)
            service.application.close()
        finally:
            if server.process is not None:
                kill(server.process, signal.SIGQUIT)


WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA busy_timeout=20000")
connection.execute(sys.argv[2])
connection.execute("SELECT count(*) FROM comment").fetchone()
if "IMMEDIATE" in sys.argv[2]:
    connection.execute("UPDATE comment SET status = 'withdrawn'")
print("holds", flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def another(file: Path, begin: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process in a transaction of its own; kill -9 at the end."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(file), begin], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"holds\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def test_row_13_sqlite_beside_readers_writers_and_their_deaths(embedded: Site, tmp_path: Path) -> None:
    """Row 13: a long reader disturbs nobody; a writer in the way for long means 503; its death leaves nothing of it."""
    shape = embedded.shape
    assert isinstance(shape, FaultyEmbedded)
    file = shape.data / "moderation.sqlite"
    with embedded.load(seed=13):
        with another(file, "BEGIN"), embedded.steady("long-reader", clients=4) as statuses:
            wait_until(lambda: len(statuses) > 60, seconds=90, what="sixty comments beside a long reader")
        assert set(statuses) == {202}
        for _ in range(4):
            with another(file, "BEGIN IMMEDIATE"):
                time.sleep(0.5)
        with another(file, "BEGIN IMMEDIATE"):
            refused = _plain_post(embedded, "too-long")
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) > 0
        _copied(file, tmp_path)
    assert embedded.post("too-long")["id"] == "too-long"
    embedded.drained()
    _is_whole(file)


def _copied(file: Path, folder: Path) -> None:
    """Copied with its WAL while it is written to; SQLite itself may do so, a plain copy of two files may be torn."""
    with (
        contextlib.closing(sqlite3.connect(file)) as source,
        contextlib.closing(sqlite3.connect(folder / "copy.sqlite")) as target,
    ):
        source.backup(target)
    _is_whole(folder / "copy.sqlite")


def test_row_27_a_backup_under_load_comes_back_whole(site: Site, tmp_path: Path) -> None:
    """Row 27: what was acknowledged before it began is in it, all goes on from there, nothing is sent twice from there."""
    file = tmp_path / "backup.tar.gz"
    with site.load(seed=27):
        time.sleep(3)
        before = set(site.told.comments)
        done = site.shape.verb("backup", str(file))
        assert done.returncode == 0, done.stderr
    site.drained()
    url = _restored(site, file, tmp_path / "again")
    _goes_on(site, url, before)


def _restored(site: Site, file: Path, folder: Path) -> str:
    """The address of a database that the backup was brought back to."""
    command = [sys.executable, "-P", "-m", "moderation", "restore", str(file)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")}
    if isinstance(site.shape, FaultyProduction):
        url = site.shape.postgres.new_database()
        settings = site.shape.settings()
        environment |= {"MODERATION_DATABASE_URL": url, "MODERATION_BROKER_URL": settings.broker_url,
                        "MODERATION_SECRET_KEY": settings.secret_key}  # fmt: skip
    else:
        url = f"sqlite:///{folder / 'moderation.sqlite'}"
        command += ["--data", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/", timeout=120)
    assert done.returncode == 0, done.stderr
    return url


def _goes_on(site: Site, url: str, before: set[str]) -> None:
    queue, sender = FakeQueue(), FakeSender()
    settings = site.shape.settings()
    app = bootstrap.build(
        Settings(database_url=url, broker_url="redis://127.0.0.1:1/0", secret_key=settings.secret_key,
                 rules_dir=settings.rules_dir, allow_private_urls=True),
        queue=queue, sender=sender,
    )  # fmt: skip
    try:
        room = Newsroom(app, queue, sender, app.sites.find(slug=site.slug))
        now = datetime.now(UTC)
        for _ in range(400):
            now += timedelta(minutes=1)
            app.sweep.tick(now=now)
            room.drain(now)
            if not invariants.waiting(url) and not invariants.undelivered(url):
                break
        wrong = invariants.in_database(url)
        assert not any(wrong.values()), {name: count for name, count in wrong.items() if count}
        assert all(room.get(id)["id"] == id for id in before)
        sent = [post["id"] for post in sender.sent]
        assert len(sent) == len(set(sent))
        restored = {event["id"]: json.dumps(event, sort_keys=True) for event in room.events()}
        original = {event["id"]: json.dumps(event, sort_keys=True) for event in site.told.events}
        shared = restored.keys() & original.keys()
        assert shared
        assert all(restored[id] == original[id] for id in shared)
    finally:
        app.close()

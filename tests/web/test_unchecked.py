"""What was published without a check: counted once, by key, for all processes, and not lost while the database is away."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation.bootstrap import build
from moderation.errors import Unavailable
from moderation.storage.models import Unchecked
from moderation.storage.queries import upkeep
from moderation.workflow import unchecked
from tests.fakes import FakeQueue
from tests.web.service import OPERATOR, Service


@pytest.fixture(autouse=True)
def slow_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests write for themselves."""
    monkeypatch.setattr(unchecked, "SECONDS", 3600.0)


def add_key(service: Service) -> dict[str, Any]:
    app = service.application
    made: dict[str, Any] = app.keys.add(site_id=service.site_id, kind="protocol", by=OPERATOR, now=app.now())
    return made


def lines(service: Service, *, later: timedelta = timedelta()) -> list[tuple[Any, ...]]:
    app = service.application
    with app.database.read() as session:
        rows = upkeep.unchecked(session, service.site_id, app.now() + later)
    return sorted((row.key_id, row.protocol, row.why, row.today, row.week, row.kept) for row in rows)


def test_two_processes_and_a_restart_count_together(service: Service) -> None:
    app, key = service.application, add_key(service)
    other = build(app.settings, queue=FakeQueue(), model=False)
    for counts in (app.unchecked, other.unchecked, other.unchecked):
        counts.note(key=key["key"].upper(), protocol="perspective", why="late")
    app.unchecked.note(key=key["key"], protocol="perspective", why="error")
    assert app.unchecked.write()
    other.close()  # what waits is written when a process ends
    late, error = (key["id"], "perspective", "late"), (key["id"], "perspective", "error")
    assert lines(service) == [(*error, 1, 1, 1), (*late, 3, 3, 3)]
    assert lines(service, later=timedelta(days=2)) == [(*error, 0, 1, 1), (*late, 0, 3, 3)]
    assert lines(service, later=timedelta(days=8)) == [(*error, 0, 0, 1), (*late, 0, 0, 3)]
    app.sweep.retain(now=app.now() + timedelta(days=91))
    assert lines(service) == []


ENDING = """
import sys
from moderation.web.wsgi import load
address = "/v1alpha1/comments:analyze?key=" + sys.argv[1]
answer = load().test_client().post(address, data="{}", headers={"User-Agent": "Coral Perspective/9.11.8"})
assert answer.status_code == 400, answer.text
"""


def test_a_process_of_gunicorn_writes_what_it_noted_when_it_ends(service: Service) -> None:
    settings, key = service.application.settings, add_key(service)
    env = {
        **os.environ,
        "MODERATION_DATABASE_URL": settings.database_url,
        "MODERATION_BROKER_URL": settings.broker_url,
        "MODERATION_SECRET_KEY": settings.secret_key,
        "MODERATION_RULES_DIR": str(settings.rules_dir),
        "MODERATION_WEB_MODEL": "false",
    }
    subprocess.run([sys.executable, "-c", ENDING, key["key"]], env=env, check=True, timeout=60)
    assert lines(service) == [(key["id"], "perspective", "error", 1, 1, 1)]


def test_a_revoked_key_counts_and_an_unknown_one_does_not(service: Service) -> None:
    app, key = service.application, add_key(service)
    app.keys.revoke(site_id=service.site_id, key_id=key["id"], by=OPERATOR, now=app.now())
    for one in (key["key"], "a" * 12, "", "é" * 300):
        app.unchecked.note(key=one, protocol="coral_phase", why="error")
    assert app.unchecked.write()
    assert lines(service) == [(key["id"], "coral_phase", "error", 1, 1, 1)]


def test_nothing_is_lost_while_the_database_is_away(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    app, key = service.application, add_key(service)

    def away(*_: object) -> None:
        raise Unavailable("away", retry_after=1)

    app.unchecked.note(key=key["key"], protocol="perspective", why="error")
    with monkeypatch.context() as broken:
        broken.setattr(type(app.database), "write", away)
        assert not app.unchecked.write()
        app.unchecked.note(key=key["key"], protocol="perspective", why="error")
        assert not app.unchecked.write()
    assert app.unchecked.write()
    assert lines(service) == [(key["id"], "perspective", "error", 2, 2, 2)]


def test_keys_that_nobody_has_do_not_fill_the_memory(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    app, key = service.application, add_key(service)
    monkeypatch.setattr(unchecked, "MOST", 3)
    for number in range(10):
        app.unchecked.note(key=f"guess{number}", protocol="perspective", why="error")
    assert len(app.unchecked._noted) == 3
    assert app.unchecked.write()
    app.unchecked.note(key=key["key"], protocol="perspective", why="error")
    assert app.unchecked.write()
    assert len(lines(service)) == 1


def test_a_site_that_was_removed_takes_its_counts_along(service: Service) -> None:
    app, key = service.application, add_key(service)
    app.unchecked.note(key=key["key"], protocol="perspective", why="error")
    app.unchecked.write()
    app.unchecked.note(key=key["key"], protocol="perspective", why="error")
    app.sites.remove(slug="main")
    assert app.unchecked.write()
    with app.database.read() as session:
        assert session.scalars(select(Unchecked)).all() == []

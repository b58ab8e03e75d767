"""The real application on SQLite, with a queue that runs the worker's verb when a test says so, for tests of the edge."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.bootstrap import Application, build
from moderation.config import Settings
from moderation.storage import migrations
from moderation.storage.models import RulePause
from moderation.web import create_app
from moderation.workflow.incoming import Actor
from tests.servers.postgres import Postgres

RULES = Path(__file__).parent / "rules"
OPERATOR = Actor("operator")
COMMENT = {"id": "c1", "text": "A fair point.", "author": {"id": "u1"}, "story": {"id": "s1"}}


class HeldQueue:
    """The port of the queue: keeps the hints until `drain` plays the worker, or at once where `eager`."""

    def __init__(self, *, eager: bool = False) -> None:
        self.eager = eager
        self.revisions: list[str] = []
        self.deliveries: list[str] = []
        self.repairs: list[str] = []
        self.write_backs: list[str] = []
        self.application: Application | None = None
        self._lock = threading.Lock()

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None:
        self.revisions.append(revision_id)
        if self.eager:
            self.drain()

    def deliver(self, delivery_id: str) -> None:
        self.deliveries.append(delivery_id)
        if self.eager:
            self.drain()

    def repair(self, row_id: str) -> None:
        self.repairs.append(row_id)
        if self.eager:
            self.drain()

    def write_back(self, row_id: str) -> None:
        self.write_backs.append(row_id)
        if self.eager:
            self.drain()

    def length(self, queue: str) -> int | None:
        return len(self.revisions)

    def alive(self) -> bool:
        return True

    def drain(self) -> None:
        """Do what the workers would do with the hints so far."""
        assert self.application is not None
        while self.revisions:
            self.application.moderate.run(revision_id=self.revisions.pop(0), now=self.application.now())
        while self.deliveries:
            self.application.webhooks.deliver(delivery_id=self.deliveries.pop(0), now=self.application.now())
        while self.repairs:
            self.application.coral_repair.run(row_id=self.repairs.pop(0), now=self.application.now())
        while self.write_backs:
            self.application.write_backs.run(row_id=self.write_backs.pop(0), now=self.application.now())


@dataclass
class Service:
    """One running application with a site and its key."""

    application: Application
    flask: Flask
    queue: HeldQueue
    site_id: str
    key: str
    other_key: str
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.flask.test_client()

    def send(
        self, method: str, path: str, *, key: str | None = None, headers: dict[str, str] | None = None, **rest: Any
    ) -> TestResponse:
        """A request with the site's key (or another, or none where it is empty)."""
        bearer = self.key if key is None else key
        given = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.client.open(path, method=method, headers={**given, **(headers or {})}, **rest)

    def post(self, path: str, body: Any, **rest: Any) -> TestResponse:
        return self.send("POST", path, json=body, **rest)

    def get(self, path: str, **rest: Any) -> TestResponse:
        return self.send("GET", path, **rest)

    def comment(self, **changes: Any) -> TestResponse:
        """Submit the usual comment with changes."""
        return self.post("/v1/comments", {**COMMENT, **changes})

    def decided(self, **changes: Any) -> dict[str, Any]:
        """Submit, let the worker run, read it back."""
        given = self.comment(**changes).get_json()
        self.queue.drain()
        found: dict[str, Any] = self.get(f"/v1/comments/{given['id']}").get_json()
        return found


def settings(folder: Path, **chosen: Any) -> Settings:
    """Settings for a service in `folder`; its broker is not there."""
    given = {
        "database_url": f"sqlite:///{folder}/test.sqlite",
        "broker_url": f"redis+socket://{folder}/none",
        "secret_key": "tests" * 10,
        "rules_dir": RULES,
        "metrics_token": "metrics-token-of-tests",
        "allow_private_urls": True,
        "learned_scores": False,  # tests of scores turn it on; a model in each service is minutes of the suite
        "off_topic": False,
    }
    return Settings.model_validate({**given, **chosen})


@contextlib.contextmanager
def working(service: Service, *, late: float = 0.0) -> Iterator[None]:
    """The worker's part in a thread of its own, `late` seconds after each hint."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.01):
            if service.queue.revisions or service.queue.deliveries:
                done.wait(late)
                service.queue.drain()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Template:
    """A migrated database with two sites, copied for each test: SQLite, or PostgreSQL where a server is given."""

    def __init__(self, folder: Path, server: Postgres | None = None) -> None:
        self._folder = folder
        self._server = server
        self._url = server.new_database() if server else f"sqlite:///{folder}/test.sqlite"
        application = build(settings(folder, database_url=self._url), queue=HeldQueue())
        migrations.upgrade(application.database)
        self.site_id, self.key = _site(application, "main")
        _, self.other_key = _site(application, "other")
        application.close()

    def service(self, folder: Path, *, eager: bool = False, **chosen: Any) -> Service:
        """A service of its own on a copy."""
        queue = HeldQueue(eager=eager)
        given = settings(folder, **{"database_url": self._copy(folder), **chosen})
        queue.application = build(given, queue=queue)
        return Service(queue.application, create_app(queue.application), queue, self.site_id, self.key, self.other_key)

    def end(self, service: Service) -> None:
        """Close a service and remove its copy."""
        service.application.close()
        if self._server:
            self._server.drop(service.application.settings.database_url)

    def _copy(self, folder: Path) -> str:
        if self._server:
            return self._server.new_database(self._url)
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        return f"sqlite:///{folder}/test.sqlite"


STOPPED = "stopped 50 of the last 50 comments; the limit is 5 %"


def pause(application: Application, site_id: str, rule: str, reason: str = STOPPED) -> None:
    """A rule of a site as the safety limit leaves it when it held too much."""
    found = application.rulebook.current(site_id=site_id).ruleset.rule(rule)
    assert found is not None
    with application.database.write() as session:
        session.add(
            RulePause(
                site_id=site_id, rule=rule, rule_hash=found.hash, acts_as="review", reason=reason,
                created_at=application.now(),
            )
        )  # fmt: skip
    application.rulebook.forget(site_id)


def _site(application: Application, slug: str) -> tuple[str, str]:
    now = application.now()
    site = application.sites.create(slug=slug, by=OPERATOR, now=now)
    key = application.keys.add(site_id=site["id"], kind="live", by=OPERATOR, now=now)
    return site["id"], key["key"]

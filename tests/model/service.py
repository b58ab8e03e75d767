"""The real application around a clock, a broker and a receiver of ours, which can be told to fail, and can be killed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast
from unittest.mock import patch

from werkzeug.test import TestResponse

from moderation.bootstrap import Application, build
from moderation.config import Settings
from moderation.storage import migrations
from moderation.storage.ledger import Ledger
from moderation.web import create_app
from moderation.workflow.incoming import Actor
from moderation.workflow.judge import Judge
from moderation.workflow.ports import Answer
from tests.model import rules
from tests.servers.postgres import Postgres

BASE = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
OPERATOR = Actor("operator")
RULESETS = {version: rules.ruleset(version) for version in ("first", "second")}


class Killed(BaseException):
    """The process ends here; nothing of ours may catch it."""


class Broker:
    """Keeps the hints until a test hands them on, twice, late, in any order, or never."""

    def __init__(self) -> None:
        self.revisions: list[str] = []
        self.deliveries: list[str] = []
        self.repairs: list[str] = []
        self.write_backs: list[str] = []
        self.kills = False

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None:
        self._send(self.revisions, revision_id)

    def deliver(self, delivery_id: str) -> None:
        self._send(self.deliveries, delivery_id)

    def repair(self, row_id: str) -> None:
        self._send(self.repairs, row_id)

    def write_back(self, row_id: str) -> None:
        self._send(self.write_backs, row_id)

    def length(self, queue: str) -> int | None:
        return len(self.revisions if queue == "moderate" else self.deliveries)

    def alive(self) -> bool:
        return True

    def _send(self, hints: list[str], id: str) -> None:
        if self.kills:
            raise Killed
        hints.append(id)


class Receiver:
    """The site's own endpoint: keeps every post, fails when told to, and may be the last thing that a courier sees."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        self.fails = 0
        self.kills = False

    def send(self, *, url: str, secrets: tuple[str, ...], id: str, timestamp: int, body: bytes) -> Answer:
        if self.fails:
            self.fails -= 1
            return Answer(500)
        self.posts.append(id)
        if self.kills:
            raise Killed
        return Answer(200)

    def check(self, url: str) -> str | None:
        return None


class Front:
    """The web part, made once because that takes longest: it hands on to the application of the moment."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.client = create_app(cast(Application, self)).test_client()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.application, name)


class Service:
    """One database, and the process over it."""

    front: ClassVar[Front | None] = None

    def __init__(self, url: str, folder: Path, site_id: str, key: str) -> None:
        self.url, self.folder, self.site_id, self.key = url, folder, site_id, key
        self.now = BASE
        self.broker, self.receiver = Broker(), Receiver()
        self.start()

    def start(self) -> None:
        """A new process over the same database."""
        self.application = _build(self.url, self.folder, self.broker, self.receiver, lambda: self.now)
        Service.front = Service.front or Front(self.application)
        Service.front.application = self.application
        self.client = Service.front.client

    def stop(self) -> None:
        """The process is gone."""
        self.application.close()

    def restart(self) -> None:
        """The process is killed and started again."""
        self.stop()
        self.start()

    def send(self, method: str, path: str, body: Any = None, **query: str) -> TestResponse:
        """One request with the site's key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        rest = {} if body is None else {"json": body}
        return self.client.open(path, method=method, headers=headers, query_string=query, **rest)

    @contextmanager
    def strike(self, where: str) -> Iterator[None]:
        """The process is killed at a step: within the block nothing goes on after it, afterwards a new one runs."""
        try:
            with self._struck(where):
                yield
                reached = where == "answered"  # nothing was due
        except Killed:
            reached = True
        self.broker.kills = self.receiver.kills = False
        assert reached, where
        self.restart()

    @contextmanager
    def _struck(self, where: str) -> Iterator[None]:
        if where in ("sending", "answered"):
            self.broker.kills, self.receiver.kills = where == "sending", where == "answered"
            yield
            return
        owner, name = {"judging": (Judge, "assess"), "written": (Ledger, "write")}[where]
        with patch.object(owner, name, _killing(getattr(owner, name), after=where == "written")):
            yield


def _killing(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def step(*given: Any, **named: Any) -> Any:
        if after:
            real(*given, **named)
        raise Killed

    return step


def _build(url: str, folder: Path, broker: Broker, receiver: Receiver, now: Callable[[], datetime]) -> Application:
    settings = Settings(
        database_url=url,
        broker_url=f"redis+socket://{folder}/none",
        secret_key="tests" * 10,
        rules_dir=folder / "rules",
        allow_private_urls=True,
        learned_scores=False,
        off_topic=False,
    )
    return build(settings, queue=broker, sender=receiver, now=now)


class Template:
    """A database with one site, its key and its endpoint, copied for each run."""

    def __init__(self, folder: Path, server: Postgres | None = None) -> None:
        self._folder, self._server = folder, server
        for path, text in rules.files("first").items():
            file = folder / "rules" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self._url = server.new_database() if server else f"sqlite:///{folder}/template.sqlite"
        early = BASE - timedelta(days=30)  # no step of the clock goes before it
        application = _build(self._url, folder, Broker(), Receiver(), lambda: early)
        migrations.upgrade(application.database)
        self._site = application.sites.create(slug="main", by=OPERATOR, now=early)["id"]
        self._key = application.keys.add(site_id=self._site, kind="live", by=OPERATOR, now=early)["key"]
        application.webhooks.add(site_id=self._site, url="https://site.example/hook", by=OPERATOR, now=early)
        application.close()
        self._count = 0

    def service(self) -> Service:
        """A service on a copy of its own."""
        self._count += 1
        if self._server:
            return Service(self._server.new_database(self._url), self._folder, self._site, self._key)
        path = self._folder / f"{self._count}.sqlite"
        shutil.copy(self._folder / "template.sqlite", path)
        return Service(f"sqlite:///{path}", self._folder, self._site, self._key)

    def end(self, service: Service) -> None:
        """The copy goes with its service."""
        service.stop()
        if self._server:
            self._server.drop(service.url)
        else:
            for path in self._folder.glob(f"{service.url.rpartition('/')[2]}*"):
                path.unlink()

"""Workers: one Application per process, tasks that call one verb, and a beat that sends what the workers know."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import redis

from moderation import bootstrap, config
from moderation.adapters import queue
from tests.servers import processes
from tests.servers.valkey import Valkey
from workers import schedule
from workers.app import Process, make

ROOT = Path(__file__).parents[2]
SETTINGS = config.Settings(
    database_url="sqlite:////nowhere/x.sqlite", broker_url="redis://127.0.0.1:1/0", secret_key="k" * 40
)


class Recorded:
    """Stands where the verbs are, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.moderate = SimpleNamespace(run=self._verb("moderate"))
        self.webhooks = SimpleNamespace(deliver=self._verb("deliver"))
        self.sweep = SimpleNamespace(tick=self._verb("tick"), retain=self._verb("retain"))

    def _verb(self, name: str) -> Any:
        def verb(**given: Any) -> None:
            assert given.pop("now").tzinfo is not None
            self.asked.append((name, given))

        return verb

    def close(self) -> None:
        pass


def recorded() -> tuple[Recorded, Process]:
    application = Recorded()
    return application, Process(SETTINGS, lambda _settings: cast(bootstrap.Application, application))


def test_each_message_is_one_call_of_one_verb() -> None:
    application, process = recorded()
    tasks = make(SETTINGS, process).tasks
    tasks[queue.MODERATE](revision_id="r1")
    tasks[queue.DELIVER](delivery_id="d1")
    tasks[queue.SWEEP]()
    tasks[queue.RETAIN]()
    assert application.asked == [
        ("moderate", {"revision_id": "r1"}), ("deliver", {"delivery_id": "d1"}), ("tick", {}), ("retain", {}),
    ]  # fmt: skip


def test_a_newer_sender_may_say_more_than_an_older_worker_knows() -> None:
    application, process = recorded()
    make(SETTINGS, process).tasks[queue.MODERATE](revision_id="r1", hint="from the future")
    assert application.asked == [("moderate", {"revision_id": "r1"})]


def test_a_fork_builds_an_application_of_its_own() -> None:
    built: list[int] = []

    def build(_settings: config.Settings) -> bootstrap.Application:
        built.append(os.getpid())
        return cast(bootstrap.Application, Recorded())

    process = Process(SETTINGS, build)
    first = process.application
    assert process.application is first and built == [os.getpid()]
    child = os.fork()
    if child == 0:
        os._exit(0 if process.application is not first and built[-1] == os.getpid() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert process.application is first


def test_beat_sends_tasks_that_exist_to_a_queue_that_is_worked_on() -> None:
    for entry in schedule.entries(SETTINGS).values():
        assert entry["task"] in queue.TASKS
        assert entry["options"]["queue"] in queue.QUEUES
        assert entry["options"]["expires"] > 0  # what nobody took must not pile up


def test_nothing_is_acknowledged_late_and_nothing_but_json_is_read() -> None:
    options = queue.celery_options(SETTINGS)
    assert options["task_acks_late"] is False
    assert options["accept_content"] == ["json"]
    assert options["broker_transport_options"]["socket_timeout"] > 0
    assert options["task_time_limit"] <= SETTINGS.lease_seconds


def test_bad_settings_end_a_worker_with_their_names() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workers", "worker"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "MODERATION_BROKER_UR": "x"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "did you mean MODERATION_BROKER_URL?" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def worker(tmp_path: Path, valkey_server: Valkey, valkey_url: str) -> Iterator[tuple[Path, str]]:
    """A real prefork worker over an empty database and broker: the path of its log, and the broker's address."""
    env = {
        "PATH": os.environ["PATH"],
        "MODERATION_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite'}",
        "MODERATION_BROKER_URL": valkey_url,
        "MODERATION_SECRET_KEY": "k" * 40,
        "MODERATION_RULES_DIR": str(ROOT / "tests" / "web" / "rules"),
        "MODERATION_WORKER_CONCURRENCY": "1",
    }
    log = tmp_path / "log"
    command = [sys.executable, "-P", "-m", "workers", "worker", "--queues", "moderate,bulk"]
    child = processes.start(command, log=log, env=env)
    processes.wait_until(lambda: b" ready." in log.read_bytes(), seconds=60, what="the worker is ready")
    yield log, valkey_url
    processes.kill(child)


def test_a_message_that_fails_is_not_repeated_and_the_worker_lives_on(worker: tuple[Path, str]) -> None:
    log, broker = worker
    sender = queue.CeleryQueue(SETTINGS.model_copy(update={"broker_url": broker}))
    with redis.Redis.from_url(broker) as client:
        client.rpush("moderate", "{}")  # no message of ours: resets the connection, not the worker
        for number in range(3):  # the database has no tables: each of them fails
            sender.moderate(f"revision-{number}")
        assert sender.flush(10)
        processes.wait_until(lambda: log.read_text("utf-8").count('"error"') >= 3, seconds=60, what="three failures")
        for left in (lambda: client.llen("moderate"), lambda: client.hlen("unacked")):
            processes.wait_until(lambda left=left: left() == 0, seconds=30, what="nothing is left at the broker")
    sender.close()
    assert "revision-0" not in log.read_text("utf-8")  # arguments are not logged


def test_what_a_worker_holds_from_the_start_is_no_longer_walked_by_the_collector() -> None:
    code = (
        "import gc; from tests.workers.test_app import SETTINGS; from workers.app import Process;"
        "Process(SETTINGS).warm(); print(gc.get_freeze_count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout.split()[-1]) > 100_000

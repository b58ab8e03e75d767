"""A worker that takes nothing while something waits ends itself; a busy or idle one does not."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from moderation.adapters import queue
from moderation.config import Settings
from tests.servers import processes
from tests.servers.valkey import Valkey
from tests.web.service import RULES, settings
from workers import ears
from workers.ears import Ears


@pytest.fixture
def waits() -> list[bool]:
    """Does anything wait? The last entry counts."""
    return [True]


@pytest.fixture
def listening(waits: list[bool]) -> Ears:
    """Deaf after 60 seconds."""
    return Ears(lambda: waits[-1], seconds=60)


def test_who_takes_nothing_while_something_waits_is_deaf(listening: Ears) -> None:
    assert [listening.are_deaf(now) for now in (100, 130, 160, 161)] == [False, False, False, True]


def test_who_takes_a_message_now_and_then_is_not(listening: Ears) -> None:
    assert not listening.are_deaf(100)
    listening.heard()
    assert [listening.are_deaf(now) for now in (159, 162, 219, 220)] == [False, False, False, True]


def test_an_empty_queue_and_a_broker_that_is_away_start_the_time_anew(listening: Ears, waits: list[bool]) -> None:
    assert not listening.are_deaf(100)
    waits.append(False)
    assert not listening.are_deaf(159)
    waits.append(True)
    assert [listening.are_deaf(now) for now in (161, 200, 222)] == [False, False, True]


def test_a_deaf_worker_is_told_to_finish_and_then_ended(listening: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    times = iter((100.0, 130.0, 170.0))
    monkeypatch.setattr(ears.time, "monotonic", lambda: next(times))
    monkeypatch.setattr(ears.time, "sleep", done.append)
    monkeypatch.setattr(ears.os, "kill", lambda pid, number: done.append((pid, number)))
    monkeypatch.setattr(ears.os, "_exit", done.append)
    listening._watch()
    assert done == [2.0, 2.0, (os.getpid(), signal.SIGTERM), 20.0, os.EX_TEMPFAIL]


@pytest.fixture
def broker() -> Iterator[Valkey]:
    """One that takes long to read its file when it starts again, and answers LOADING meanwhile."""
    server = Valkey()
    server.start()
    with server.client() as client:
        for _ in range(15):
            with client.pipeline(transaction=False) as filling:
                for _ in range(100_000):
                    filling.rpush("ballast", "x" * 200)
                filling.execute()
    yield server
    server.stop()


@contextlib.contextmanager
def messages(chosen: Settings) -> Iterator[None]:
    """A sender that never stops, of hints about nothing."""
    over = threading.Event()

    def send() -> None:
        sender = queue.CeleryQueue(chosen)
        while not over.wait(0.01):
            sender.moderate("nothing")
        sender.close()

    thread = threading.Thread(target=send)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_broker_that_reads_its_file_for_long_leaves_no_worker_deaf(pool: str, tmp_path: Path, broker: Valkey) -> None:
    """Celery's worker lives on and takes nothing any more; it ends, and is started again as compose would."""
    chosen = settings(tmp_path, broker_url=broker.url)
    env = {
        "PATH": os.environ["PATH"],
        "MODERATION_DATABASE_URL": chosen.database_url,
        "MODERATION_BROKER_URL": broker.url,
        "MODERATION_SECRET_KEY": chosen.secret_key,
        "MODERATION_RULES_DIR": str(RULES),
        "MODERATION_TASK_SOFT_SECONDS": "2",
        "MODERATION_TASK_HARD_SECONDS": "3",
    }
    command = [sys.executable, "-P", "-m", "workers", "worker", "--queues", "moderate,bulk", "--pool", pool]

    start = partial(processes.start, command, log=tmp_path / "log", env=env)
    child = start()
    try:
        processes.wait_until(
            lambda: b" ready." in (tmp_path / "log").read_bytes(), seconds=60, what="the worker is ready"
        )
        with messages(chosen):
            for _ in range(3):
                time.sleep(3)
                broker.kill()
                broker.start()
            time.sleep(3)
        end = time.monotonic() + 120
        with broker.client() as client:
            while client.llen("moderate"):
                assert time.monotonic() < end, "messages wait, and nobody takes them"
                if child.poll() is not None:
                    child = start()
                time.sleep(0.2)
    finally:
        processes.kill(child)

"""The queue port over a real Valkey: it sends ids, and it neither raises nor blocks when the broker is gone."""

import inspect
import json
import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis

from moderation import config
from moderation.adapters import queue
from moderation.workflow.ports import Queue
from tests.servers.processes import free_port, wait_until
from tests.servers.valkey import Valkey


def settings(broker_url: str, **changed: object) -> config.Settings:
    given = {"database_url": "sqlite:////nowhere/x.sqlite", "broker_url": broker_url, "secret_key": "k" * 40, **changed}
    return config.Settings.model_validate(given)


@pytest.fixture
def sending(valkey_url: str) -> Iterator[queue.CeleryQueue]:
    """The adapter over an empty broker."""
    adapter = queue.CeleryQueue(settings(valkey_url))
    yield adapter
    adapter.close()


def test_it_is_the_port() -> None:
    for name, verb in inspect.getmembers(Queue, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(queue.CeleryQueue, name)) == inspect.signature(verb), name


def test_each_hint_lands_in_its_queue_with_ids_only(sending: queue.CeleryQueue, valkey_url: str) -> None:
    sending.moderate("r1")
    sending.moderate("r2", bulk=True)
    sending.deliver("d1")
    assert sending.flush(5)
    assert [sending.length(name) for name in queue.QUEUES] == [1, 1, 1, 0]
    with redis.Redis.from_url(valkey_url) as client:
        message = json.loads(client.lindex("bulk", 0))  # type: ignore[arg-type]
    assert message["headers"]["task"] == queue.MODERATE
    assert message["headers"]["kwargsrepr"] == "{'revision_id': 'r2'}"


def test_a_broker_that_is_away_is_told_apart_from_an_empty_one() -> None:
    adapter = queue.CeleryQueue(settings(f"redis://127.0.0.1:{free_port()}/0"))
    assert (adapter.length("moderate"), adapter.alive()) == (None, False)
    adapter.moderate("r1")  # no error
    adapter.close()


def test_a_unix_socket_serves_as_well(valkey_server: Valkey, valkey_url: str) -> None:
    adapter = queue.CeleryQueue(settings(f"redis+socket://{valkey_server.socket}?virtual_host=0"))
    adapter.moderate("r1")
    assert adapter.flush(5)
    assert (adapter.alive(), adapter.length("moderate")) == (True, 1)
    adapter.close()


def test_a_stopped_broker_blocks_no_caller(valkey_server: Valkey, sending: queue.CeleryQueue) -> None:
    sending.moderate("r0")
    assert sending.flush(5)
    assert valkey_server.process is not None
    os.kill(valkey_server.process.pid, signal.SIGSTOP)
    try:
        begin = time.monotonic()
        for number in range(5000):  # more than the backlog holds
            sending.moderate(f"r{number}")
        # Not a measure of speed: blocking once would cost the socket's whole time-out of ten seconds.
        assert time.monotonic() - begin < 8
        assert not sending.alive()
    finally:
        os.kill(valkey_server.process.pid, signal.SIGCONT)
    wait_until(sending.alive, seconds=10, what="the broker answers again")


def test_after_an_outage_it_sends_again(valkey_server: Valkey, sending: queue.CeleryQueue) -> None:
    sending.moderate("r0")
    assert sending.flush(5)
    valkey_server.kill()
    sending.moderate("lost")
    assert sending.flush(10)
    valkey_server.start()
    valkey_server.flush()

    def arrives() -> bool:
        sending.moderate("again")
        sending.flush(2)
        return bool(sending.length("moderate"))

    wait_until(arrives, seconds=20, what="a hint arrives after the outage")


def test_a_fork_gets_a_sender_of_its_own(sending: queue.CeleryQueue) -> None:
    sending.moderate("parent")
    assert sending.flush(5)
    child = os.fork()
    if child == 0:
        sending.moderate("child")
        os._exit(0 if sending.flush(5) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    wait_until(lambda: sending.length("moderate") == 2, seconds=5, what="both hints arrived")

"""What must hold from the start, each on the embedded service and on gunicorn, prefork workers and PostgreSQL."""

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.chaos import invariants
from tests.chaos.clients import Client, Receiver, read_feed
from tests.chaos.shapes import SHAPES, Embedded, Production
from tests.chaos.told import Told, of_clients
from tests.servers.processes import wait_until

DRAIN_SECONDS = 90


class Site:
    """A running shape, a client with its key, and a receiver of its webhooks."""

    def __init__(self, shape: Embedded | Production, client: Client, told: Told, receiver: Receiver) -> None:
        self.shape, self.client, self.told, self.receiver = shape, client, told, receiver
        made = self.client.send("POST", "/v1/webhooks", {"url": self.receiver.url}).json()
        self.receiver.secret, self.told.webhook_since = made["secret"], made["created_at"]

    def post(self, id: str, words: str = "A fair point.", client: Client | None = None) -> int:
        """Posts a comment of its own author; the status."""
        body = {"id": id, "text": f"{words} ({id})", "author": {"id": f"author-{id}"}, "story": {"id": "s"}}
        status = (client or self.client).send("POST", "/v1/comments", body).status_code
        self.told.comments[id] = body
        return status

    def drained(self) -> None:
        """Waits until nothing is left; then every question must answer zero, to the database and to clients."""
        url = self.shape.database_url
        wait_until(lambda: invariants.waiting(url) == 0, seconds=DRAIN_SECONDS, what="the workers are done")
        wait_until(lambda: invariants.undelivered(url) == 0, seconds=DRAIN_SECONDS, what="all is delivered")
        self.told.events = read_feed(self.client)
        shown = {id: self.client.get(f"/v1/comments/{id}").json() for id in self.told.comments}
        wrong = {**invariants.in_database(url), **of_clients(self.told, shown)}
        assert not any(wrong.values()), wrong
        assert {comment["status"] for comment in shown.values()} <= {"published", "held"}


@pytest.fixture(scope="module", params=["embedded", pytest.param("production", marks=pytest.mark.faults)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running service of each shape for the tests of this module."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    shape: Any = SHAPES[request.param](folder)
    told = Told()
    try:
        shape.start()
        with Client(shape.url, shape.key) as client, Receiver(told, seed=1) as receiver:
            yield Site(shape, client, told, receiver)
    finally:
        shape.stop()


def test_the_same_comment_fifty_times_at_once_is_one(site: Site) -> None:
    body = {"id": "fifty", "text": "You are a numpty.", "author": {"id": "author-fifty"}, "story": {"id": "s"}}
    site.told.comments["fifty"] = body

    def send(_: int) -> int:
        with Client(site.shape.url, site.shape.key) as client:
            return client.send("POST", "/v1/comments", body).status_code

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(send, range(50)))
    assert sorted(set(answers)) == [200, 202]
    assert answers.count(202) == 1
    site.drained()
    assert [e["type"] for e in site.told.events if e["data"].get("comment", {}).get("id") == "fifty"] == [
        "comment.held"
    ]


def test_a_worker_killed_in_the_middle_of_its_task_loses_nothing(site: Site) -> None:
    stop = threading.Event()

    def load(number: int) -> None:
        with Client(site.shape.url, site.shape.key) as client:
            for turn in range(40):
                if not stop.is_set():
                    site.post(f"mid-{number}-{turn}", client=client)

    threads = [threading.Thread(target=load, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        wait_until(lambda: _claimed(site.shape.database_url) > 0, seconds=30, what="a worker holds a comment")
        site.shape.worker().kill()
    stop.set()
    for thread in threads:
        thread.join()
    site.drained()


def test_a_broker_that_does_not_answer_stops_no_comment(site: Site) -> None:
    broker = site.shape.broker()
    broker.send_signal(signal.SIGSTOP)
    try:
        assert {site.post(f"silent-{number}") for number in range(10)} == {202}
    finally:
        broker.send_signal(signal.SIGCONT)
    broker.kill()
    assert {site.post(f"gone-{number}") for number in range(10)} == {202}
    site.shape.mend()
    site.drained()


def test_everything_killed_and_started_again(site: Site) -> None:
    for number in range(20):
        site.post(f"all-{number}")
    site.shape.kill_all()
    site.shape.mend()
    site.drained()


def _claimed(url: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM revision WHERE state = 'claimed'")).scalar_one())
    finally:
        engine.dispose()

"""A site of a running shape: posts, loads, waits until all is done, and asks every question."""

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from tests.chaos import invariants
from tests.chaos.clients import CLEAN, Client, Receiver, read_feed, work
from tests.chaos.told import Told, of_clients
from tests.faults.shapes import FaultyShape
from tests.servers.processes import wait_until

DRAIN_SECONDS = 150.0


class Site:
    """A site of a shape, its client and its receiver."""

    def __init__(self, shape: FaultyShape, slug: str, key: str, client: Client, told: Told, receiver: Receiver) -> None:
        self.shape, self.slug, self.key = shape, slug, key
        self.client, self.told, self.receiver = client, told, receiver
        self.steps = shape.steps
        self._lock = threading.Lock()
        made = client.send("POST", "/v1/webhooks", {"url": receiver.url}).json()
        receiver.secret, told.webhook_since = made["secret"], made["created_at"]

    def post(self, id: str, words: str = CLEAN[0]) -> dict[str, Any]:
        """A comment of its own author, sent until it is answered; the answer."""
        body = self._body(id, words)
        with Client(self.shape.url, self.key) as client:
            answer = client.send("POST", "/v1/comments", body)
        assert answer.status_code in (200, 202), answer.text
        self._told(body, words)
        shown: dict[str, Any] = answer.json()
        return shown

    def post_once(self, id: str, words: str = CLEAN[0]) -> int:
        """The same, without a second try; the status."""
        body = self._body(id, words)
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{self.shape.url}/v1/comments", json=body, headers=headers, timeout=30, trust_env=False)
        if answer.status_code in (200, 202):
            self._told(body, words)
        return answer.status_code

    def _body(self, id: str, words: str) -> dict[str, Any]:
        return {"id": id, "text": f"{words} ({id})", "author": {"id": f"author-{id}"}, "story": {"id": "s"}}

    def _told(self, body: dict[str, Any], words: str) -> None:
        with self._lock:
            self.told.comments[body["id"]] = body
            if words in CLEAN:
                self.told.clean.add(body["id"])

    def get(self, id: str) -> dict[str, Any]:
        """A comment as the API shows it now."""
        shown: dict[str, Any] = self.client.get(f"/v1/comments/{id}").json()
        return shown

    def judged(self, id: str, seconds: float = 90) -> dict[str, Any]:
        """The comment, once it has its verdict."""
        wait_until(lambda: self.get(id)["status"] != "pending", seconds=seconds, what=f"a verdict on {id}", pause=0.1)
        return self.get(id)

    @contextlib.contextmanager
    def load(self, seed: int, clients: int = 3) -> Iterator[None]:
        """Clients that post, edit, flag, decide, block and withdraw while the block runs; they retry what fails."""
        over, failed = threading.Event(), []

        def paced() -> bool:  # a fault needs traffic, and not all of the machine
            return over.wait(0.15)

        def guarded(number: int) -> None:
            try:
                with Client(self.shape.url, self.key) as client:
                    work(client, self.told, self._lock, seed * 100 + number, paced)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=guarded, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()
        if failed:
            raise AssertionError(f"a client failed; seed {seed}") from failed[0]

    @contextlib.contextmanager
    def steady(self, name: str, clients: int = 3, pause: float = 0.15) -> Iterator[list[int]]:
        """Clients that post and take the first answer; the statuses that they got."""
        over = threading.Event()
        statuses: list[int] = []

        def send(number: int) -> None:
            turn = 0
            while not over.wait(pause):
                turn += 1
                statuses.append(self.post_once(f"{name}-{number}-{turn}"))

        threads = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield statuses
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def ask(self, question: str, **given: Any) -> Any:
        """One value from the database."""
        engine = create_engine(self.shape.database_url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(question), given).scalar()
        finally:
            engine.dispose()

    def attempts(self, id: str) -> int:
        """How often a comment's only revision was taken up."""
        return int(
            self.ask(
                "SELECT r.attempts FROM revision r JOIN comment c ON c.id = r.comment_id WHERE c.external_id = :id",
                id=id,
            )
            or 0
        )

    def drained(self) -> None:
        """Waits until nothing is left; then every question must answer zero, to the database and to clients."""
        url = self.shape.database_url
        wait_until(lambda: invariants.waiting(url) == 0, seconds=DRAIN_SECONDS, what="the workers are done", pause=0.2)
        self.delivered()
        self.told.events = read_feed(self.client)
        shown = {id: self._shown(id) for id in list(self.told.comments)}
        wrong = {**invariants.in_database(url), **of_clients(self.told, shown)}
        assert not any(wrong.values()), {name: count for name, count in wrong.items() if count}

    def delivered(self) -> None:
        """Waits until the receiver has all that there is for it."""
        wait_until(lambda: self._undelivered() == 0, seconds=DRAIN_SECONDS, what="the receiver has all", pause=0.2)

    def _shown(self, id: str) -> dict[str, Any] | None:
        answer = self.client.get(f"/v1/comments/{id}")
        return answer.json() if answer.status_code == 200 else None

    def _undelivered(self) -> int:
        return int(
            self.ask(
                "SELECT count(*) FROM delivery d JOIN endpoint e ON e.id = d.endpoint_id"
                " WHERE e.url = :url AND d.state IN ('due', 'claimed')",
                url=self.receiver.url,
            )
        )

    def received(self, comment: str) -> list[str]:
        """The ids of the posts about a comment, as the receiver got them."""
        return [
            post["id"] for post in self.told.received if post["body"]["data"].get("comment", {}).get("id") == comment
        ]

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples."""
        lines = httpx.get(f"{self.shape.url}/metrics", trust_env=False).text.splitlines()
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith(name) and all(each in line for each in wanted)
        )


def new_site(shape: FaultyShape, slug: str) -> str:
    """Another site of a service; its key."""
    done = shape.verb("site", "add", slug)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["key"])

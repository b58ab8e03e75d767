"""Clients of the API that behave as a good site does: they retry with the same Idempotency-Key until they are answered."""

import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from standardwebhooks import Webhook

from tests.chaos.told import Told

CLEAN = ("The council should publish the figures.", "I read it twice and I agree.", "Thank you for this report.")
RUDE = ("You are a numpty.", "What a nincompoop.", "Only a numpty says that.")
SECONDS = 180.0  # a storm of kills on two cores may leave no time to start between two of them


class Client:
    """Sends until it is answered; a 4xx is an answer."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False)

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request, repeated with the same key over lost connections and 5xx."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        end = time.monotonic() + SECONDS
        while True:
            try:
                answer = self._http.request(method, path, json=body, headers=headers)
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                pass
            if time.monotonic() > end:
                raise TimeoutError(f"{method} {path} was not answered within {SECONDS:.0f} s")
            time.sleep(0.1)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        """A read."""
        return self.send("GET", path)


def work(client: Client, told: Told, lock: threading.Lock, seed: int, stop: Callable[[], bool]) -> None:
    """Posts, edits, flags, decides and withdraws at random until told to stop; notes what was acknowledged."""
    dice = random.Random(seed)  # a schedule that can be repeated, no secret
    mine: list[str] = []
    number = 0
    while not stop():
        act = dice.random()
        if act < 0.6 or not mine:
            number += 1
            mine.append(_post(client, told, lock, f"c{seed}-{number}", dice))
        elif act < 0.71:
            _edit(client, told, lock, dice.choice(mine), dice)
        elif act < 0.84:
            _flag(client, told, lock, dice.choice(mine), dice)
        elif act < 0.92:
            _decide(client, told, lock, dice.choice(mine), dice)
        elif act < 0.96:
            _block(client, told, lock, f"author-{dice.randrange(8)}", dice)
        else:
            id = dice.choice(mine)
            if client.send("DELETE", f"/v1/comments/{id}").status_code == 200:
                with lock:
                    told.withdrawn.add(id)


def _post(client: Client, told: Told, lock: threading.Lock, id: str, dice: random.Random) -> str:
    clean = dice.random() < 0.7
    text = f"{dice.choice(CLEAN if clean else RUDE)} ({id})"
    body = {
        "id": id, "text": text, "author": {"id": f"author-{id if clean else dice.randrange(8)}"},
        "story": {"id": f"story-{dice.randrange(5)}", "title": "A story"},
    }  # fmt: skip
    answer = client.send("POST", "/v1/comments", body)
    assert answer.status_code in (200, 202), answer.text
    with lock:
        told.comments[id] = body
        if clean:
            told.clean.add(id)
    return id


def _edit(client: Client, told: Told, lock: threading.Lock, id: str, dice: random.Random) -> None:
    body = {**told.comments[id], "text": f"{dice.choice(CLEAN)} Edited {dice.randrange(10**9)}. ({id})"}
    client.send("POST", "/v1/comments", body)
    with lock:
        told.clean.discard(id)  # what a moderator stopped stays held, whatever the edit says


def _flag(client: Client, told: Told, lock: threading.Lock, id: str, dice: random.Random) -> None:
    body = {"reader": {"id": f"reader-{dice.randrange(30)}"}, "reason": dice.choice(["uncivil", "spam", "disagree"])}
    if client.send("POST", f"/v1/comments/{id}/flags", body).status_code == 201:
        with lock:
            told.flags.append(id)


def _decide(client: Client, told: Told, lock: threading.Lock, id: str, dice: random.Random) -> None:
    shown = client.get(f"/v1/comments/{id}").json()
    decision = dice.choice(["approve", "reject"])
    body = {"revision": shown["revision"], "decision": decision, "reason": "personal_attack"}
    answer = client.send("POST", f"/v1/comments/{id}/decisions", body)
    with lock:
        told.clean.discard(id)
        if answer.status_code == 201:
            told.decisions.append(id)


def _block(client: Client, told: Told, lock: threading.Lock, author: str, dice: random.Random) -> None:
    """Blocks one of the rude, or lets him go."""
    if dice.random() < 0.5:
        client.send("POST", f"/v1/authors/{author}/unblock", {"reason": "let go"})
    elif client.send("POST", f"/v1/authors/{author}/block", {"reason": "rude"}).status_code == 201:
        with lock:
            told.blocks.append(author)


def read_feed(client: Client) -> list[dict[str, Any]]:
    """The event feed from the beginning."""
    events: list[dict[str, Any]] = []
    after = ""
    while True:
        page = client.get(f"/v1/events?after={after}&limit=200").json()
        if not page["events"]:
            return events
        events += page["events"]
        after = page["next"]


class Receiver:
    """A webhook receiver that checks signatures and keeps what it got; now and then (`unwell`) it refuses one."""

    def __init__(self, told: Told, seed: int, *, unwell: float = 0.02) -> None:
        self._told, self._dice, self._unwell = told, random.Random(seed), unwell
        self.secret = ""
        self._refused: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(dict(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """One post; the status to answer with."""
        id = headers.get("webhook-id", headers.get("Webhook-Id", ""))
        if not self.secret or (id not in self._refused and self._dice.random() < self._unwell):
            self._refused.add(id)  # once: after a second refusal the next try comes in five minutes
            return 503
        Webhook(self.secret).verify(body, {name.lower(): value for name, value in headers.items()})
        lowered = {name.lower(): value for name, value in headers.items()}
        self._told.received.append({"id": lowered["webhook-id"], "body": json.loads(body)})
        return 200

"""Receivers that fail in every way, beside a healthy one. Row 20."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.chaos.clients import Client
from tests.faults.site import Site, new_site
from tests.servers.processes import wait_until

Behaviour = Callable[[BaseHTTPRequestHandler], None]


def says(status: int, *headers: tuple[str, str]) -> Behaviour:
    """A plain answer."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def resets(request: BaseHTTPRequestHandler) -> None:
    """RST after the body."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def hangs(_request: BaseHTTPRequestHandler) -> None:
    """No answer within any time of ours."""
    time.sleep(8)


def floods(request: BaseHTTPRequestHandler) -> None:
    """200 and ten gigabytes."""
    request.send_response(200)
    request.send_header("Content-Length", str(10 * 2**30))
    request.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(2**14):
            request.wfile.write(b"x" * 65536)


def slow(request: BaseHTTPRequestHandler) -> None:
    """200, just in time."""
    time.sleep(1.5)
    says(200)(request)


KINDS: dict[str, Behaviour] = {
    "500": says(500),
    "429": says(429, ("Retry-After", "120")),
    "301": says(301, ("Location", "http://127.0.0.1:1/elsewhere")),
    "410": says(410),
    "reset": resets,
    "hang": hangs,
    "slow": slow,
    "flood": floods,
}
# kind → (states of its first delivery, last status, last error); hang and flood end by our own limits
EXPECTED: dict[str, tuple[str, int | None, str | None]] = {
    "500": ("due", 500, None),
    "429": ("due", 429, None),
    "301": ("due", 301, None),
    "410": ("dead", 410, None),
    "reset": ("due", None, "no_answer"),
    "hang": ("due", None, "timeout"),
    "slow": ("done", 200, None),
    "flood": ("done", 200, None),
}


@contextlib.contextmanager
def receivers() -> Iterator[dict[str, tuple[str, list[str]]]]:
    """kind → (its address, the webhook ids that came)."""
    with contextlib.ExitStack() as stack:
        yield {kind: stack.enter_context(_receiver(behaviour)) for kind, behaviour in KINDS.items()}


@contextlib.contextmanager
def _receiver(behaviour: Behaviour) -> Iterator[tuple[str, list[str]]]:
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            came.append(self.headers["webhook-id"])
            self.close_connection = True
            behaviour(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", came
    finally:
        server.shutdown()
        server.server_close()


def test_row_20_receivers_that_fail_in_every_way(site: Site) -> None:
    """Row 20: each is tried as its answer says, 410 ends it, and the healthy one beside them misses nothing."""
    key = new_site(site.shape, "unwell")
    with receivers() as made, Client(site.shape.url, key) as other:
        ids = {kind: other.send("POST", "/v1/webhooks", {"url": url}).json()["id"] for kind, (url, _) in made.items()}
        for number in range(4):
            body = {"id": f"u{number}", "text": "A fair point.", "author": {"id": "a"}, "story": {"id": "s"}}
            assert other.send("POST", "/v1/comments", body).status_code in (200, 202)
        for number in range(10):
            site.post(f"healthy-{number}")
        for kind in made:
            wait_until(lambda kind=kind: _seen(site, ids[kind]) == EXPECTED[kind], seconds=90,
                       what=f"{kind} is {EXPECTED[kind]}, not {_seen(site, ids[kind])}", pause=0.2)  # fmt: skip
        site.delivered()  # all that the healthy one has to get, while others are waited for
        shown = {each["id"]: each for each in other.get("/v1/webhooks").json()["webhooks"]}
        assert [kind for kind in made if shown[ids[kind]]["disabled"]] == ["410"]
        assert shown[ids["410"]]["disabled_reason"] == "gone"
        assert len(made["410"][1]) == 1
        wait_until(lambda: _open(site, ids["slow"]) == 0, seconds=60, what="the slow one has all in the end")
        assert len(set(made["slow"][1])) == 4
        assert _waits(site, ids["429"]) >= 100 > _longest_first_wait(site, ids["500"])
        for id in ids.values():
            assert other.send("DELETE", f"/v1/webhooks/{id}").status_code in (200, 204)
    site.drained()


def _seen(site: Site, endpoint: str) -> tuple[str, int | None, str | None]:
    question = "SELECT {} FROM delivery WHERE endpoint_id = :id ORDER BY position LIMIT 1"
    found = [site.ask(question.format(name), id=endpoint) for name in ("state", "last_status", "last_error")]
    return (found[0], found[1], found[2])


def _open(site: Site, endpoint: str) -> int:
    return int(
        site.ask("SELECT count(*) FROM delivery WHERE endpoint_id = :id AND state IN ('due', 'claimed')", id=endpoint)
    )


def _waits(site: Site, endpoint: str) -> float:
    """Seconds from the first attempt to when the same is due again."""
    with_attempts = (
        "FROM delivery d JOIN attempt a ON a.delivery_id = d.id WHERE d.endpoint_id = :id AND d.attempts = 1"
    )
    if site.shape.name == "embedded":
        return float(
            site.ask(f"SELECT min((julianday(d.due_at) - julianday(a.at)) * 86400) {with_attempts}", id=endpoint)
        )
    return float(site.ask(f"SELECT min(extract(epoch FROM d.due_at - a.at)) {with_attempts}", id=endpoint))


def _longest_first_wait(site: Site, endpoint: str) -> float:
    """The first pause of the schedule where the receiver asks for none; five seconds, or over already."""
    done = site.ask("SELECT count(*) FROM delivery WHERE endpoint_id = :id AND attempts = 1", id=endpoint)
    return _waits(site, endpoint) if done else 5.0

"""The receiver of webhooks that `moderation doctor` starts for as long as it looks: keeps what comes, checks signatures."""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import urlsplit

from moderation.adapters.webhook_client import sign

_BODY = 256 * 1024  # what we send is far smaller; whoever else finds the door gets no more room
_MOST = 1_000
_CLOCKS = 300  # seconds apart, as Standard Webhooks has it


@dataclass(frozen=True, slots=True)
class Post:
    """One request as it came."""

    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def id(self) -> str:
        """The id of the event."""
        return self.headers.get("webhook-id", "")

    def event(self) -> dict[str, Any]:
        """What it says; empty where it is not JSON."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def why_not(self, secret: str, now: float) -> str | None:
        """Why this is not to be believed; None where its signature and its time are right."""
        stamp = self.headers.get("webhook-timestamp", "")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return "it has no webhook-timestamp"
        expected = sign(secret, id=self.id, timestamp=int(stamp), body=self.body)
        given = self.headers.get("webhook-signature", "").split(" ")
        if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
            return "the signature does not fit"
        if abs(now - int(stamp)) > _CLOCKS:
            return f"its time is {abs(now - int(stamp)):.0f} s away from this machine's clock"
        return None


class Receiver:
    """Listens on HOST:PORT, under a path that nobody can guess. Raises OSError where it cannot."""

    def __init__(self, host: str, port: int, public: str | None = None) -> None:
        self._path = f"/doctor-{secrets.token_hex(8)}"
        self._posts: list[Post] = []
        self._server = _server(host, port, self)
        shown = f"[{host}]" if ":" in host else host
        base = public.rstrip("/") if public else f"http://{shown}:{self._server.server_address[1]}"
        self.url = base + self._path
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, path: str, post: Post) -> int:
        """One request in; the status to answer with."""
        if not urlsplit(path).path.endswith(self._path):  # a proxy may have left its own part of the path before it
            return 404
        if len(self._posts) < _MOST:
            self._posts.append(post)
        return 204

    def posts(self) -> list[Post]:
        """What has come so far."""
        return list(self._posts)

    def wait(self, wanted: str, seconds: float) -> Post | None:
        """The post whose body holds `wanted`, or whose id it is, as soon as it is there."""
        end = time.monotonic() + seconds
        while True:
            for post in self.posts():
                if post.id == wanted or wanted.encode() in post.body:
                    return post
            if time.monotonic() > end:
                return None
            time.sleep(0.02)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A stranger who hangs up is no news."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def _server(host: str, port: int, receiver: Receiver) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= _BODY):
                self.send_error(413)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(self.path, Post(headers, self.rfile.read(int(length)))))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Standard error is for the steps."""

    return (_Server6 if ":" in host else _Server)((host, port), Handler)

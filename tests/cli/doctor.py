"""A service for `moderation doctor` to look at: one with workers in a thread, whose answers a test may spoil on their way."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from click.testing import CliRunner, Result
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from moderation.cli import cli
from tests.web.service import Service

INSULT = "You are a numpty."  # of the tests' rules; the sample's is for those that ship
Change = Callable[[dict[str, Any]], Any]


@dataclass
class Looked:
    """A running service, and doctor's view of it."""

    service: Service
    url: str = ""
    spoiled: dict[str, Change | int] = field(default_factory=dict)  # pattern of "METHOD path" -> what becomes of it

    def doctor(self, *options: str, key: str | None = None, url: str | None = None, **rest: Any) -> Result:
        """The verb with the key in the environment."""
        words = ["doctor", url or self.url, "--insult", INSULT, "--patience", "3", *options]
        return CliRunner().invoke(cli, words, env={"DOCTOR_KEY": key or self.service.key}, **rest)

    def left(self) -> list[str]:
        """What stands at the service that doctor should have taken away."""
        listed = self.service.get("/v1/webhooks").get_json()["webhooks"]
        events = self.service.get("/v1/events?limit=200").get_json()["events"]
        last = {
            event["data"]["comment"]["id"]: event["data"]["comment"]["status"]
            for event in events if event["type"] in WHERE
        }  # fmt: skip
        return [hook["id"] for hook in listed] + [id for id, status in last.items() if status != "withdrawn"]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        for pattern, change in self.spoiled.items():
            if re.fullmatch(pattern, asked):
                return self._spoil(change, environ)(environ, start_response)
        return self.service.flask(environ, start_response)

    def _spoil(self, change: Change | int, environ: Any) -> Response:
        if isinstance(change, int):
            return Response("{}", change, content_type="application/json")
        body, status, headers = run_wsgi_app(self.service.flask, environ)
        found = json.loads(b"".join(body))
        headers.remove("Content-Length")
        return Response(json.dumps(change(found) or found), status, headers)


WHERE = ("comment.published", "comment.held", "comment.rejected", "comment.withdrawn")


@contextmanager
def proxy(target: str, change: Callable[[bytes], bytes]) -> Iterator[str]:
    """The address of what passes posts on to `target`, with a body of its own making."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = change(self.rfile.read(int(self.headers["Content-Length"])))
            kept = {name: value for name, value in self.headers.items() if name.lower().startswith("webhook-")}
            status = httpx.post(target + self.path, content=body, headers=kept, trust_env=False).status_code
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

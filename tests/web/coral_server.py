"""A Coral's GraphQL over real HTTP: its comments, the names that its schema takes, and faults that a test wants."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.web.coral import INSULT

TOKEN = "token-of-tests"
US = "account-of-the-token"
ABOUT = {"commentID", "commentRevisionID", "clientMutationId"}  # all three are needed in each of these
INPUTS = {
    "approveComment": ABOUT,
    "rejectComment": ABOUT | {"reason"},
    "createCommentFlag": ABOUT | {"reason", "additionalDetails"},
}
REASON = {"code", "legalGrounds", "detailedExplanation", "customReason"}
CODES = {
    "OFFENSIVE", "ABUSIVE", "SPAM", "BANNED_WORD", "AD", "ILLEGAL_CONTENT", "HARASSMENT_BULLYING", "MISINFORMATION",
    "HATE_SPEECH", "IRRELEVANT_CONTENT", "OTHER",
}  # fmt: skip
FLAGS = {f"COMMENT_REPORTED_{one}" for one in ("OFFENSIVE", "ABUSIVE", "SPAM", "OTHER", "BIO")}
STATUSES = {"approveComment": "APPROVED", "rejectComment": "REJECTED"}
EARLIER = "2026-11-26T10:00:00.000Z"


def published(body: str = f"<div>{INSULT}</div>", **changes: Any) -> dict[str, Any]:
    """A comment as Coral gives it."""
    return {
        "id": "comment-1",
        "body": body,
        "status": "NONE",
        "author": {"id": "u-1"},
        "parent": None,
        "story": {"id": "story-1", "url": "https://paper.example/bridge"},
        "revision": {"id": "rev-1"},
        "createdAt": EARLIER,
        "statusHistory": {"edges": []},
        **changes,
    }


def history(*changes: tuple[str, str | None]) -> dict[str, Any]:
    """Who changed the status when, the newest first; None is Coral itself."""
    nodes = [{"createdAt": at, "moderator": {"id": by} if by else None} for at, by in changes]
    return {"edges": [{"node": one} for one in nodes]}


@dataclass
class GraphQL:
    """What the server holds and what it was asked."""

    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    reason: set[str] | None = field(default_factory=lambda: set(REASON))  # fields that it knows; None: no reason at all
    needs_reason: bool = False
    edited_meanwhile: bool = False
    raw: bytes | None = None
    seconds: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    port: int = 0

    @property
    def comment(self) -> dict[str, Any] | None:
        """The one comment of most tests."""
        return self.comments.get("comment-1")

    @comment.setter
    def comment(self, given: dict[str, Any] | None) -> None:
        self.comments = {} if given is None else {"comment-1": given}

    @property
    def mutations(self) -> list[tuple[str, dict[str, Any]]]:
        """(name, input) of what was to be changed."""
        return [(_name(one), one["variables"]["input"]) for one in self.asked if "input" in one["variables"]]

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What it says to one request."""
        self.asked.append(asked)
        if "input" in asked["variables"]:
            return self._change(_name(asked), asked["variables"]["input"])
        id = asked["variables"]["id"]
        if "allComments(first: 50)" not in asked["query"]:
            return {"data": {"viewer": {"id": US}, "comment": self.comments.get(id)}}
        written = [one for one in self.comments.values() if one["author"] and one["author"]["id"] == id]
        return {"data": {"user": {"allComments": {"edges": [{"node": one} for one in written]}} if written else None}}

    def _change(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        fault = self._fault(name, given)
        if fault:
            return {"errors": [{"message": fault}], "data": None}
        comment = self.comments[given["commentID"]]
        assert given["commentRevisionID"] == comment["revision"]["id"]
        if not self.edited_meanwhile:
            comment["status"] = STATUSES.get(name, comment["status"])
        return {"data": {name: {"comment": {"id": comment["id"], "status": comment["status"]}}}}

    def _fault(self, name: str, given: dict[str, Any]) -> str | None:
        """What its schema, or its rule about reasons, says no to."""
        if not given.keys() <= INPUTS[name] or not given.keys() >= ABOUT:
            return "fields of the input"
        if name == "createCommentFlag":
            return None if given["reason"] in FLAGS else "not a COMMENT_FLAG_REPORTED_REASON"
        if "reason" not in given:
            return "rejection reason is required" if self.needs_reason and name == "rejectComment" else None
        if self.reason is None or not given["reason"].keys() <= self.reason:
            return "fields of the reason"
        return None if given["reason"]["code"] in CODES else "not a REJECTION_REASON_CODE"


def _name(asked: dict[str, Any]) -> str:
    return str(re.findall(r"\{ (\w+)\(", asked["query"])[0])


@contextmanager
def serving() -> Iterator[GraphQL]:
    """The server, on a port of its own."""
    found = GraphQL()
    found.comment = published()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/api/graphql"
            assert self.headers["Content-Type"] == "application/json"
            found.tokens.add(self.headers["Authorization"])
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(found.seconds)
            body = json.dumps(found.answer(asked)).encode() if found.raw is None else found.raw
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()

"""What people decide here on comments of a WordPress: told there through its REST API, over real HTTP."""

import base64
import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from moderation.adapters.webhook_client import WebhookClient
from moderation.cli import cli
from moderation.errors import InvalidFields
from moderation.storage.models import AuditRow, Comment, WriteBack
from moderation.workflow.imports import Decided
from moderation.workflow.incoming import Actor, IncomingDecision
from moderation.workflow.write_backs import WriteBacks
from tests.factories import comment
from tests.web.service import OPERATOR, Service

TOKEN = "desk:abcd efgh ijkl mnop qrst uvwx"
MODERATOR = Actor("user", "0" * 32, "moderator")
INSULT, ADVERT = "You are a numpty.", "Get your casinobonus today."
ID = "101"
WRITER = ("203.0.113.9", "Browser/1")


@dataclass
class Site:
    """A WordPress with comments: its answers as the real one of tests/clients gives them, and faults that a test wants."""

    statuses: dict[str, str] = field(default_factory=lambda: {ID: "hold"})
    writers: dict[str, tuple[str, str]] = field(default_factory=lambda: {ID: WRITER})
    faults: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    seconds: float = 0.0
    written: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    port: int = 0
    password: str = TOKEN
    stubborn: bool = False

    def answer(self, path: str, query: dict[str, list[str]], sent: bytes, authorization: str) -> tuple[int, Any]:
        """Status and body of one request."""
        if not path.startswith("/blog/wp-json/wp/v2/comments/"):
            return 404, {"code": "rest_no_route", "data": {"status": 404}}
        id = path.rpartition("/")[2]
        if id not in self.statuses:
            return 404, {"code": "rest_comment_invalid_id", "data": {"status": 404}}
        if authorization != "Basic " + base64.b64encode(self.password.encode()).decode():
            return 401, {"code": "rest_cannot_edit", "data": {"status": 401}}
        if query.get("_method") == ["GET"]:
            address, agent = self.writers.get(id, WRITER)
            return 200, {"id": int(id), "author_ip": address, "author_user_agent": agent, "status": self.statuses[id]}
        given = json.loads(sent)
        assert given["status"] in ("approved", "hold", "spam", "trash") and query["_fields"] == ["id,status"]
        ipaddress.ip_address(given["author_ip"])  # a blank is refused by it with 400
        self.writers[id] = (given.get("author_ip") or "127.0.0.1", given.get("author_user_agent") or "KeepItCivil")
        if not self.stubborn:
            self.statuses[id] = given["status"]
            self.written.append((id, given["status"]))
        return 200, {"id": int(id), "status": self.statuses[id]}


@pytest.fixture
def wordpress() -> Iterator[Site]:
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.asked += 1
            assert self.headers["Content-Type"] == "application/json"
            sent, parts = self.rfile.read(int(self.headers["Content-Length"])), urlsplit(self.path)
            time.sleep(found.seconds)
            headers: dict[str, str] = {}
            if found.faults:
                status, headers, body = found.faults.pop(0)
            else:
                status, given = found.answer(
                    parts.path, parse_qs(parts.query), sent, self.headers["Authorization"] or ""
                )
                body = json.dumps(given).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
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


@dataclass
class Newsroom:
    """A site of ours whose comments come from that WordPress; its clock goes on with each decision."""

    service: Service
    wordpress: Site
    now: datetime

    def comment(self, text: str = INSULT, id: str = ID) -> None:
        self.service.decided(id=id, text=text)

    def decide(self, decision: Any = "reject", reason: str = "personal_attack", *, id: str = ID, **given: Any) -> str:
        """A decision at the desk, in force after the time for an undo; the worker is still to come."""
        made = self.service.application.review.decide(
            site_id=self.service.site_id,
            comment_id=id,
            decision=IncomingDecision(revision=given.pop("revision", 1), decision=decision, reason=reason, **given),
            by=Actor("user", MODERATOR.id, "senior") if given else MODERATOR,
            now=self.now,
        )
        self.wait(6)
        return str(made["id"])

    def undo(self, decision_id: str) -> None:
        self.service.application.review.undo(
            site_id=self.service.site_id, decision_id=decision_id, by=MODERATOR, now=self.now
        )

    def wait(self, seconds: float) -> None:
        """Time passes, and the sweep comes."""
        self.now += timedelta(seconds=seconds)
        self.service.application.sweep.tick(now=self.now)

    def work(self) -> None:
        """The worker does what it was told to."""
        hints, app = self.service.queue.write_backs, self.service.application
        while hints:
            app.write_backs.run(row_id=hints.pop(0), now=self.now)

    def decided(self, *given: Any, **more: Any) -> WriteBack:
        """A decision, and the row after the worker's turn."""
        self.decide(*given, **more)
        self.work()
        return self.row()

    def row(self) -> WriteBack:
        with self.service.application.database.read() as session:
            found = session.scalars(select(WriteBack)).one()
            session.expunge(found)
        return found

    def rows(self) -> int:
        with self.service.application.database.read() as session:
            return len(session.scalars(select(WriteBack)).all())


def add_key(service: Service, **options: Any) -> dict[str, Any]:
    """A key of the site."""
    app = service.application
    given = {"kind": "wordpress", "token": TOKEN, **options}
    return dict(app.keys.add(site_id=service.site_id, by=OPERATOR, now=app.now(), **given))


@pytest.fixture
def newsroom(service: Service, wordpress: Site) -> Newsroom:
    """A fresh service, on either database, that may write to its WordPress, with one comment that the rules hold."""
    app = service.application
    app.rulebook.publish_files(site_id=service.site_id, message="For the tests", by=OPERATOR, now=app.now())
    add_key(service, url=f"http://127.0.0.1:{wordpress.port}/blog/")
    made = Newsroom(service, wordpress, app.now() + timedelta(seconds=1))
    made.comment()
    return made


@pytest.mark.parametrize(
    ("decision", "reason", "before", "status"),
    [("approve", "other", "hold", "approved"), ("reject", "personal_attack", "hold", "trash"),
     ("reject", "spam", "hold", "spam"), ("hold", "other", "approved", "hold")],
)  # fmt: skip
def test_each_decision_is_told(newsroom: Newsroom, decision: str, reason: str, before: str, status: str) -> None:
    newsroom.wordpress.statuses[ID] = before
    done = newsroom.decided(decision, reason)
    assert (done.state, done.outcome, done.attempts) == ("done", "told", 1)
    assert newsroom.wordpress.written == [(ID, status)]


def test_the_rules_alone_write_nothing(newsroom: Newsroom) -> None:
    newsroom.comment(ADVERT, id="102")
    newsroom.wait(60)
    newsroom.work()
    assert (newsroom.rows(), newsroom.wordpress.asked) == (0, 0)


def test_an_undo_in_time_tells_nothing(newsroom: Newsroom) -> None:
    app = newsroom.service.application
    made = app.review.decide(
        site_id=newsroom.service.site_id, comment_id=ID, by=MODERATOR, now=newsroom.now,
        decision=IncomingDecision(revision=1, decision="reject", reason="spam"),
    )  # fmt: skip
    newsroom.undo(made["id"])
    newsroom.wait(60)
    assert newsroom.rows() == 0


def test_an_undo_later_tells_where_the_comment_stood(newsroom: Newsroom) -> None:
    decision = newsroom.decide("approve", "other")
    newsroom.work()
    newsroom.undo(decision)
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "approved"), (ID, "hold")]


def test_what_the_rules_had_rejected_as_spam_goes_back_there(newsroom: Newsroom) -> None:
    newsroom.wordpress.statuses["102"] = "spam"
    newsroom.comment(ADVERT, id="102")
    decision = newsroom.decide("approve", "other", id="102")
    newsroom.work()
    newsroom.undo(decision)
    newsroom.work()
    assert newsroom.wordpress.written == [("102", "approved"), ("102", "spam")]


def test_only_the_last_of_several_steps_is_sent(newsroom: Newsroom) -> None:
    first = newsroom.decide("approve", "other")
    newsroom.undo(first)
    newsroom.decide("reject", "spam")
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "spam")]


def test_a_change_while_one_is_on_its_way_is_sent_after_it(newsroom: Newsroom) -> None:
    decision, app = newsroom.decide("approve", "other"), newsroom.service.application
    row_id = newsroom.row().id
    on_its_way = app.write_backs._claim(row_id, newsroom.now)
    assert on_its_way is not None
    newsroom.undo(decision)
    assert not app.write_backs.run(row_id=row_id, now=newsroom.now)  # one at a time
    app.write_backs._finish(on_its_way, "told", None, newsroom.now)
    newsroom.wordpress.statuses[ID] = "approved"
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "hold")]
    assert (newsroom.row().state, newsroom.row().changes) == ("done", 2)


def test_a_status_that_it_has_already_is_done(newsroom: Newsroom) -> None:
    newsroom.wordpress.statuses[ID] = "trash"  # the answer to an earlier try got lost
    assert newsroom.decided().outcome == "unchanged"
    assert newsroom.wordpress.written == []


def test_an_answer_that_tells_another_status_is_none(newsroom: Newsroom) -> None:
    newsroom.wordpress.stubborn = True
    assert (newsroom.decided().state, newsroom.row().last_error) == ("due", "not_changed")


def test_a_comment_whose_post_is_in_the_trash_waits_for_it(newsroom: Newsroom) -> None:
    newsroom.wordpress.statuses[ID] = "post-trashed"
    assert (newsroom.decided().state, newsroom.row().last_error) == ("due", "post_in_trash")
    newsroom.wordpress.statuses[ID] = "approved"
    newsroom.wait(10)
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "trash")]


@pytest.mark.parametrize(
    ("there", "after"),
    [(WRITER, WRITER), (("2001:db8::9", "x" * 250), ("2001:db8::9", "x" * 250)), (("", ""), ("0.0.0.0", "-")),
     (("fe80::1%eth0", "0"), ("0.0.0.0", "0"))],
)  # fmt: skip
def test_the_address_of_the_writer_stays(newsroom: Newsroom, there: tuple[str, str], after: tuple[str, str]) -> None:
    """WordPress would put ours in its place with each change."""
    newsroom.wordpress.writers[ID] = there
    newsroom.decided()
    assert (newsroom.wordpress.written, newsroom.wordpress.writers[ID]) == ([(ID, "trash")], after)


def test_what_is_gone_there_ends_quietly(newsroom: Newsroom) -> None:
    newsroom.wordpress.statuses.clear()
    assert (newsroom.decided().state, newsroom.row().outcome) == ("done", "gone")


def test_what_stood_under_a_post_that_is_gone_ends_quietly(newsroom: Newsroom) -> None:
    newsroom.wordpress.faults = [(404, {}, b'{"code": "rest_post_invalid_id"}')]
    assert (newsroom.decided().state, newsroom.row().outcome) == ("done", "gone")


def test_an_address_without_the_api_is_not_taken_for_a_comment_that_is_gone(newsroom: Newsroom) -> None:
    newsroom.service.application.keys.add(
        site_id=newsroom.service.site_id, kind="wordpress", url=f"http://127.0.0.1:{newsroom.wordpress.port}/elsewhere",
        token=TOKEN, by=OPERATOR, now=newsroom.now,
    )  # fmt: skip
    assert (newsroom.decided().state, newsroom.row().last_error) == ("due", "status_404")


@pytest.mark.parametrize(
    ("fault", "why"),
    [((500, {}, b"{}"), "status_500"), ((503, {}, b"<html>"), "status_503"), ((200, {}, b"<html>"), "no_json"), ((200, {}, b"{}"), "no_json"),
     ((401, {}, b'{"code": "incorrect_password"}'), "status_401"), ((403, {}, b"{}"), "status_403"),
     ((404, {}, b"[" * 60_000), "status_404"), ((302, {"Location": "/blog/wp-json/wp/v2/comments/101"}, b""), "status_302")],
)  # fmt: skip
def test_what_fails_is_tried_again_later(
    newsroom: Newsroom, fault: tuple[int, dict[str, str], bytes], why: str
) -> None:
    newsroom.wordpress.faults = [fault]
    failed = newsroom.decided()
    assert (failed.state, failed.attempts, failed.last_error, newsroom.wordpress.asked) == ("due", 1, why, 1)
    newsroom.wait(2)
    assert newsroom.service.queue.write_backs == []  # not yet due
    newsroom.wait(8)
    newsroom.work()
    assert (newsroom.row().outcome, newsroom.wordpress.written) == ("told", [(ID, "trash")])


def test_a_slow_site_holds_nobody_up(newsroom: Newsroom) -> None:
    newsroom.wordpress.seconds = 2.0
    newsroom.decide()
    app, began = newsroom.service.application, time.monotonic()
    impatient = WriteBacks(app.write_backs.record, WebhookClient(allow_private=True, seconds=0.3))
    assert impatient.run(row_id=newsroom.row().id, now=newsroom.now)
    assert time.monotonic() - began < 1.5
    assert (newsroom.row().state, newsroom.row().last_error) == ("due", "timeout")


def test_a_wrong_password_is_given_up_after_the_last_attempt_and_on_record(
    newsroom: Newsroom, capfd: pytest.CaptureFixture[str]
) -> None:
    newsroom.wordpress.password = "another"
    decision, app = newsroom.decide(), newsroom.service.application
    newsroom.work()
    row_id = newsroom.row().id
    for day in range(1, 12):
        app.write_backs.run(row_id=row_id, now=newsroom.now + timedelta(days=2 * day))
    assert (newsroom.row().state, newsroom.row().attempts, newsroom.row().last_error) == ("dead", 10, "status_401")
    with app.database.read() as session:
        given_up = session.scalars(select(AuditRow).where(AuditRow.act == "wordpress.gave_up")).one()
        comment = session.scalars(select(Comment).where(Comment.external_id == ID)).one()
    assert (given_up.subject_id, given_up.by_kind, given_up.details) == (comment.id, "system", {"why": "status_401"})
    logged = "".join(capfd.readouterr())
    assert (logged.count("wordpress.failed"), logged.count("wordpress.gave_up")) == (10, 1)
    shown = json.dumps(app.keys.list(site_id=newsroom.service.site_id)) + logged
    assert TOKEN not in shown and base64.b64encode(TOKEN.encode()).decode() not in shown
    newsroom.wordpress.password = TOKEN  # the operator mends it; the next decision is told
    newsroom.undo(decision)
    newsroom.wordpress.statuses[ID] = "trash"
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "hold")]


def test_a_worker_that_died_is_followed_by_another(newsroom: Newsroom) -> None:
    newsroom.decide()
    app, id = newsroom.service.application, newsroom.row().id
    assert app.write_backs._claim(id, newsroom.now) is not None
    assert not app.write_backs.run(row_id=id, now=newsroom.now)
    newsroom.service.queue.write_backs.clear()
    newsroom.wait(120)
    assert newsroom.service.queue.write_backs == [id]
    newsroom.work()
    assert newsroom.wordpress.written == [(ID, "trash")]


@pytest.mark.parametrize("id", ["c1", "0101", "coral-12", "101x", "9" * 21, "１０１"])
def test_ids_that_are_none_of_wordpress_are_left_alone(newsroom: Newsroom, id: str) -> None:
    newsroom.comment(id=id)
    newsroom.decide(id=id)
    newsroom.work()
    assert (newsroom.rows(), newsroom.wordpress.asked) == (0, 0)


def test_what_was_imported_is_left_alone(newsroom: Newsroom) -> None:
    app = newsroom.service.application
    taken = Decided(comment=comment("202", text=INSULT), status="published")
    app.imports.take(site_id=newsroom.service.site_id, comments=[taken], by=OPERATOR, now=app.now())
    newsroom.decide(id="202")
    assert newsroom.rows() == 0


def test_a_site_without_the_key_writes_nothing(newsroom: Newsroom) -> None:
    app = newsroom.service.application
    (key,) = [one for one in app.keys.list(site_id=newsroom.service.site_id) if one["kind"] == "wordpress"]
    newsroom.decide()
    app.keys.revoke(site_id=newsroom.service.site_id, key_id=key["id"], by=OPERATOR, now=newsroom.now)
    newsroom.work()
    assert newsroom.row().outcome == "no_key"
    newsroom.comment(id="102")
    newsroom.decide(id="102")
    assert (newsroom.rows(), newsroom.wordpress.asked) == (1, 0)


def test_what_the_newsroom_decides_in_wordpress_is_not_written_back(newsroom: Newsroom) -> None:
    answer = newsroom.service.post(
        f"/v1/comments/{ID}/decisions", {"revision": 1, "decision": "approve", "reason": "other"}
    )
    assert answer.status_code == 201
    newsroom.wait(60)
    assert newsroom.rows() == 0


def test_what_was_decided_there_since_is_left_alone(newsroom: Newsroom) -> None:
    newsroom.undo(newsroom.decide("approve", "other"))
    given = {"revision": 1, "decision": "reject", "reason": "spam"}
    assert newsroom.service.post(f"/v1/comments/{ID}/decisions", given).status_code == 201
    newsroom.work()
    assert (newsroom.row().outcome, newsroom.wordpress.asked) == ("decided", 0)


def test_a_rejected_edit_comes_down_there_though_the_earlier_text_is_public_here(newsroom: Newsroom) -> None:
    newsroom.comment("A fair point.", id="102")
    newsroom.comment(id="102")
    newsroom.wordpress.statuses["102"] = "approved"
    newsroom.decide(id="102", revision=2, edit_only=True)
    newsroom.work()
    assert newsroom.service.get("/v1/comments/102").get_json()["publish"] is True
    assert newsroom.wordpress.written == [("102", "trash")]


def test_what_was_given_up_is_seen_on_the_page_of_the_service(newsroom: Newsroom) -> None:
    state, site_id = newsroom.service.application.state, newsroom.service.site_id
    assert state.of_site(site_id=site_id, now=newsroom.now)["write_backs"] == {}
    newsroom.decided()
    with newsroom.service.application.database.write() as session:
        session.get_one(WriteBack, newsroom.row().id).state = "dead"
    assert state.of_site(site_id=site_id, now=newsroom.now)["write_backs"] == {"dead": 1}


def test_an_edit_since_is_not_touched(newsroom: Newsroom) -> None:
    newsroom.decide("approve", "other")
    newsroom.comment(ADVERT)
    newsroom.wait(2)
    newsroom.work()
    assert (newsroom.row().outcome, newsroom.wordpress.asked) == ("overtaken", 0)


def test_a_comment_that_was_withdrawn_is_not_touched(newsroom: Newsroom) -> None:
    newsroom.decide("approve", "other")
    newsroom.service.send("DELETE", f"/v1/comments/{ID}")
    newsroom.work()
    assert (newsroom.row().outcome, newsroom.wordpress.asked) == ("overtaken", 0)


def test_rows_go_after_thirty_days(newsroom: Newsroom) -> None:
    newsroom.decided()
    newsroom.service.application.sweep.retain(now=newsroom.now + timedelta(days=31))
    assert newsroom.rows() == 0


def test_a_private_address_is_not_asked(newsroom: Newsroom) -> None:
    newsroom.decide()
    app = newsroom.service.application
    WriteBacks(app.write_backs.record, WebhookClient(seconds=2)).run(row_id=newsroom.row().id, now=newsroom.now)
    assert (newsroom.row().last_error, newsroom.wordpress.asked) == ("refused_url", 0)


@pytest.mark.parametrize(
    "options",
    [{}, {"token": None, "url": "https://paper.example"}, {"url": "https://paper.example", "token": "desk"},
     {"url": "https://paper.example", "token": ":secret"}, {"url": "https://paper.example/?p=1"},
     {"url": "https://paper.example", "secret": "x", "scope": "read"}, {"url": "https://paper.example", "kind": "live"}],
)  # fmt: skip
def test_a_key_needs_an_address_a_user_and_a_password(service: Service, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        add_key(service, **options)


def test_the_command_takes_them(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = service.application.settings
    for name in ("database_url", "broker_url", "secret_key"):
        monkeypatch.setenv(f"MODERATION_{name.upper()}", getattr(settings, name))
    words = ["key", "add", "--site", "main", "--kind", "wordpress", "--token", TOKEN]
    made = CliRunner().invoke(cli, [*words, "--url", "https://93.184.215.14"])
    assert made.exit_code == 0, made.output
    shown = json.loads(made.stdout)
    assert (shown["kind"], shown["key"], "abcd" in made.stdout) == ("wordpress", None, False)
    refused = CliRunner().invoke(cli, [*words, "--url", "http://127.0.0.1:1"])
    assert (refused.exit_code, "--url" in refused.output) == (2, True)
    assert CliRunner().invoke(cli, words).exit_code != 0

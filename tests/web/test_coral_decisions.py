"""Decisions of people, between our desk and Coral's: told there through its GraphQL, learned by its webhook."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from moderation.storage.models import ApiKey, AuditRow, Author, Comment, CoralComment, Decision, WriteBack
from moderation.workflow import coral_door
from moderation.workflow.coral import CoralPhase, Finding
from moderation.workflow.incoming import Actor, IncomingDecision
from tests.web.coral import HOOK_SECRET, INSULT, PHASE_SECRET, Coral
from tests.web.coral_server import EARLIER, TOKEN, US, GraphQL, history, published, serving
from tests.web.service import OPERATOR, Service

MODERATOR = Actor("user", "0" * 32, "moderator")
BODY = f"<div>{INSULT}</div>"
LEFT = "COMMENT_LEFT_MODERATION_QUEUE"
IDS = {"commentID": "comment-1", "storyID": "story-1", "siteID": "site-1"}


@dataclass
class Newsroom:
    """A site of ours whose comments come from that Coral; its clock goes on with each decision."""

    coral: Coral
    there: GraphQL
    now: datetime

    @property
    def service(self) -> Service:
        return self.coral.service

    def asked(self, body: str = BODY, **fields: Any) -> str:
        """Coral asks about a comment and stores it as it is told; our id of it."""
        said = self.coral.phase(body, **fields).get_json()
        self.there.comment = published(body, status=said.get("status", "NONE"), createdAt=_iso(self.now))
        return str(self.service.get("/v1/events").get_json()["events"][-1]["data"]["comment"]["id"])

    def decide(self, id: str, decision: Any = "reject", reason: str = "personal_attack", **given: Any) -> str:
        """A decision at the desk, in force after the time for an undo, and the worker's turn."""
        made = self.service.application.review.decide(
            site_id=self.service.site_id, comment_id=id, by=MODERATOR, now=self.now,
            decision=IncomingDecision(revision=given.pop("revision", 1), decision=decision, reason=reason),
        )  # fmt: skip
        self.wait(6)
        self.work()
        return str(made["id"])

    def undo(self, decision: str) -> None:
        app = self.service.application
        app.review.undo(site_id=self.service.site_id, decision_id=decision, by=MODERATOR, now=self.now)
        self.work()

    def left(self, status: str = "APPROVED", *, by: str | None = "m-1", queue: str = "PENDING", **event: Any) -> str:
        """A moderator decides in Coral, its webhook comes, the worker reads; the outcome."""
        assert self.there.comment is not None
        self.there.comment |= {"status": status, "statusHistory": history((_iso(self.now), by))}
        assert self.coral.event(LEFT, {**IDS, "queue": queue, "status": status}, **event).status_code == 200
        hints, app = self.service.queue.repairs, self.service.application
        while hints:
            app.coral_repair.run(row_id=hints.pop(0), now=app.now())
        with app.database.read() as session:
            return str(session.scalars(select(CoralComment)).one().outcome)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.service.application.sweep.tick(now=self.now)

    def work(self) -> None:
        hints, app = self.service.queue.write_backs, self.service.application
        while hints:
            app.write_backs.run(row_id=hints.pop(0), now=self.now)

    def row(self) -> WriteBack:
        with self.service.application.database.read() as session:
            found = session.scalars(select(WriteBack)).one()
            session.expunge(found)
        return found

    def status(self, id: str) -> str:
        return str(self.service.get(f"/v1/comments/{id}").get_json()["status"])


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
def newsroom(service: Service) -> Iterator[Newsroom]:
    app = service.application
    app.rulebook.publish_files(site_id=service.site_id, message="For the tests", by=OPERATOR, now=app.now())
    coral = Coral(service, "")
    coral.key = coral.add_key()["key"]
    coral.add_key("coral_phase", secret=PHASE_SECRET, deadline_ms=5_000)
    with serving() as there:
        coral.add_key("coral_webhook", secret=HOOK_SECRET, url=f"http://127.0.0.1:{there.port}/", token=TOKEN)
        yield Newsroom(coral, there, app.now() + timedelta(seconds=1))


def test_an_approval_is_told(newsroom: Newsroom) -> None:
    newsroom.decide(newsroom.asked(), "approve", "other")
    assert (newsroom.row().outcome, newsroom.there.tokens) == ("told", {f"Bearer {TOKEN}"})
    ((name, given),) = newsroom.there.mutations
    assert (name, given["commentID"], given["commentRevisionID"]) == ("approveComment", "comment-1", "rev-1")


@pytest.mark.parametrize(
    ("reason", "told"),
    [("personal_attack", {"code": "ABUSIVE"}), ("spam", {"code": "SPAM"}), ("slur", {"code": "HATE_SPEECH"}),
     ("illegal", {"code": "OTHER", "customReason": "Against the law."}), ("other", {"code": "OTHER", "customReason": "House rules."})],
)  # fmt: skip
def test_a_rejection_is_told_with_its_code(newsroom: Newsroom, reason: str, told: dict[str, str]) -> None:
    newsroom.decide(newsroom.asked(), "reject", reason)
    ((name, given),) = newsroom.there.mutations
    assert (name, given["reason"], newsroom.row().outcome) == ("rejectComment", told, "told")
    assert "numpty" not in json.dumps(given)


def test_a_published_comment_is_taken_down_there(newsroom: Newsroom) -> None:
    id = newsroom.asked("<div>A fair point.</div>")
    assert newsroom.there.comment is not None and newsroom.there.comment["status"] == "NONE"
    newsroom.decide(id, "reject", "spam")
    assert newsroom.there.comment["status"] == "REJECTED"


def test_the_comment_is_found_by_place_time_and_text(newsroom: Newsroom) -> None:
    id = newsroom.asked()
    at = newsroom.now
    assert newsroom.there.comment is not None
    mine = {**newsroom.there.comment, "id": "mine", "revision": {"id": "rev-mine"}}
    others = [
        published("<div>Another.</div>", id="near", createdAt=_iso(at + timedelta(seconds=1))),
        published(BODY, id="other-story", story={"id": "story-2", "url": None}, createdAt=_iso(at)),
        published(BODY, id="reply", parent={"id": "comment-0"}, createdAt=_iso(at)),
        published(BODY, id="of-another", author={"id": "u-2"}, createdAt=_iso(at)),
        published("<div>Long ago.</div>", id="old"),
    ]
    newsroom.there.comments = {one["id"]: one for one in [*others, mine]}
    newsroom.decide(id)
    assert [given["commentID"] for _, given in newsroom.there.mutations] == ["mine"]


def test_the_rules_alone_tell_nothing(newsroom: Newsroom) -> None:
    newsroom.asked("<div>Get your casinobonus today.</div>")
    newsroom.wait(60)
    assert (newsroom.service.queue.write_backs, newsroom.there.asked) == ([], [])


def test_an_undo_tells_where_the_comment_stood(newsroom: Newsroom) -> None:
    id = newsroom.asked("<div>Get your casinobonus today.</div>")
    decision = newsroom.decide(id, "approve", "other")
    newsroom.undo(decision)
    assert [name for name, _ in newsroom.there.mutations] == ["approveComment", "rejectComment"]
    assert newsroom.there.mutations[1][1]["reason"]["code"] == "SPAM"


def test_coral_has_no_way_back_to_pending(newsroom: Newsroom) -> None:
    decision = newsroom.decide(newsroom.asked(), "approve", "other")
    newsroom.undo(decision)
    assert (newsroom.row().outcome, len(newsroom.there.mutations)) == ("held", 1)


def test_what_it_has_already_is_done(newsroom: Newsroom) -> None:
    id = newsroom.asked()
    assert newsroom.there.comment is not None
    newsroom.there.comment["status"] = "REJECTED"
    newsroom.decide(id)
    assert (newsroom.row().outcome, newsroom.there.mutations) == ("unchanged", [])


@pytest.mark.parametrize(
    ("by", "after", "outcome"),
    [("m-1", 60, "decided"), ("m-1", 3, "decided"), (US, 60, "told"), (None, 60, "told"), ("m-1", -60, "told")],
)  # fmt: skip
def test_a_later_decision_there_stands(newsroom: Newsroom, by: str | None, after: float, outcome: str) -> None:
    id = newsroom.asked()
    assert newsroom.there.comment is not None
    at = _iso(newsroom.now + timedelta(seconds=after))
    newsroom.there.comment |= {"status": "APPROVED", "statusHistory": history((at, by), (EARLIER, "m-2"))}
    newsroom.decide(id)
    assert newsroom.row().outcome == outcome


@pytest.mark.faults
@pytest.mark.parametrize("gone", ["comment", "author"])
def test_what_is_gone_ends_quietly(newsroom: Newsroom, gone: str) -> None:
    id = newsroom.asked()
    if gone == "comment":
        newsroom.there.comment = None
    else:
        with newsroom.service.application.database.write() as session:
            session.scalars(select(Author)).one().external_id = None
    newsroom.decide(id)
    assert (newsroom.row().state, newsroom.row().outcome) == ("done", "gone")


@pytest.mark.faults
def test_an_edit_since_is_not_touched(newsroom: Newsroom) -> None:
    id = newsroom.asked()
    app = newsroom.service.application
    given = IncomingDecision(revision=1, decision="approve", reason="other")
    app.review.decide(site_id=newsroom.service.site_id, comment_id=id, decision=given, by=MODERATOR, now=newsroom.now)
    newsroom.wait(6)
    newsroom.coral.phase("<div>You are a numpty, and a bore.</div>", action="EDIT")
    newsroom.work()
    assert (newsroom.row().outcome, newsroom.there.asked) == ("overtaken", [])


@pytest.mark.faults
@pytest.mark.parametrize(
    ("fault", "why"),
    [({"status": 503}, "status_503"), ({"raw": b"<html>"}, "no_json"), ({"raw": b'{"errors": [{}]}'}, "graphql_errors"),
     ({"raw": b'{"data": {"user": {"allComments": 7}}}'}, "another_shape"), ({"edited_meanwhile": True}, "not_changed")],
)  # fmt: skip
def test_what_fails_is_tried_again_and_then_given_up(newsroom: Newsroom, fault: dict[str, Any], why: str) -> None:
    id, app = newsroom.asked(), newsroom.service.application
    for name, value in fault.items():
        setattr(newsroom.there, name, value)
    newsroom.decide(id)
    row = newsroom.row()
    assert (row.state, row.attempts, row.last_error) == ("due", 1, why)
    with capture_logs() as lines:
        for day in range(1, 12):
            app.write_backs.run(row_id=row.id, now=newsroom.now + timedelta(days=2 * day))
    assert [line["event"] for line in lines] == ["coral.write_back_failed"] * 9 + ["coral.write_back_gave_up"]
    with app.database.read() as session:
        given_up = session.scalars(select(AuditRow).where(AuditRow.act == "coral.write_back_gave_up")).one()
    assert (newsroom.row().state, given_up.details) == ("dead", {"why": why})


@pytest.mark.faults
def test_a_slow_coral_keeps_no_worker(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven slow answers would outlast the time of a task; what is left is asked at the next try."""
    monkeypatch.setattr(coral_door, "ASKING_SECONDS", 0.1)
    newsroom.there.seconds = 0.2
    newsroom.decide(newsroom.asked())
    assert (newsroom.row().state, newsroom.row().last_error, len(newsroom.there.asked)) == ("due", "timeout", 1)
    newsroom.there.seconds = 0.0
    newsroom.wait(10)
    newsroom.work()
    assert newsroom.row().outcome == "told"


@pytest.mark.faults
def test_without_a_token_nothing_is_told(newsroom: Newsroom) -> None:
    id = newsroom.asked()
    with newsroom.service.application.database.write() as session:
        for key in session.scalars(select(ApiKey).where(ApiKey.kind == "coral_webhook")):
            key.url = key.token = None
    newsroom.decide(id)
    assert (newsroom.service.queue.write_backs, newsroom.there.asked) == ([], [])


@pytest.mark.parametrize(("status", "ours"), [("APPROVED", "published"), ("REJECTED", "rejected")])
def test_a_decision_there_is_one_here(newsroom: Newsroom, status: str, ours: str) -> None:
    id = newsroom.asked()
    assert newsroom.status(id) == "held"
    assert newsroom.left(status) == "noted"
    assert newsroom.status(id) == ours
    with newsroom.service.application.database.read() as session:
        made = session.scalars(select(Decision)).one()
        assert (made.by_kind, made.reason, made.state) == ("site", "other", "in_force")
        assert "m-1" not in (made.by_id or "")  # as people are kept everywhere: by a key
    newsroom.wait(60)
    assert newsroom.service.queue.write_backs == []  # it knows


def test_the_event_of_each_queue_counts_once(newsroom: Newsroom) -> None:
    newsroom.asked()
    assert newsroom.left(id="e-1") == "noted"
    assert newsroom.left(id="e-2", queue="UNMODERATED") == "decided"


@pytest.mark.parametrize("by", [None, US])
def test_what_no_person_decided_there_is_left_alone(newsroom: Newsroom, by: str | None) -> None:
    id = newsroom.asked()
    assert newsroom.left(by=by) == "decided"
    assert newsroom.status(id) == "held"


def test_what_was_decided_here_stands(newsroom: Newsroom) -> None:
    id = newsroom.asked()
    newsroom.decide(id, "reject")
    assert newsroom.left("APPROVED") == "decided"
    assert newsroom.status(id) == "rejected"


def test_a_comment_that_is_not_known_here_is_not_taken_in(newsroom: Newsroom) -> None:
    assert newsroom.left() == "decided"
    with newsroom.service.application.database.read() as session:
        assert session.scalars(select(Comment)).all() == []


def test_a_decision_follows_a_look_at_what_was_published(newsroom: Newsroom) -> None:
    newsroom.there.comment = published("<div>A fair point.</div>")
    newsroom.coral.event("COMMENT_CREATED", IDS, id="e-0")
    newsroom.service.queue.drain()
    id = newsroom.service.get("/v1/events").get_json()["events"][-1]["data"]["comment"]["id"]
    assert newsroom.left("REJECTED") == "noted"
    assert newsroom.status(id) == "rejected"


@pytest.mark.faults
def test_a_moderator_who_is_faster_than_the_check_is_not_overruled(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = CoralPhase.check

    def slow(self: CoralPhase, **given: Any) -> Finding:
        found = check(self, **given)
        assert newsroom.there.comment is not None and found.action == "reject"
        newsroom.there.comment |= {"status": "APPROVED", "statusHistory": history((_iso(newsroom.now), "m-1"))}
        return found

    monkeypatch.setattr(CoralPhase, "check", slow)
    newsroom.there.comment = published("<div>Get your casinobonus today.</div>")
    newsroom.coral.event("COMMENT_CREATED", IDS, id="e-0")
    newsroom.service.queue.drain()
    id = newsroom.service.get("/v1/events").get_json()["events"][-1]["data"]["comment"]["id"]
    assert (newsroom.there.mutations, newsroom.status(id)) == ([], "published")


@pytest.mark.faults
def test_who_asked_before_the_decision_does_not_end_the_row(newsroom: Newsroom) -> None:
    newsroom.asked()
    app = newsroom.service.application
    newsroom.coral.event("COMMENT_CREATED", IDS, id="e-0")
    (row_id,) = newsroom.service.queue.repairs
    newsroom.service.queue.repairs.clear()
    early = app.coral_repair._claim(row_id, app.now())
    assert early is not None
    newsroom.coral.event(LEFT, {**IDS, "queue": "PENDING", "status": "APPROVED"}, id="e-1")
    app.coral_repair._finish(early, "clean", None, app.now())
    assert newsroom.left(id="e-2") == "noted"


@pytest.mark.parametrize("data", [{"status": "NONE"}, {}, {"status": "PREMOD"}])
def test_a_comment_that_left_a_queue_without_a_decision_is_passed_over(
    newsroom: Newsroom, data: dict[str, Any]
) -> None:
    newsroom.coral.event(LEFT, {**IDS, **data})
    assert newsroom.service.queue.repairs == []

"""What a Coral published without a check: looked at after its webhook, and taken back there through its GraphQL."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from structlog.testing import capture_logs

from moderation.adapters.webhook_client import WebhookClient
from moderation.cli import cli
from moderation.errors import InvalidFields
from moderation.storage.models import ApiKey, CoralComment
from moderation.workflow import coral_reasons
from tests.web.coral import HOOK_SECRET, INSULT, PHASE_SECRET, Coral
from tests.web.coral_server import CODES, TOKEN, GraphQL, history, published, serving
from tests.web.service import OPERATOR, Service


@pytest.fixture
def graphql() -> Iterator[GraphQL]:
    with serving() as found:
        yield found


@pytest.fixture
def coral(service: Service, graphql: GraphQL) -> Coral:
    """A fresh service, on either database, that may ask its Coral."""
    made, app = service, service.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    found = Coral(made, "")
    found.key = found.add_key()["key"]
    found.add_key("coral_webhook", secret=HOOK_SECRET, url=f"http://127.0.0.1:{graphql.port}/", token=TOKEN)
    found.add_key("coral_phase", secret=PHASE_SECRET, deadline_ms=5_000)
    return found


def told(coral: Coral, **event: Any) -> CoralComment:
    """The webhook comes, the worker does what it was told; the row after that."""
    coral.event("COMMENT_CREATED", {"commentID": "comment-1", "storyID": "story-1", "siteID": "site-1"}, **event)
    coral.service.queue.drain()
    return row(coral.service)


def row(service: Service) -> CoralComment:
    with service.application.database.read() as session:
        found = session.scalars(select(CoralComment)).one()
        session.expunge(found)
    return found


def test_what_the_rules_reject_is_rejected_there(coral: Coral, graphql: GraphQL) -> None:
    graphql.comment = published("<div>Get your casinobonus today.</div>")
    assert (told(coral).state, row(coral.service).outcome) == ("done", "rejected")
    ((name, given),) = graphql.mutations
    assert (name, given["commentID"], given["commentRevisionID"]) == ("rejectComment", "comment-1", "rev-1")
    assert given["reason"]["code"] == "SPAM"
    assert graphql.tokens == {f"Bearer {TOKEN}"}


def test_what_the_rules_hold_is_reported_there(coral: Coral, graphql: GraphQL) -> None:
    assert told(coral).outcome == "reported"
    ((name, given),) = graphql.mutations
    assert (name, given["reason"]) == ("createCommentFlag", "COMMENT_REPORTED_OFFENSIVE")
    assert given["additionalDetails"] == "Held by Keep It Civil: personal_attack"
    assert "numpty" not in json.dumps(given)


def test_what_is_fair_stays(coral: Coral, graphql: GraphQL) -> None:
    graphql.comment = published("<div>A fair point.</div>")
    assert (told(coral).outcome, graphql.mutations) == ("clean", [])


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD"])
def test_what_was_decided_there_is_left_alone(coral: Coral, graphql: GraphQL, status: str) -> None:
    graphql.comment = published(status=status)
    assert (told(coral).outcome, graphql.mutations) == ("decided", [])


@pytest.mark.faults
@pytest.mark.parametrize("comment", [None, published(body=""), published(author=None)])
def test_what_is_gone_is_left_alone(coral: Coral, graphql: GraphQL, comment: dict[str, Any] | None) -> None:
    graphql.comment = comment
    assert (told(coral).outcome, graphql.mutations) == ("gone", [])


def test_it_is_the_comment_that_the_phase_was_asked_about(coral: Coral, graphql: GraphQL) -> None:
    coral.phase(f"<div>{INSULT}</div>")
    before = coral.service.get("/v1/events").get_json()["events"]
    assert told(coral).outcome == "reported"  # Coral did not wait for the answer, or could not read it
    assert coral.service.get("/v1/events").get_json()["events"] == before


def test_an_event_that_comes_twice_is_one_repair(coral: Coral, graphql: GraphQL) -> None:
    for id in ("e-1", "e-1", "e-2"):
        assert told(coral, id=id).outcome == "reported"
    assert len(graphql.mutations) == 1


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        ({"code", "legalGrounds", "detailedExplanation"}, [True, True]),  # Corals of 8.x, before customReason
        (None, [True, True, False]),
    ],
)
def test_an_older_coral_is_told_what_it_takes(
    coral: Coral, graphql: GraphQL, known: set[str] | None, sent: list[bool]
) -> None:
    graphql.comment, graphql.reason = published("A fair point."), known
    app = coral.service.application
    app.authors.block(site_id=coral.service.site_id, author_id="u-1", reason="spam", by=OPERATOR, now=app.now())
    assert told(coral).outcome == "rejected"  # as OTHER, with a few words
    assert ["reason" in given for _, given in graphql.mutations] == sent


def test_a_reason_that_a_coral_needs_is_not_left_out(coral: Coral, graphql: GraphQL) -> None:
    graphql.comment, graphql.needs_reason, graphql.reason = published("Get your casinobonus today."), True, None
    assert (told(coral).state, row(coral.service).last_error) == ("due", "graphql_errors")


@pytest.mark.faults
def test_an_edit_meanwhile_is_looked_at_anew(coral: Coral, graphql: GraphQL) -> None:
    graphql.comment, graphql.edited_meanwhile = published("Get your casinobonus today."), True
    assert (told(coral).state, row(coral.service).last_error) == ("due", "not_changed")


def test_every_code_is_one_of_corals() -> None:
    assert {*coral_reasons.CODES.values(), coral_reasons.OTHER} <= CODES


@pytest.mark.faults
@pytest.mark.parametrize(
    ("fault", "why"),
    [({"status": 503}, "status_503"), ({"status": 401}, "status_401"), ({"raw": b"<html>"}, "no_json"),
     ({"raw": b'{"errors": [{}], "data": null}'}, "graphql_errors"), ({"raw": b'{"data": {"comment": {"body": 7}}}'}, "another_shape"),
     ({"raw": json.dumps({"data": {"comment": published(statusHistory=history(("yesterday", "m-1")))}}).encode()}, "another_shape"),
     ({"raw": b"[" * 60_000}, "no_json"), ({"raw": b'{"data": "' + b"x" * 100_000}, "no_json")],
)  # fmt: skip
def test_what_fails_is_tried_again_later(coral: Coral, graphql: GraphQL, fault: dict[str, Any], why: str) -> None:
    for name, value in fault.items():
        setattr(graphql, name, value)
    failed = told(coral)
    assert (failed.state, failed.attempts, failed.last_error) == ("due", 1, why)
    graphql.status, graphql.raw = 200, None
    app = coral.service.application
    app.sweep.tick(now=app.now())
    assert coral.service.queue.repairs == []  # not yet due
    later = app.now() + timedelta(seconds=10)
    app.sweep.tick(now=later)
    (id,) = coral.service.queue.repairs
    assert app.coral_repair.run(row_id=id, now=later)
    assert row(coral.service).outcome == "reported"
    assert not app.coral_repair.run(row_id=id, now=later)


@pytest.mark.faults
def test_it_is_given_up_after_the_last_attempt(coral: Coral, graphql: GraphQL) -> None:
    graphql.status = 503
    app, id = coral.service.application, told(coral).id
    with capture_logs() as lines:
        for day in range(1, 12):
            app.coral_repair.run(row_id=id, now=app.now() + timedelta(days=day * 2))
    assert row(coral.service).state == "dead"
    assert [line["event"] for line in lines] == ["coral.repair_gave_up"]


@pytest.mark.faults
def test_a_worker_that_died_is_followed_by_another(coral: Coral, graphql: GraphQL) -> None:
    coral.event("COMMENT_CREATED", {"commentID": "comment-1", "storyID": "story-1", "siteID": "site-1"})
    app, id = coral.service.application, row(coral.service).id
    assert app.coral_repair._claim(id, app.now()) is not None
    assert not app.coral_repair.run(row_id=id, now=app.now())
    later = app.now() + timedelta(minutes=2)
    assert app.sweep.tick(now=later)["repairs"] == 1
    assert app.coral_repair.run(row_id=id, now=later)
    assert len(graphql.mutations) == 1


def test_without_a_token_nothing_is_asked(coral: Coral, graphql: GraphQL) -> None:
    with coral.service.application.database.write() as session:
        for key in session.scalars(select(ApiKey).where(ApiKey.kind == "coral_webhook")):
            key.url = key.token = None
    coral.event("COMMENT_CREATED", {"commentID": "comment-1", "storyID": "story-1"})
    assert (coral.service.queue.repairs, graphql.asked) == ([], [])


@pytest.mark.faults
def test_rows_go_after_thirty_days(coral: Coral, graphql: GraphQL) -> None:
    told(coral)
    app = coral.service.application
    app.sweep.retain(now=app.now() + timedelta(days=31))
    with app.database.read() as session:
        assert session.scalars(select(CoralComment)).all() == []


def test_a_private_address_is_not_asked(coral: Coral, graphql: GraphQL) -> None:
    closed = WebhookClient(seconds=2).post(
        url=f"http://127.0.0.1:{graphql.port}/api/graphql", authorization=f"Bearer {TOKEN}", body=b"{}"
    )
    assert (closed.answer.status, closed.answer.error, graphql.asked) == (None, "refused_url", [])


def test_the_token_is_shown_nowhere(coral: Coral, graphql: GraphQL, capfd: pytest.CaptureFixture[str]) -> None:
    graphql.status = 401
    told(coral)
    app = coral.service.application
    listed = json.dumps(app.keys.list(site_id=coral.service.site_id))
    assert TOKEN not in listed
    assert TOKEN not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "options",
    [
        {"url": "https://coral.example"},
        {"token": "t"},
        {"kind": "coral_phase", "url": "https://coral.example", "token": "t"},
    ],
)
def test_address_and_token_come_together(coral: Coral, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        coral.add_key(**{"kind": "coral_webhook", "secret": "whsec_x", **options})


def test_the_command_takes_both(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = coral.service.application.settings
    for name in ("database_url", "broker_url", "secret_key"):
        monkeypatch.setenv(f"MODERATION_{name.upper()}", getattr(settings, name))
    words = ["key", "add", "--site", "main", "--kind", "coral-webhook", "--secret", "whsec_2", "--token", "t" * 900]
    made = CliRunner().invoke(cli, [*words, "--url", "https://93.184.215.14"])
    assert made.exit_code == 0, made.output
    assert (json.loads(made.stdout)["url"], "ttt" in made.stdout) == ("https://93.184.215.14", False)
    refused = CliRunner().invoke(cli, [*words, "--url", "http://127.0.0.1:1"])
    assert (refused.exit_code, "--url" in refused.output) == (2, True)

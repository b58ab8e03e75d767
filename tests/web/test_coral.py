"""Coral's external moderation phase at the edge: signatures, answers within its lists, repeats, edits, time."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from moderation.cli import cli
from moderation.engine.verdict import CATEGORIES
from moderation.errors import InvalidFields
from moderation.storage.models import Comment, IdempotencyRow, Revision
from moderation.web import coral_answers, perspective_coral
from moderation.web.api.coral import DEADLINE_MS
from moderation.workflow.coral import CoralPhase, Finding, format_of
from moderation.workflow.coral_reasons import CODES as CODES_OF
from moderation.workflow.incoming import TEXT_BYTES
from moderation.workflow.rule_scores import GRADES
from tests.web.conftest import DATABASES
from tests.web.coral import INSULT, PHASE_SECRET, Coral, signed
from tests.web.service import OPERATOR, RULES, Service, Template
from tests.web.test_coral_scores import counted

STATUSES = ("NONE", "APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD")
FLAGS = ("COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM")
CODES = (
    "OFFENSIVE", "ABUSIVE", "SPAM", "BANNED_WORD", "AD", "ILLEGAL_CONTENT", "HARASSMENT_BULLYING", "MISINFORMATION",
    "HATE_SPEECH", "IRRELEVANT_CONTENT", "OTHER",
)  # fmt: skip
OWN_RULES = """rules:
  - id: reviewed
    category: civility
    state: live
    title: Says hm
    when: {terms: [hmword]}
    action: review
    reason: Says hm.
    examples: {match: ["hmword"], pass: ["hm"]}
  - id: repeated
    category: spam
    state: live
    title: Says it again
    when: {repeat: {times: {at_least: 2}}}
    action: hold
    reason: Says it again.
    examples:
      match: [{text: "Once more, with feeling.", previous: [{text: "Once more, with feeling."}]}]
      pass: ["Once."]
"""
TOXIC = [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]


@pytest.fixture(params=DATABASES)
def coral(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Coral]:
    """A fresh service, whose worker does nothing: what is answered was checked for the answer."""
    template: Template = request.getfixturevalue("template" if request.param == "sqlite" else "postgres_template")
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in RULES.iterdir():
        (rules / file.name).write_bytes(file.read_bytes())
    (rules / "20-coral.yaml").write_text(OWN_RULES, "utf-8")
    made = template.service(tmp_path, rules_dir=rules)
    publish(made)
    found = Coral(made, "")
    found.key = found.add_key()["key"]
    found.add_key("coral_phase", secret=PHASE_SECRET, deadline_ms=5_000)
    yield found
    template.end(made)


def publish(service: Service) -> None:
    app = service.application
    app.rulebook.publish_files(site_id=service.site_id, message="For the tests", by=OPERATOR, now=app.now())


def said(answer: TestResponse) -> dict[str, Any]:
    """The answer, held against Coral's lists: one value outside of them would void it."""
    assert (answer.status_code, answer.content_type) == (200, "application/json"), answer.text
    body: dict[str, Any] = answer.get_json()
    assert set(body) <= {"status", "actions", "tags", "moderationAction"}
    assert body.get("status", "NONE") in STATUSES
    for action in body.get("actions", ()):
        assert (set(action), action["actionType"]) == ({"actionType", "reason"}, "FLAG")
        assert action["reason"] in FLAGS
    assert set(body.get("tags", ())) <= {"FEATURED", "STAFF"}
    if "moderationAction" in body:
        assert set(body["moderationAction"]) == {"status", "rejectionReason"}
        reason = body["moderationAction"]["rejectionReason"]
        assert set(reason) <= {"code", "legalGrounds", "detailedExplanation", "customReason"}
        assert (body["status"], body["moderationAction"]["status"]) == ("REJECTED", "REJECTED")
        assert reason["code"] in CODES
    return body


def stored(coral: Coral) -> tuple[int, int]:
    """How many comments and revisions there are."""
    with coral.service.application.database.read() as session:
        comments, revisions = (session.scalar(select(func.count()).select_from(one)) for one in (Comment, Revision))
    return comments or 0, revisions or 0


def test_what_rules_say_becomes_coral_s_answer(coral: Coral) -> None:
    assert said(coral.phase("<div>A fair point.</div>")) == {}
    assert said(coral.phase("<div>hmword</div>")) == {"actions": TOXIC}
    assert said(coral.phase()) == {"status": "SYSTEM_WITHHELD", "actions": TOXIC}
    rejected = said(coral.phase("<p>Get your casinobonus today.</p>"))
    assert rejected["status"] == "REJECTED"
    reason = rejected["moderationAction"]["rejectionReason"]
    assert reason["code"] == "SPAM"
    assert "advertis" in reason["detailedExplanation"]
    assert "casinobonus" not in json.dumps(rejected)
    assert "actions" not in rejected


def test_the_comment_is_stored_as_any_other(coral: Coral) -> None:
    said(coral.phase(parent="p-1", role="ADMIN"))
    event = coral.service.get("/v1/events").get_json()["events"][-1]  # those before are about the rules
    assert (event["type"], event["data"]["comment"]["author"]) == ("comment.held", {"id": "u-1"})
    found = coral.service.get(f"/v1/comments/{event['data']['comment']['id']}").get_json()
    assert found["text"] == f"<div>{INSULT}</div>"
    assert (found["status"], found["story"]["id"]) == ("held", "story-1")
    assert [match["text"] for match in found["verdict"]["matches"]] == ["numpty"]
    with coral.service.application.database.read() as session:
        row = session.scalars(select(Comment)).one()
    assert row.parent_external_id == "p-1"


def test_rules_about_the_past_see_it(coral: Coral) -> None:
    assert said(coral.phase("Once more, with feeling.", story="s-1")) == {}
    flagged = [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]
    answer = said(coral.phase("Once more, with feeling.", story="s-2"))
    assert answer == {"status": "SYSTEM_WITHHELD", "actions": flagged}


def test_a_replay_changes_nothing(coral: Coral) -> None:
    texts = ("<div>A fair point.</div>", f"<div>{INSULT}</div>", "<div>Get your casinobonus today.</div>")
    first = [said(coral.phase(text)) for text in texts]
    edit = said(coral.phase("<div>A very fair point.</div>", action="EDIT"))
    rows, events = stored(coral), coral.service.get("/v1/events").get_json()["events"]
    for _ in range(2):
        assert [said(coral.phase(text)) for text in texts] == first
        assert said(coral.phase("<div>A very fair point.</div>", action="EDIT")) == edit
    assert (stored(coral), coral.service.get("/v1/events").get_json()["events"]) == (rows, events)


def test_a_replay_after_weeks_changes_nothing(coral: Coral) -> None:
    texts = (("A fair point.", "NEW"), ("A very fair point.", "EDIT"), ("You are a very fair numpty.", "EDIT"))
    first = [said(coral.phase(text, action=action)) for text, action in texts]
    rows = stored(coral)
    assert rows == (1, 3)
    with coral.service.application.database.write() as session:
        session.execute(delete(IdempotencyRow))
        session.execute(update(Comment).values(created_at=coral.service.application.now() - timedelta(days=20)))
    assert [said(coral.phase(text, action=action)) for text, action in texts] == first
    assert stored(coral) == rows


def test_an_edit_is_a_revision_of_what_is_most_like_it(coral: Coral) -> None:
    for text in ("I like the old bridge very much.", "The mayor should build a school."):
        assert said(coral.phase(text)) == {}
    assert said(coral.phase("I like the old bridge, numpty, very much.", action="EDIT"))["status"] == "SYSTEM_WITHHELD"
    assert stored(coral) == (2, 3)
    # The first text again, as a new comment: it is known, and what was found of it then is said again.
    assert said(coral.phase("I like the old bridge very much.")) == {}
    assert stored(coral) == (2, 3)
    assert said(coral.phase("I like the old bridge very much.", action="EDIT")) == {}  # and back
    assert stored(coral) == (2, 4)


def test_an_edit_of_what_we_never_saw_is_a_comment(coral: Coral) -> None:
    assert said(coral.phase(action="EDIT"))["status"] == "SYSTEM_WITHHELD"
    assert stored(coral) == (1, 1)


def test_a_bad_text_that_was_edited_away_stays_bad(coral: Coral) -> None:
    assert said(coral.phase("What a nincompoop of a mayor."))["status"] == "SYSTEM_WITHHELD"
    said(coral.phase("What a wonder of a mayor.", action="EDIT"))
    assert said(coral.phase("What a nincompoop of a mayor."))["status"] == "SYSTEM_WITHHELD"


def test_a_blocked_author_is_rejected(coral: Coral) -> None:
    assert said(coral.phase("A fair point.")) == {}
    coral.service.post("/v1/authors/u-1/block", {"reason": "spam"})
    for text in ("Another fair point.", "A fair point."):  # the second is a repeat from before the block
        reason = said(coral.phase(text))["moderationAction"]["rejectionReason"]
        assert (reason["code"], reason["customReason"]) == ("OTHER", "The commenter is blocked.")
    assert said(coral.phase("Another fair point.", author="u-2")) == {}


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("check_first", {"status": "PREMOD"}),
        ("closed", {"code": "OTHER", "customReason": "Comments under this story are closed."}),
        ("open", {}),
    ],
)
def test_the_mode_of_the_story_counts(coral: Coral, mode: str, answer: dict[str, Any]) -> None:
    coral.service.send("PUT", "/v1/stories/story-1", json={"title": "The bridge", "comments": mode})
    found = said(coral.phase("A fair point."))
    reason = found.get("moderationAction", {}).get("rejectionReason")
    assert {name: reason[name] for name in answer} == answer if reason else found == answer


def test_the_story_s_journalist_is_marked(coral: Coral) -> None:
    coral.service.send("PUT", "/v1/stories/story-1", json={"byline": [{"name": "Ada", "id": "u-ada"}]})
    assert said(coral.phase("I wrote this.", author="u-ada")) == {"tags": ["STAFF"]}
    assert said(coral.phase("I did not.", author="u-2")) == {}


def test_several_secrets_are_good_at_once(coral: Coral) -> None:
    second, third = "empsec_" + "b" * 64, "empsec_" + "c" * 64
    made = coral.add_key("coral_phase", secret=second, deadline_ms=5_000)
    for secrets in ((PHASE_SECRET,), (second,), (third, second), (PHASE_SECRET, third)):
        assert said(coral.phase("A fair point.", secrets=secrets)) == {}
    app = coral.service.application
    app.keys.revoke(site_id=coral.service.site_id, key_id=made["id"], by=OPERATOR, now=app.now())
    assert coral.phase("A fair point.", secrets=(second,)).status_code == 401
    assert coral.phase("A fair point.", secrets=(second, PHASE_SECRET)).status_code == 200


@pytest.mark.parametrize(
    "forged",
    ["", "sha256=", "sha256=" + "0" * 64, "0" * 64, "sha1=" + "0" * 40, "é", "sha256=" + "0" * 64 + "," * 5000],
)
def test_forged_signatures_are_refused(coral: Coral, forged: str) -> None:
    answer = coral.phase(signature=forged)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert stored(coral) == (0, 0)


def test_the_secret_of_another_kind_or_site_signs_nothing(coral: Coral) -> None:
    hook = "whsec_" + "d" * 64
    coral.add_key("coral_webhook", secret=hook)
    assert coral.phase(secrets=(hook,)).status_code == 401
    assert coral.phase(secrets=("empsec_" + "e" * 64,)).status_code == 401
    assert coral.phase(key="wrongwrongwr").status_code == 401
    app = coral.service.application
    other = next(site["id"] for site in app.sites.list() if site["slug"] == "other")
    theirs = app.keys.add(site_id=other, kind="protocol", by=OPERATOR, now=app.now())["key"]
    assert coral.phase(key=theirs).status_code == 401
    assert stored(coral) == (0, 0)


def test_a_body_that_was_changed_does_not_fit_its_signature(coral: Coral) -> None:
    raw = json.dumps({"action": "NEW"}).encode()
    assert coral.signed_post("moderation", raw, secrets=(PHASE_SECRET,)).status_code == 200
    answer = coral.signed_post("moderation", raw + b" ", secrets=(), signature=signed(raw, PHASE_SECRET))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b"\xff", b'{"comment": {"body": 7}}', b"[" * 5000,
     b'{"comment": {"body": "x"}, "author": {"id": "a/b"}, "story": {"id": "s"}}'],
)  # fmt: skip
def test_what_cannot_be_read_is_held(coral: Coral, raw: bytes) -> None:
    """It is signed, so a Coral waits for an answer: one that we refuse would be published."""
    assert said(coral.signed_post("moderation", raw, secrets=(PHASE_SECRET,))) == {"status": "SYSTEM_WITHHELD"}


def test_more_than_a_request_may_have_is_refused(coral: Coral) -> None:
    assert coral.signed_post("moderation", b"x" * 300_000, secrets=(PHASE_SECRET,)).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [("", None), ("<div></div>", None), (" \u200b", None), ("x" * 20_481, "SYSTEM_WITHHELD"),
     (INSULT + "\ud800", "SYSTEM_WITHHELD"), (INSULT + "\0", "SYSTEM_WITHHELD")],
)  # fmt: skip
def test_no_text_is_an_error(coral: Coral, body: str, status: str | None) -> None:
    assert said(coral.phase(body)).get("status") == status


class TestTime:
    """A check that takes longer than the key allows."""

    @pytest.fixture(autouse=True)
    def slow(self, coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
        real = CoralPhase.check

        def check(self: CoralPhase, **given: Any) -> Finding:
            time.sleep(0.6)
            return real(self, **given)

        monkeypatch.setattr(CoralPhase, "check", check)

    @pytest.mark.parametrize(("on_failure", "answer"), [(None, {"status": "SYSTEM_WITHHELD"}), ("none", {})])
    def test_the_answer_comes_in_time(self, coral: Coral, on_failure: str | None, answer: dict[str, str]) -> None:
        secret = "empsec_" + "f" * 64
        coral.add_key("coral_phase", secret=secret, on_failure=on_failure)
        slipped, started = counted(coral.service, "coral_phase", "late"), time.monotonic()
        assert said(coral.phase("A fair point.", secrets=(secret,))) == answer
        assert time.monotonic() - started < 0.2  # Coral's own form says 200 ms
        assert counted(coral.service, "coral_phase", "late") == slipped + (on_failure == "none")
        time.sleep(0.8)
        assert stored(coral) == (1, 1)  # it is checked all the same
        assert said(coral.phase("A fair point.")) == {}


def test_a_fault_of_ours_is_held(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: CoralPhase, **_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(CoralPhase, "check", broken)
    assert said(coral.phase("A fair point.")) == {"status": "SYSTEM_WITHHELD"}


def test_refusals_of_a_coral_are_counted(coral: Coral) -> None:
    before = counted(coral.service, "coral_phase", "error")
    assert coral.phase(key="wrongwrongwr").status_code == 401
    assert counted(coral.service, "coral_phase", "error") == before + 1


def test_nothing_opens_a_door_in_the_logs(coral: Coral, capfd: pytest.CaptureFixture[str]) -> None:
    coral.phase()
    coral.phase(signature="sha256=0")
    logged = "".join(capfd.readouterr())
    assert not [word for word in (coral.key, PHASE_SECRET, "numpty") if word in logged]


@pytest.mark.parametrize("category", [*CATEGORIES, None])
@pytest.mark.parametrize("action", ["allow", "review", "hold", "reject"])
def test_every_finding_has_an_answer_within_the_lists(action: str, category: str | None) -> None:
    found = Finding(action=action, categories=(category,) if category else (), codes=("rule",))
    body = coral_answers.answer(found)
    assert body.get("status", "NONE") in STATUSES
    assert {one["reason"] for one in body.get("actions", ())} <= set(FLAGS)
    if action == "reject":
        reason = body["moderationAction"]["rejectionReason"]
        assert reason["code"] in CODES
        assert (reason["code"] == "OTHER") == ("customReason" in reason)


@pytest.mark.parametrize(
    ("body", "is_html"),
    [
        ("<div>Hm</div>", True),
        ('<a href="https://x.example/">Hm</a><br />', True),
        ("You &amp; me", True),
        ("You & me", False),
        ("I <3 you", False),
        ("<numpty>", False),
        ("<div>Hm</div> <numpty>", False),
        ("<b numpty>", False),
        ("plain", False),
    ],
)
def test_markup_is_told_from_text(body: str, is_html: bool) -> None:
    assert (format_of(body) == "html") is is_html


@pytest.mark.parametrize(
    "options",
    [{}, {"secret": "x", "deadline_ms": 10}, {"secret": "x", "deadline_ms": 60_000}, {"secret": "x", "on_failure": "drop"},
     {"kind": "coral_webhook", "secret": "x", "deadline_ms": 500}, {"kind": "protocol", "on_failure": "none"}],
)  # fmt: skip
def test_options_of_the_keys_are_checked(coral: Coral, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        coral.add_key(**{"kind": "coral_phase", **options})


def test_the_command_makes_a_key_of_the_phase(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = coral.service.application.settings
    for name in ("database_url", "broker_url", "secret_key"):
        monkeypatch.setenv(f"MODERATION_{name.upper()}", getattr(settings, name))
    secret = "empsec_" + "9" * 64
    words = [
        "--site",
        "main",
        "--kind",
        "coral-phase",
        "--secret",
        secret,
        "--deadline",
        "1500",
        "--on-failure",
        "none",
    ]
    made = CliRunner().invoke(cli, ["key", "add", *words])
    assert made.exit_code == 0, made.output
    shown = json.loads(made.stdout)
    assert (shown["deadline_ms"], shown["on_failure"], secret in made.stdout) == (1500, "none", False)
    assert said(coral.phase("A fair point.", secrets=(secret,))) == {}


PAGE = (Path(__file__).parents[2] / "docs" / "coral.md").read_text("utf-8")


def test_the_page_has_the_codes() -> None:
    told = {}
    for line in PAGE.partition("| category | code |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        categories, code = line.strip("|").split("|")
        told |= dict.fromkeys(re.findall(r"`(\w+)`", categories), re.findall(r"`(\w+)`", code)[0])
    assert told == {category: CODES_OF.get(category, "OTHER") for category in CATEGORIES}


@pytest.mark.parametrize(
    "said",
    [
        f"answer comes within {DEADLINE_MS} ms",
        f"after {perspective_coral.MODEL_SECONDS} seconds rules alone answer",
        f"after {perspective_coral.SECONDS} seconds the score is {GRADES['hold']}",
        f"| quota | 6,000 a minute | {perspective_coral.HARD_PER_MINUTE:,} a minute |",
        f"text over {TEXT_BYTES:,} bytes",
        f"What your rules hold has {GRADES['hold']:.0%}, what they reject {GRADES['reject']:.0%}".replace("%", " %"),
        *(f"`{outcome}`" for outcome in ("clean", "rejected", "reported", "decided", "gone", "no_token", "failed")),
    ],
)
def test_the_page_has_the_numbers(said: str) -> None:
    assert said in PAGE

"""The coral profile of a protocol key: no error where one can be helped, an answer in time, and what slips through is counted."""

import dataclasses
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from click.testing import CliRunner

from moderation.cli import cli
from moderation.engine.facts import Submission
from moderation.engine.verdict import ATTRIBUTES
from moderation.errors import InvalidFields
from moderation.web import bounded, create_app, perspective_coral
from moderation.workflow.patience import NoRoom, Patience
from moderation.workflow.ports import Scores
from moderation.workflow.rule_scores import GRADES
from tests.web.coral import INSULT, MODEL, Coral
from tests.web.service import Service, Template

HELD, CLEAN = GRADES["hold"], GRADES["allow"]
OVER = 0.8  # Coral's own default


class SlowModel:
    """A model that needs its time, whatever it was given."""

    version = "slow-1"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        time.sleep(self.seconds)
        by = {name: {"source": "model", "version": "1"} for name in ATTRIBUTES}
        return Scores(dict.fromkeys(ATTRIBUTES, 0.1), by, {})


@pytest.fixture(scope="module")
def coral(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coral]:
    made = template.service(tmp_path_factory.mktemp("coral"), learned_scores=False, off_topic=False)
    found = Coral(made, "")
    found.key = found.add_key(profile="coral")["key"]
    yield found
    template.end(made)


@pytest.fixture
def judge(coral: Coral) -> Iterator[Any]:
    """The one path of scores; its model is put back."""
    judge = coral.service.application.judge
    before = judge.classifier
    yield judge
    judge.classifier = before


def counted(service: Service, protocol: str, why: str) -> float:
    """What /metrics says was published without a check."""
    page = service.client.get("/metrics").text
    found = re.search(rf'^moderation_unchecked_total{{protocol="{protocol}",why="{why}"}} (\S+)$', page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_coral_is_answered_as_it_reads(coral: Coral) -> None:
    assert coral.value(INSULT) == HELD > OVER
    assert coral.value("A fair point.") == CLEAN
    answer = coral.scores()
    assert answer.headers["Scored-By"] == f"{MODEL}=rules"
    assert "X-Moderation-Late" not in answer.headers


@pytest.mark.parametrize("languages", [["en"], ["es"], ["xx"], []])
def test_no_language_is_an_error_and_the_one_that_is_named_is_not_believed(coral: Coral, languages: list[str]) -> None:
    german = "Das ist ein langer deutscher Satz über die Brücke am Hafen, die nun doch nicht gebaut wird, leider."
    answer = coral.scores(german, languages=languages)
    assert (answer.status_code, answer.get_json()["detectedLanguages"]) == (200, ["de"])
    assert coral.scores("👍 123", languages=languages).status_code == 200


def test_rules_alone_answer_where_the_model_is_late(coral: Coral, judge: Any) -> None:
    judge.classifier = SlowModel(1.5)
    started = time.monotonic()
    answer = coral.scores()
    assert time.monotonic() - started < 0.6
    assert answer.get_json()["attributeScores"][MODEL]["summaryScore"]["value"] == HELD
    assert (answer.headers["Scored-By"], answer.headers["X-Moderation-Late"]) == (f"{MODEL}=rules", "model")
    assert coral.value("A fair point.") == CLEAN


def test_a_model_in_time_is_waited_for(coral: Coral, judge: Any) -> None:
    judge.classifier = SlowModel(0.02)
    answer = coral.scores("A fair point.")
    assert answer.headers["Scored-By"] == f"{MODEL}=model"
    assert "X-Moderation-Late" not in answer.headers


def test_a_full_machine_answers_by_rules_alone(coral: Coral, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge.classifier = SlowModel(0.0)
    full = bounded.Place.enter_soon
    place = bounded.Place(slots=1, queue=0, patience=0.0)
    with place.enter():
        monkeypatch.setattr(bounded.Place, "enter_soon", lambda self, seconds=0.0: full(place, seconds))
        answer = coral.scores()
    assert (answer.status_code, answer.headers["X-Moderation-Late"]) == (200, "model")
    assert answer.headers["Scored-By"] == f"{MODEL}=rules"


def test_a_crowd_is_answered_by_rules_alone(coral: Coral, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge.classifier = SlowModel(0.0)

    real = Patience.wait

    def full(self: Patience, call: Any, seconds: float) -> Any:
        if call.keywords.get("by_rules"):
            return real(self, call, seconds)
        raise NoRoom

    monkeypatch.setattr(Patience, "wait", full)
    for text, value in ((INSULT, HELD), ("A fair point.", CLEAN)):
        answer = coral.scores(text)
        assert answer.get_json()["attributeScores"][MODEL]["summaryScore"]["value"] == value
        assert (answer.headers["Scored-By"], answer.headers["X-Moderation-Late"]) == (f"{MODEL}=rules", "model")


def test_a_crowd_behind_stuck_checks_is_answered_in_time(
    coral: Coral, judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = coral.service.application.settings.web_threads
    freed = threading.Event()
    monkeypatch.setattr(type(judge), "scores", lambda *_, **__: freed.wait(20))
    fresh = Coral(dataclasses.replace(coral.service, flask=create_app(coral.service.application)), coral.key)
    started = time.monotonic()
    with ThreadPoolExecutor(many) as callers:
        asked = [callers.submit(fresh.scores, "A fair point.") for _ in range(many + 4)]
        done, late = wait(asked, timeout=5)
        freed.set()
    assert not late, f"{len(late)} unanswered after {time.monotonic() - started:.1f} s"
    answers = [each.result() for each in done]
    assert {answer.get_json()["attributeScores"][MODEL]["summaryScore"]["value"] for answer in answers} == {HELD}
    assert {answer.headers["X-Moderation-Late"] for answer in answers} == {"check"}


def test_what_could_not_be_checked_is_held(coral: Coral, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(self: Any, **_: Any) -> None:
        time.sleep(1.0)

    def broken(self: Any, **_: Any) -> None:
        raise RuntimeError

    for fault, late in ((stuck, "check"), (broken, None)):
        monkeypatch.setattr(type(judge), "scores", fault)
        started = time.monotonic()
        answer = coral.scores("A fair point.")
        assert time.monotonic() - started < 0.7
        assert answer.get_json()["attributeScores"][MODEL]["summaryScore"]["value"] == HELD
        assert answer.headers["Scored-By"] == f"{MODEL}=nobody"
        assert answer.headers.get("X-Moderation-Late") == late


@pytest.mark.parametrize(
    ("text", "value"),
    [("", CLEAN), (" \u200b", CLEAN), ("x" * 20_481, HELD), (INSULT + "\ud800", HELD), (INSULT + "\0", HELD)],
)
def test_no_text_is_an_error(coral: Coral, text: str, value: float) -> None:
    assert coral.value(text) == value


def test_there_is_no_quota_below_the_hard_limit(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float]] = []
    real = bounded.RateLimit.__init__

    def noted(self: bounded.RateLimit, *, per_second: float, burst: int, **rest: Any) -> None:
        asked.append((per_second, burst))
        real(self, per_second=per_second, burst=burst, **rest)

    monkeypatch.setattr(bounded.RateLimit, "__init__", noted)
    app = create_app(coral.service.application)  # buckets are made by the first request of their size
    fresh = dataclasses.replace(coral.service, flask=app)
    assert Coral(fresh, coral.key).value() == HELD
    assert (perspective_coral.HARD_PER_MINUTE / 60, perspective_coral.HARD_PER_MINUTE) in asked


def test_what_is_published_without_a_check_is_counted(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    errors, late = (counted(coral.service, "perspective", why) for why in ("error", "late"))
    assert coral.scores(requestedAttributes={"NICE": {}}).status_code == 400
    assert coral.scores(key="wrongwrongwr").status_code == 400  # only the name of the program says that it is Coral
    assert coral.scores().status_code == 200
    assert counted(coral.service, "perspective", "error") == errors + 2
    monkeypatch.setattr(perspective_coral, "CORAL_WAITS", 0.0)
    assert coral.scores().status_code == 200
    assert counted(coral.service, "perspective", "late") == late + 1


@pytest.mark.parametrize(
    "options",
    [{"profile": "disqus"}, {"profile": "coral", "languages": "strict"}, {"profile": "coral", "per_minute": 5},
     {"profile": "coral", "kind": "live"}],
)  # fmt: skip
def test_a_profile_leaves_nothing_else_to_choose(coral: Coral, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        coral.add_key(**options)


def test_the_command_makes_such_a_key(coral: Coral, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = coral.service.application.settings
    monkeypatch.setenv("MODERATION_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MODERATION_BROKER_URL", settings.broker_url)
    monkeypatch.setenv("MODERATION_SECRET_KEY", settings.secret_key)
    made = CliRunner().invoke(cli, ["key", "add", "--site", "main", "--kind", "protocol", "--profile", "coral"])
    assert made.exit_code == 0, made.output
    assert '"profile": "coral"' in made.stdout


def test_patience_has_an_end_and_a_bound() -> None:
    patience = Patience(at_once=1)
    assert patience.wait(lambda: 7, 1.0) == 7
    with pytest.raises(KeyError):
        patience.wait(lambda: {}["x"], 1.0)
    with pytest.raises(TimeoutError):
        patience.wait(lambda: time.sleep(0.3), 0.01)
    started = time.monotonic()
    with pytest.raises(NoRoom):
        patience.wait(lambda: 7, 5.0)  # no room: the late one still runs
    assert time.monotonic() - started < 0.2
    time.sleep(0.4)
    assert patience.wait(lambda: 7, 1.0) == 7

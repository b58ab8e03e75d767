"""A site's own reading of the scores: learnt from its desk, compared on later decisions, adopted by publishing a file."""

import io
import json
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from moderation.engine.facts import Submission
from moderation.engine.ruleset import InvalidRuleset, load
from moderation.engine.tuning import TUNABLE, log_odds, tuned
from moderation.workflow import tuning
from moderation.workflow.feedback import Feedback, Remark
from moderation.workflow.incoming import Actor
from moderation.workflow.ports import Scores
from moderation.workflow.tuning import Compared, TooFew, Tuned, Tuning
from tests.factories import SITE, Newsroom, later
from tests.workflow.conftest import person

SOURCE = {"source": "scripted", "version": "1"}
COUNT, STRICT = 260, 0.3


class Scripted:
    """Scores every attribute with the number that the text ends with; a neighbour of yours scores what `bias` says."""

    def __init__(self, bias: float = 0.05, version: str = "1") -> None:
        self.version = f"scripted-{version}"
        self.source = {**SOURCE, "version": version}
        self.bias = bias

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        last = submission.text.rsplit(" ", 1)[-1]
        number = float(last) if last[:1].isdigit() else self.bias if "Jew" in submission.text else 0.05
        return Scores(dict.fromkeys(TUNABLE, number), dict.fromkeys(TUNABLE, self.source), {})


def decided(newsroom: Newsroom, count: int = COUNT, seed: int = 1) -> None:
    """A desk that removes what scores over STRICT, mostly; every fourth comment nobody looks at."""
    newsroom.app.judge.classifier = Scripted()
    random, senior = Random(seed), person(newsroom, "ann", "senior")
    for number in range(count):
        score = random.random()
        now = later(minutes=number)
        newsroom.judged(id=f"c{number}", text=f"Remark {score:.3f}", author=f"a{number % 50}", now=now)
        if number % 4 == 0 and score < STRICT:
            continue
        bad = (score > STRICT) != (random.random() < 0.05)
        given = (
            {"decision": "reject", "reason": "personal_attack"} if bad else {"decision": "approve", "reason": "fine"}
        )
        newsroom.decide(f"c{number}", by=senior, now=now, settle=False, **given)
    for _ in range(count // 100 + 1):  # a sweep takes so many at a time
        newsroom.app.sweep.tick(now=later(hours=6))


def fit(newsroom: Newsroom, model: Any = None) -> Tuned:
    verb = Tuning(newsroom.app.database, model or newsroom.app.judge.classifier)
    return verb.fit(site_id=newsroom.site_id, now=later(days=10))


@pytest.mark.faults
def test_it_learns_where_the_desk_draws_the_line_and_a_publish_adopts_it(newsroom: Newsroom) -> None:
    decided(newsroom)
    found = fit(newsroom)
    by_name = {one.attribute: one for one in found.compared}
    assert set(by_name) == {"toxicity", "insult", "personal_attack", "incivility"}
    assert all(one.is_better and one.loss[1] < one.loss[0] for one in found.compared)
    assert found.file is not None
    assert found.file["model"] == "scripted-1"

    def toxicity(id: str) -> tuple[float, dict[str, str]]:
        verdict = newsroom.judged(id=id, text="Remark 0.45", now=later(days=10))["verdict"]
        return verdict["scores"]["toxicity"], verdict["scored_by"]["toxicity"]

    assert toxicity("before") == (0.45, SOURCE)
    folder = newsroom.app.settings.rules_dir / "sites" / newsroom.slug
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    YAML().dump(found.file, text)
    (folder / "tuned.yaml").write_text(text.getvalue())
    assert toxicity("unpublished") == (0.45, SOURCE)
    newsroom.app.rulebook.publish_files(
        site_id=newsroom.site_id, message="tuned", by=Actor("operator"), now=later(days=10)
    )
    after, source = toxicity("after")
    assert after > 0.6
    assert source == {**SOURCE, "untuned": "0.4500"}
    assert fit(newsroom).compared == found.compared  # it learns from the untuned numbers

    biased = fit(newsroom, Scripted(bias=0.35))
    assert biased.file is None, "it would wrong some people more"
    assert all(one.gap[1] > one.gap[0] for one in biased.compared)

    newsroom.app.judge.classifier = Scripted(version="2")
    newsroom.judged(id="new", text="Remark", now=later(days=7))
    with pytest.raises(TooFew):  # what another model scored does not count
        fit(newsroom)


def test_it_learns_from_suggested_scores_of_the_attributes_that_they_name(newsroom: Newsroom) -> None:
    feedback, random = Feedback(newsroom.app.feedback.record, Scripted()), Random(2)
    for number in range(COUNT):
        score = random.random()
        said = float(score > STRICT)
        remark = Remark(f"Told {number} {score:.3f}", {"TOXICITY": said}, {"toxicity": said}, "en")
        now = later(minutes=number)
        feedback.tell(site_id=newsroom.site_id, protocol="perspective", remark=remark, by=SITE, now=now)
    found = fit(newsroom, Scripted())
    assert [one.attribute for one in found.compared] == ["toxicity"]
    assert found.file is not None
    assert set(found.file["scores"]) == {"toxicity"}


def test_too_few_decisions_are_told_of(newsroom: Newsroom) -> None:
    decided(newsroom, count=30)
    with pytest.raises(TooFew, match="200 and 40 are needed"):
        fit(newsroom)


@pytest.mark.parametrize(
    ("loss", "auc", "gap", "better"),
    [
        ((0.5, 0.4), (0.8, 0.8), (0.1, 0.1), True),
        ((0.5, 0.499), (0.8, 0.9), (0.1, 0.1), False),
        ((0.5, 0.4), (0.8, 0.79), (0.1, 0.1), False),
        ((0.5, 0.4), (0.8, 0.8), (0.1, 0.2), False),
    ],
)
def test_better_means_surprised_less_in_no_worse_order_and_wronging_nobody_more(
    loss: tuple[float, float], auc: tuple[float, float], gap: tuple[float, float], better: bool
) -> None:
    assert Compared("toxicity", 100, 20, loss, auc, gap).is_better is better


def test_a_formula_over_a_missing_score_changes_nothing() -> None:
    formula = {"toxicity": {"start": 1.0, "weights": {"toxicity": 1.0, "insult": 0.5}}}
    assert tuned({"toxicity": 0.5}, formula) == {}
    assert tuned({"toxicity": 0.5, "insult": 0.5}, formula) == {"toxicity": pytest.approx(0.7311, abs=1e-4)}
    assert (log_odds(0), log_odds(1)) == pytest.approx((-9.2102, 9.2102), abs=1e-3)


def test_scores_of_another_model_are_left_alone() -> None:
    settings = {"tuned": {"model": "scripted-2", "scores": {"toxicity": {"start": 9, "weights": {"toxicity": 1}}}}}
    scores = Scripted().score(Submission("x 0.5"), language="en", seconds=1)
    assert tuning.applied(scores, settings) is scores
    assert tuning.applied(Scores({}, {}, {}), settings).scores == {}


def test_a_malformed_file_is_refused_with_its_place() -> None:
    files = {"sites/x/tuned.yaml": json.dumps({"model": "m", "scores": {"toxicty": {"start": 0, "weights": {}}}})}
    with pytest.raises(InvalidRuleset, match=r"sites/x/tuned.yaml.*toxicty"):
        load(files, site="x")

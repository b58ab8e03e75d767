"""An archive with Perspective's scores beside ours: lines of each kind, what is left out, and the figures."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy
import pytest
from click.testing import CliRunner, Result

from moderation.cli import cli, site_map
from moderation.cli.compare import Pairs, compared
from moderation.engine.facts import Submission
from moderation.engine.ruleset import InvalidRuleset, load
from moderation.workflow.ports import Scores
from tests.servers.wsgi import served
from tests.web.conftest import template
from tests.web.service import OPERATOR, RULES, Service, Template

__all__ = ["template"]
HELD, FINE = "You numpty.", "A fair point."


@pytest.fixture
def service(template: Template, tmp_path: Path) -> Iterator[Service]:
    made = template.service(tmp_path / "service", rules_dir=Path(shutil.copytree(RULES, tmp_path / "rules")))
    yield made
    template.end(made)


@pytest.fixture
def key(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A protocol key of a running service; its address stands in the environment of the tests only."""
    made, app = service, service.application
    given = app.keys.add(site_id=made.site_id, kind="protocol", by=OPERATOR, now=app.now())["key"]
    with served(made.flask) as url:
        monkeypatch.setenv("TEST_URL", url)
        yield str(given)


def compare(file: Path, key: str, *options: str, url: str | None = None) -> Result:
    asked = ["compare", str(file), "--url", url or os.environ["TEST_URL"], *options]
    return CliRunner().invoke(cli, asked, env={"COMPARE_KEY": key})


def written(path: Path, *records: Any) -> Path:
    path.write_text("".join(f"{json.dumps(one) if isinstance(one, dict) else one}\n" for one in records), "utf-8")
    return path


def test_every_kind_of_line_is_compared_and_what_cannot_be_is_counted(key: str, tmp_path: Path) -> None:
    answer = {"TOXICITY": {"summaryScore": {"value": 0.1, "type": "PROBABILITY"}}}
    file = written(
        tmp_path / "archive.jsonl",
        {"id": "c1", "text": HELD, "scores": {"TOXICITY": 0.9, "INSULT": 0.8}},
        {"id": "c2", "comment": {"text": FINE}, "attributeScores": answer},
        {"text": "No score.", "scores": {}}, {"id": "c4", "scores": {"TOXICITY": 0.5}}, "{", "[]",
        {"id": "c5", "text": "Odd.", "scores": {"TOXICITY": 7}}, {"id": "c6", "text": "x", "scores": {"HUMOUR": 0.5}},
        {"id": "c7", "text": "y" * 20_481, "scores": {"TOXICITY": 0.5}},
    )  # fmt: skip
    done = compare(file, key, "--json")
    assert done.exit_code == 1, "lines were left out"
    found = json.loads(done.stdout)
    assert found["left_out"] | {"other": 0} == {
        "no score of Perspective's": 1, "no text": 1, "not JSON": 1, "not a JSON object": 1,
        "a score is not between 0 and 1": 1, "longer than 20,480 bytes": 1, "other": 0,
        "HUMOUR is unknown there": 1,
    }  # fmt: skip
    by_name = {one["attribute"]: one for one in found["attributes"]}
    assert set(by_name) == {"TOXICITY", "INSULT"}
    toxicity = by_name["TOXICITY"]
    assert (toxicity["comments"], toxicity["theirs_reach"], toxicity["ours_reach"]) == (2, 0.5, 0.5)
    assert (toxicity["agree"], toxicity["rank_correlation"]) == (1.0, pytest.approx(1.0))
    assert {one[0] for one in toxicity["furthest"]} == {"c1", "c2"}
    assert HELD not in done.stdout


def test_an_archive_of_coral_and_a_table(key: str, tmp_path: Path) -> None:
    perspective = {"perspective": {"score": 0.95, "model": "TOXICITY"}}
    coral = written(
        tmp_path / "comments.json",
        {"id": "k1", "revisions": [{"body": "Old."}, {"body": "<div>You&nbsp;<b>numpty</b>.</div>", "metadata": perspective}]},
        {"id": "k2", "revisions": [{"body": "No score."}]}, {"id": "k3", "revisions": []},
    )  # fmt: skip
    done = compare(coral, key, "--format", "coral", "--texts")
    assert "TOXICITY: 1 comments, rank correlation -" in done.stdout
    assert "reach 0.8: 100.00% theirs, 100.00% ours; the same side 100.00%" in done.stdout
    assert "k1" in done.stdout and "numpty" in done.stdout
    assert "left out: 1 (no score of Perspective's)" in done.stderr and "left out: 1 (no text)" in done.stderr
    out = io.StringIO()
    csv.writer(out).writerows([["id", "text", "TOXICITY"], ["t1", HELD, "0.9"], ["t2", FINE, "0.05"]])
    (tmp_path / "archive.csv").write_text(out.getvalue(), "utf-8")
    done = compare(tmp_path / "archive.csv", key, "--threshold", "0.5", "--most", "0")
    assert (done.exit_code, "the same side 100.00%" in done.stdout) == (0, True), done.output


def test_attributes_that_we_lack_and_odd_bytes_cost_no_comment(key: str, tmp_path: Path) -> None:
    scores = {"TOXICITY": 0.9, "AFFINITY_EXPERIMENTAL": 0.2, "ODD\x1b[2J": 0.1, "INSULT": int("1" + "0" * 400)}
    record = json.dumps({"id": "c1", "text": HELD, "scores": scores})
    (tmp_path / "archive.jsonl").write_text(f"{record}\n{record}\n", "utf-8-sig")
    done = compare(tmp_path / "archive.jsonl", key)
    assert "TOXICITY: 2 comments" in done.stdout, done.output
    assert "left out: 2 (AFFINITY_EXPERIMENTAL is unknown there)" in done.stderr
    assert "\x1b" not in done.output and done.exit_code == 1


@pytest.mark.parametrize("wrong", ["key", "url", "file"])
def test_what_cannot_be_asked_is_said_in_a_sentence(key: str, tmp_path: Path, wrong: str) -> None:
    file = written(tmp_path / "archive.jsonl", {"text": FINE, "scores": {"TOXICITY": 0.1}})
    if wrong == "key":
        done = compare(file, "k00000000000")
        assert "The key is not valid there" in done.stderr
    elif wrong == "url":
        done = compare(file, key, url="http://127.0.0.1:9")
        assert "The service does not answer" in done.stderr
    else:
        done = compare(written(tmp_path / "empty.jsonl"), key)
    assert done.exit_code == 1
    assert done.stdout == "" and "Traceback" not in done.output


def test_the_figures_are_those_of_the_pairs() -> None:
    dice = numpy.random.default_rng(1)
    theirs = dice.random(500)
    ours = theirs**3  # the same order on another scale
    found = compared("TOXICITY", Pairs([str(n) for n in range(500)], theirs.tolist(), ours.tolist()), 0.8, 3)
    assert found.rank_correlation == pytest.approx(1.0)
    assert found.ours_reach < found.theirs_reach == pytest.approx(0.2, abs=0.06)
    assert found.same_share_at is not None
    assert float((ours >= found.same_share_at - 1e-4).mean()) == pytest.approx(found.theirs_reach, abs=0.005)
    assert found.agree == pytest.approx(1 - (found.theirs_reach - found.ours_reach))
    apart = [abs(a - b) for _, a, b in found.furthest]
    assert apart == sorted(apart, reverse=True) and apart[0] == pytest.approx(float(abs(theirs - ours).max()))
    alike = compared("TOXICITY", Pairs(["a", "b"], [0.1, 0.1], [0.2, 0.3]), 0.8, 1)
    assert (alike.rank_correlation, alike.same_share_at) == (None, None)
    tied = compared("SPAM", Pairs(list("abcd"), [0.9, 0.1, 0.1, 0.1], [0.02, 0.02, 0.02, 0.02]), 0.8, 0)
    assert tied.same_share_at is None, "no threshold holds one of four that score the same"
    reversed_order = compared("TOXICITY", Pairs(list("abc"), [0.1, 0.2, 0.3], [0.3, 0.2, 0.1]), 0.2, 0)
    assert reversed_order.rank_correlation == pytest.approx(-1.0)


def test_the_guide_names_what_there_is() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "moving-from-perspective.md").read_text("utf-8")
    shown = CliRunner().invoke(cli, ["compare", "--help"]).stdout
    for option in ("--url", "--texts", "--threshold", "--json", "COMPARE_KEY"):
        assert option in guide and option in shown, option
    for name in ("jsonl", "csv", "coral"):
        assert f"| `{name}` |" in guide and name in shown, name


class Ramp:
    """Toxicity is the number at the end of a text."""

    version = "ramp-1"

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        value = float(submission.text.rsplit(" ", 1)[-1])
        return Scores({"toxicity": value}, {"toxicity": {"source": "ramp", "version": "1"}}, {})


def line_of(random: Random, number: int) -> dict[str, Any]:
    """Perspective's number is the cube root of ours, more or less: far from the line that ships."""
    ours = random.random()
    theirs = min(1.0, max(0.0, ours ** (1 / 3) + random.gauss(0, 0.03)))
    return {"id": f"c{number}", "text": f"Remark {ours:.4f}", "scores": {"TOXICITY": round(theirs, 4)}}


@pytest.mark.faults
def test_a_line_of_the_sites_own_is_fitted_and_a_publish_adopts_it(service: Service, key: str, tmp_path: Path) -> None:
    app = service.application
    app.judge.classifier = Ramp()
    random = Random(1)
    file = written(tmp_path / "archive.jsonl", *(line_of(random, number) for number in range(site_map.FEWEST)))
    made = tmp_path / "perspective.yaml"
    before = compare(file, key, "--map", str(made), "--json")
    assert before.exit_code == 0, before.output
    [toxicity] = json.loads(before.stdout)["attributes"]
    assert toxicity["attribute"] == "TOXICITY"
    assert abs(toxicity["theirs_reach"] - toxicity["ours_reach"]) > 0.02

    again = compare(file, key, "--map", str(made))
    assert again.exit_code == 1
    assert "File exists" in again.stderr

    folder = app.settings.rules_dir / "sites" / app.sites.list()[0]["slug"]
    folder.mkdir(parents=True)
    (folder / "perspective.yaml").write_text(made.read_text("utf-8"), "utf-8")
    app.rulebook.publish_files(site_id=service.site_id, message="A line", by=OPERATOR, now=app.now())
    after = compare(file, key, "--map", str(tmp_path / "second.yaml"), "--json")
    [toxicity] = json.loads(after.stdout)["attributes"]
    assert abs(toxicity["theirs_reach"] - toxicity["ours_reach"]) < 0.01
    assert toxicity["agree"] > 0.95


def test_too_few_comments_make_no_line(key: str, tmp_path: Path) -> None:
    file = written(tmp_path / "archive.jsonl", {"id": "c1", "text": FINE, "scores": {"TOXICITY": 0.1}}, "{")
    done = compare(file, key, "--map", str(tmp_path / "perspective.yaml"))
    assert done.exit_code == 1
    assert "left out: 1 (not JSON)" in done.stderr
    assert "1,000 comments" in done.stderr
    assert not (tmp_path / "perspective.yaml").exists()


def test_a_line_that_comes_no_closer_is_not_offered() -> None:
    random = Random(2)
    theirs = [random.random() for _ in range(site_map.FEWEST)]
    found = site_map.fit(theirs, theirs, theirs)
    assert found is not None
    assert not found.is_better
    shuffled = site_map.fit(theirs, [value**2 for value in theirs], [value**2 for value in theirs])
    assert shuffled is not None
    assert shuffled.is_better


@pytest.mark.parametrize(
    "points",
    [
        [{"ours": 0.5, "theirs": 0.5}, {"ours": 0.5, "theirs": 0.6}],
        [{"ours": 0.5, "theirs": 0.5}, {"ours": 0.6, "theirs": 0.4}],
        [{"ours": 1.0, "theirs": 0.5}],
        [{"ours": 0.5}],
        [],
    ],
)
def test_a_line_that_does_not_rise_is_refused(points: list[dict[str, float]]) -> None:
    with pytest.raises(InvalidRuleset, match=r"perspective\.yaml"):
        load({"sites/x/perspective.yaml": json.dumps({"toxicity": points})}, site="x")

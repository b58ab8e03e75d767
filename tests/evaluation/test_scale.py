"""The lines to Perspective's scale: how they are fitted, and the module that holds them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Facts, Submission
from moderation.engine.perspective_map import mapped
from moderation.engine.ruleset import load
from moderation.evaluation.learning import scale
from moderation.web import perspective_lines
from moderation.workflow import rule_scores
from moderation.workflow.rule_scores import Scored

COUNT = 400


def scored(toxicity: float) -> Scored:
    facts = Facts(
        submission=Submission("A fair point.", language="en"),
        now=datetime(2026, 11, 1, tzinfo=UTC),
        scores={"toxicity": toxicity},
        scored_by={"toxicity": {"source": "model"}},
    )
    rules = load({})
    return rule_scores.complete(facts, evaluate(facts, rules), rules)


@pytest.fixture(scope="module")
def found() -> list[scale.Comment]:
    """Theirs is the square root of ours, and of the first stage's as it is."""
    steps = [step / COUNT for step in range(COUNT)]
    theirs = ({"TOXICITY@6": step, "SPAM": 0.5} for step in steps)
    return [
        scale.Comment("A fair point.", given, scored(step**2), scored(step))
        for given, step in zip(theirs, steps, strict=True)
    ]


def test_a_line_puts_each_stage_on_their_scale(found: list[scale.Comment]) -> None:
    both, first = scale._fitted("TOXICITY", found)
    for at in (0.3, 0.5, 0.8, 0.9):
        assert mapped(at**2, both) == pytest.approx(at, abs=0.02)
        assert mapped(at, first) == pytest.approx(at, abs=0.02)


def test_the_half_that_is_held_back_tells_what_a_line_does(found: list[scale.Comment]) -> None:
    told = scale.held_back(found)
    assert set(told) == {"TOXICITY"}  # SPAM is scored by rules alone
    without, having = told["TOXICITY"]
    assert without.comments == having.comments == COUNT // 2
    assert without.ours_reach < 0.7 * without.theirs_reach
    assert having.ours_reach == pytest.approx(having.theirs_reach, abs=0.03)
    assert having.agree > without.agree


def test_the_lines_that_ship_are_as_the_command_writes_them() -> None:
    assert Path(perspective_lines.__file__).read_text("utf-8") == scale.module(perspective_lines.LINES)

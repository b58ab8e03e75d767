"""Scores by rules alone: grades of actions, aims, failures, and what has a learned score already."""

from dataclasses import replace

import pytest

from moderation.engine.facts import Facts, Submission
from moderation.engine.ruleset import load
from moderation.engine.verdict import ATTRIBUTES, CATEGORIES, RANK, Action, Match, Reason, Verdict
from moderation.workflow.rule_scores import CATEGORIES_OF, GRADES, complete, grade, overall
from tests.factories import NOW

RULES = """
rules:
  - id: rude
    category: personal_attack
    state: live
    title: Rude
    when: {terms: [clodpole]}
    action: hold
    reason: Rude.
    examples: {match: [clodpole], pass: [fine]}
  - id: contempt
    category: civility
    state: live
    title: Contempt
    when: {terms: [pshaw]}
    action: review
    if_failed: review
    reason: Contempt.
    examples: {match: [pshaw], pass: [fine]}
"""
RULESET = load({"10.yaml": RULES})


def match(category: str, action: str, *, state: str = "live", aimed_at: str | None = None) -> Match:
    return Match("rude", "hash", category, action, state, aimed_at=aimed_at)


def verdict(*matches: Match, action: str = "allow", reasons: tuple[Reason, ...] = ()) -> Verdict:
    return Verdict(Action(action), matches=matches, reasons=reasons)


def test_grades_rise_with_the_action() -> None:
    assert sorted(GRADES, key=GRADES.__getitem__) == sorted(RANK, key=RANK.__getitem__)
    assert all(0.0 <= value <= 1.0 for value in GRADES.values())


def test_every_attribute_has_categories_that_there_are() -> None:
    assert set(CATEGORIES_OF) == set(ATTRIBUTES)
    assert all(category in CATEGORIES for several in CATEGORIES_OF.values() for category in several)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (verdict(), "allow"),
        (verdict(match("personal_attack", "review")), "review"),
        (verdict(match("personal_attack", "review"), match("harassment", "reject")), "reject"),
        (verdict(match("personal_attack", "hold", state="trial")), "allow"),
        (verdict(match("spam", "reject")), "allow"),
        (verdict(reasons=(Reason("rule_failed", "rude"),)), "hold"),
        (verdict(reasons=(Reason("rule_failed", "contempt"),)), "allow"),
        (verdict(reasons=(Reason("too_much"),)), "allow"),
    ],
)
def test_the_strictest_live_match_of_the_categories_counts(seen: Verdict, expected: str) -> None:
    assert grade(seen, RULESET, CATEGORIES_OF["personal_attack"]) == GRADES[expected]


def test_what_could_not_be_checked_does_not_look_clean() -> None:
    assert grade(verdict(reasons=(Reason("rule_failed", "contempt"),)), RULESET, ("civility",)) == GRADES["review"]
    assert grade(verdict(reasons=(Reason("too_much"),)), RULESET, CATEGORIES_OF["toxicity"]) == GRADES["hold"]
    assert overall(verdict(action="hold")) == GRADES["hold"]


def test_an_aim_has_to_be_the_one_asked_for() -> None:
    seen = verdict(match("personal_attack", "hold", aimed_at="commenter"))
    assert grade(seen, RULESET, ("personal_attack",), {"commenter"}) == GRADES["hold"]
    assert grade(seen, RULESET, ("personal_attack",), {"journalist"}) == GRADES["allow"]


def test_a_learned_score_stays_and_the_rest_says_by_whom() -> None:
    facts = Facts(Submission("clodpole"), NOW, scores={"insult": 0.3}, scored_by={"insult": {"source": "model"}})
    seen = replace(verdict(match("personal_attack", "hold"), action="hold"), ruleset=RULESET.version)
    scored = complete(facts, seen, RULESET)
    assert set(scored.scores) == set(scored.scored_by) == set(ATTRIBUTES)
    assert (scored.scores["insult"], scored.scored_by["insult"]) == (0.3, {"source": "model"})
    assert scored.scores["personal_attack"] == GRADES["hold"]
    assert scored.scored_by["personal_attack"] == {"source": "rules", "version": RULESET.version}
    assert scored.by_rules(("spam",)) == GRADES["allow"]

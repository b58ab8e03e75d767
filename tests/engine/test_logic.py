"""all, any, not in three values, and the two exceptions: of matches and of the whole."""

import itertools

import pytest

from moderation.engine.conditions.base import Outcome
from moderation.engine.conditions.logic import All, Any, Not
from moderation.engine.look import Look
from tests.engine.cases import facts, hits, judged, one_rule

VALUES = {"true": True, "false": False, "unknown": None}


class Fixed:
    """A condition with a fixed answer."""

    def __init__(self, truth: bool | None) -> None:
        self.truth = truth

    def check(self, look: Look, drop: object = None) -> Outcome:
        """The answer."""
        return Outcome(self.truth, unknown=("x",) if self.truth is None else ())


@pytest.fixture(scope="module")
def look() -> Look:
    return Look(facts("x"), one_rule("{length: {at_least: 1}}").matchers)


@pytest.mark.parametrize("values", list(itertools.product([True, False, None], repeat=2)))
def test_the_table(look: Look, values: tuple[bool | None, bool | None]) -> None:
    parts = tuple(Fixed(value) for value in values)
    expected_any = True if True in values else None if None in values else False
    expected_all = False if False in values else None if None in values else True
    assert Any(parts).check(look).truth is expected_any
    assert All(parts).check(look).truth is expected_all


@pytest.mark.parametrize(("value", "opposite"), [(True, False), (False, True), (None, None)])
def test_not(look: Look, value: bool | None, opposite: bool | None) -> None:
    assert Not(Fixed(value)).check(look).truth is opposite


def test_an_unknown_rule_does_not_act_and_says_what_was_missing() -> None:
    rules = one_rule("{score: {insult: {at_least: 0.5}}}")
    verdict = judged(rules, "x")
    assert verdict.action == "allow"
    assert [(one.rule, one.what) for one in verdict.unknown] == [("r", "insult (model_off)")]
    assert judged(rules, "x", scores={"insult": 0.6}).action == "hold"
    assert judged(rules, "x", scores={"insult": 0.4}).action == "allow"


def test_if_unknown_acts() -> None:
    rules = one_rule("{score: {insult: {at_least: 0.5}}}", more="    if_unknown: review\n")
    verdict = judged(rules, "x")
    assert verdict.action == "review"
    assert [(one.code, one.rule) for one in verdict.reasons] == [("rule_unknown", "r")]


def test_any_with_one_true_needs_no_other() -> None:
    rules = one_rule("[{score: {insult: {at_least: 0.5}}}, {terms: [moron]}]")
    assert judged(rules, "moron").action == "hold"
    assert judged(rules, "fine").unknown


UNLESS_MATCH = "    unless_match: [{quoted: attributed}]\n"


def test_unless_match_takes_single_matches_away() -> None:
    rules = one_rule("[{terms: [moron, idiot]}]", more=UNLESS_MATCH)
    assert hits(rules, 'He called me "a moron".') == []
    assert hits(rules, 'He called me "a moron", the idiot.') == ["idiot"]


def test_unless_is_about_the_whole_comment() -> None:
    rules = one_rule("[{terms: [moron, idiot]}]", more="    unless: [{terms: [satire]}]\n")
    assert hits(rules, "moron") == ["moron"]
    assert hits(rules, "moron, but satire") == []


def test_unless_that_is_unknown_makes_the_rule_unknown() -> None:
    more = "    unless: [{author: {published: {at_least: 10}}}]\n"
    rules = one_rule("[{terms: [moron]}]", more=more)
    assert judged(rules, "moron", author={"published": 5}).action == "hold"
    assert judged(rules, "moron", author={"published": 50}).action == "allow"
    verdict = judged(rules, "moron", author={})
    assert (verdict.action, len(verdict.unknown)) == ("allow", 1)


def test_a_finder_below_not_is_no_evidence() -> None:
    rules = one_rule("{all: [{terms: [moron]}, {not: {terms: [idiot]}}]}")
    assert hits(rules, "moron") == ["moron"]
    assert hits(rules, "moron idiot") == []


def test_filters_beside_any_act_on_its_matches() -> None:
    rules = one_rule("{any: [{terms: [moron]}, {pattern: 'dunce'}], aimed_at: [commenter]}")
    assert hits(rules, "You are a moron. The dunce cap is sold out.") == ["moron"]

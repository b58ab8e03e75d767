"""A verdict: the strictest action, every match, its places, and what happens when a condition fails."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from moderation.engine import ENGINE_VERSION
from moderation.engine.conditions.writing import Length
from moderation.engine.evaluate import evaluate
from moderation.engine.explain import reason_text
from moderation.engine.facts import (
    Attack,
    Author,
    Byline,
    Facts,
    Parent,
    Person,
    Previous,
    Story,
    Submission,
    from_record,
    to_record,
)
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.verdict import Action
from tests.engine.cases import NOW, facts, judged, one_rule, rule


def rules(*several: str) -> Ruleset:
    """Several rules as one ruleset."""
    return load({"a.yaml": "rules:\n" + "".join(several)})


def test_actions_are_ordered() -> None:
    assert Action.ALLOW < Action.REVIEW < Action.HOLD < Action.REJECT
    assert max([Action.HOLD, Action.REVIEW, Action.REJECT, Action.ALLOW]) is Action.REJECT
    assert Action.HOLD == "hold"
    assert Action.HOLD.value == "hold"
    assert Action.HOLD >= "hold" > Action.REVIEW


def test_the_strictest_action_wins_and_every_match_is_kept() -> None:
    three = rules(
        rule("{terms: [moron]}", id="a", action="review"),
        rule("{terms: [moron]}", id="b", action="reject", more="    strike: spam\n    urgent: true\n"),
        rule("{terms: [moron]}", id="c", action="allow", more="    ask_first: true\n"),
        rule("{terms: [moron]}", id="d", state="disabled", action="reject"),
        rule("{terms: [moron]}", id="e", state="draft", action="reject"),
        rule("{terms: [moron]}", id="f", state="trial", action="reject"),
    )
    verdict = judged(three, "Moron.")
    assert verdict.action is Action.REJECT
    assert [match.rule for match in verdict.matches] == ["b", "a", "c", "f"]
    assert [reason.rule for reason in verdict.reasons] == ["b", "a"]
    assert (verdict.strikes, verdict.urgent, verdict.ask_first) == (("spam",), True, ("c",))
    assert (verdict.ruleset, verdict.engine) == (three.version, ENGINE_VERSION)


def test_a_paused_rule_asks_for_what_is_left_to_it_and_for_nothing_beside() -> None:
    more = "    strike: spam\n    urgent: true\n    ask_first: true\n"
    two = rules(
        rule("{terms: [moron]}", id="a", action="reject", more=more), rule("{terms: [moron]}", id="b", action="review")
    )
    (first, _), given = two.rules, facts("Moron.")
    for left in ("hold", "review"):
        verdict = evaluate(replace(given, paused={first.hash: left}), two)
        assert verdict.action == left
        assert ("a", "paused", left) in [(match.rule, match.state, match.action) for match in verdict.matches]
        assert (verdict.strikes, verdict.urgent, verdict.ask_first) == ((), False, ())
    assert evaluate(replace(given, paused={"another form of it": "review"}), two).action == "reject"
    milder = evaluate(replace(given, paused={rule.hash: "hold" for rule in two.rules}), two)
    assert [match.action for match in milder.matches] == ["hold", "review"]


def test_a_pause_is_about_the_unknown_too_and_not_about_failures() -> None:
    one = one_rule("{score: {toxicity: {at_least: 0.5}}}", action="reject", more="    if_unknown: hold\n")
    paused = replace(facts("Hello."), paused={one.rules[0].hash: "review"})
    assert (evaluate(facts("Hello."), one).action, evaluate(paused, one).action) == ("hold", "review")
    assert evaluate(paused, one, deadline=lambda: True).action == "hold"


def test_words_come_before_scores_where_both_ask_for_the_same() -> None:
    both = rules(
        rule("{score: {toxicity: {at_least: 0.5}}}", id="a"),
        rule("{terms: [moron]}", id="b"),
        rule("{score: {toxicity: {at_least: 0.5}}}", id="c", action="reject"),
    )
    verdict = judged(both, "Moron.", scores={"toxicity": 0.9})
    assert [match.rule for match in verdict.matches] == ["c", "b", "a"]


def test_the_sign_that_a_pattern_ends_with_is_no_evidence() -> None:
    text = "Shut up, Jo. Shut up ;;"
    verdict = judged(one_rule(r"{pattern: ['shut up[ ,;]+', ';+']}"), text)
    found = sorted(text[slice(*span)] for match in verdict.matches for span in match.spans)
    assert found == [";;", "Shut up", "Shut up"]


def test_spans_are_code_points_of_the_given_text() -> None:
    text = "🎉 <b>Ｍ\u200boron</b> &amp; moron"
    match_spans = [
        text[start:end]
        for match in judged(one_rule("{terms: [moron]}"), text, format="html").matches
        for start, end in match.spans
    ]
    assert sorted(match_spans) == ["moron", "Ｍ\u200boron"]


def test_matches_of_one_rule_are_grouped_by_aim_and_disguise() -> None:
    verdict = judged(one_rule("{terms: [moron]}"), "You are a moron. You are a m0ron. He is a moron. You moron.")
    groups = {(match.aimed_at, match.hidden_as): len(match.spans) for match in verdict.matches}
    assert groups == {("commenter", None): 2, ("commenter", "leet"): 1, ("person", None): 1}


def test_a_match_in_the_name_has_no_span() -> None:
    match = judged(one_rule("{terms: [moron], in: [text, name]}"), "x", author={"name": "moron"}).matches[0]
    assert (match.spans, match.found_in, match.aimed_at) == ((), "name", None)


def test_a_condition_that_fails_becomes_work_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Length, "check", fail)
    one = rule("{length: {at_least: 1}}", id="a", action="reject")
    verdict = judged(rules(one, rule("{terms: [moron]}", id="b", action="review")), "moron")
    assert verdict.action == "hold"
    assert verdict.failed == ("a",)
    assert [(r.code, r.rule) for r in verdict.reasons] == [("rule_failed", "a"), ("rule", "b")]
    mild = judged(rules(rule("{length: {at_least: 1}}", more="    if_failed: review\n")), "x")
    assert mild.action == "review"
    trial = judged(rules(rule("{length: {at_least: 1}}", state="trial")), "x")
    assert (trial.action, trial.failed) == ("allow", ("r",))


def test_a_text_with_more_than_is_looked_at_waits_for_people(shipped: Ruleset) -> None:
    """Words that a rule lets pass cannot bury one that it would not: what is left out is a reason to hold."""
    quoted = '"idiot," he said. ' * 250
    verdict = judged(shipped, quoted + "You are an idiot.")
    assert verdict.action is Action.HOLD
    assert [reason.code for reason in verdict.reasons] == ["too_much"]
    assert "a person has to look" in reason_text(verdict.reasons[0], verdict, shipped, facts(quoted).submission)
    assert judged(shipped, '"idiot," he said. ' * 50).action is Action.ALLOW


def test_time_that_is_up_is_a_failure() -> None:
    verdict = evaluate(facts("fine"), one_rule("{terms: [moron]}"), deadline=lambda: True)
    assert (verdict.action, verdict.failed) == ("hold", ("r",))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_480,
        "\u200b" * 5000,
        "(" * 9000,
        "😂" * 5000,
        "&" * 9000,
        "f.u." * 5000,
        "f*" * 9000,
        "'\"" * 9000,
    ],
)
@pytest.mark.parametrize("format", ["plain", "html"])
def test_odd_texts_fail_nothing(shipped: Ruleset, text: str, format: str) -> None:
    assert judged(shipped, text, format=format).failed == ()


@pytest.mark.timeout(60)  # two seconds where all is well: each that is looked through again from every place takes four
def test_a_row_of_any_sign_is_looked_through_once(shipped: Ruleset) -> None:
    opening = 'you idiot, f**k sh1t s h i t "x" he said http://a.b/ @jo kill yourself haha '
    for sign in [*map(chr, range(32, 127)), "\n", "\u2026", "\u00df", "\u200b", "\u0301"]:
        for end in ("", "a", '"') if not sign.isalnum() else ("",):
            text = opening + sign * ((20_400 - len(opening)) // len(sign.encode())) + end
            assert judged(shipped, text).failed == ()


def everything() -> Facts:
    """Facts with every field filled."""
    story = Story(
        "s1", "https://x.example", "Secret title", "Secret body", "local", "en",
        (Byline("Anna Petersen", "j1"),), (Person("Sam Patel", "private"),), ("death",), "machine",
    )  # fmt: skip
    author = Author("k1", "Secret Name", "reader", True, 7, NOW)
    submission = Submission(
        "Sam Patel is a moron lol", "plain", author, story, Parent("Secret parent", "k2"), "en", NOW
    )
    previous = (Previous(NOW, "ab", "s1", True), Previous(NOW, "cd", "s2", False, 0.62))
    return Facts(
        submission,
        NOW,
        previous,
        {"insult": 0.9},
        {"insult": {"source": "m", "version": "1"}},
        {"spam": "language"},
        {"insult": ((0, 9), (15, 20))},
        "en",
        (Attack(NOW, "slur", "s1"),),
        3,
        {"0f": "hold"},
    )


def test_the_record_holds_no_text_and_gives_the_facts_back() -> None:
    given = everything()
    record = to_record(given)
    for word in ("Secret", "Petersen", "Patel", "moron", "x.example"):
        assert word not in str(record)
    assert from_record(record, given.submission) == given
    empty = Facts(Submission("x"), datetime(2026, 1, 1, tzinfo=UTC))
    assert from_record(to_record(empty), empty.submission) == empty


def test_a_replay_gives_the_same_verdict_even_when_the_world_moved_on(shipped: Ruleset) -> None:
    given = everything()
    verdict = evaluate(given, shipped)
    later = Submission(
        given.submission.text,
        author=Author("k1", "Secret Name", published=900),
        story=Story("s1", title="Secret title", body="Secret body", byline=(Byline("Anna Petersen"),), people=(Person("Sam Patel", "public"),)),
        parent=Parent("Secret parent"),
    )  # fmt: skip
    assert verdict.matches
    assert evaluate(from_record(to_record(given), later), shipped) == verdict

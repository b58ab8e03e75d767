"""The shipped rules: their examples, their completeness, and the hard cases that they must tell apart."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from moderation.engine.evaluate import evaluate
from moderation.engine.examples import run_examples
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.verdict import CATEGORIES
from tests.engine.cases import facts, judged, one_rule
from tests.engine.conftest import shipped_files

REQUIRED = """names-a-victim active-court-case accuses-of-a-crime private-details threat-at-person threat-at-place
incites-violence self-harm-concern slur-used slur-quoted dehumanising-group insult-at-commenter
insult-at-private-person insult-at-journalist insult-at-public-figure sexual-remark-at-person offensive-name
mocks-victim blames-victim laughing-under-death jokes-about-named-tragedy strong-profanity mild-profanity
vulgar strong-profanity-other-languages slur-other-languages insult-other-languages newcomer-link same-text-again
contact-and-money flood shouting contempt off-topic answers-a-person-attacked-before follows-a-person-to-another-story
writes-on-after-a-grave-message many-against-one""".split()


def test_by_a_score_alone_nothing_is_refused_and_nobody_gets_a_strike(shipped: Ruleset) -> None:
    asking = [rule for rule in shipped.rules if rule.scores]
    assert {rule.id for rule in asking} >= {"reads-as-personal-attack", "reads-as-threat", "reads-as-uncivil"}
    assert [rule.id for rule in asking if rule.action == "reject" or rule.strike] == []
    by_score = [rule for rule in asking if rule.category != "off_topic"]
    assert [rule.id for rule in by_score if "learned score" not in (rule.reason or "")] == []


def test_every_example_comes_out_as_written(shipped: Ruleset) -> None:
    assert [str(failure) for failure in run_examples(shipped)] == []


def test_every_rule_that_must_ship_does_and_has_examples(shipped: Ruleset) -> None:
    assert set(REQUIRED) <= {rule.id for rule in shipped.rules}
    for rule in shipped.rules:
        counts = Counter(kind for kind, _ in rule.examples)
        assert counts["match"] >= 3, rule.id
        assert counts["pass"] >= 3, rule.id
        assert rule.category in CATEGORIES
        assert rule.reason, rule.id
        assert rule.message, rule.id
        assert "{match}" not in rule.message, rule.id


def test_the_example_site_loads_and_its_examples_hold() -> None:
    site = load(shipped_files(), site="example")
    assert site.rule("mild-profanity").state == "live"  # type: ignore[union-attr]
    assert run_examples(site) == ()
    assert set(site.documents) == {"guidelines", "faq"}


def test_policy_of_strikes(shipped: Ruleset) -> None:
    never = shipped.enforcement["never"]
    assert not [rule.id for rule in shipped.rules if rule.strike in never]
    assert not [rule.id for rule in shipped.rules if rule.public and rule.category in ("spam", "legal_risk")]


@pytest.mark.parametrize(
    "text",
    [
        "This government is a disgrace and the minister should resign.",
        "Your paper prints nothing but rubbish, and this report is the laziest yet.",
        "As a gay man and as a Muslim I was happy to read this story.",
        "The Jews of the city were murdered by the Nazis in 1942.",
        "Breast cancer screening saved my mother's life.",
        "Scunthorpe, Sussex and Penistone voted the same way.",
        "Cockpit crews assess the class of the assembly.",
        "He shot a bird on the last hole. A killer round, what a hit.",
        "Hitler was a monster, and so was Stalin.",
        "I hate Mondays and I would kill for a coffee.",
        "God, what a drunk driver can do to a family.",
        "The rapist got only four years; the judge got it wrong.",
        "Woke nonsense, but also Karen next door has a point about the gammon joint.",
        "He is a liar. They all are, in every party.",
        "Trump is wrong. Biden is wrong too.",
        "My grandmother calls it the bloody bridge. Damn right.",
        "I disagree with you entirely, you misread the report.",
        "The queer film festival opens on Friday.",
        "Black people and white people queue at the same bank.",
        "Stop telling women to smile.",
    ],
)
def test_ordinary_comments_pass(shipped: Ruleset, text: str) -> None:
    assert judged(shipped, text, author={"published": 0}).action == "allow"


def test_a_long_comment_of_ordinary_words_is_judged_to_its_end(shipped: Ruleset) -> None:
    long = "We and our neighbours asked my council, and nobody told us who warned them; I asked again. " * 50
    verdict = judged(shipped, long)
    assert (verdict.action, verdict.reasons) == ("allow", ())


def test_a_wrong_example_is_told() -> None:
    failures = run_examples(one_rule("{terms: [moron]}"))
    assert [(f.kind, f.index, f.message) for f in failures] == [("match", 0, "should match, but the rule does not")]
    broken: Any = load(
        {
            "a.yaml": """rules:
  - {id: r, category: custom, state: live, action: hold, when: {terms: [moron]},
     examples: {match: [{text: moron, story: nowhere}], pass: [moron]}}
"""
        }
    )
    assert [f.message for f in run_examples(broken)] == [
        "fixtures.yaml has no `nowhere` under stories",
        "should pass, but the rule matches (moron)",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "No entiendo por qué el ayuntamiento aprobó este carril bici sin preguntar a los vecinos del barrio, qué cabrones.",
            "strong-profanity-other-languages",
        ),
        (
            "Je ne comprends pas pourquoi le conseil municipal a voté pour cette piste cyclable, encore un bougnoule au conseil.",
            "slur-other-languages",
        ),
        (
            "Ich verstehe nicht, warum die Stadt diesen Radweg gebaut hat, ohne die Leute zu fragen, du Vollpfosten.",
            "insult-other-languages",
        ),
    ],
)
def test_lists_of_other_languages_run_where_the_language_is_detected(shipped: Ruleset, text: str, rule: str) -> None:
    from tests.engine.cases import judged

    assert rule in {match.rule for match in judged(shipped, text).matches}
    assert rule not in {match.rule for match in judged(shipped, text, language="en").matches}


@pytest.mark.parametrize(
    ("text", "evidence", "holds"),
    [
        ("I will shoot you an email.", ["shoot", "email"], False),
        ("I will run against you.", ["I", "against you"], False),
        ("I'm going to beat you at chess.", ["beat you", "chess"], False),
        ("We will kill the motion.", ["kill", "motion"], False),
        ("I will shoot you an email, and my brother will wait for you.", ["shoot", "wait for you"], True),
        ("I will run against you with my car.", ["I", "car"], True),
    ],
)
def test_a_score_of_threat_that_rests_on_mail_votes_or_games_holds_nothing(
    shipped: Ruleset, text: str, evidence: list[str], holds: bool
) -> None:
    spans = tuple((text.index(word), text.index(word) + len(word)) for word in evidence)
    scored = replace(facts(text, scores={"threat": 0.95}), score_spans={"threat": spans})
    assert ("reads-as-threat" in {match.rule for match in evaluate(scored, shipped).matches}) is holds

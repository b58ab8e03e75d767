"""Explaining, masking and comparing: what moderators, writers and admins read."""

import json

from moderation.engine.backtest import compare
from moderation.engine.evaluate import evaluate
from moderation.engine.explain import as_document, message, render
from moderation.engine.masking import masked
from moderation.engine.ruleset import load
from tests.engine.cases import facts, one_rule, rule

WORDS = """    reason: 'Calls names ("{match}").'
    message: 'It calls names ("{match}").'
"""


def test_reasons_quote_the_words_and_messages_do_where_they_may() -> None:
    rules = one_rule("{terms: [moron]}", more=WORDS)
    text = "What a  MORON he is"
    verdict = evaluate(facts(text), rules)
    assert render(verdict.matches[0], rules, text) == 'Calls names ("MORON").'
    assert message(verdict, rules, text) == 'It calls names ("MORON").'
    slur = load(
        {"a.yaml": "rules:\n" + rule("{terms: [moron]}", more=WORDS).replace("category: custom", "category: slur")}
    )
    assert message(evaluate(facts(text), slur), slur, text) == 'It calls names ("").'


def test_the_document_is_that_of_the_contract() -> None:
    rules = one_rule("{terms: [moron]}", more=WORDS)
    given = facts("you m0ron", scores={"insult": 0.7})
    document = as_document(evaluate(given, rules), rules, given)
    assert json.loads(json.dumps(document)) == document
    assert document["action"] == "hold"
    assert document["matches"] == [
        {
            "rule": "r",
            "category": "custom",
            "action": "hold",
            "state": "live",
            "spans": [[4, 9]],
            "text": "m0ron",
            "reason": 'Calls names ("m0ron").',
            "aimed_at": "commenter",
            "hidden_as": "leet",
        }
    ]
    assert document["reasons"] == [{"code": "rule", "text": 'Calls names ("m0ron").', "rule": "r"}]
    assert document["scores"] == {"insult": 0.7}


def test_long_matches_are_shortened() -> None:
    rules = one_rule("{pattern: 'x{100}'}", more=WORDS)
    text = "x" * 100
    assert len(render(evaluate(facts(text), rules).matches[0], rules, text)) < 80


def test_masking_hides_the_matched_words_only() -> None:
    assert masked('You "moron", moron!', ["moron"]) == 'You "****", ****!'
    assert masked("fine", []) == "fine"
    assert masked("Scunthorpe", ["moron"]) == "Scunthorpe"


def test_backtest_counts_what_would_change() -> None:
    old = one_rule("{terms: [moron]}")
    new = load({"a.yaml": "rules:\n" + rule("{terms: [moron]}", action="review") + rule("{terms: [dolt]}", id="s")})
    several = [("1", facts("moron")), ("2", facts("dolt")), ("3", facts("fine"))]
    report = compare(old, new, several)
    assert report.total == 3
    assert report.actions == {("hold", "review"): 1, ("allow", "hold"): 1, ("allow", "allow"): 1}
    assert report.rules == {"r": (1, 1), "s": (0, 1)}
    assert [(c.id, c.old, c.new, c.gone, c.came) for c in report.changes] == [
        ("1", "hold", "review", (), ()),
        ("2", "allow", "hold", (), ("s",)),
    ]
    assert report.changed == 2

"""Each kind of condition, true and false, and that each is documented with an example that loads."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from moderation.engine.conditions import KINDS
from moderation.engine.evaluate import evaluate
from moderation.engine.facts import from_record, to_record
from moderation.engine.ruleset import load
from moderation.engine.text.addresses import addresses
from tests.engine.cases import facts, hits, judged, one_rule, rule

STORY = {"id": "s1", "title": "Bike lane", "section": "Local", "people": [{"name": "Sam Patel", "role": "private"}]}
LISTS = {"lists/family.yaml": "terms: [mother, father]", "lists/insults.yaml": "terms: [{term: moron, tier: strong}]"}
SAME = {"text": "The same text again, please."}
LONG = {
    "text": "Ask your councillor tonight why the new bridge has to close the market for two years, and share this widely."
}
REWORDED = {
    "text": "Ask the councillor tonight why the new bridge has to shut the market for two years, and share it widely!"
}
BARE_LINKS = (
    "bit.ly/abc", "(t.co/xyz)", "tinyurl.com/4xy", "is.gd/x", "rb.gy/a1,", "lnkd.in/xyz", "youtu.be/dQw4", "a.co/d",
    "deals.tk/watches", "my-shop.store/sale-2", "promo.dev/x", "zeitung.at/artikel-9", "foo.md/a_b", "bit.ly",
)  # fmt: skip
NO_LINKS = (
    "and/or", "e.g.", "e.g./i.e.", "3.5/10", "index.html", "index.html/top", "U.S./EU", "U.S/EU", "a.m./p.m.", "km/h",
    "README.md/LICENSE", "node.js/react", "B.Sc/M.Sc", "know.It/they", "here.Is/was", "is.gd", "v2.0/beta", "No.10/11",
    "report.zip/pdf", "tom@mail.example/x", "well.../so",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_is_documented_and_its_example_loads(kind: Any) -> None:
    assert len(kind.doc) > 10
    when = kind.example if kind.role in ("finder", "comment") else f"terms: insults\n      {kind.example}"
    assert load({"a.yaml": "rules:\n" + rule("\n      " + when), **LISTS}).rules


ANSWER = {"text": "x", "parent": "y", "story": STORY}
CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("{terms: [moron]}", {"text": "Moron!"}, True),
    ("{terms: [moron]}", {"text": "morons"}, True),
    ("{terms: [moron]}", {"text": "moronic"}, False),
    ("{terms: [moron*]}", {"text": "moronic"}, True),
    ("{terms: [big lie]}", {"text": "the big\nlie"}, True),
    ("{terms: insults, tiers: [strong]}", {"text": "moron"}, True),
    ("{terms: {lists: insults, words: [dolt]}}", {"text": "dolt"}, True),
    ("{terms: [moron], in: [name]}", {"text": "moron", "author": {"name": "Tom"}}, False),
    ("{terms: [moron], in: [name]}", {"text": "x", "author": {"name": "TheMoron moron"}}, True),
    ("{pattern: '\\bfoo[0-9]+\\b'}", {"text": "a FOO12 b"}, True),
    ("{pattern: '\\bfoo[0-9]+\\b'}", {"text": "foo12ä"}, False),
    ("{pattern: '\\bхрю\\b'}", {"text": "он хрю сказал"}, True),
    ("{pattern: '\\bхрю\\b'}", {"text": "хрюша"}, False),
    ("{pattern: '^x$'}", {"text": "x"}, True),
    ("{terms: [moron], near: {terms: family}}", {"text": "A moron. My mother."}, False),
    ("{terms: [moron], near: {terms: family}}", {"text": "a moron, my mother"}, True),
    ("{terms: [moron], near: {terms: family, words: 2}}", {"text": "moron in all of this mother"}, False),
    ("{terms: [moron], negated: true}", {"text": "He is not a moron."}, True),
    ("{terms: [moron], negated: true}", {"text": "He is a moron, not."}, False),
    ("{terms: [moron], negated: false}", {"text": "He isn't a moron."}, False),
    ("{terms: [moron], reported: true}", {"text": "They called him a moron."}, True),
    ("{terms: [moron], reported: true}", {"text": "I'd call him a moron."}, False),
    ("{terms: [moron], quoted: marks}", {"text": 'a "moron" he is'}, True),
    ("{terms: [moron], quoted: attributed}", {"text": 'a "moron" he is'}, False),
    ("{terms: [moron], quoted: attributed}", {"text": 'She said: "what a moron"'}, True),
    ("{terms: [moron], quoted: attributed}", {"text": 'I say "moron"'}, False),
    ("{terms: [moron], quoted: attributed}", {"text": '"you moron"? Nice.', "parent": "Get lost, you moron."}, True),
    ("{terms: [moron], quoted: attributed}", {"text": "> you moron\nNice.", "parent": "x"}, True),
    ("{aimed_at: [commenter]}", {"text": "You should know."}, True),
    ("{aimed_at: [commenter]}", {"text": "They should know."}, False),
    ("{shouting: true}", {"text": "THIS IS ALL THEY EVER WANTED FROM US"}, True),
    ("{shouting: true}", {"text": "NATO"}, False),
    ("{shouting: {share: {at_least: 0.5}, letters: {at_least: 4}}}", {"text": "NAto"}, True),
    ("{length: {under: 3}}", {"text": "ab"}, True),
    ("{length: {under: 3}}", {"text": "abc"}, False),
    ("{length: {words: {at_most: 2}}}", {"text": "one two three"}, False),
    ("{riddle: true}", {"text": "What is black and white? A newspaper."}, True),
    ("{riddle: true}", {"text": "What is black and white?"}, False),
    ("{riddle: true}", {"text": "I ask: what is this? A newspaper."}, False),
    ("{riddle: true}", {"text": "Did you hear about the tower? It fell."}, True),
    ("{riddle: true}", {"text": "What a mind she has. I make remarks, but about this? She needs help."}, False),
    ("{riddle: loose}", {"text": "I ask: what is black and white? A newspaper."}, True),
    ("{riddle: loose}", {"text": "What is black and white... a newspaper"}, True),
    ("{riddle: loose}", {"text": "That is the term which is used for a neo-paper."}, False),
    ("{language: [en]}", {"text": "short"}, True),
    ("{language: {other_than: [en]}}", {"text": "short"}, False),
    ("{language: {other_than: [en]}}", {"text": "kurz", "language": "de-AT"}, True),
    ("{language: en}", {"text": "kurz", "language": "de"}, False),
    ("{language: {other_than: [en]}}", {"text": "Вы все дураки."}, True),
    ("{language: {other_than: [en]}}", {"text": "你們都是笨蛋"}, True),
    ("{language: {other_than: [en]}}", {"text": "Zelensky (Зеленський) spoke."}, False),
    ("{language: {other_than: [en]}}", {"text": "ΑΒΓ"}, False),
    ("{links: {at_least: 2}}", {"text": "http://a.example and www.b.example"}, True),
    ("{links: {at_least: 2}}", {"text": "http://a.example"}, False),
    ("{links: {at_least: 1}}", {"text": "e.g. this etc. and so on.Then"}, False),
    *(("{links: {at_least: 1}}", {"text": f"see {text} now"}, True) for text in BARE_LINKS),
    *(("{links: {at_least: 1}}", {"text": f"see {text} now"}, False) for text in NO_LINKS),
    ("{links: {at_least: 2}}", {"text": "index.html/bit.ly/abc, and/or is.gd/x."}, True),
    ("{links: {hosts: [is.gd]}}", {"text": "IS.GD/Xy"}, True),
    ("{links: {hosts: [b.com]}}", {"text": "see https://x.b.com/y"}, True),
    ("{links: {hosts: [b.com]}}", {"text": "see https://notb.com/y"}, False),
    ("{links: {not_hosts: [b.com]}}", {"text": "see b.com/y"}, False),
    ("{links: {at_least: 1}}", {"text": '<a href="http://x.example">y</a>', "format": "html"}, True),
    ("{links: {at_least: 1}}", {"text": "http://own.example/x", "story": {"url": "https://www.own.example/s"}}, False),
    ("{repeat: {times: {at_least: 2}}}", {**SAME, "previous": [SAME]}, True),
    ("{repeat: {times: {at_least: 2}}}", {**SAME, "previous": [{"text": "other words, not these"}]}, False),
    ("{repeat: {times: {at_least: 2}}}", {**SAME, "previous": [{**SAME, "same_author": False}]}, False),
    ("{repeat: {times: {at_least: 2}, by: anyone}}", {**SAME, "previous": [{**SAME, "same_author": False}]}, True),
    ("{repeat: {times: {at_least: 2}, hours: 1}}", {**SAME, "previous": [{**SAME, "hours_ago": 2}]}, False),
    ("{repeat: {times: {at_least: 2}}}", {"text": "Yes.", "previous": [{"text": "Yes."}]}, False),
    ("{repeat: {times: {at_least: 2}, likeness: {at_least: 0.3}}}", {**LONG, "previous": [REWORDED]}, True),
    ("{repeat: {times: {at_least: 2}, likeness: {at_least: 0.9}}}", {**LONG, "previous": [REWORDED]}, False),
    ("{repeat: {times: {at_least: 2}, likeness: {at_least: 0.9}}}", {**LONG, "previous": [LONG]}, True),
    ("{repeat: {times: {at_least: 2}}}", {**LONG, "previous": [REWORDED]}, False),
    (
        "{repeat: {times: {at_least: 2}, likeness: {at_least: 0.1}}}",
        {"text": "I agree with every word of it.", "previous": [{"text": "I agree with each word of it."}]},
        False,
    ),
    ("{flood: {comments: {at_least: 2}}}", {"text": "x", "previous": [{"text": "y", "hours_ago": 0.1}]}, True),
    ("{flood: {comments: {at_least: 2}}}", {"text": "x", "previous": [{"text": "y", "hours_ago": 1}]}, False),
    ("{story: true}", {"text": "x", "story": STORY}, True),
    ("{story: false}", {"text": "x"}, True),
    ("{story: {has: [title, people]}}", {"text": "x", "story": STORY}, True),
    ("{story: {has: body}}", {"text": "x", "story": STORY}, False),
    ("{story: {people: [victim]}}", {"text": "x", "story": STORY}, False),
    ("{story: {id: [s1]}}", {"text": "x", "story": STORY}, True),
    ("{section: [local]}", {"text": "x", "story": STORY}, True),
    ("{section: [local]}", {"text": "x"}, False),
    ("{sensitive: [death]}", {"text": "x", "story": {"sensitive": ["death"]}}, True),
    ("{sensitive: {by: machine}}", {"text": "x", "story": {"sensitive": ["death"]}}, False),
    ("{sensitive: true}", {"text": "x", "story": STORY}, False),
    ("{author: {published: {under: 3}}}", {"text": "x", "author": {"published": 2}}, True),
    ("{author: {published: {under: 3}}}", {"text": "x", "author": {"published": 3}}, False),
    ("{author: {role: [staff]}}", {"text": "x", "author": {"role": "staff"}}, True),
    ("{author: {trusted: true}}", {"text": "x"}, False),
    ("{author: {joined_days: {under: 7}}}", {"text": "x", "author": {"joined_at": "2026-01-12T00:00:00+00:00"}}, True),
    ("{parent: true}", {"text": "x", "parent": "y"}, True),
    ("{parent: true}", {"text": "x"}, False),
    ("{attacked_before: {times: {at_least: 1}}}", {**ANSWER, "attacks": [{"category": "slur"}]}, True),
    ("{attacked_before: {times: {at_least: 2}}}", {**ANSWER, "attacks": [{"category": "slur"}]}, False),
    ("{attacked_before: {times: {at_least: 1}}}", {**ANSWER, "attacks": [{"category": "vulgarity"}]}, False),
    (
        "{attacked_before: {times: {at_least: 1}, as: vulgarity}}",
        {**ANSWER, "attacks": [{"category": "vulgarity"}]},
        True,
    ),
    ("{attacked_before: {times: {at_least: 1}}}", {"text": "x", "attacks": [{"category": "slur"}]}, False),
    (
        "{attacked_before: {times: {at_least: 1}, days: 2}}",
        {**ANSWER, "attacks": [{"category": "slur", "days_ago": 3}]},
        False,
    ),
    ("{attacked_before: {times: {at_least: 1}, story: other}}", {**ANSWER, "attacks": [{"category": "slur"}]}, False),
    (
        "{attacked_before: {times: {at_least: 1}, story: other}}",
        {**ANSWER, "attacks": [{"category": "slur", "story": "s2"}]},
        True,
    ),
    ("{attacked_by: {others: {at_least: 4}}}", {**ANSWER, "attackers": 4}, True),
    ("{attacked_by: {others: {at_least: 4}}}", {**ANSWER, "attackers": 3}, False),
    (
        "{score: {insult: {at_least: 0.5}, spam: {under: 0.5}}}",
        {"text": "x", "scores": {"insult": 0.5, "spam": 0.1}},
        True,
    ),
    ("{better_profanity: true}", {"text": "what the fuck"}, True),
    ("{better_profanity: {longest: 5}}", {"text": "what the fuck"}, False),
]


@pytest.mark.parametrize(("when", "case", "truth"), CASES, ids=[f"{c[0]} {str(c[1])[:40]}" for c in CASES])
def test_kinds(when: str, case: dict[str, Any], truth: bool) -> None:
    case = dict(case)
    verdict = judged(one_rule(when, files=LISTS), case.pop("text"), **case)
    assert not verdict.failed
    assert (verdict.action == "hold") is truth


@pytest.mark.parametrize(
    ("when", "case"),
    [
        ("{repeat: {times: {at_least: 2}}}", {"history": False}),
        ("{flood: {comments: {at_least: 2}}}", {"history": False}),
        ("{attacked_before: {times: {at_least: 1}}}", {"history": False, "parent": "Yes."}),
        ("{attacked_by: {others: {at_least: 1}}}", {"history": False, "parent": "Yes."}),
        ("{author: {published: {under: 3}}}", {"author": {}}),
        ("{author: {joined_days: {under: 3}}}", {}),
        ("{score: {insult: {at_least: 0.5}}}", {}),
    ],
)
def test_what_is_not_known_is_unknown(when: str, case: dict[str, Any]) -> None:
    verdict = judged(one_rule(when), "The same text again, please.", **case)
    assert verdict.action == "allow"
    assert len(verdict.unknown) == 1


def test_lists_of_a_language_run_on_comments_in_it() -> None:
    rules = one_rule("{terms: de}", files={"lists/de.yaml": "{language: de, terms: [depp]}"})
    assert hits(rules, "Depp", language="de") == ["Depp"]
    assert hits(rules, "Depp", language="en") == []


def test_needs_tell_what_facts_the_rules_read() -> None:
    more = rule("{score: {insult: {at_least: 0.5}}}", id="s")
    rules = load({"a.yaml": "rules:\n" + rule("{repeat: {times: {at_least: 2}, hours: 36}}") + more})
    assert rules.needs == {"previous_hours": 36, "scores": ("insult",)}


@pytest.mark.parametrize("part", ["a.zz/", "a.", "bit.ly/", "a.sc/ ", "www.", "a" * 60 + ".", "is.gd/x?"])
def test_addresses_are_found_in_linear_time(part: str) -> None:
    def seconds(length: int) -> float:
        text = part * (length // len(part))
        started = time.process_time()
        list(addresses(text))
        return time.process_time() - started

    assert seconds(200_000) < 40 * max(seconds(20_000), 0.005)


def test_what_a_score_rests_on_is_its_evidence_and_a_quotation_takes_it_away() -> None:
    rules = one_rule("{score: {insult: {at_least: 0.5}}}", more="    unless_match: [{quoted: attributed}]\n")
    plain = replace(facts("So\u200b you are a sponge.", scores={"insult": 0.9}), score_spans={"insult": ((13, 19),)})
    match = evaluate(plain, rules).matches[0]
    assert [plain.submission.text[start:end] for start, end in match.spans] == ["sponge"]
    text = 'He said "you are a sponge" to me.'
    quoted = replace(facts(text, scores={"insult": 0.9}), score_spans={"insult": ((19, 25),)})
    assert evaluate(quoted, rules).matches == ()
    assert from_record(json.loads(json.dumps(to_record(plain))), plain.submission).score_spans == plain.score_spans

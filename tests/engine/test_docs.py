"""docs/rules.md: every word of the language is there, and what it shows loads."""

import re
from pathlib import Path

import pytest

from moderation.engine.conditions import JOINS, KINDS
from moderation.engine.lists import LIST
from moderation.engine.rule import RULE
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.verdict import CATEGORIES
from tests.engine.cases import rule

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
LISTS = {
    "lists/insults.yaml": "terms: [{term: idiot, tier: strong}, {term: clown, tier: plain}, muppet]",
    "lists/family.yaml": "terms: [mother]",
}
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_every_word_is_documented() -> None:
    named = set(re.findall(r"`([a-z_]+)[:`]", PAGE)) | set(re.findall(r"^ *(?:- )?([a-z_]+):", PAGE, re.MULTILINE))
    assert not {*KINDS, *JOINS, *RULE.fields} - named
    assert not set(LIST.fields) - named


def test_the_rule_and_the_list_that_it_shows_load() -> None:
    ruleset = load({"a.yaml": BLOCKS[0], **LISTS, "lists/shown.yaml": BLOCKS[1]})
    assert [one.id for one in ruleset.rules] == ["insult-at-commenter"]
    assert len(ruleset.lists["shown"]) == 5
    more = rule("{terms: insults}", id="mild-profanity") + rule("{terms: insults}", id="contempt")
    site = {"a.yaml": "rules:\n" + more, "sites/x/a.yaml": BLOCKS[2], **LISTS}
    assert len(load(site, site="x").exempt) == 3


@pytest.mark.parametrize("example", re.findall(r"\| `([a-z_]+: .*?)` \|$", PAGE, re.MULTILINE))
def test_its_examples_load(example: str) -> None:
    kind = KINDS[example.partition(":")[0]]
    when = example if kind.role in ("finder", "comment") else f"terms: insults\n      {example}"
    assert load({"a.yaml": "rules:\n" + rule("\n      " + when), **LISTS}).rules


def defaults_table(ruleset: Ruleset) -> list[str]:
    """The rows of docs/defaults.md."""
    rows = []
    for one in sorted(ruleset.rules, key=lambda r: (CATEGORIES.index(r.category), r.id)):
        extra = ", ".join([*(["asks first"] if one.ask_first else []), *(["urgent"] if one.urgent else [])])
        rows.append(
            f"| {one.id}: {one.title} | {one.category} | {one.state} | {one.action} | {extra} | {one.strike or '-'} |"
        )
    return rows


def test_the_table_of_defaults_is_current(shipped: Ruleset) -> None:
    page = (Path(__file__).parents[2] / "docs" / "defaults.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("| ")][2:] == defaults_table(shipped)

"""Shorthands for facts and rules in tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from moderation.engine.evaluate import evaluate
from moderation.engine.examples import example_facts
from moderation.engine.facts import Facts
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.verdict import Verdict

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

RULE = """\
  - id: {id}
    category: custom
    state: {state}
    action: {action}
    when: {when}
    examples: {{match: [x], pass: [y]}}
"""


def rule(when: str, *, id: str = "r", state: str = "live", action: str = "hold", more: str = "") -> str:
    """One rule in YAML; more is put below it, indented by four."""
    return RULE.format(id=id, state=state, action=action, when=when) + more


def one_rule(when: str, more: str = "", files: dict[str, str] | None = None, **fields: str) -> Ruleset:
    """A ruleset of one rule."""
    return load({"a.yaml": "rules:\n" + rule(when, more=more, **fields), **(files or {})})


def facts(text: str, **more: Any) -> Facts:
    """Facts as an example would give them; history=None stands for an unknown history."""
    history_known = more.pop("history", True)
    made = example_facts({"text": text, **more}, {})
    return made if history_known else replace(made, previous=None, attacks=None, attackers=None)


def judged(ruleset: Ruleset, text: str, **more: Any) -> Verdict:
    """The verdict on a text."""
    return evaluate(facts(text, **more), ruleset)


def hits(ruleset: Ruleset, text: str, **more: Any) -> list[str]:
    """What the rules matched, cut out of the text."""
    verdict = judged(ruleset, text, **more)
    return [text[start:end] for match in verdict.matches for start, end in match.spans]

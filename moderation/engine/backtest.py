"""Two rulesets over the same facts: which comments would be treated differently, and through which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .evaluate import evaluate
from .facts import Facts
from .ruleset import Ruleset
from .verdict import Verdict

MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """A comment with another action, and the rules that hit only before or only after."""

    id: str
    old: str
    new: str
    gone: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """actions counts (old, new) pairs; rules gives (old hits, new hits); changes are the first 500."""

    total: int
    actions: Mapping[tuple[str, str], int]
    rules: Mapping[str, tuple[int, int]]
    changed: int
    changes: tuple[Change, ...]


def compare(old: Ruleset, new: Ruleset, facts: Iterable[tuple[str, Facts]]) -> BacktestReport:
    """Two rulesets and facts by id in, what would change out."""
    actions: Counter[tuple[str, str]] = Counter()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    changes: list[Change] = []
    for id, one in facts:
        first, second = evaluate(one, old), evaluate(one, new)
        actions[first.action.value, second.action.value] += 1
        before.update(_hit(first))
        after.update(_hit(second))
        if first.action != second.action and len(changes) < MOST_CHANGES:
            changes.append(_change(id, first, second))
    rules = {rule: (before[rule], after[rule]) for rule in sorted({*before, *after})}
    moved = sum(count for (was, now), count in actions.items() if was != now)
    return BacktestReport(sum(actions.values()), dict(actions), rules, moved, tuple(changes))


def _hit(verdict: Verdict) -> set[str]:
    return {match.rule for match in verdict.matches}


def _change(id: str, first: Verdict, second: Verdict) -> Change:
    gone, came = _hit(first) - _hit(second), _hit(second) - _hit(first)
    return Change(id, first.action.value, second.action.value, tuple(sorted(gone)), tuple(sorted(came)))

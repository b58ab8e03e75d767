"""What must be found before a condition can be true at all, so that most rules cost nothing."""

from __future__ import annotations

from .conditions.logic import All, Any, Filtered
from .conditions.pattern import Patterns
from .conditions.terms import Terms
from .hits import Key

Gate = frozenset[Key | int]


def gate_of(condition: object) -> Gate | None:
    """A condition in, tiers of lists and patterns of which one must have a hit out; None = it may be true without."""
    if isinstance(condition, Terms):
        return frozenset(condition.keys)
    if isinstance(condition, Patterns):
        return frozenset(condition.numbers)
    if isinstance(condition, Filtered):
        return gate_of(condition.finder)
    if isinstance(condition, Any):
        return _of_any(condition)
    if isinstance(condition, All):
        gates = [gate for part in condition.parts if (gate := gate_of(part)) is not None]
        return min(gates, key=len) if gates else None
    return None


def _of_any(condition: Any) -> Gate | None:
    gates = [gate_of(part) for part in condition.parts]
    joined: set[Key | int] = set()
    for gate in gates:
        if gate is None:
            return None
        joined |= gate
    return frozenset(joined)

"""What must be found before a condition can be anything but false, so that most rules cost nothing."""

from __future__ import annotations

from collections.abc import Sequence

from .conditions.around import Answers, Sensitive, UnderStory
from .conditions.harassment import AttackedBefore, AttackedBy
from .conditions.history import Flood, Repeat
from .conditions.links import Links
from .conditions.logic import All, Any, Filtered
from .conditions.pattern import Patterns
from .conditions.terms import Terms
from .look import Sign

Clause = frozenset[Sign]
Gate = tuple[Clause, ...]


def gate_of(condition: object) -> Gate:
    """A condition in, clauses out: it is false unless the comment has a sign of each of them."""
    match condition:
        case Terms():
            return (frozenset(condition.keys),)
        case Patterns():
            return (frozenset(condition.numbers),)
        case Filtered():
            return gate_of(condition.finder)
        case Any():
            return _of_any(tuple(map(gate_of, condition.parts)))
        case All():
            return tuple(dict.fromkeys(clause for part in condition.parts for clause in gate_of(part)))
        case _:
            return _of_facts(condition)


def _of_any(gates: Sequence[Gate]) -> Gate:
    """One of the parts must be open: of each its narrowest clause."""
    return (frozenset().union(*(min(gate, key=len) for gate in gates)),) if all(gates) else ()


def _of_facts(condition: object) -> Gate:
    match condition:
        case Answers(wanted=True) | AttackedBefore() | AttackedBy():
            return (frozenset(("answer",)),)
        case UnderStory(wanted=True):
            return (frozenset(("story",)),)
        case Sensitive():
            return (frozenset(("sensitive",)),)
        case Repeat() | Flood() if not condition.counts_the_first:
            return (frozenset(("earlier",)),)
        case Links():
            return (frozenset(("link",)),)
        case _:
            return ()

"""What a condition is: it looks at a comment and answers true, false or unknown, with what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol, TypeVar

from ..hits import Key, Term
from ..look import Found, Look
from ..patterns import Pattern
from ..schema import Bad, Problems, Shape
from ..source import Located

Numbered = TypeVar("Numbered", bound=Any)


class Outcome(NamedTuple):
    """truth None = unknown; found = the evidence; unknown = what could not be assessed."""

    truth: bool | None
    found: tuple[Found, ...] = ()
    unknown: tuple[str, ...] = ()


YES = Outcome(True)
NO = Outcome(False)


def unknown(what: str) -> Outcome:
    """The answer of a condition that cannot be assessed."""
    return Outcome(None, unknown=(what,))


def answer(truth: bool) -> Outcome:
    """The answer of a condition without evidence of its own."""
    return YES if truth else NO


class Filter(Protocol):
    """Keeps or drops single matches; None = cannot be told."""

    def keeps(self, found: Found, look: Look) -> bool | None:
        """Whether the match has the property that the filter asks for."""


class Finder(Protocol):
    """A condition that finds single matches; those with one number find the same."""

    @property
    def number(self) -> int:
        """Its place among the finders of the ruleset."""

    def candidates(self, look: Look) -> Sequence[Found]:
        """All that it finds, before any filter."""


class Condition(Protocol):
    """A node of a rule's tree."""

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        """A comment in, the answer out; drop takes single matches away before they count."""


@dataclass
class Build:
    """What conditions ask for while a ruleset is read: lists, patterns, facts that they need."""

    lists: dict[str, tuple[Term, ...]]
    problems: Problems
    patterns: list[Pattern] = field(default_factory=list)
    previous_hours: float = 0
    scores: set[str] = field(default_factory=set)
    rule_scores: set[str] = field(default_factory=set)
    used_lists: set[str] = field(default_factory=set)
    used_keys: set[Key] = field(default_factory=set)
    finders: dict[Any, Any] = field(default_factory=dict)
    inline: dict[str, tuple[Term, ...]] = field(default_factory=dict)

    def add_pattern(self, pattern: Pattern) -> int:
        """A pattern in, its number in the set out."""
        for index, known in enumerate(self.patterns):
            if known.source == pattern.source:
                return index
        self.patterns.append(pattern)
        return len(self.patterns) - 1

    def add_terms(self, terms: tuple[Term, ...]) -> str:
        """Terms written in a rule in, the name of their list out."""
        name = f"{self.problems.rule or 'rule'}#{len(self.inline) + 1}"
        self.inline[name] = terms
        return name

    def numbered(self, finder: Numbered) -> Numbered:
        """A finder in, the one of the ruleset that is equal to it out, so that one comment is searched once for it."""
        known: Numbered | None = self.finders.get(finder)
        if known is None:
            known = self.finders[finder] = replace(finder, number=len(self.finders) + 1)
        return known


Option = Callable[[Condition], Condition | Bad]
Maker = Callable[[Any, Located, Build], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A word of the rule language. role: finder, filter, option (of a finder), comment."""

    name: str
    role: str
    doc: str
    shape: Shape
    make: Maker
    example: str = ""

"""all, any, not and finders with filters, in three values: true, false, unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..look import Found, Look
from .base import NO, Condition, Filter, Finder, Outcome, answer
from .places import Places
from .sifting import keeps_all, sifted


@dataclass(frozen=True, slots=True)
class Any:
    """True if one is; unknown if none is true and one is unknown."""

    parts: tuple[Condition, ...]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        outcomes = [part.check(look, drop) for part in self.parts]
        true = [outcome for outcome in outcomes if outcome.truth]
        if true:
            return Outcome(True, tuple(found for outcome in true for found in outcome.found))
        return _unknown_or_no(outcomes)


@dataclass(frozen=True, slots=True)
class All:
    """False if one is; unknown if none is false and one is unknown."""

    parts: tuple[Condition, ...]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        outcomes = []
        for part in self.parts:
            outcomes.append(part.check(look, drop))
            if outcomes[-1].truth is False:
                return NO
        if all(outcome.truth for outcome in outcomes):
            return Outcome(True, tuple(found for outcome in outcomes for found in outcome.found))
        return _unknown_or_no(outcomes)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown. What it found is no evidence."""

    part: Condition

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        outcome = self.part.check(look)
        return outcome if outcome.truth is None else answer(not outcome.truth)


@dataclass(frozen=True, slots=True)
class Filtered:
    """A finder whose matches must pass all filters."""

    finder: Finder | Any | All
    filters: tuple[Filter, ...]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        if isinstance(self.finder, Any | All):
            outcome = self.finder.check(look, drop)
            return sifted(outcome.found, self.filters, None, look) if outcome.found else outcome
        return sifted(self.finder.candidates(look), self.filters, drop, look)


@dataclass(frozen=True, slots=True)
class AnyFilter:
    """Filters joined by or: of unless_match."""

    parts: tuple[Filter, ...]

    def keeps(self, found: Found, look: Look) -> bool | None:
        answers = [part.keeps(found, look) for part in self.parts]
        return True if any(answers) else None if None in answers else False


@dataclass(frozen=True, slots=True)
class AllFilter:
    """Filters joined by and: one mapping with several keys."""

    parts: tuple[Filter, ...]

    def keeps(self, found: Found, look: Look) -> bool | None:
        return keeps_all(self.parts, found, look)


@dataclass(frozen=True, slots=True)
class NotFilter:
    """The opposite of a filter."""

    part: Filter

    def keeps(self, found: Found, look: Look) -> bool | None:
        kept = self.part.keeps(found, look)
        return None if kept is None else not kept


@dataclass(frozen=True, slots=True)
class Whole:
    """A condition about the whole comment, used as a filter."""

    condition: Condition

    def keeps(self, found: Found, look: Look) -> bool | None:
        return self.condition.check(look).truth


@dataclass(frozen=True, slots=True)
class Overlaps:
    """A match that overlaps one of another finder's, used as a filter."""

    finder: Finder

    def keeps(self, found: Found, look: Look) -> bool | None:
        return Places.of(self.finder, look).overlap(found)


def _unknown_or_no(outcomes: Sequence[Outcome]) -> Outcome:
    what = tuple(dict.fromkeys(word for outcome in outcomes if outcome.truth is None for word in outcome.unknown))
    return Outcome(None, unknown=what) if any(outcome.truth is None for outcome in outcomes) else NO

"""all, any, not and finders with filters, in three values: true, false, unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..look import Found, Look
from .around import Answers, InSection, Sensitive, UnderStory, Writer
from .base import NO, Condition, Filter, Finder, Outcome, answer
from .places import Places
from .sifting import keeps_all, sifted

_WITHOUT_TEXT = (Answers, InSection, Sensitive, UnderStory, Writer)


@dataclass(frozen=True, slots=True)
class Any:
    """True if one is; unknown if none is true and one is unknown."""

    parts: tuple[Condition, ...]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        found: tuple[Found, ...] = ()
        is_true = False
        unknown: dict[str, None] = {}
        for part in self.parts:
            outcome = part.check(look, drop)
            if outcome.truth:
                is_true, found = True, found + outcome.found
            elif outcome.truth is None:
                unknown.update(dict.fromkeys(outcome.unknown))
        if is_true:
            return Outcome(True, found)
        return Outcome(None, unknown=tuple(unknown)) if unknown else NO


@dataclass(frozen=True, slots=True)
class All:
    """False if one is; unknown if none is false and one is unknown."""

    parts: tuple[Condition, ...]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        found: tuple[Found, ...] = ()
        unknown: dict[str, None] = {}
        for part in self.parts:
            outcome = part.check(look, drop)
            if outcome.truth is False:
                return NO
            if outcome.truth is None:
                unknown.update(dict.fromkeys(outcome.unknown))
            found += outcome.found
        return Outcome(None, unknown=tuple(unknown)) if unknown else Outcome(True, found)


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
        unsure = False
        for part in self.parts:
            kept = part.keeps(found, look)
            if kept:
                return True
            unsure = unsure or kept is None
        return None if unsure else False


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


def any_of(parts: Sequence[Condition]) -> Any:
    """One of several."""
    return Any(tuple(parts))


def all_of(parts: Sequence[Condition]) -> All:
    """All of several; what needs no look into the text is asked first."""
    return All(tuple(sorted(parts, key=lambda part: not isinstance(part, _WITHOUT_TEXT))))

"""Conditions about earlier comments: the same text again (repeat), many in a short time (flood)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..facts import Previous
from ..look import Look
from ..schema import Choice, Number, Table, bounds, within
from ..source import Located
from ..text.counts import letters_and_digits
from ..text.fingerprints import fingerprint
from ..text.sketches import FEWEST
from .base import NO, Build, Filter, Kind, Outcome, answer, unknown

HISTORY = "earlier comments"


@dataclass(frozen=True, slots=True)
class Repeat:
    """How many times the same text came in, this one included."""

    times: Mapping[str, float]
    hours: float
    by: str
    letters: Mapping[str, float]
    likeness: Mapping[str, float] | None = None

    @property
    def counts_the_first(self) -> bool:
        """Whether a comment without any before it is enough."""
        return within(1, self.times)

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        recent = _recent(look, self.hours)
        if recent == [] and not self.counts_the_first:
            return NO
        if not within(letters_and_digits(look.given.text), self.letters):
            return NO
        if recent is None:
            return unknown(HISTORY)
        print_of_this = fingerprint(look.given.text)
        counted = [p for p in recent if self.by == "anyone" or p.same_author]
        same = sum(p.fingerprint == print_of_this or self._is_like(p) for p in counted)
        return answer(within(same + 1, self.times))

    def _is_like(self, earlier: Previous) -> bool:
        """Same text only, where the rule asks for no likeness; a short text is like nothing but itself."""
        if self.likeness is None or earlier.likeness is None:
            return False
        return within(earlier.likeness, self.likeness)


@dataclass(frozen=True, slots=True)
class Flood:
    """How many comments the writer sent in the last minutes, this one included."""

    comments: Mapping[str, float]
    minutes: float

    @property
    def counts_the_first(self) -> bool:
        """Whether a comment without any before it is enough."""
        return within(1, self.comments)

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        recent = _recent(look, self.minutes / 60)
        if recent is None:
            return unknown(HISTORY)
        return answer(within(sum([p.same_author for p in recent]) + 1, self.comments))


def _recent(look: Look, hours: float) -> list[Previous] | None:
    if not look.facts.previous:
        return None if look.facts.previous is None else []
    since = look.facts.now - timedelta(hours=hours)
    return [p for p in look.facts.previous if since <= p.at <= look.facts.now]


def _make_repeat(value: dict[str, Any], node: Located, build: Build) -> Repeat:  # noqa: ARG001 as all makers
    hours = value.get("hours", 24)
    build.previous_hours = max(build.previous_hours, hours)
    letters = value.get("letters", {"at_least": 15})
    return Repeat(value["times"], hours, value.get("by", "author"), letters, value.get("likeness"))


def _make_flood(value: dict[str, Any], node: Located, build: Build) -> Flood:  # noqa: ARG001 as all makers
    minutes = value.get("minutes", 10)
    build.previous_hours = max(build.previous_hours, minutes / 60)
    return Flood(value["comments"], minutes)


KINDS = (
    Kind(
        "repeat",
        "comment",
        "The same text again: times (this one counts) within hours (24), by the same author or anyone; "
        "texts under 15 letters and digits do not count. likeness (0 to 1): also one with words changed, where so "
        f"large a share of their pieces is the same; a text under {FEWEST} letters and digits is like none.",
        Table(
            {
                "times": bounds(),
                "hours": Number(0.01, 720),
                "by": Choice(("author", "anyone")),
                "letters": bounds(),
                "likeness": bounds(0, 1),
            },
            required=("times",),
        ),
        _make_repeat,
        "repeat: {times: {at_least: 3}, hours: 24, by: author}",
    ),
    Kind(
        "flood",
        "comment",
        "Many comments of one author: how many (this one counts) within minutes (10).",
        Table({"comments": bounds(), "minutes": Number(0.1, 1440)}, required=("comments",)),
        _make_flood,
        "flood: {comments: {at_least: 6}, minutes: 10}",
    ),
)

"""Conditions about attacks on the person answered: earlier ones of the writer, and those of others under the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..look import Look
from ..schema import Choice, Number, Some, Table, bounds, within
from ..source import Located
from ..verdict import ATTACKS
from .base import NO, Build, Filter, Kind, Outcome, answer, unknown

AS = ("personal_attack", "slur", "threat", "harassment")
REMOVALS = "earlier removals"
OTHERS = "attacks of others"


@dataclass(frozen=True, slots=True)
class AttackedBefore:
    """How many earlier comments of the writer a moderator removed as attacks on the person now answered."""

    times: Mapping[str, float]
    days: float
    categories: frozenset[str]
    elsewhere: bool

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        if look.given.parent is None:
            return NO
        if look.facts.attacks is None:
            return unknown(REMOVALS)
        since = look.facts.now - timedelta(days=self.days)
        here = look.given.story.id if look.given.story else None
        counted = (
            one.category in self.categories and since <= one.at and not (self.elsewhere and one.story_id == here)
            for one in look.facts.attacks
        )
        return answer(within(sum(counted), self.times))


@dataclass(frozen=True, slots=True)
class AttackedBy:
    """How many others attacked the person answered under this story in the last 24 hours."""

    others: Mapping[str, float]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        if look.given.parent is None:
            return NO
        if look.facts.attackers is None:
            return unknown(OTHERS)
        return answer(within(look.facts.attackers, self.others))


def _make_before(value: dict[str, Any], node: Located, build: Build) -> AttackedBefore:  # noqa: ARG001 as all makers
    categories = frozenset(value.get("as", AS))
    return AttackedBefore(value["times"], value.get("days", 30), categories, value.get("story") == "other")


KINDS = (
    Kind(
        "attacked_before",
        "comment",
        "A moderator removed so many earlier comments of the writer as attacks on the person now answered: times, "
        f"within days (30), as: categories ({', '.join(AS)}); story: other counts those under other stories only.",
        Table(
            {
                "times": bounds(),
                "days": Number(0.01, 90),
                "as": Some(Choice(ATTACKS)),
                "story": Choice(("any", "other")),
            },
            required=("times",),
        ),
        _make_before,
        "attacked_before: {times: {at_least: 3}, days: 30}",
    ),
    Kind(
        "attacked_by",
        "comment",
        "So many other commenters attacked the person answered under this story in the last 24 hours (their comments "
        "were held, rejected or listed, and no moderator approved them).",
        Table({"others": bounds()}, required=("others",)),
        lambda value, node, build: AttackedBy(value["others"]),  # noqa: ARG005 as all makers
        "attacked_by: {others: {at_least: 4}}",
    ),
)

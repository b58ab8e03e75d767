"""PURE. Confirmed strikes and a site's policy in, the measure to propose out (rules/enforcement.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

BLOCK_DAYS_ALONE = 7  # what one person may decide; longer needs a second one, or an admin


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder: from strike number `at` on, this measure."""

    at: int
    kind: Literal["warn", "check_first", "block"]
    days: int | None = None
    review_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What follows for how many strikes of a category within `window_days`."""

    counts: str
    scope: Literal["site", "realm"]
    window_days: int
    ladder: Mapping[str, tuple[Step, ...]]
    by_a_person: frozenset[str]
    never: frozenset[str]
    automatic: frozenset[str]

    def strikes_for(self, category: str) -> bool:
        """Can a confirmed removal of this category count against its author?"""
        return category not in self.never and (category in self.ladder or category in self.by_a_person)

    def counts_at_verdict(self, category: str) -> bool:
        """Does a strike of this category count as soon as the rules stop a comment, until a person says otherwise?"""
        return self.counts == "verdict" and category in self.automatic and self.strikes_for(category)


@dataclass(frozen=True, slots=True)
class Measure:
    """What the policy proposes: a warning, a time of being checked first, or a block (`days` None: until lifted)."""

    kind: Literal["warn", "check_first", "block"]
    category: str
    strikes: int
    days: int | None
    review_after_days: int | None
    scope: Literal["site", "realm"]
    automatic: bool


_NEVER_AUTOMATIC = frozenset({"threat", "self_harm", "off_topic", "civility"})


def policy(written: Mapping[str, Any]) -> Policy:
    """The mapping of enforcement.yaml (already checked for shape by the rule loader) as a Policy."""
    steps: dict[str, tuple[Step, ...]] = {}
    by_a_person = set()
    for category, ladder in (written.get("ladder") or {}).items():
        if ladder == "by_a_person":
            by_a_person.add(category)
        else:
            steps[category] = tuple(sorted((_step(step) for step in ladder), key=lambda step: step.at))
    return Policy(
        counts=written.get("counts", "confirmed"),
        scope="realm" if written.get("scope") == "all_sites" else "site",
        window_days=int(written.get("window_days", 180)),
        ladder=steps,
        by_a_person=frozenset(by_a_person),
        never=frozenset(written.get("never") or ()),
        automatic=_automatic(written.get("blocks", "proposed"), steps),
    )


def _step(written: Mapping[str, Any]) -> Step:
    at = int(written["at"])
    if written.get("warn"):
        return Step(at, "warn")
    if "check_first_days" in written:
        return Step(at, "check_first", int(written["check_first_days"]))
    days = written.get("block_days")
    return Step(at, "block", None if days is None else int(days), written.get("review_after_days"))


def _automatic(written: Any, steps: Mapping[str, Any]) -> frozenset[str]:
    if isinstance(written, Mapping):
        chosen = {category for category, how in written.items() if how == "automatic"}
    else:
        chosen = set(steps) if written == "automatic" else set()
    return frozenset(chosen - _NEVER_AUTOMATIC)


def measure(policy: Policy, *, category: str, strikes: Sequence[datetime], now: datetime) -> Measure | None:
    """What to propose after the newest of `strikes` (when strikes of this category began to count), or None."""
    if category in policy.never or category not in policy.ladder:
        return None
    since = now - timedelta(days=policy.window_days)
    count = sum(1 for at in strikes if at > since)
    reached = [step for step in policy.ladder[category] if step.at <= count]
    if not reached:
        return None
    step = reached[-1]
    return Measure(
        kind=step.kind,
        category=category,
        strikes=count,
        days=step.days,
        review_after_days=step.review_after_days,
        scope=policy.scope,
        automatic=step.kind == "block" and category in policy.automatic,
    )


def needs_second_person(*, role: str | None, days: int | None) -> bool:
    """Who is no admin may block for up to 7 days alone; longer, or until lifted, needs a second person."""
    return role in ("moderator", "senior") and (days is None or days > BLOCK_DAYS_ALONE)

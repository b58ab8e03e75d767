"""What the rules say about a comment: the action, every match, and what could not be assessed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CATEGORIES = (
    "profanity",
    "vulgarity",
    "slur",
    "personal_attack",
    "harassment",
    "threat",
    "tragedy_joke",
    "civility",
    "off_topic",
    "spam",
    "legal_risk",
    "personal_information",
    "self_harm",
    "custom",
)

# Removed for one of these, a comment may have been an attack on a person.
ATTACKS = ("personal_attack", "slur", "threat", "harassment", "vulgarity", "personal_information")

ATTRIBUTES = (
    "toxicity",
    "severe_toxicity",
    "insult",
    "personal_attack",
    "profanity",
    "vulgarity",
    "identity_attack",
    "threat",
    "incivility",
    "tragedy_joke",
    "off_topic",
    "spam",
)


class Action(StrEnum):
    """What to do with a comment, ordered by strictness: allow < review < hold < reject."""

    ALLOW = "allow"
    REVIEW = "review"
    HOLD = "hold"
    REJECT = "reject"

    def __lt__(self, other: str) -> bool:
        return RANK[str(self)] < RANK[str(other)]

    def __le__(self, other: str) -> bool:
        return RANK[str(self)] <= RANK[str(other)]

    def __gt__(self, other: str) -> bool:
        return RANK[str(self)] > RANK[str(other)]

    def __ge__(self, other: str) -> bool:
        return RANK[str(self)] >= RANK[str(other)]


RANK = {"allow": 0, "review": 1, "hold": 2, "reject": 3}

# States of a rule whose matches ask for an action: `paused` is a live one that the safety limit has made milder.
PAUSED = "paused"
ACTING = ("live", PAUSED)


@dataclass(frozen=True, slots=True)
class Match:
    """What one rule saw. spans are code points of the given text; found_in name has none.

    aimed_at: commenter, journalist, person, private_person, public_person, group, argument, self.
    target: the author key of the person aimed at, where known.
    """

    rule: str
    rule_hash: str
    category: str
    action: str
    state: str
    spans: tuple[tuple[int, int], ...] = ()
    aimed_at: str | None = None
    target: str | None = None
    hidden_as: str | None = None
    found_in: str = "text"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the action is what it is; code: rule, rule_failed, rule_unknown, too_much."""

    code: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A rule that could not be decided, and what could not be assessed."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules' answer on one comment; strikes are the categories that live matches propose."""

    action: Action
    categories: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    language: str | None = None
    language_sure: bool = False
    ruleset: str = ""
    engine: str = ""
    urgent: bool = False
    ask_first: tuple[str, ...] = ()
    strikes: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

"""Which of several findings weighs most: the strictest action, and among equals the gravest category."""

from collections.abc import Sequence

RANK = {"allow": 0, "review": 1, "hold": 2, "reject": 3}
# Care first: a person in danger is nobody's offence. Then as steep as the shipped ladder of enforcement.yaml.
GRAVEST_FIRST = (
    "self_harm", "threat", "illegal", "personal_information", "tragedy_joke", "harassment", "slur",
    "personal_attack", "legal_risk", "spam", "vulgarity", "profanity", "civility", "off_topic", "custom", "other",
)  # fmt: skip


def gravity(action: str, category: str) -> tuple[int, int]:
    """A key to compare findings by; the greater weighs more."""
    return RANK[action], -_place(category)


def told_first(action: str, category: str) -> tuple[int, int]:
    """A key for the reason that is named: of all that stops a comment the gravest, though a flood is refused outright."""
    return min(RANK[action], RANK["hold"]), -_place(category)


def _place(category: str) -> int:
    return GRAVEST_FIRST.index(category) if category in GRAVEST_FIRST else len(GRAVEST_FIRST)


def is_spam(categories: Sequence[str]) -> bool:
    """Was nothing but spam found?"""
    return set(categories) == {"spam"}

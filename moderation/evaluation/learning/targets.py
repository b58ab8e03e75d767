"""Which label of which set teaches which head. A head learns within sets that asked one question of clean and bad alike.

So the source never becomes the label: what a set did not ask is masked, not taken for "no".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.evaluation import sets

HEADS = (
    "news_toxic",  # share of raters of news comments who said toxic
    "talk_toxic",  # the same of discussions at Wikipedia
    "severe",
    "obscene",
    "threat",
    "insult",
    "identity",
    "sexual",
    "hate",
    "offensive",
    "sexist",
    "misogyny",
    "detox",  # a sentence beside its civil rewriting
    "removed",  # by moderators of a civic discussion
    "tragedy_joke",
)
HELD = 0.06  # share of the training rows that nothing is fitted to but the formulas of the attributes
_SIX = ("severe", "obscene", "threat", "insult", "identity", "sexual")
# At most so many rows of a set in one pass, and what one of them weighs: tweets would drown the news otherwise.
MOST = {"davidson": 8_000, "hatexplain_binary": 12_000, "cat_large_gn": 5_000, "cat_large_gc": 5_000}
WEIGHT = {"davidson": 0.5, "hatexplain_binary": 0.6, "implicit_hate": 0.8, "guest_misogyny": 0.6, "polis_en": 0.5}
TIMES = {"dynahate_test": 2, "civil_demo1k": 3, "civil_autolabel_old": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what is known of it: head → 0 to 1."""

    text: str
    targets: Mapping[str, float]
    source: str
    weight: float = 1.0


def rows(labels: Path) -> Iterator[Row]:
    """The training set, the tragedies' half for training, and the civil rewritings."""
    for one in sets.comments(labels, "train"):
        targets = targets_of(one.source, one.labels or {})
        if targets:
            yield Row(one.text, targets, one.source, WEIGHT.get(one.source, 1.0))
        if one.rewriting:
            yield Row(one.rewriting, {"detox": 0.0}, "paradetox_rewriting", 0.7)
    for one, kind, strict in sets.tragedies(labels):
        if not is_reported(one.text):
            joke = float(kind == "joke" and strict)
            if kind != "joke" or strict:
                yield Row(one.text, {"tragedy_joke": joke}, "tragedy")


def is_held(text: str) -> bool:
    """Whether a training text is left for the formulas."""
    return _share(text) < HELD


def is_reported(text: str) -> bool:
    """Whether a tragedy candidate is for figures only, not for training."""
    return _share(text) < 0.5


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32


def targets_of(source: str, labels: Mapping[str, Any]) -> dict[str, float]:
    """What a label of a set says of the heads; nothing of what was not asked."""
    asked = {name: float(value) for name, value in labels.items() if isinstance(value, int | float)}
    if source == "jigsaw_wiki":
        return {"talk_toxic": asked["toxic"], **{name: asked[name] for name in _SIX if name in asked}}
    if source == "civil_autolabel_old":
        return {"news_toxic": asked["toxic"], **{name: asked[name] for name in _SIX if name in asked}}
    if source.startswith("civil"):
        return {"news_toxic": asked["toxic"]}
    if source.startswith("cat_large"):
        return {"talk_toxic": asked["toxic"]}
    return _hate(source, labels)


def _hate(source: str, labels: Mapping[str, Any]) -> dict[str, float]:
    match source, labels:
        case "paradetox", _:
            return {"detox": 1.0}
        case "davidson", {"class": kind}:
            return {"offensive": float(kind != "neither"), "hate": float(kind == "hate")}
        case "hatexplain_binary", {"hate_or_offensive": value}:
            return {"offensive": float(value)}
        case "implicit_hate", {"class": kind}:
            return {"hate": float(kind != "not_hate")}
        case (("dynahate_test" | "hatemojibuild"), {"hate": value}):
            return {"hate": float(value), **({"identity": 0.0} if not value else {})}
        case "edos", {"sexist": value}:
            return {"sexist": float(value)}
        case "guest_misogyny", {"misogyny": value}:
            return {"misogyny": float(value)}
        case "polis_en", {"moderated": value} if value:
            return {"removed": float(value < 0)}
        case _:
            return {}

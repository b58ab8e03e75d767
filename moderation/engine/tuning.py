"""A site's own reading of the learned scores: what `moderation model tune` fitted to the decisions of its desk."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any

from .schema import Named, Number, Table, Text
from .verdict import ATTRIBUTES

TUNABLE = tuple(name for name in ATTRIBUTES if name not in ("off_topic", "spam"))
_MOST = 50.0
_CLOSEST = 1e-4  # a score is taken to be no nearer to 0 or 1

TUNING = Table(
    {
        "model": Text(80),
        "scores": Named(
            Table(
                {"start": Number(-_MOST, _MOST), "weights": Named(Number(-_MOST, _MOST), names=TUNABLE)},
                required=("start", "weights"),
            ),
            names=TUNABLE,
        ),
    },
    required=("model", "scores"),
)


def tuned(scores: Mapping[str, float], formulas: Mapping[str, Any]) -> dict[str, float]:
    """Scores and formulas by attribute in, those scores that change out. What rests on a missing score stays."""
    return {
        name: _chance(
            formula["start"] + sum(weight * log_odds(scores[one]) for one, weight in formula["weights"].items())
        )
        for name, formula in formulas.items()
        if name in scores and all(one in scores for one in formula["weights"])
    }


def log_odds(score: float) -> float:
    """A chance in, its logarithm of odds out, kept off the ends."""
    kept = min(max(score, _CLOSEST), 1 - _CLOSEST)
    return log(kept / (1 - kept))


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-max(-_MOST, min(_MOST, odds))))

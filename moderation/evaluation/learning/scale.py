"""Our scores beside Perspective's of 2018, on the comments whose scores it published: what holds the same share."""

from __future__ import annotations

from pathlib import Path

from moderation.adapters.classifiers.learned import Learned
from moderation.engine.perspective_map import Points
from moderation.evaluation import learned, sets
from moderation.workflow.shares import line

# Ours and theirs, of TOXICITY the last version that the file has.
_PAIRS = {"TOXICITY": ("toxicity", "TOXICITY@6"), "IDENTITY_ATTACK": ("identity_attack", "IDENTITY_ATTACK")}


def lines(labels: Path) -> dict[str, Points]:
    """By their name: for each of their thresholds, ours that as many of the comments reach: (ours, theirs), rising."""
    model = Learned()
    scored = [(learned.scores_of(model, text), theirs) for text, theirs in sets.rated_by_perspective(labels)]
    found = {}
    for name, (our, their) in _PAIRS.items():
        both = [(theirs[their], ours[our]) for ours, theirs in scored if our in ours and their in theirs]
        found[name] = line([theirs for theirs, _ in both], [ours for _, ours in both])
    return found

"""Our toxicity beside Perspective's of 2018, on the comments whose scores it published: what holds the same share."""

from __future__ import annotations

from pathlib import Path

from moderation.adapters.classifiers.learned import Learned
from moderation.engine.perspective_map import Points
from moderation.evaluation import learned, sets
from moderation.workflow.shares import line

_MODEL = "TOXICITY@6"  # the last version that the file has


def points(labels: Path) -> Points:
    """For each of their thresholds, ours that as many of the comments reach: (ours, theirs), rising."""
    model, ours, theirs = Learned(), [], []
    for text, scores in sets.rated_by_perspective(labels):
        score = learned.scores_of(model, text).get("toxicity")
        if score is not None and _MODEL in scores:
            ours.append(score)
            theirs.append(scores[_MODEL])
    return line(theirs, ours)

"""Our toxicity beside Perspective's of 2018, on the comments whose scores it published: what holds the same share."""

from __future__ import annotations

from pathlib import Path

import numpy

from moderation.adapters.classifiers.learned import Learned
from moderation.evaluation import learned, sets

_THEIRS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_MODEL = "TOXICITY@6"  # the last version that the file has


def points(labels: Path) -> list[tuple[float, float]]:
    """For each of their thresholds, ours that as many of the comments reach: (ours, theirs), rising."""
    model, ours, theirs = Learned(), [], []
    for text, scores in sets.rated_by_perspective(labels):
        score = learned.scores_of(model, text).get("toxicity")
        if score is not None and _MODEL in scores:
            ours.append(score)
            theirs.append(scores[_MODEL])
    shares = [float((numpy.array(theirs) >= at).mean()) for at in _THEIRS]
    inner = [(round(float(numpy.quantile(ours, 1 - share)), 4), at) for share, at in zip(shares, _THEIRS, strict=True)]
    return [(0.0, 0.0), *inner, (1.0, 1.0)]

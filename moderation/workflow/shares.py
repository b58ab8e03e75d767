"""What number of ours as many comments reach as reach one of Perspective's: the line between both scales."""

from __future__ import annotations

from typing import Any

import numpy

from moderation.engine.perspective_map import Points, is_rising

_THEIRS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def line(theirs: Any, ours: Any) -> Points:
    """Both numbers of the same comments in, points (ours, theirs) out; one that would not rise is left out."""
    points = [(0.0, 0.0)]
    for at in _THEIRS:
        share = float((numpy.asarray(theirs) >= at).mean())
        point = (round(float(numpy.quantile(ours, 1 - share)), 4), at)
        if is_rising([points[-1], point, (1.0, 1.0)]):
            points.append(point)
    return [*points, (1.0, 1.0)]

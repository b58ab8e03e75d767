"""A site's own line from calibrated toxicity to Perspective's scale: what `moderation compare --map` fitted to its archive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from .schema import BAD, Many, Number, Problems, Table
from .source import Located

Points = Sequence[tuple[float, float]]
_POINT = Table({"ours": Number(0, 1), "theirs": Number(0, 1)}, required=("ours", "theirs"))
MAP = Table({"toxicity": Many(_POINT, fewest=1)}, required=("toxicity",))


def read(node: Located, problems: Problems) -> dict[str, Any] | None:
    """perspective.yaml in, its plain values out where both numbers rise from point to point."""
    if MAP.read(node, problems) is BAD:
        return None
    plain: dict[str, Any] = node.plain()
    if not is_rising(points_of(plain)):
        problems.add(node, "from point to point `ours` and `theirs` must rise, between 0 and 1")
        return None
    return plain


def points_of(plain: Mapping[str, Any]) -> Points:
    """The points of a file in, with both ends out."""
    return [(0.0, 0.0), *((point["ours"], point["theirs"]) for point in plain["toxicity"]), (1.0, 1.0)]


def is_rising(points: Points) -> bool:
    """Whether no two points share a number, and both rise."""
    return all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(points))


def mapped(value: float, points: Points) -> float:
    """A number from 0 to 1 in, what straight lines between the points make of it out."""
    index = min(max(bisect_right([start for start, _ in points], value), 1), len(points) - 1)
    (x0, y0), (x1, y1) = points[index - 1], points[index]
    return y0 + (value - x0) * (y1 - y0) / (x1 - x0)

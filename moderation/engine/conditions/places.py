"""Where a finder's matches stand, in order, so that neighbours are found without a walk over all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ..look import Found, Look
from .base import Finder


class Places:
    """The matches of one finder in one comment, by place."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._by_side = {
            where: sorted((one.start, one.end) for one in found if one.where == where) for where in ("text", "name")
        }
        self._longest = max((one.end - one.start for one in found), default=0)

    @classmethod
    def of(cls, finder: Finder, look: Look) -> Places:
        """The places of a finder, worked out once for each comment."""
        known = look.places_of.get(finder.number)
        if not isinstance(known, Places):
            known = look.places_of[finder.number] = cls(finder.candidates(look))
        return known

    def overlap(self, found: Found) -> bool:
        """Whether one of the places shares a character with a match."""
        places = self._by_side[found.where]
        first = bisect_left(places, (found.start - self._longest, 0))
        last = bisect_left(places, (found.end, 0))
        return any(end > found.start for _, end in places[first:last])

    def between(self, found: Found, first: int, last: int) -> bool:
        """Whether one of the places begins in a range and does not overlap the match itself."""
        places = self._by_side[found.where]
        before = bisect_left(places, (found.start, 0))
        after = bisect_left(places, (found.end, 0))
        if after < len(places) and places[after][0] < last:
            return True
        lowest = bisect_right(places, (first, -1))
        return any(end <= found.start for _, end in places[lowest:before][:2])

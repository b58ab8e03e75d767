"""Which of a finder's matches are left: each filter keeps, drops or cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from ..look import Found, Look
from .base import NO, Filter, Outcome

# More evidence than this changes no verdict and no page; a hostile text may hold thousands.
MOST_KEPT = 50


def sifted(candidates: Sequence[Found], filters: Sequence[Filter], drop: Filter | None, look: Look) -> Outcome:
    """Candidates and filters in, the outcome with at most 50 matches out."""
    kept: list[Found] = []
    unsure = False
    for found in candidates:
        passed = keeps_all(filters, found, look)
        if passed is False or (drop is not None and drop.keeps(found, look)):
            continue
        if passed is None:
            unsure = True
            continue
        kept.append(found)
        if len(kept) == MOST_KEPT:
            break
    if kept:
        return Outcome(True, tuple(kept))
    return Outcome(None, unknown=("what a match refers to",)) if unsure else NO


def keeps_all(filters: Sequence[Filter], found: Found, look: Look) -> bool | None:
    """Whether all filters keep a match; False before unknown."""
    unsure = False
    for part in filters:
        kept = part.keeps(found, look)
        if kept is False:
            return False
        unsure = unsure or kept is None
    return None if unsure else True

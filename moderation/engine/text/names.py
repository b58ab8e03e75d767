"""Whether a word stands as a name."""

from __future__ import annotations

from .folding import View

_TITLES = frozenset(("mr", "mrs", "ms", "dr", "sir", "lord", "rev", "judge", "sen", "coach"))


def is_name(view: View, start: int, end: int) -> bool:
    """A range of one word that is also a name in, whether it stands as one out: a capital, another or a title beside it."""
    begin, stop = view.span(start, end)
    written = view.original[begin:stop]
    if not written[:1].isupper() or (written.isupper() and len(written) > 1):
        return False
    after = view.original[stop : stop + 24].split()
    before = view.original[max(0, begin - 24) : begin].split()
    follows = bool(after) and after[0][:1].isupper() and view.original[stop : stop + 1] == " "
    if after and view.original[stop : stop + 2] in ("'s", "’s"):
        return True
    title = bool(before) and before[-1].strip(".").lower() in _TITLES
    leads = bool(before) and before[-1][:1].isupper() and before[-1][-1:].isalpha() and len(before[-1]) > 1
    return follows or title or leads

"""Words with letters put out of sight (f**k, s-it): which listed term fits the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

_SURE_MASKS = "*#%_•█"
_MASKED = re.compile(
    r"(?<![^\W_])[a-z]{1,14}[*#%@$&!?_~.•█-]{1,8}(?:[a-z]{1,14}(?:[*#%@$&!?_~.•█-]{1,4}[a-z]{0,14}){0,2})?"
)
_TRAILING = "@$&!?~.-"
_ENDINGS = ("ed", "er", "ers", "in", "ing", "ings")


class MaskedIndex:
    """Terms by first letter and length."""

    def __init__(self, terms: Iterable[tuple[str, bool, bool]]) -> None:
        """Takes (term, may have a suffix, is strong)."""
        self._terms: dict[tuple[str, int], list[tuple[str, bool, bool]]] = {}
        for term, open_end, strong in terms:
            if term.isascii() and term.isalpha() and 3 <= len(term) <= 16:
                self._terms.setdefault((term[0], len(term)), []).append((term, open_end, strong))

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """A folded text in, each (term, start, end) that a masked word may stand for out."""
        for found in _MASKED.finditer(text):
            word = found.group().rstrip(_TRAILING)
            if not word.isalpha():
                yield from self._fits(word, found.start())

    def _fits(self, word: str, start: int) -> Iterator[tuple[str, int, int]]:
        head = word[: len(word) - len(word.lstrip(ascii_lowercase))]
        for length in range(max(3, len(head) + 1), min(len(word), 16) + 1):
            for term, open_end, strong in self._terms.get((word[0], length), ()):
                rest = word[length:]
                if not term.startswith(head):
                    continue
                if rest and not (open_end and _is_ending(rest)):
                    continue
                if _covers(word[:length], term, strong=strong):
                    yield term, start, start + len(word)


def _is_ending(rest: str) -> bool:
    """What follows a stem: letters, or a common ending with some of them hidden (f*ck*ng)."""
    if rest.isalpha():
        return True
    return any(
        all(not seen.isalpha() or seen == sign for seen, sign in zip(rest, ending, strict=True))
        for ending in _ENDINGS
        if len(ending) == len(rest) and rest[-1].isalpha()
    )


def _covers(masked: str, term: str, *, strong: bool) -> bool:
    hidden = [sign for sign in masked if not sign.isalpha()]
    if not hidden or any(m != t for m, t in zip(masked, term, strict=True) if m.isalpha()):
        return False
    if len(set(hidden)) > 1 and not all(sign in "*#%@$&!?" for sign in hidden):
        return False
    sure = all(sign in _SURE_MASKS for sign in hidden)
    seen = len(masked) - len(hidden)
    if len(term) == 3:
        return sure and masked[1] == hidden[0] and seen == 2 and hidden[0] in "*#"
    if not sure and not (strong and _is_one_hole(masked, len(hidden))):
        return False
    return seen >= 2 and (seen >= len(hidden) or masked[-1].isalpha())


def _is_one_hole(masked: str, hidden: int) -> bool:
    """Points and hyphens mostly part words: one hole, behind the first letter or of two signs or more."""
    letters = masked.rstrip(ascii_lowercase)
    head = masked[: len(letters) - hidden]
    return head.isalpha() and (len(head) == 1 or hidden > 1)

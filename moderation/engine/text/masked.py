"""Words with letters put out of sight (f**k, s-it): which listed term fits the rest."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from string import ascii_lowercase

_SURE_MASKS = "*#%_•█"
_MASKED = re.compile(
    r"(?<![^\W_])[a-z]{1,14}[*#%@$&!?_~.•█-]{1,8}(?:[a-z]{1,14}(?:[*#%@$&!?_~.•█-]{1,4}[a-z]{0,14}){0,5})?"
)
_TRAILING = "@$&!?~.-"
# Where such a word may be: behind these signs comes a letter, or one of them stands for letters wherever it is.
# A row of signs is looked through once, from where it begins, however long it is.
_HOLE = re.compile(
    r"(?<![*#%@$&!?_~.•█-])[*#%@$&!?_~.•█-](?:[*#%@$&!?_~.•█-]*+(?=[a-z])|(?<=[*#%_•█])|[@$&!?~.-]*[*#%_•█])"
)
_LONGEST_HEAD = 14
# Points and hyphens one by one, behind two letters or more, part words: no term fits.
_PARTED = re.compile(r"[a-z]{2,}(?:[@$&!?~.-][a-z]+)+")
# Beyond what people write in 20 KB.
MOST_WORDS = 100
_WITHOUT_LETTERS = dict.fromkeys(map(ord, ascii_lowercase))
_ENDINGS = ("ed", "er", "ers", "in", "ing", "ings")


class MaskedIndex:
    """Terms by length and by each letter in its place."""

    def __init__(self, terms: Iterable[tuple[str, bool, bool]]) -> None:
        """Takes (term, may have a suffix, is strong)."""
        fitting = [one for one in terms if one[0].isascii() and one[0].isalpha() and 3 <= len(one[0]) <= 16]
        self._terms = sorted(fitting)
        self._with: dict[tuple[int, int, str], set[int]] = {}
        for number, (term, _, _) in enumerate(self._terms):
            for place, letter in enumerate(term):
                self._with.setdefault((len(term), place, letter), set()).add(number)

    def find(self, words: Iterable[tuple[int, str]]) -> list[tuple[str, int, int]]:
        """Masked words and where they begin in; each (term, start, end) that they may stand for out."""
        return [(term, start, start + len(word)) for start, word in words for term in self._fits(word)]

    def _fits(self, word: str) -> Iterator[str]:
        head = len(word) - len(word.lstrip(ascii_lowercase))
        if not self._has_any(word[:head]):
            return
        for length in range(max(3, head + 1), min(len(word), 16) + 1):
            masked, rest = word[:length], word[length:]
            if not _may_hide(masked):
                continue
            for number in sorted(self._like(masked)):
                term, open_end, strong = self._terms[number]
                goes_on = not rest or (_goes_on(rest, term, strong=strong) if open_end else rest == "s")
                if goes_on and _covers(masked, term, strong=strong):
                    yield term

    def _has_any(self, head: str) -> bool:
        """Whether any term begins so."""
        place = bisect_left(self._terms, (head,))
        return place < len(self._terms) and self._terms[place][0].startswith(head)

    def _like(self, masked: str) -> set[int]:
        """Which terms have the letters that are left."""
        seen = [self._with.get((len(masked), at, sign), set()) for at, sign in enumerate(masked) if sign.isalpha()]
        return set.intersection(*seen)


def masked_words(text: str) -> tuple[list[tuple[int, str]], bool]:
    """A folded text in; where words with a hole begin that a term may fit, and the words, out, and whether there are more."""
    found = list(islice(_masked_words(text), MOST_WORDS + 1))
    return found[:MOST_WORDS], len(found) > MOST_WORDS


def _masked_words(text: str) -> Iterator[tuple[int, str]]:
    done = 0
    for hole in _HOLE.finditer(text):
        before = text[max(done, hole.start() - _LONGEST_HEAD - 1) : hole.start()]
        start = hole.start() - len(before) + len(before.rstrip(ascii_lowercase))
        found = _MASKED.match(text, start) if start < hole.start() else None
        if found:
            done = found.end()
            word = found.group().rstrip(_TRAILING)
            if not (word.isalpha() or _PARTED.fullmatch(word)):
                yield start, word


def _goes_on(rest: str, term: str, *, strong: bool) -> bool:
    """What may follow a stem: an ending; behind one that nobody mistakes (strong, or long) also more hidden letters."""
    if _is_ending(rest):
        return True
    is_sure = len(term) > 3 if strong else len(term) > 5
    return is_sure and all(sign in _SURE_MASKS or sign.isalpha() for sign in rest)


def _is_ending(rest: str) -> bool:
    """What follows a stem: letters, or a common ending with some of them hidden (f*ck*ng)."""
    if rest.isalpha():
        return True
    return any(
        all(not seen.isalpha() or seen == sign for seen, sign in zip(rest, ending, strict=True))
        for ending in _ENDINGS
        if len(ending) == len(rest) and rest[-1].isalpha()
    )


def _may_hide(masked: str) -> bool:
    """Whether the signs can stand for letters at all: most hyphens and points part words."""
    hidden = masked.translate(_WITHOUT_LETTERS)
    return not hidden.strip(_SURE_MASKS) or _is_one_hole(masked, len(hidden)) or _is_mostly_seen(masked, hidden)


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
    if not sure and not (strong and (_is_one_hole(masked, len(hidden)) or _is_mostly_seen(masked, "".join(hidden)))):
        return False
    return seen >= 2 and (seen >= len(hidden) or masked[-1].isalpha())


def _is_one_hole(masked: str, hidden: int) -> bool:
    """Points and hyphens mostly part words: one hole, behind the first letter or of two signs or more."""
    letters = masked.rstrip(ascii_lowercase)
    head = masked[: len(letters) - hidden]
    return head.isalpha() and (len(head) == 1 or hidden > 1)


def _is_mostly_seen(masked: str, hidden: str) -> bool:
    """A few signs in a long word, which nothing but the term fits."""
    return len(masked) > 7 and len(masked) >= 4 * len(hidden) and not hidden.strip("*#%@$&!?")

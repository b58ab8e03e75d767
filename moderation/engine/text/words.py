"""Words and sentences of a view, found when a rule asks for the surroundings of a match."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from ..lazy import lazy
from .folding import View

_WORD = re.compile(r"([^\W_]+(?:'[^\W_]+)*)")
_ASCII_WORD = re.compile(r"([a-z0-9]+(?:'[a-z0-9]+)*)")
# It begins with one set of signs, for which `re` has a fast search; a row of them is looked through once.
_SENTENCE_END = re.compile(r"[.!?;\n](?:(?<=[;\n])|(?<![.!?][.!?])[.!?]*+[\"')\]]*+(?=[ \n]|\Z))")
_SHORT_FORMS = frozenset("mr mrs ms dr st sr jr vs etc prof sen rep gov gen no inc".split())


class Word(NamedTuple):
    """One word of a view and where it stands."""

    text: str
    start: int
    end: int


class Passage:
    """A view cut into words and sentences; texts and starts go together."""

    def __init__(self, view: View) -> None:
        self.view = view

    @lazy
    def _pieces(self) -> list[str]:
        """What stands between words, and words, in turn."""
        return (_ASCII_WORD if self.view.text.isascii() else _WORD).split(self.view.text)

    @lazy
    def texts(self) -> list[str]:
        """All words in order."""
        return self._pieces[1::2]

    @lazy
    def starts(self) -> list[int]:
        """Where they begin."""
        return list(accumulate(map(len, self._pieces)))[:-1:2]

    def word(self, index: int) -> Word:
        """A word by its number."""
        text, start = self.texts[index], self.starts[index]
        return Word(text, start, start + len(text))

    @lazy
    def _sentence_ends(self) -> list[int]:
        return [m.end() for m in _SENTENCE_END.finditer(self.view.lines) if self._ends(m)]

    def _ends(self, mark: re.Match[str]) -> bool:
        if mark.group() != ".":
            return True
        before = self.view.lines[max(0, mark.start() - 6) : mark.start()].split()
        last = before[-1] if before else ""
        return last not in _SHORT_FORMS and not (len(last) == 1 and last.isalpha())

    def sentence(self, at: int) -> tuple[int, int]:
        """A place in, the range of the sentence around it out."""
        ends = self._sentence_ends
        index = bisect_right(ends, at)
        return ends[index - 1] if index else 0, ends[index] if index < len(ends) else len(self.view.text)

    def index(self, at: int) -> int:
        """A place in, the number of the word that stands there (or the next one) out."""
        place = max(0, bisect_right(self.starts, at) - 1)
        if place < len(self.starts) and self.word(place).end <= at:
            place += 1
        return place

    def before(self, start: int, count: int, *, within: bool = True) -> list[str]:
        """Up to count words before a place, nearest last, of the same sentence only if within."""
        stop = bisect_left(self.starts, start)
        first = max(0, stop - count)
        if within:
            first = bisect_left(self.starts, self.sentence(start)[0], first, stop)
        return self.texts[first:stop]

    def after(self, end: int, count: int, *, within: bool = True) -> list[str]:
        """Up to count words after a place, nearest first, of the same sentence only if within."""
        first = bisect_left(self.starts, end)
        stop = min(first + count, len(self.starts))
        if within:
            stop = bisect_left(self.starts, self.sentence(max(0, end - 1))[1], first, stop)
        return self.texts[first:stop]

    def reach(self, at: int, count: int) -> tuple[int, int]:
        """A place in, the range of count words around it on both sides out."""
        index = self.index(at)
        first = self.starts[max(0, index - count)] if self.starts else 0
        after = index + count + 1
        return first, self.starts[after] if after < len(self.starts) else len(self.view.text)

    def words_in(self, start: int, end: int) -> int:
        """How many words begin in a range."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

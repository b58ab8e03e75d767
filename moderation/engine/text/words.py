"""Words and sentences of a view, found when a rule asks for the surroundings of a match."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import partial
from typing import NamedTuple

from ..lazy import lazy
from .folding import View

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?=[ \n]|\Z)|\n|[;]")
_SHORT_FORMS = frozenset("mr mrs ms dr st sr jr vs etc prof sen rep gov gen no inc".split())


class Word(NamedTuple):
    """One word of a view and where it stands."""

    text: str
    start: int
    end: int


_word = partial(tuple.__new__, Word)  # a third of the time of Word(...), and a comment has a hundred


class Passage:
    """A view cut into words and sentences."""

    def __init__(self, view: View) -> None:
        self.view = view

    @lazy
    def words(self) -> list[Word]:
        """All words in order."""
        pattern = _ASCII_WORD if self.view.text.isascii() else _WORD
        spans = [found.span() for found in pattern.finditer(self.view.text)]
        return [_word((self.view.text[start:end], start, end)) for start, end in spans]

    @lazy
    def _word_starts(self) -> list[int]:
        return [word.start for word in self.words]

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
        index = bisect_right(self._sentence_ends, at)
        start = self._sentence_ends[index - 1] if index else 0
        ends = self._sentence_ends
        return start, ends[index] if index < len(ends) else len(self.view.text)

    def index(self, at: int) -> int:
        """A place in, the number of the word that stands there (or the next one) out."""
        place = max(0, bisect_right(self._word_starts, at) - 1)
        if place < len(self.words) and self.words[place].end <= at:
            place += 1
        return place

    def before(self, start: int, count: int, *, within: bool = True) -> list[str]:
        """Up to count words before a place, nearest last, of the same sentence only if within."""
        stop = bisect_right(self._word_starts, start - 1) if start else 0
        limit = self.sentence(start)[0] if within else 0
        near = self.words[max(0, stop - count) : stop]
        return [word.text for word in near if word.start >= limit]

    def after(self, end: int, count: int, *, within: bool = True) -> list[str]:
        """Up to count words after a place, nearest first, of the same sentence only if within."""
        first = bisect_right(self._word_starts, end - 1)
        limit = self.sentence(max(0, end - 1))[1] if within else len(self.view.text)
        near = self.words[first : first + count]
        return [word.text for word in near if word.start < limit]

    def reach(self, at: int, count: int) -> tuple[int, int]:
        """A place in, the range of count words around it on both sides out."""
        index = self.index(at)
        first = self._word_starts[max(0, index - count)] if self.words else 0
        after = index + count + 1
        return first, self._word_starts[after] if after < len(self.words) else len(self.view.text)

    def words_in(self, start: int, end: int) -> list[str]:
        """The words that begin in a range."""
        first = bisect_right(self._word_starts, start - 1) if start else 0
        return [w.text for w in self.words[first : bisect_right(self._word_starts, end - 1)]]

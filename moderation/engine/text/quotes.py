"""What stands in quotation marks, and what repeats the comment or the story that is answered."""

from __future__ import annotations

import re
from bisect import bisect_right

from ..lazy import lazy
from .folding import View
from .words import Passage

_QUOTED = re.compile(r'"([^"\n]{1,600})"|(?<![^\W_])\'([^\'\n]{2,300}(?:\'[a-z][^\'\n]{0,300}){0,6})\'(?![^\W_])')
_CITED_LINE = re.compile(r"(?:^|\n)>+ ?([^\n]*)")
_SAYING = frozenset(
    """said says say saying told tells telling called calls calling wrote writes tweeted tweets posted shouted shouts
    shouting yelled yelling screamed screaming chanted chanting quoted quotes quote quoting claimed claims according
    described describes referred labelled labeled branded dubbed responded replied answered stated remarked uttered
    muttered heard hearing word words term phrase slur insult comment headline used uses using""".split()
)
_WRITER = frozenset(("i", "i'll", "i'd", "we", "let's", "lets"))


class Quotes:
    """The quotations in one text."""

    def __init__(self, passage: Passage, sources: tuple[str, ...] = ()) -> None:
        self._passage = passage
        self._view: View = passage.view
        self._sources = sources

    @lazy
    def _ranges(self) -> list[tuple[int, int]]:
        lines = self._view.lines
        return [found.span() for found in _QUOTED.finditer(lines)] if '"' in lines or _has_opening(lines) else []

    @lazy
    def _cited(self) -> list[tuple[int, int]]:
        lines = self._view.lines
        return [found.span(1) for found in _CITED_LINE.finditer(lines)] if ">" in lines else []

    def around(self, start: int, end: int) -> tuple[int, int] | None:
        """The quotation that holds a range, if there is one."""
        return _holding(self._ranges, start, end)

    def is_attributed(self, start: int, end: int) -> bool:
        """Whether the range is quoted as somebody else's words."""
        if _holding(self._cited, start, end):
            return True
        quotation = self.around(start, end)
        if quotation is None:
            return False
        return self._is_repeated(quotation) or self._is_said_by_another(*quotation)

    def _is_repeated(self, quotation: tuple[int, int]) -> bool:
        words = self._view.text[quotation[0] + 1 : quotation[1] - 1].strip(" .,!?")
        return len(words) > 2 and any(words in source for source in self._sources)

    def _is_said_by_another(self, start: int, end: int) -> bool:
        before = self._passage.before(start, 8)
        for index, word in enumerate(before):
            if word in _SAYING and (index == 0 or before[index - 1] not in _WRITER):
                return True
        after = self._passage.after(end, 4, within=False)
        return any(word in _SAYING and word not in ("word", "words") for word in after)


def _has_opening(text: str) -> bool:
    """Whether any single quotation mark does not stand amid a word, as apostrophes do."""
    at = text.find("'")
    while at > 0 and text[at - 1].isalnum():
        at = text.find("'", at + 1)
    return at >= 0


def _holding(ranges: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    index = bisect_right(ranges, (start, len(ranges) + (1 << 40))) - 1
    if index >= 0 and ranges[index][0] <= start and end <= ranges[index][1]:
        return ranges[index]
    return None

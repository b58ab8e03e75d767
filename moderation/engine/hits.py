"""Terms, where they were found in a view, and what takes a hit back."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from .text.folding import View

FORMS = ("word", "stem", "phrase", "inside")
USES = ("noun", "adjective", "verb", "address")  # address: its own wording speaks to the reader
# Of one tier of a list. A text of 20 KB that has more is no comment; the rest of it is left to people.
MOST_HITS = 50
# Of each tier of such a text, which is held whatever the rules say: enough to show what it is about.
SHOWN_OF_CUT = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase. form: word, stem (any ending), phrase, inside (anywhere in a word)."""

    term: str
    tier: str = "listed"
    form: str = "word"
    use: str = "noun"
    except_: tuple[str, ...] = ()
    name: bool = False
    language: str | None = None
    locales: tuple[str, ...] = ()
    note: str = ""


Key = tuple[str, str]
"""A list and a tier of it."""


class TermHit(NamedTuple):
    """A term found: its list, its range in the view, and how it was hidden where only a second reading shows it."""

    list: str
    term: Term
    start: int
    end: int
    hidden_as: str | None = None


class Scan(NamedTuple):
    """The terms found, in order; is_cut: there are more of them, or more disguises, than were looked at."""

    hits: list[TermHit]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Entry:
    key: Key
    term: Term
    text: str
    signs: str
    counts: tuple[int, ...]
    exceptions: tuple[str, ...]


class Hits:
    """What was found so far; the plain reading of a range wins over a disguised one."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._hits: dict[tuple[str, str, int, int], tuple[Entry, str | None]] = {}
        self._shields: dict[str, list[tuple[int, int]]] = {}
        self._counts: dict[Key, int] = {}
        self.is_cut = False

    def shield(self, text: str, start: int, end: int) -> None:
        self._shields.setdefault(text, []).append((start, end))

    def add(self, entry: Entry, start: int, end: int, hidden_as: str | None = None) -> None:
        place = (*entry.key, start, end)
        if place in self._hits:
            return
        self._hits[place] = (entry, hidden_as)
        self._counts[entry.key] = self._counts.get(entry.key, 0) + 1

    def is_full(self, entry: Entry) -> bool:
        """Whether no more of its tier are taken; that there are more is kept."""
        if self._counts.get(entry.key, 0) < MOST_HITS:
            return False
        self.is_cut = True
        return True

    def found(self) -> list[TermHit]:
        hits = [
            TermHit(name, entry.term, start, end, hidden)
            for (name, _, start, end), (entry, hidden) in self._hits.items()
            if not self._is_excepted(entry, start, end)
        ]
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.list, hit.term.term))
        return self._shortened(hits) if self.is_cut else hits

    def _shortened(self, hits: list[TermHit]) -> list[TermHit]:
        seen: Counter[Key] = Counter()
        kept = []
        for hit in hits:
            key = (hit.list, hit.term.tier)
            seen[key] += 1
            if seen[key] <= SHOWN_OF_CUT:
                kept.append(hit)
        return kept

    def _is_excepted(self, entry: Entry, start: int, end: int) -> bool:
        for exception in entry.exceptions:
            text = exception.rstrip("*")
            places = self._shields.get(text, ())
            index = bisect_right(places, (start - len(text), 0))
            for first, last in places[index:]:
                if first >= end:
                    break
                if start < last and self._stands(exception, first, last):
                    return True
        return False

    def _stands(self, exception: str, first: int, last: int) -> bool:
        """Whether an exception stands there as words of its own."""
        text = self._view.text
        if first and text[first - 1].isalnum():
            return False
        return exception.endswith("*") or last == len(text) or not text[last].isalnum()

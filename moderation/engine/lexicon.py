"""Lists of terms with tiers, forms and exceptions -> one matcher that finds them all in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from .hits import Entry, Hits, Scan, Term
from .text.disguise import Reading, joins_words, runs
from .text.folding import View, folded_term
from .text.masked import MaskedIndex
from .text.names import is_name
from .wordings import variants

STRONG_TIERS = frozenset(("slur", "strong"))
_RARELY_DOUBLED = "ukha"
_TOO_LONG_FOR_CHANCE = 6


class Lexicon:
    """The compiled lists; scan is linear in the text whatever the number of terms."""

    def __init__(self, lists: Mapping[str, Iterable[Term]]) -> None:
        entries = chain.from_iterable(_entries(name, terms) for name, terms in sorted(lists.items()))
        self._entries = tuple(entries)
        self.keys = frozenset(entry.key for entry in self._entries)
        self._plain = _Patterns(self._entries, deep=False)
        self._deep = _Patterns(self._entries, deep=True)
        self._masked = MaskedIndex(_maskable(self._entries))
        self._by_text: dict[str, list[Entry]] = {}
        for entry in self._entries:
            self._by_text.setdefault(entry.text, []).append(entry)

    def scan(self, view: View, *, disguised: bool = True) -> Scan:
        """A view in, every term in it out, plain or disguised, as far as anybody in good faith would write them.

        Beyond that people look at it anyway, so that no second reading is made.
        """
        hits = Hits(view)
        self._scan_plain(view, hits)
        if disguised and not hits.is_cut and view.is_suspicious:
            second, is_cut = view.readings
            hits.is_cut |= is_cut
            for reading in second:
                self._scan_deep(view, reading, hits)
            self._scan_masked(view, hits)
        return Scan(hits.found(), hits.is_cut)

    def _scan_masked(self, view: View, hits: Hits) -> None:
        words, is_cut = view.masked_words
        hits.is_cut |= is_cut
        for text, start, end in self._masked.find(words):
            for entry in self._by_text.get(text, ()):
                if not hits.is_full(entry):
                    hits.add(entry, start, end, "masked")

    def _scan_plain(self, view: View, hits: Hits) -> None:
        for pattern, start, end in self._plain.find_words(view.text):
            if pattern.excepts:
                hits.shield(pattern.text, start, end)
            for entry in pattern.entries:
                stop = 0 if hits.is_full(entry) else _plain_end(entry.term, view, start, end)
                if stop and not (entry.term.name and is_name(view, start, stop)):
                    hits.add(entry, start, stop)

    def _scan_deep(self, view: View, reading: Reading, hits: Hits) -> None:
        for pattern, start, end in self._deep.find_read(reading):
            how = reading.how(start, end)
            for entry in pattern.entries if how else ():
                if not hits.is_full(entry) and _fits(entry, reading, start, end):
                    first, last = reading.start(start), reading.end(_deep_end(entry.term, reading, end) - 1)
                    if not (entry.term.name and is_name(view, first, last)):
                        hits.add(entry, first, last, how)


class _Pattern(NamedTuple):
    """One text to look for, the entries that it stands for, and whether it is an exception of some."""

    text: str
    entries: tuple[Entry, ...]
    excepts: bool


class _Patterns:
    """Texts to look for, each with the entries that it stands for; exceptions stand for none."""

    def __init__(self, entries: tuple[Entry, ...], *, deep: bool) -> None:
        by_text: dict[str, list[Entry]] = {}
        for entry in entries:
            by_text.setdefault(entry.signs if deep else entry.text, []).append(entry)
        excepted = {text.rstrip("*") for entry in entries for text in entry.exceptions} if not deep else set()
        inside = {entry.signs if deep else entry.text for entry in entries if entry.term.form == "inside"}
        self._patterns = [
            _Pattern(text, tuple(by_text.get(text, ())), text in excepted)
            for text in sorted({*by_text, *excepted} - {""})
        ]
        self._inside = {index for index, pattern in enumerate(self._patterns) if pattern.text in inside}
        texts = [pattern.text for pattern in self._patterns]
        self._matcher = AhoCorasick(texts) if texts else None

    def find_read(self, reading: Reading) -> Iterable[tuple[_Pattern, int, int]]:
        """As find_words, in a second reading."""
        if self._matcher is None:
            return ()
        patterns, inside, signs, gaps = self._patterns, self._inside, reading.signs, reading.gaps
        return [
            (patterns[index], start, end)
            for index, start, end in self._matcher.find_matches_as_indexes(signs, overlapping=True)
            if not start or not signs[start - 1].isalpha() or start in gaps or index in inside
        ]

    def find_words(self, text: str) -> Iterable[tuple[_Pattern, int, int]]:
        """All that stand where a word begins; amid a word neither most terms nor an exception stand."""
        if self._matcher is None:
            return ()
        patterns, inside = self._patterns, self._inside
        return [
            (patterns[index], start, end)
            for index, start, end in self._matcher.find_matches_as_indexes(text, overlapping=True)
            if not start or not text[start - 1].isalnum() or index in inside
        ]


def _entries(name: str, terms: Iterable[Term]) -> Iterable[Entry]:
    for term in terms:
        spellings = (form for text in term.except_ for form in (text, text.replace(" ", "-")))
        exceptions = tuple(sorted({_folded_exception(text) for text in spellings}))
        key = (name, term.tier)
        for variant in sorted(variants(term.term)):
            text = folded_term(variant)
            if text:
                yield Entry(key, term, text, *runs(text), exceptions)
                if term.form == "phrase" and text.count(" ") == 1:
                    hyphened = text.replace(" ", "-")
                    yield Entry(key, term, hyphened, *runs(hyphened), exceptions)


def _folded_exception(text: str) -> str:
    """`cock*` also stands for longer words, `cock the *` for the words before the star."""
    text = text.removesuffix(" *")
    return folded_term(text.rstrip("*")) + ("*" if text.endswith("*") else "")


def _maskable(entries: tuple[Entry, ...]) -> Iterable[tuple[str, bool, bool]]:
    seen = {
        (entry.text, entry.term.form in ("stem", "inside"), entry.term.tier in STRONG_TIERS)
        for entry in entries
        if entry.term.form != "phrase" and not entry.term.name
    }
    return sorted(seen)


def _plain_end(term: Term, view: View, start: int, end: int) -> int:
    """Where the match ends if the term's form allows it here, else 0."""
    text = view.text
    if start and text[start - 1].isalnum() and (term.form != "inside" or not text[start - 1].isalpha()):
        return 0
    if end == len(text) or not text[end].isalnum():
        return end
    if term.form in ("stem", "inside"):
        return view.word_end(end)
    if text[end] == "s" and term.form == "word" and text[end - 1] != "s":
        return 0 if text[end + 1 : end + 2].isalnum() else end + 1
    return end if text[end].isdigit() and end - start > 3 else 0


def _fits(entry: Entry, reading: Reading, start: int, end: int) -> bool:
    """Whether a disguised range has the term's letters, word edges, and hides it on purpose."""
    if entry.term.form != "inside" and not reading.is_edge(start):
        return False
    if entry.term.form in ("word", "phrase") and not _ends_here(entry, reading, end):
        return False
    return _has_runs_of(entry, reading, start, end) and _gaps_are_meant(entry, reading, start, end)


def _has_runs_of(entry: Entry, reading: Reading, start: int, end: int) -> bool:
    """Whether each letter stands as often as in the term, or is drawn out."""
    if not reading.has_runs(start, end):
        return entry.signs == entry.text
    strong = entry.term.tier in STRONG_TIERS and len(entry.text) > 3
    goes_on = entry.term.form in ("stem", "inside") and reading.signs[end : end + 1] not in ("", " ")
    for at, (sign, want) in enumerate(zip(entry.signs, entry.counts, strict=True), 1):
        got = reading.count(start + at - 1)
        may_double = sign in _RARELY_DOUBLED or (goes_on and at == end - start)  # the end of a stem: shitty
        if got != want and not (got >= 3 and got >= want) and not (strong and want == 1 and got == 2 and may_double):
            return False
    return True


def _ends_here(entry: Entry, reading: Reading, end: int) -> bool:
    if reading.is_end(end):
        return True
    return entry.term.form == "word" and reading.signs[end] == "s" and reading.is_end(end + 1)


def _gaps_are_meant(entry: Entry, reading: Reading, start: int, end: int) -> bool:
    inner = [index for index in range(start + 1, end) if index in reading.gaps]
    if not inner or entry.term.form == "phrase":
        return True
    if len(inner) == end - start - 1:
        edge = start == 0 or reading.signs[start - 1] == " " or start not in reading.gaps or _is_after_a(reading, start)
        last = end == len(reading.signs) or reading.signs[end] == " "
        return (edge and last) or (len(entry.text) > 3 and (edge or last))
    if len(entry.text) < 4 or entry.term.tier not in STRONG_TIERS or not reading.is_edge(start):
        return False
    if len(entry.text) >= _TOO_LONG_FOR_CHANCE:
        return True
    cuts = [start, *inner, end]
    pieces = [reading.signs[a:b] for a, b in pairwise(cuts)]
    return not joins_words(pieces)


def _is_after_a(reading: Reading, start: int) -> bool:
    """Behind the words of one letter (a, i), which a spelled-out word takes in."""
    return reading.signs[start - 1] in ("a", "i") and (start == 1 or reading.signs[start - 2] == " ")


def _deep_end(term: Term, reading: Reading, end: int) -> int:
    return reading.word_end(end) if term.form in ("stem", "inside") else end

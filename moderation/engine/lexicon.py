"""Lists of terms with tiers, forms and exceptions -> one matcher that finds them all in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from .text.disguise import Reading, is_suspicious, joins_words, readings, runs
from .text.folding import View, folded_term
from .text.masked import MaskedIndex
from .text.names import is_name
from .wordings import variants

FORMS = ("word", "stem", "phrase", "inside")
USES = ("noun", "adjective", "verb")
STRONG_TIERS = frozenset(("slur", "strong"))
_RARELY_DOUBLED = "ukh"
_TOO_LONG_FOR_CHANCE = 6


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
    """A term found: its list, its range in the view, how it was hidden."""

    list: str
    term: Term
    start: int
    end: int
    hidden_as: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    list: str
    term: Term
    text: str
    signs: str
    counts: tuple[int, ...]
    exceptions: tuple[str, ...]


class Lexicon:
    """The compiled lists; scan is linear in the text whatever the number of terms."""

    def __init__(self, lists: Mapping[str, Iterable[Term]]) -> None:
        entries = chain.from_iterable(_entries(name, terms) for name, terms in sorted(lists.items()))
        self._entries = tuple(entries)
        self._plain = _Patterns(self._entries, deep=False)
        self._deep = _Patterns(self._entries, deep=True)
        self._masked = MaskedIndex(_maskable(self._entries))
        self._by_text: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            self._by_text.setdefault(entry.text, []).append(entry)

    def scan(self, view: View) -> list[TermHit]:
        """A view in, every term in it out, plain or disguised."""
        hits = _Hits(view)
        self._scan_plain(view, hits)
        if is_suspicious(view.text):
            for reading in readings(view.text):
                self._scan_deep(view, reading, hits)
            self._scan_masked(view, hits)
        return hits.found()

    def _scan_masked(self, view: View, hits: _Hits) -> None:
        for text, start, end in self._masked.find(view.text):
            for entry in self._by_text.get(text, ()):
                hits.add(entry, start, end, "masked")

    def _scan_plain(self, view: View, hits: _Hits) -> None:
        searched, is_plain = view.text, view.offsets is None
        for pattern, start, end in self._plain.find(searched):
            if start and not pattern.inside and searched[start - 1].isalnum():
                continue  # amid a word: neither a term nor an exception stands there
            if pattern.excepts:
                hits.shield(pattern.text, start, end)
            for entry in pattern.entries:
                stop = _plain_end(entry.term, searched, start, end)
                if stop and not (entry.term.name and is_name(view, start, stop)):
                    hits.add(entry, start, stop, None if is_plain else view.hidden_as(start, stop))

    def _scan_deep(self, view: View, reading: Reading, hits: _Hits) -> None:
        for pattern, start, end in self._deep.find(reading.signs):
            how = reading.how(start, end)
            for entry in pattern.entries if how else ():
                if _fits(entry, reading, start, end):
                    first, last = reading.start(start), reading.end(_deep_end(entry.term, reading, end) - 1)
                    if not (entry.term.name and is_name(view, first, last)):
                        hits.add(entry, first, last, how)


class _Pattern(NamedTuple):
    """One text to look for, the entries that it stands for, whether it is an exception of some, and amid words too."""

    text: str
    entries: tuple[_Entry, ...]
    excepts: bool
    inside: bool


class _Patterns:
    """Texts to look for, each with the entries that it stands for; exceptions stand for none."""

    def __init__(self, entries: tuple[_Entry, ...], *, deep: bool) -> None:
        by_text: dict[str, list[_Entry]] = {}
        for entry in entries:
            by_text.setdefault(entry.signs if deep else entry.text, []).append(entry)
        excepted = {text.rstrip("*") for entry in entries for text in entry.exceptions} if not deep else set()
        self._patterns = [
            _Pattern(text, several, text in excepted, any(entry.term.form == "inside" for entry in several))
            for text in sorted({*by_text, *excepted} - {""})
            for several in [tuple(by_text.get(text, ()))]
        ]
        texts = [pattern.text for pattern in self._patterns]
        self._matcher = AhoCorasick(texts) if texts else None

    def find(self, text: str) -> Iterable[tuple[_Pattern, int, int]]:
        if self._matcher is None:
            return ()
        found = self._matcher.find_matches_as_indexes(text, overlapping=True)
        return [(self._patterns[index], start, end) for index, start, end in found]


class _Hits:
    """What was found so far; the plain reading of a range wins over a disguised one."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._hits: dict[tuple[str, str, int, int], tuple[_Entry, str | None]] = {}
        self._shields: dict[str, list[tuple[int, int]]] = {}

    def shield(self, text: str, start: int, end: int) -> None:
        self._shields.setdefault(text, []).append((start, end))

    def add(self, entry: _Entry, start: int, end: int, hidden_as: str | None) -> None:
        key = (entry.list, entry.term.tier, start, end)
        if key not in self._hits:
            self._hits[key] = (entry, hidden_as)

    def found(self) -> list[TermHit]:
        hits = [
            TermHit(name, entry.term, start, end, hidden)
            for (name, _, start, end), (entry, hidden) in self._hits.items()
            if not self._is_excepted(entry, start, end)
        ]
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.list, hit.term.term))

    def _is_excepted(self, entry: _Entry, start: int, end: int) -> bool:
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


def _entries(name: str, terms: Iterable[Term]) -> Iterable[_Entry]:
    for term in terms:
        spellings = (form for text in term.except_ for form in (text, text.replace(" ", "-")))
        exceptions = tuple(sorted({_folded_exception(text) for text in spellings}))
        for variant in sorted(variants(term.term)):
            text = folded_term(variant)
            if text:
                yield _Entry(name, term, text, *runs(text), exceptions)
                if term.form == "phrase" and text.count(" ") == 1:
                    hyphened = text.replace(" ", "-")
                    yield _Entry(name, term, hyphened, *runs(hyphened), exceptions)


def _folded_exception(text: str) -> str:
    """`cock*` also stands for longer words, `cock the *` for the words before the star."""
    text = text.removesuffix(" *")
    return folded_term(text.rstrip("*")) + ("*" if text.endswith("*") else "")


def _maskable(entries: tuple[_Entry, ...]) -> Iterable[tuple[str, bool, bool]]:
    seen = {
        (entry.text, entry.term.form in ("stem", "inside"), entry.term.tier in STRONG_TIERS)
        for entry in entries
        if entry.term.form != "phrase" and not entry.term.name
    }
    return sorted(seen)


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isalnum():
        at += 1
    return at


def _plain_end(term: Term, text: str, start: int, end: int) -> int:
    """Where the match ends if the term's form allows it here, else 0."""
    if start and text[start - 1].isalnum() and (term.form != "inside" or not text[start - 1].isalpha()):
        return 0
    if end == len(text) or not text[end].isalnum():
        return end
    if term.form in ("stem", "inside"):
        return _word_end(text, end)
    if text[end] == "s" and term.form == "word" and text[end - 1] != "s":
        return end + 1 if _word_end(text, end) == end + 1 else 0
    return end if text[end].isdigit() and end - start > 3 else 0


def _fits(entry: _Entry, reading: Reading, start: int, end: int) -> bool:
    """Whether a disguised range has the term's letters, word edges, and hides it on purpose."""
    strong = entry.term.tier in STRONG_TIERS and len(entry.text) > 3
    goes_on = entry.term.form in ("stem", "inside") and reading.signs[end : end + 1] not in ("", " ")
    for at, (sign, want) in enumerate(zip(entry.signs, entry.counts, strict=True), 1):
        got = reading.count(start + at - 1)
        may_double = sign in _RARELY_DOUBLED or (goes_on and at == end - start)  # the end of a stem: shitty
        if got != want and not (got >= 3 and got >= want) and not (strong and want == 1 and got == 2 and may_double):
            return False
    if entry.term.form != "inside" and not reading.is_edge(start):
        return False
    if entry.term.form in ("word", "phrase") and not _ends_here(entry, reading, end):
        return False
    return _gaps_are_meant(entry, reading, start, end)


def _ends_here(entry: _Entry, reading: Reading, end: int) -> bool:
    if reading.is_end(end):
        return True
    return entry.term.form == "word" and reading.signs[end] == "s" and reading.is_end(end + 1)


def _gaps_are_meant(entry: _Entry, reading: Reading, start: int, end: int) -> bool:
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
    while term.form in ("stem", "inside") and not reading.is_end(end):
        end += 1
    return end

"""A second reading of a view for words in disguise: leet, repeated letters, spaced-out, dotted, masked.

Runs of one letter are folded into one sign with its count, on this side and on the terms' side, so
that "fuuuck" is found and "as" is not taken for a word with two s.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from string import ascii_lowercase

import re2

from ..lazy import lazy
from .offsets import Span

# The leet map is CHARS_MAPPING of better-profanity 0.7.0 (MIT), read backwards, and our additions.
LEET_FIRST = str.maketrans("@4103$57!|+689", "aaioesstiitgbg")
LEET_SECOND = str.maketrans("@4103$57!|+689", "oaloesstlltbbg")
_INNER_LEET = str.maketrans("(<€£¥¡", "ccelyi")
_MAY_BE_INNER = re.compile("[(<€£¥¡]")

# What makes a second reading worth its time. In RE2, since every comment passes here.
_RUNS = "(?:" + "|".join(sign * 3 for sign in ascii_lowercase) + ")+"  # side by side they are one place
_SUSPICIOUS_SIGNS = (
    r"[a-z][@$!?|+(*#%_&€£¥^~¡]+[a-z@$|+(*#%_&0-9]"
    r"|[a-z][013-9][a-z0-9$@]|(?:^|[\s(\"'*#])[@$][a-z$@]|(?:^|[^\pL\pN])[013-9]{1,2}[a-z]{2}"
    r"|[a-z][013457](?:$|[^\pL\pN])|[0-9@$][@$][a-z]|[a-z][$*]|uu|ii|aa|"
    + _RUNS
    + r"|(?:^|[^\pL\pN])[a-z0-9][ ._,*/|~+-]{1,3}[a-z0-9@$!*][ ._,*/|~+-]{1,3}[a-z0-9@$](?:$|[^\pL\pN])"
    r"|(?:^|[^\pL\pN])[a-z]{1,3}[._/~:-]{1,3}[a-z]|[a-z][._/~:-]{1,3}[a-z]{1,3}(?:$|[^\pL\pN])"
)
_SUSPICIOUS = re2.compile(_SUSPICIOUS_SIGNS)
_IS_SUSPICIOUS = re2.Set.SearchSet(re2.Options())  # tells whether, not where, in half the time
_IS_SUSPICIOUS.Add(_SUSPICIOUS_SIGNS)
_IS_SUSPICIOUS.Compile()
_SPACED = re.compile(r"(?<![^\W_])[a-z0-9@$](?:[ ._,*/|~+-]{1,3}[a-z0-9@$!*](?![a-z0-9@$])){2,40}(?![^\W_])")
_MAY_BE_SPACED = re2.compile(  # its beginning, in a tenth of the time
    r"(?:^|[^\pL\pN])[a-z0-9@$](?:[ ._,*/|~+-]{1,3}[a-z0-9@$!*]){2}(?:$|[^a-z0-9@$])"
)
_AROUND = 40
# Characters of suspicious parts, some 100 for each suspicious place: beyond anything that people write.
MOST_READ = 4_000
_DOUBLED = re.compile(r"(.)\1+")
_CHUNK = re.compile(r"([a-z]+(?: [a-z]+)*)(?!\S)|\S+")  # words without any other sign go together
_EDGE_LEFT = "\"'()[]{}<>*_~-#.,!?:;/\\|+&%^=€£¥"
_EDGE_RIGHT = "\"'()[]{}<>*_~-#.,!?:;/\\|+&%^=€£¥@"
_AMBIGUOUS = re.compile(r"[@1!|6]")
_VOWEL = re.compile(r"[aeiouy]")


class Reading:
    """Letters as read: one sign for each run of a letter, and where it stands in the view.

    counts, ends and marks are of the signs that stand for several letters or were changed; gaps are before a sign.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._last = ""
        self._starts: list[int] = []
        self._counts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._marks: dict[int, str] = {}
        self.gaps: set[int] = set()
        self._word = (0, -1)

    @lazy
    def signs(self) -> str:
        """What is searched."""
        return "".join(self._pieces)

    @lazy
    def _odd(self) -> list[int]:
        return sorted({*self._counts, *self._marks, *self.gaps})

    def put_blank(self, at: int) -> None:
        """Add a place where words part."""
        self._pieces.append(" ")
        self._starts.append(at)
        self._last = " "

    def put_signs(self, letters: str, written: str, at: int, *, spelled: bool) -> None:
        """Add letters as read, one for each sign that is written there; what is none is a gap, and in words spelled out each is."""
        index, last, is_behind_gap = len(self._starts), self._last, False
        for place, (letter, sign) in enumerate(zip(letters, written, strict=True), at):
            if not letter.isalnum():
                is_behind_gap = True
                continue
            gap = is_behind_gap or (spelled and place > at)
            is_behind_gap = False
            if letter == last:
                self._counts[index - 1] = self._counts.get(index - 1, 1) + 1
                self._ends[index - 1] = place + 1
                if gap or letter != sign:
                    self._marks.setdefault(index - 1, "spaced" if letter == sign else "leet")
                continue
            self._pieces.append(letter)
            self._starts.append(place)
            if letter != sign:
                self._marks[index] = "leet"
            if gap:
                self.gaps.add(index)
            last = letter
            index += 1
        self._last = last

    def put_word(self, word: str, at: int) -> None:
        """Add a plain word, or several: what put_signs() does, at once."""
        done = 0
        if word[0] == self._last:
            done = len(word) - len(word.lstrip(self._last))
            self._counts[len(self._starts) - 1] = self._counts.get(len(self._starts) - 1, 1) + done
            self._ends[len(self._starts) - 1] = at + done
        for run in _DOUBLED.finditer(word, done):
            first, last = run.span()
            self._put_plain(word[done : first + 1], at + done)
            self._counts[len(self._starts) - 1] = last - first
            self._ends[len(self._starts) - 1] = at + last
            done = last
        self._put_plain(word[done:], at + done)
        self._last = word[-1]

    def _put_plain(self, letters: str, at: int) -> None:
        self._pieces.append(letters)
        self._starts += range(at, at + len(letters))

    def start(self, at: int) -> int:
        """Where a sign begins in the view."""
        return self._starts[at]

    def end(self, at: int) -> int:
        """Where a sign ends in the view."""
        return self._ends.get(at) or self._starts[at] + 1

    def count(self, at: int) -> int:
        """How many letters a sign stands for."""
        return self._counts.get(at, 1)

    @lazy
    def _runs(self) -> list[int]:
        return sorted(self._counts)

    def has_runs(self, start: int, end: int) -> bool:
        """Whether a sign of the range stands for several letters."""
        first = bisect_left(self._runs, start)
        return first < len(self._runs) and self._runs[first] < end

    def how(self, start: int, end: int) -> str | None:
        """How the range is disguised, or None where nothing was changed."""
        odd = self._odd
        first = bisect_left(odd, start)
        if first == len(odd) or odd[first] >= end:
            return None
        inside = odd[first : bisect_left(odd, end)]
        marks = {self._marks.get(at) for at in inside} if self._marks else ()
        if "leet" in marks:
            return "leet"
        if "spaced" in marks or (self.gaps and any(at in self.gaps for at in inside if at > start)):
            return "spaced"
        return "repeated" if any(at in self._counts for at in inside) else None

    def is_edge(self, at: int) -> bool:
        """Whether a word may begin at a place."""
        return at == 0 or at in self.gaps or not self.signs[at - 1].isalpha()

    def is_end(self, at: int) -> bool:
        """Whether a word may end before a place."""
        return at == len(self.signs) or at in self.gaps or not self.signs[at].isalpha()

    def word_end(self, at: int) -> int:
        """Where the word that a place is in ends; asked again for the same word, it does not look again."""
        if not self._word[0] <= at <= self._word[1]:
            stop = at
            while not self.is_end(stop):
                stop += 1
            self._word = (at, stop)
        return self._word[1]


def runs(text: str) -> tuple[str, tuple[int, ...]]:
    """A term in, its signs with runs folded and the count of each out."""
    if not _DOUBLED.search(text):
        return text, (1,) * len(text)
    counts, done = [], 0
    for run in _DOUBLED.finditer(text):
        counts += [1] * (run.start() - done) + [run.end() - run.start()]
        done = run.end()
    return _DOUBLED.sub(r"\1", text), (*counts, *[1] * (len(text) - done))


def is_suspicious(text: str) -> bool:
    """Whether a folded text holds anything that may be a word in disguise."""
    return bool(_IS_SUSPICIOUS.Match(text))


def readings(text: str) -> tuple[list[Reading], bool]:
    """A suspicious text in, second readings of its suspicious parts out: one more of those where leet is ambiguous.

    The answer's other half tells whether some parts were left out: there is more than MOST_READ of them.
    """
    parts, is_cut = _parts(text)
    spelled = _spelled(text, parts)
    first = _read(text, parts, spelled, LEET_FIRST)
    ambiguous = [(start, end) for start, end in parts if _AMBIGUOUS.search(text, start, end)]
    return [first, _read(text, ambiguous, spelled, LEET_SECOND)] if ambiguous else [first], is_cut


def _spelled(text: str, parts: list[Span]) -> dict[Span, list[Span]]:
    """Where words are spelled out, letter by letter, by part."""
    if not _MAY_BE_SPACED.search(text):
        return {}
    return {part: [found.span() for found in _SPACED.finditer(text, *part)] for part in parts}


def _parts(text: str) -> tuple[list[Span], bool]:
    """The suspicious places with some words around them, since phrases may be disguised in part; as many as are read.

    The answer's other half tells whether some were left out.
    """
    parts: list[Span] = []
    room = MOST_READ
    for found in _SUSPICIOUS.finditer(text.encode() if text.isascii() else text):  # of bytes in half the time
        start = text.rfind(" ", 0, max(found.start() - _AROUND, 0)) + 1
        end = text.find(" ", min(found.end() + _AROUND, len(text)))
        end = len(text) if end < 0 else end
        goes_on = bool(parts) and start <= parts[-1][1]
        room -= end - (parts[-1][1] if goes_on else start)
        if room < 0:
            return parts, True
        parts.append((parts.pop()[0] if goes_on else start, end))
    return parts, False


def joins_words(pieces: list[str]) -> bool:
    """Whether pieces look like two real words that only stand side by side ("pen.is")."""
    return all(len(piece) > 1 and _VOWEL.search(piece) for piece in pieces)


def _read(text: str, parts: list[Span], spelled: dict[Span, list[Span]], leet: dict[int, int]) -> Reading:
    reading = Reading()
    for start, end in parts:
        at = start
        for first, last in spelled.get((start, end), ()):
            _read_chunks(reading, text, at, first, leet)
            _read_chunk(reading, text, first, last, leet, spelled=True)
            at = last
        _read_chunks(reading, text, at, end, leet)
    return reading


def _read_chunks(reading: Reading, text: str, start: int, end: int, leet: dict[int, int]) -> None:
    for found in _CHUNK.finditer(text, start, end):
        if found.start() > 0:
            reading.put_blank(found.start() - 1)
        if found.lastindex:
            reading.put_word(found.group(), found.start())
        else:
            _read_chunk(reading, text, found.start(), found.end(), leet)
    if end < len(text):
        reading.put_blank(max(end - 1, 0))


def _read_chunk(
    reading: Reading, text: str, start: int, end: int, leet: dict[int, int], *, spelled: bool = False
) -> None:
    core = text[start:end]
    if "://" in core or core.startswith("www."):
        reading.put_word("/", start)
        return
    if core.isalpha():
        reading.put_word(core, start)
        return
    first = len(core) - len(core.lstrip(_EDGE_LEFT))
    last = len(core.rstrip(_EDGE_RIGHT).removesuffix("'s"))
    if core[first:last].isalpha() or core[first:last].isdigit():
        reading.put_word(core[first:last], start + first)
        return
    letters = core.translate(leet) if any(map(str.isalpha, core)) else core
    if _MAY_BE_INNER.search(letters):
        letters = _with_inner(core, letters)
    reading.put_signs(letters[first:last], core[first:last], start + first, spelled=spelled)


def _with_inner(core: str, letters: str) -> str:
    """What is a letter only between letters."""
    return "".join(
        letter.translate(_INNER_LEET) if core[at - 1 : at].isalpha() and core[at + 1 : at + 2].isalpha() else letter
        for at, letter in enumerate(letters)
    )

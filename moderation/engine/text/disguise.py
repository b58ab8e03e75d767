"""A second reading of a view for words in disguise: leet, repeated letters, spaced-out, dotted, masked.

Runs of one letter are folded into one sign with its count, on this side and on the terms' side, so
that "fuuuck" is found and "as" is not taken for a word with two s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from string import ascii_lowercase

import re2

# The leet map is CHARS_MAPPING of better-profanity 0.7.0 (MIT), read backwards, and our additions.
LEET_FIRST = str.maketrans("@4103$57!|+689", "aaioesstiitbbg")
LEET_SECOND = str.maketrans("@4103$57!|+689", "oaloesstlltgbg")
_INNER_LEET = str.maketrans("(<€£¥", "ccely")

# What makes a second reading worth its time. In RE2, since every comment passes here.
_RUNS = "|".join(sign * 3 for sign in ascii_lowercase)
_SUSPICIOUS = re2.compile(
    r"[a-z][@$!?|+(*#%_&€£¥^~]+[a-z@$|+(*#%_&0-9]"
    r"|[a-z][013-9][a-z0-9$@]|(?:^|[\s(\"'*#])[@$][a-z$@]|(?:^|[^\pL\pN])[013-9]{1,2}[a-z]{2}"
    r"|[a-z][013457](?:$|[^\pL\pN])|[0-9@$][@$][a-z]|[a-z][$*]|uu|ii|aa|"
    + _RUNS
    + r"|(?:^|[^\pL\pN])[a-z0-9][ ._,*/|~+-]{1,3}[a-z0-9@$!*][ ._,*/|~+-]{1,3}[a-z0-9@$](?:$|[^\pL\pN])"
    r"|(?:^|[^\pL\pN])[a-z]{1,3}[._/~:-]{1,3}[a-z]|[a-z][._/~:-]{1,3}[a-z]{1,3}(?:$|[^\pL\pN])"
)
_SPACED = re.compile(r"(?<![^\W_])[a-z0-9@$](?:[ ._,*/|~+-]{1,3}[a-z0-9@$!*](?![a-z0-9@$])){2,40}(?![^\W_])")
_AROUND = 40
_DOUBLED = re.compile(r"(.)\1")
_CHUNK = re.compile(r"\S+")
_EDGE_LEFT = "\"'()[]{}<>*_~-#.,!?:;/\\|+&%^=€£¥"
_EDGE_RIGHT = "\"'()[]{}<>*_~-#.,!?:;/\\|+&%^=€£¥@"
_AMBIGUOUS = re.compile(r"[@1!|6]")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(slots=True)
class Reading:
    """Letters as read: sign, count, range in the view, what was done to it, gap before it."""

    signs: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    gaps: list[bool] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is searched, one sign for each run."""
        return "".join(self.signs)

    def put(self, sign: str, at: int, mark: str = "", *, gap: bool = False) -> None:
        """Add one letter as read at a place of the view."""
        if self.signs and self.signs[-1] == sign and sign != " ":
            self.counts[-1] += 1
            self.ends[-1] = at + 1
            self.marks[-1] = self.marks[-1] or mark or ("spaced" if gap else "")
            return
        self.signs.append(sign)
        self.counts.append(1)
        self.starts.append(at)
        self.ends.append(at + 1)
        self.marks.append(mark)
        self.gaps.append(gap)

    def put_word(self, word: str, at: int) -> None:
        """Add a word without runs that does not go on with a run either: what put() does, at once."""
        count = len(word)
        self.signs += word
        self.counts += [1] * count
        self.starts += range(at, at + count)
        self.ends += range(at + 1, at + count + 1)
        self.marks += [""] * count
        self.gaps += [False] * count

    def how(self, start: int, end: int) -> str | None:
        """How the range is disguised, or None where nothing was changed."""
        marks = set(self.marks[start:end])
        for name in ("leet", "spaced"):
            if name in marks or (name == "spaced" and any(self.gaps[start + 1 : end])):
                return name
        return "repeated" if any(count > 1 for count in self.counts[start:end]) else None

    def is_edge(self, at: int) -> bool:
        """Whether a word may begin at a place."""
        return at == 0 or self.gaps[at] or not self.signs[at - 1].isalpha()

    def is_end(self, at: int) -> bool:
        """Whether a word may end before a place."""
        return at == len(self.signs) or self.gaps[at] or not self.signs[at].isalpha()


def runs(text: str) -> tuple[str, tuple[int, ...]]:
    """A term in, its signs with runs folded and the count of each out."""
    if not _DOUBLED.search(text):
        return text, (1,) * len(text)
    groups = [(sign, len(list(run))) for sign, run in groupby(text)]
    return "".join(sign for sign, _ in groups), tuple(count for _, count in groups)


def is_suspicious(text: str) -> bool:
    """Whether a folded text holds anything that may be a word in disguise."""
    return _SUSPICIOUS.search(text) is not None


def readings(text: str) -> list[Reading]:
    """A suspicious text in, second readings of its suspicious parts out: two where leet is ambiguous."""
    parts = _parts(text)
    spaced = [found.span() for start, end in parts for found in _SPACED.finditer(text, start, end)]
    first = _read(text, parts, spaced, LEET_FIRST)
    if any(_AMBIGUOUS.search(text, start, end) for start, end in parts):
        return [first, _read(text, parts, spaced, LEET_SECOND)]
    return [first]


def _parts(text: str) -> list[tuple[int, int]]:
    """The suspicious places with some words around them, since phrases may be disguised in part."""
    parts: list[tuple[int, int]] = []
    for found in _SUSPICIOUS.finditer(text):
        start = text.rfind(" ", 0, max(found.start() - _AROUND, 0)) + 1
        end = text.find(" ", min(found.end() + _AROUND, len(text)))
        end = len(text) if end < 0 else end
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(end, parts[-1][1]))
        else:
            parts.append((start, end))
    return parts


def joins_words(pieces: list[str]) -> bool:
    """Whether pieces look like two real words that only stand side by side ("pen.is")."""
    return all(len(piece) > 1 and _VOWEL.search(piece) for piece in pieces)


def _read(text: str, parts: list[tuple[int, int]], spaced: list[tuple[int, int]], leet: dict[int, int]) -> Reading:
    reading = Reading()
    waiting = iter([*spaced, (len(text) + 1, 0)])
    first, last = next(waiting)
    for start, end in parts:
        at = start
        while first < end:
            _read_chunks(reading, text, at, first, leet)
            _read_chunk(reading, text, first, last, leet, spelled=True)
            at = last
            first, last = next(waiting)
        _read_chunks(reading, text, at, end, leet)
    return reading


def _read_chunks(reading: Reading, text: str, start: int, end: int, leet: dict[int, int]) -> None:
    for found in _CHUNK.finditer(text, start, end):
        if found.start() > 0:
            reading.put(" ", found.start() - 1)
        _read_chunk(reading, text, found.start(), found.end(), leet)
    if end < len(text):
        reading.put(" ", max(end - 1, 0))


def _read_chunk(
    reading: Reading, text: str, start: int, end: int, leet: dict[int, int], *, spelled: bool = False
) -> None:
    core = text[start:end]
    if "://" in core or core.startswith("www."):
        reading.put("/", start)
        return
    if core.isalpha():
        if not _DOUBLED.search(core) and reading.signs[-1:] != [core[0]]:
            reading.put_word(core, start)
            return
        for offset, sign in enumerate(core):
            reading.put(sign, start + offset)
        return
    first = len(core) - len(core.lstrip(_EDGE_LEFT))
    last = len(core.rstrip(_EDGE_RIGHT).removesuffix("'s"))
    has_letter = any(sign.isalpha() for sign in core)
    gap = False
    for offset in range(first, last):
        sign = core[offset]
        letter = sign if sign.isalpha() else _letter(core, offset, leet) if has_letter else sign
        if not letter.isalnum():
            gap = True
            continue
        reading.put(letter, start + offset, "" if letter == sign else "leet", gap=gap or (spelled and offset > 0))
        gap = False


def _letter(core: str, offset: int, leet: dict[int, int]) -> str:
    sign = core[offset]
    letter = sign.translate(leet)
    if letter != sign:
        return letter
    inside = 0 < offset < len(core) - 1 and core[offset - 1].isalpha() and core[offset + 1].isalpha()
    return sign.translate(_INNER_LEET) if inside else sign

"""Text to the view in which it is searched: folded, with every character's place in the original."""

from __future__ import annotations

import re

from ..lazy import lazy
from .characters import FOLDS, SHAPES, TYPOGRAPHY, is_invisible, is_mark
from .disguise import Reading, is_suspicious, readings
from .markup import visible
from .masked import masked_words
from .offsets import Offsets, Shifted, Span

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_ODD_BLANK = re.compile(r"[\t\r\x0b\x0c`]")
# Of blanks; and a backslash before a quotation mark, which some program put there, would hide a phrase.
# Each way begins with one set of signs, for which `re` has a fast search, and a row of backslashes is looked at once.
_TOO_MUCH = re.compile(r"([ \n\\](?:(?<=[ \n])[ \n]+|(?<=\\)(?<!\\\\)\\*+(?=['\"])))")
_MAY_BE_TOO_MUCH = ("  ", "\n\n", " \n", "\n ", "\\")
_LINE_BREAK = str.maketrans("\n", " ")
_LOWER_ASCII = re.compile(r"[a-z]")
_FEW = 8  # kinds of characters: dashes, quotation marks and accents, as most texts have them
_FOLDED_ASCII = {code: TYPOGRAPHY.get(code, chr(code).lower()) for code in range(128)}
_REST_OF_WORD = re.compile(r"[^\W_]*")


class View:
    """A folded text. lines keeps line breaks, text has blanks there; both have the same length."""

    def __init__(self, original: str, lines: str, offsets: Offsets | Shifted | None, *, is_html: bool = False) -> None:
        self.original = original
        self.lines = lines
        self.offsets = offsets
        self.is_html = is_html
        self._word = (0, -1)

    @lazy
    def text(self) -> str:
        """What is searched."""
        return self.lines.translate(_LINE_BREAK) if "\n" in self.lines else self.lines

    @lazy
    def is_suspicious(self) -> bool:
        """Whether it holds anything that may be a word in disguise."""
        return is_suspicious(self.text)

    @lazy
    def readings(self) -> tuple[list[Reading], bool]:
        """Second readings of its suspicious parts, and whether some were left out."""
        return readings(self.text)

    @lazy
    def masked_words(self) -> tuple[list[tuple[int, str]], bool]:
        """Words with a hole that a term may fit, each with its place, and whether there are more."""
        return masked_words(self.text)

    def span(self, start: int, end: int) -> Span:
        """A range of the view in, the range of the original text out (code points)."""
        return (start, end) if self.offsets is None else self.offsets.span(start, end)

    def word_end(self, at: int) -> int:
        """Where the word that a place is in ends; a word as long as the text is looked through once for all its hits."""
        if not self._word[0] <= at <= self._word[1]:
            self._word = (at, _REST_OF_WORD.match(self.text, at).end())  # type: ignore[union-attr]
        return self._word[1]

    def hidden_as(self, start: int, end: int) -> str | None:
        """How the writer disguised this range, or None where it stands as plain text."""
        if self.offsets is None or (not self.is_html and self.original.isascii()):
            return None
        begin, stop = self.span(start, end)
        written = self.original[begin:stop]
        if written.lower() == self.text[start:end]:  # most are
            return None
        if " ".join(written.translate(TYPOGRAPHY).lower().split()) == self.text[start:end].strip():
            return None
        return _disguise(written, is_html=self.is_html)


def fold(text: str, format: str = "plain") -> View:
    """A comment in, the view of it for matching out."""
    if format == "html":
        seen, inner = visible(text)
        lines, outer = _folded(seen)
        return View(text, lines, Shifted(outer, inner) if outer else inner, is_html=True)
    lines, offsets = _folded(text)
    return View(text, lines, offsets)


def folded_term(text: str) -> str:
    """A word or phrase of a list in, the form in which it is looked for out."""
    folded = text.lower() if text.isascii() and "`" not in text else fold(text).text
    return " ".join(folded.split())


def _folded(text: str) -> tuple[str, Offsets | Shifted | None]:
    offsets: Offsets | None
    if text.isascii():
        lowered, offsets = text.lower(), None
        if ("`" in text or not text.isprintable()) and _ODD_BLANK.search(text):
            lowered = lowered.translate(TYPOGRAPHY)
    else:
        lowered, offsets = _unmasked(text)
    is_long = any(sign in lowered for sign in _MAY_BE_TOO_MUCH)  # several times as fast as the expression
    return _squeezed(lowered, offsets) if is_long else (lowered, offsets)


def _unmasked(text: str) -> tuple[str, Offsets]:
    """Fold what is not ASCII; look-alikes are replaced afterwards, where the word mixes scripts."""
    folds = {sign: FOLDS[sign] for sign in set(_NON_ASCII.findall(text))}
    odd = {sign: (len(fold), looks) for sign, fold in folds.items() if (looks := _shapes(sign, fold)) or len(fold) != 1}
    offsets = Offsets()
    suspects: list[tuple[int, str]] = []
    added = 0
    for found in _NON_ASCII.finditer(text) if odd else ():
        if found.group() in odd:
            count, looks = odd[found.group()]
            place = found.start() + added
            if looks:
                suspects += [(place + at, shape) for at, shape in looks]
            if count != 1:  # a ligature is its letters
                offsets.fan(place, count, found.start())
                added += count - 1
    lowered = _lowered(text, folds)
    return (_resolved(lowered, suspects) if suspects else lowered), offsets


def _shapes(sign: str, fold: str) -> list[tuple[int, str]]:
    """Which of the letters that a sign is folded to look like a Latin one, and like which."""
    return [(at, SHAPES[part]) for at, part in enumerate(sign if len(fold) == 1 else fold) if SHAPES[part]]


def _lowered(text: str, folds: dict[str, str]) -> str:
    """Each sign replaced by what it is folded to, and the rest in small letters."""
    if len(folds) > _FEW or any(fold.lower() != fold for fold in folds.values()):
        return text.translate(_FOLDED_ASCII | {ord(sign): fold for sign, fold in folds.items()})
    for sign, fold in folds.items():
        text = text.replace(sign, fold)
    return text.lower().translate(TYPOGRAPHY) if _ODD_BLANK.search(text) else text.lower()


def _resolved(lowered: str, suspects: list[tuple[int, str]]) -> str:
    out = list(lowered)
    is_mixed, done = False, -1
    for place, shape in suspects:
        if place >= done:
            start, done = _word_around(lowered, place)
            is_mixed = _LOWER_ASCII.search(lowered, start, done) is not None
        if is_mixed:
            out[place] = shape
    return "".join(out)


def _word_around(text: str, place: int) -> tuple[int, int]:
    start = place
    while start and text[start - 1].isalnum():
        start -= 1
    return start, _REST_OF_WORD.match(text, place + 1).end()  # type: ignore[union-attr]


def _squeezed(text: str, inner: Offsets | None) -> tuple[str, Offsets | Shifted]:
    """Runs of blanks to one blank or, with a line break, to one line break; backslashes before quotation marks to nothing."""
    pieces = _TOO_MUCH.split(text)
    outer = Offsets()
    at = length = 0
    for number in range(1, len(pieces), 2):
        gap = pieces[number]
        at += len(pieces[number - 1])
        length += len(pieces[number - 1])
        if gap[0] == "\\":
            pieces[number] = ""
        else:
            pieces[number] = "\n" if "\n" in gap else " "
            outer.jump(length, at, len(gap))
            length += 1
        at += len(gap)
        outer.jump(length, at)
    return "".join(pieces), Shifted(outer, inner) if inner else outer


def _disguise(written: str, *, is_html: bool) -> str:
    signs = [sign for sign in written if not sign.isascii()]
    if any(is_invisible(sign) for sign in signs):
        return "zero_width"
    if any("\uff01" <= sign <= "\uff5e" for sign in signs):
        return "full_width"
    if any(SHAPES[sign] for sign in signs):
        return "look_alikes"
    if any(is_mark(sign) or _is_accented(sign) for sign in signs):
        return "marks"
    return "styled" if signs else "markup" if is_html else "spaced"


def _is_accented(sign: str) -> bool:
    return sign.isalpha() and sign < "\u0590"

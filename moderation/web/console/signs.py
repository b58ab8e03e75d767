"""Characters that hide or turn round what a text says: on screens each is a labelled box, where it stands."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

_ROOMLESS = frozenset(("Mn", "Me", "Cf"))
MARKS_SHOWN = 4  # combining marks on one letter; more of them cover the lines around it
_NAMES = {
    0x00AD: "SHY", 0x061C: "ALM", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ", 0x200E: "LRM", 0x200F: "RLM",
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ", 0x2066: "LRI",
    0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xFEFF: "BOM",
}  # fmt: skip
_BLANK = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0))
_VISIBLE = frozenset((*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD))
# The flags of England, Scotland and Wales are a black flag with a tag in it; any other tag is a hidden text.
_TAGGED_FLAGS = re.compile("\U0001f3f4(?:" + "|".join(
    "".join(chr(0xE0000 + ord(sign)) for sign in code) for code in ("gbeng", "gbsct", "gbwls")
) + ")\U000e007f")  # fmt: skip
_EMOJI_JOIN = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
_WORD = re.compile(r"[^\W\d_]+")


class Run(NamedTuple):
    """A stretch of text as it is, or (with a label) the box that stands for what cannot be seen."""

    text: str
    label: str = ""
    title: str = ""


def runs(text: str | None) -> list[Run]:
    """A text cut where something in it cannot be seen."""
    given = text or ""
    if given.isascii() and given.isprintable():
        return [Run(given)] if given else []
    found = []
    for label, group in groupby(_labelled(given), key=lambda pair: pair[0]):
        signs = "".join(sign for _, sign in group)
        found.append(_box(label, signs) if label else Run(signs))
    return found


def visible(text: str) -> int:
    """How many signs of a text take room of their own."""
    return sum(unicodedata.category(sign) not in _ROOMLESS for sign in text)


def shortened(text: str, length: int) -> str:
    """The beginning of a text; what takes no room does not count, so that nobody pushes his words out of sight with it."""
    if len(text) <= length:
        return text
    left = length
    for at, sign in enumerate(text):
        left -= unicodedata.category(sign) not in _ROOMLESS
        if left < 0:
            return text[: max(0, at - 1)].rstrip() + "…"
    return text


def mixed(text: str | None) -> bool:
    """Does a word mix alphabets, as words with look-alike letters do?"""
    if not text or text.isascii():
        return False
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return any(len({alphabet for sign in word if (alphabet := _alphabet(sign))}) > 1 for word in words)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    spared = {at for found in _TAGGED_FLAGS.finditer(text) for at in range(*found.span())}
    spared |= {found.start() for found in _EMOJI_JOIN.finditer(text)}
    marks = 0
    for at, sign in enumerate(text):
        category = unicodedata.category(sign)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if at in spared:
            yield "", sign
        elif marks > MARKS_SHOWN:
            yield "marks", sign
        else:
            yield _label(sign, category), sign


def _label(sign: str, category: str) -> str:
    code = ord(sign)
    if code in _NAMES:
        return _NAMES[code]
    if 0xE0000 <= code <= 0xE007F:
        return "TAG"
    if 0xE0100 <= code <= 0xE01EF:
        return "VS"
    hidden = category in ("Cf", "Cc", "Co") and sign not in "\n\r\t" and code not in _VISIBLE
    return f"U+{code:04X}" if hidden or code in _BLANK else ""


def _box(label: str, signs: str) -> Run:
    if label == "marks":
        return Run("", f"+{len(signs)} marks", "marks on one letter that are left out here")
    title = unicodedata.name(signs[0], label).lower()
    if label == "TAG":
        said = "".join(chr(ord(sign) - 0xE0000) for sign in signs)
        title = "hidden tag: " + "".join(sign for sign in said if sign.isprintable())
    return Run("", label if len(signs) == 1 else f"{label} ×{len(signs)}", title)


def _alphabet(sign: str) -> str | None:
    first = unicodedata.name(sign, "").split(" ", 1)[0]
    return first if first in _ALPHABETS else None

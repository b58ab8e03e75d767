"""How one character is folded: compatibility form, case, marks, invisible and styled characters."""

from __future__ import annotations

import re
import unicodedata

from .look_alikes import LOOK_ALIKES

# Same length as what they replace, so that ordinary typography keeps offsets as they are.
TYPOGRAPHY = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u2032\u00b4\u02bc\u0060"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\t\r\x0b\x0c\u00a0\u2002\u2003\u2004\u2005\u2006\u2007"), " "),
    **dict.fromkeys(map(ord, "\u2008\u2009\u200a\u202f\u205f\u3000\u0085"), " "),
    **dict.fromkeys(map(ord, "\u2028\u2029"), "\n"),
    ord("\u2026"): ".",
    ord("\u2022"): "*",
}

# Letters with a stroke and the like, which no normal form takes apart.
STROKED = {
    **{"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ƀ": "b", "ɨ": "i", "ı": "i", "ƒ": "f"},
    **{"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ɡ": "g", "ɑ": "a", "ʟ": "l", "ɪ": "i"},
    **{"ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ᴊ": "j"},
    **{"ᴋ": "k", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u"},
    **{"ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z"},
}

# Marks that sit on Latin, Greek and Cyrillic letters; marks of other scripts are letters' parts.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_LONGEST = 4  # a whole sentence in one character, as Arabic has them, is left alone: it hides no word, and makes a text 18 times as long
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\ufffc"


def is_invisible(sign: str) -> bool:
    """Whether a reader cannot see the character (format characters, fillers, selectors)."""
    return (
        sign in _BLANK_LETTERS
        or "\ufe00" <= sign <= "\ufe0f"
        or unicodedata.category(sign) == "Cf"
        or "\U000e0100" <= sign <= "\U000e01ef"
    )


def is_mark(sign: str) -> bool:
    """Whether the character is a mark that folding takes away."""
    return _MARKS.match(sign) is not None


def fold_sign(sign: str) -> str:
    """One character in, what it is compared as out (nothing, one or several characters)."""
    if is_invisible(sign):
        return ""
    typed = sign.translate(TYPOGRAPHY)
    if typed != sign:
        return typed
    boxed = _boxed_letter(sign)
    if boxed:
        return boxed
    settled = _settled(sign)
    return settled if len(settled) <= _LONGEST else sign


def _settled(sign: str) -> str:
    folded = sign
    for _ in range(4):
        again = "".join(map(_once, folded))
        if again == folded:
            break
        folded = again
    return folded


def _once(sign: str) -> str:
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", sign))
    joined = unicodedata.normalize("NFKC", bare.casefold())
    plain = "".join(STROKED.get(part, part) for part in joined.translate(TYPOGRAPHY))
    return "".join(part for part in plain if not is_invisible(part) and not is_mark(part))


def _boxed_letter(sign: str) -> str:
    code = ord(sign)
    for first in (0x1F150, 0x1F170):
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    return ""


# Enough for the scripts of any newsroom; a hostile writer cannot fill the memory with the rest.
_MOST_KEPT = 20_000


class _Folds(dict[str, str]):
    """Folded characters, worked out at first sight."""

    def __missing__(self, sign: str) -> str:
        folded = fold_sign(sign)
        if len(self) < _MOST_KEPT:
            self[sign] = folded
        return folded


class _Shapes(dict[str, str]):
    """The Latin letter that a character looks like, or nothing."""

    def __missing__(self, sign: str) -> str:
        shape = LOOK_ALIKES.get(sign) or ""
        folded = FOLDS[sign]
        if not shape and len(folded) == 1:
            shape = LOOK_ALIKES.get(folded) or ""
        shape = shape if len(folded) == 1 and not folded.isascii() else ""
        if len(self) < _MOST_KEPT:
            self[sign] = shape
        return shape


FOLDS = _Folds()
SHAPES = _Shapes()

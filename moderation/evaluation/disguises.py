"""Words made hard to find, as people do it, for measuring what that costs. Letters stay readable to a person."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_LEET = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7", "l": "1", "b": "8", "g": "9"}
_CYRILLIC = {"a": "а", "c": "с", "e": "е", "i": "і", "k": "к", "o": "о", "p": "р", "s": "ѕ", "t": "т", "u": "υ",
             "x": "х", "y": "у", "h": "һ", "j": "ј", "m": "м", "b": "Ь", "n": "п"}  # fmt: skip
_MARKS = "\u0301\u0308\u0327\u0336\u0302"


def _one_of(word: str, table: dict[str, str], random: Random) -> str:
    places = [index for index, sign in enumerate(word) if sign.lower() in table]
    if not places:
        return word
    chosen = set(random.sample(places, max(1, len(places) // 2)))
    return "".join(random.choice(table[s.lower()]) if i in chosen else s for i, s in enumerate(word))


def _leet(word: str, random: Random) -> str:
    return _one_of(word, _LEET, random)


def _look_alikes(word: str, random: Random) -> str:
    return _one_of(word, _CYRILLIC, random)


def _spaced(word: str, _random: Random) -> str:
    return " ".join(word.replace(" ", ""))


def _dotted(word: str, random: Random) -> str:
    return random.choice(".-_*").join(word.replace(" ", ""))


def _masked(word: str, random: Random) -> str:
    """Vowels behind the first letter hidden, or the inside of a word without any."""
    sign = random.choice("*#*")
    hidden = "".join(sign if index and letter.lower() in "aeiou" else letter for index, letter in enumerate(word))
    return hidden if hidden != word else word[:1] + sign * (len(word) - 2) + word[-1:]


def _repeated(word: str, random: Random) -> str:
    at = random.choice([index for index, letter in enumerate(word) if letter.isalpha()])
    return word[:at] + word[at] * random.randint(3, 5) + word[at + 1 :]


def _zero_width(word: str, random: Random) -> str:
    at = random.randint(1, max(1, len(word) - 1))
    return word[:at] + random.choice("\u200b\u200c\u2060\u00ad") + word[at:]


def _full_width(word: str, _random: Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in word)


def _marks(word: str, random: Random) -> str:
    return "".join(letter + random.choice(_MARKS) if letter.isalpha() else letter for letter in word)


WAYS: dict[str, Callable[[str, Random], str]] = {
    "leet": _leet,
    "spaced": _spaced,
    "dotted": _dotted,
    "masked": _masked,
    "repeated": _repeated,
    "zero width": _zero_width,
    "look-alikes": _look_alikes,
    "full width": _full_width,
    "marks": _marks,
}


def disguised(word: str, way: str, random: Random) -> str:
    """One word or phrase in, the same as somebody would hide it out; way: a name of WAYS."""
    return WAYS[way](word, random) if any(map(str.isalpha, word)) else word  # a gesture in emoji hides no letters


def disguised_at(text: str, spans: list[tuple[int, int]], way: str, random: Random) -> str:
    """A text in, the same with these ranges (code points) hidden out."""
    out = text
    for start, end in sorted(spans, reverse=True):
        out = out[:start] + disguised(out[start:end], way, random) + out[end:]
    return out

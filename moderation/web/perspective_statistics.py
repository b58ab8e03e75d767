"""Two numbers that look at the shape of a text only: how little it says, and how little it reads like sentences. Weak."""

import math
import re

_WORD = re.compile(r"[^\W_]+")
_VOWEL = re.compile("[aeiouyáàâäãåæéèêëíìîïóòôöõøúùûüý]", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_LOOKED_AT = 4_000
_HALF_WORDS = 8.0  # with so many different words a text is as likely to say something as not
_SLOPE = 3.0
_LONG_WORD = 24
_NO_VOWELS = 5
_RUN = 4


def unsubstantial(text: str) -> float:
    """0 to 1: high where there are few different words beside links."""
    words = {word.lower() for word in _WORD.findall(_LINK.sub(" ", text[:_LOOKED_AT]))}
    return 1.0 / (1.0 + math.exp((len(words) - _HALF_WORDS) / _SLOPE))


def incoherent(text: str) -> float:
    """0 to 1: high where many words look like none, or signs and capitals stand where words should."""
    shown = _LINK.sub(" ", text[:_LOOKED_AT])
    words = _WORD.findall(shown)
    signs = sum(not (char.isalnum() or char.isspace()) for char in shown)
    if not words:
        return 0.9 if signs else 0.5
    odd = sum(map(_is_odd, words)) / len(words)
    cluttered = min(1.0, signs / (3 * len(words)))
    shouted = sum(word.isupper() and len(word) > 1 for word in words) / len(words)
    found: float = 0.05 + 0.8 * odd + 0.3 * cluttered + 0.2 * shouted
    return min(0.99, found)


def _is_odd(word: str) -> bool:
    if len(word) > _LONG_WORD:
        return True
    if any(word[at : at + _RUN] == word[at] * _RUN for at in range(len(word) - _RUN + 1)):
        return True
    is_mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word)) and not word[0].isdigit()
    is_bare = word.isascii() and word.isalpha() and len(word) >= _NO_VOWELS and not _VOWEL.search(word)
    return is_mixed or is_bare

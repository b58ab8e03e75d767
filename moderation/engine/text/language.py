"""The language of a comment: given, detected when sure, else the site's."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pycld2

from .counts import letters

LEAST_LETTERS = 60
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# A comment with this share of everyday English words needs no detector.
_ENGLISH = frozenset(
    "the and of to is that you it are this they for not was have with he his but what who would their be".split()
)
_APART = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_LEAST_SHARE = 0.18
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Language:
    """A two-letter code, and whether it is more than an assumption."""

    code: str
    sure: bool


def language_of(folded: str, *, given: str | None, site: str) -> Language:
    """A folded text, the language given with it and the site's in, the one to go by out."""
    if given:
        return Language(_primary(given), sure=True)
    found = detect(folded)
    return Language(found, sure=True) if found else Language(_primary(site), sure=False)


def detect(folded: str) -> str | None:
    """A folded text in, its language out where it is long enough and the detector is sure."""
    start = folded[:_LOOKED_AT]
    if letters(start) < LEAST_LETTERS:
        return None
    if start.isascii() and _english_words(start) >= _LEAST_SHARE * (start.count(" ") + 1):
        return "en"
    try:
        reliable, _, details = pycld2.detect(_CONTROLS.sub(" ", folded), bestEffort=False)
    except pycld2.error:
        return None
    _, code, share, _ = details[0]
    return _primary(code) if reliable and code != "un" and share >= 70 else None


def _english_words(text: str) -> int:
    return sum(map(_ENGLISH.__contains__, text.translate(_APART).split()))


def _primary(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()

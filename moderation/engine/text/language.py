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
# Writing that a newspaper's readers tell from their own at a glance, also in a few words: the language named is the
# one that most of those who write so have. Look-alike letters amid Latin ones are folded before.
_SCRIPTS = {
    "ru": "\u0400-\u052f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "ar": "\u0600-\u06ff\u0750-\u077f",
    "he": "\u0590-\u05ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "zh": "\u4e00-\u9fff",
    "ja": "\u3040-\u30ff\u4e00-\u9fff",
}
_IN_SCRIPT = {code: re.compile(f"[{signs}]") for code, signs in _SCRIPTS.items()}
_SAME_SCRIPT = {
    "uk": "ru",
    "be": "ru",
    "bg": "ru",
    "sr": "ru",
    "mk": "ru",
    "fa": "ar",
    "ur": "ar",
    "mr": "hi",
    "ne": "hi",
    "yi": "he",
}
_LEAST_IN_SCRIPT = 6


@dataclass(frozen=True, slots=True)
class Language:
    """A two-letter code, and whether it is more than an assumption."""

    code: str
    sure: bool


def language_of(folded: str, *, given: str | None, site: str) -> Language:
    """A folded text, the language given with it and the site's in, the one to go by out."""
    if given:
        return Language(_primary(given), sure=True)
    found = detect(folded) or (None if folded.isascii() else _by_script(folded, _primary(site)))
    return Language(found or _primary(site), sure=bool(found))


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


def _by_script(folded: str, site: str) -> str | None:
    """A short text in, its language where most of it is in a script that the site's language is not written in."""
    start = folded[:_LOOKED_AT]
    least = max(_LEAST_IN_SCRIPT, 0.7 * letters(start))
    found = next((code for code, signs in _IN_SCRIPT.items() if len(signs.findall(start)) >= least), None)
    if found == "zh" and site == "ja":
        return None
    return None if found in (site, _SAME_SCRIPT.get(site)) else found


def _english_words(text: str) -> int:
    return sum(map(_ENGLISH.__contains__, text.translate(_APART).split()))


def _primary(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()

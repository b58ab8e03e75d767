"""Matched words masked for a moderator's screen, by better-profanity with these words only."""

from __future__ import annotations

from collections.abc import Iterable

from better_profanity import Profanity


def masked(text: str, words: Iterable[str]) -> str:
    """A text and the words matched in it in, the text with them masked out; for screens, never stored or sent."""
    wanted = sorted({word.strip().lower() for word in words if word.strip()})
    if not wanted or not text:
        return text
    censored: str = Profanity(words=wanted).censor(text)
    for word in wanted:
        censored = _masked_rest(censored, word)
    return censored


def _masked_rest(text: str, word: str) -> str:
    """What better-profanity leaves: words in quotation marks or inside longer ones."""
    at = text.lower().find(word)
    while at >= 0:
        text = text[:at] + "****" + text[at + len(word) :]
        at = text.lower().find(word, at + 4)
    return text

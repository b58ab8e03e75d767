"""Text as a person reads it, for the learned scores: disguised words written out, emoji by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from better_profanity import Profanity

from moderation.adapters.classifiers import wordpiece
from moderation.engine.text import View

LONGEST = 8_000  # characters that are read: the encoder takes in some hundred words, the first stage four hundred
_SPACED = re.compile(r"(?<!\S)[a-z0-9@$](?:[ ._,*/|~+-]{1,3}[a-z0-9@$!*](?![a-z0-9@$])){2,40}(?![^\W_])")
_SEPARATORS = re.compile(r"[ ._,*/|~+-]+")
_CHUNK = re.compile(r"\S+")
_PLAIN = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_RUN = re.compile(r"(.)\1+")
_EDGES = "\"'()[]{}<>~#.,!?:;/\\|+&%^=-_"
_ADDRESS = ("http://", "https://", "www.")
_LEET = (str.maketrans("@4103$57!|+689", "aaioesstiitbbg"), str.maketrans("@4103$57!|+689", "oaloesstlltgbg"))
_INNER = str.maketrans("", "", "._-*~/|+'")
_MASKS = frozenset("*#%@$!-_.")
_LETTER = re.compile(r"[a-z]")
_SHORTEST = 3  # letters of a word that is written out


class Chunk(NamedTuple):
    """What stands between two blanks, written out, and its range in the view (code points) without signs at the edges."""

    text: str
    start: int
    end: int


def chunks(view: View) -> list[Chunk]:
    """The view of a comment in, its parts in order out, small letters all of them."""
    return list(_chunks(view.text[:LONGEST]))


def plain(parts: list[Chunk]) -> str:
    """Parts in, the text that they make out."""
    return " ".join(part.text for part in parts)


def _chunks(seen: str) -> Iterator[Chunk]:
    done = 0
    for spaced in _SPACED.finditer(seen):
        word = _joined(spaced.group())
        if word is not None:
            yield from _between(seen, done, spaced.start())
            yield Chunk(word, spaced.start(), spaced.end())
            done = spaced.end()
    yield from _between(seen, done, len(seen))


def _between(seen: str, start: int, end: int) -> Iterator[Chunk]:
    for chunk in _CHUNK.finditer(seen, start, end):
        written = chunk.group()
        text = _read(written)
        if text:
            left = len(written) - len(written.lstrip(_EDGES)) if written.strip(_EDGES) else 0
            core = written.strip(_EDGES) or written
            yield Chunk(text, chunk.start() + left, chunk.start() + left + len(core))


def _joined(spaced: str) -> str | None:
    return next((word for word in _readings(_SEPARATORS.sub("", spaced)) if word in words()), None)


def _read(chunk: str) -> str:
    if _PLAIN.fullmatch(chunk) and not _LONG_RUN.search(chunk):
        return chunk
    if not chunk.isascii():
        chunk = "".join(map(_named, chunk)).strip()
    if chunk.startswith(_ADDRESS) or not _LETTER.search(chunk):
        return chunk
    return _written_out(chunk)


@lru_cache(maxsize=4096)
def _named(sign: str) -> str:
    """An emoji as its name: the encoder knows no pictures."""
    if unicodedata.category(sign) not in ("So", "Sk") or sign.isascii():
        return "" if sign in "\ufe0f\u200d" else sign
    return f" {unicodedata.name(sign, '').lower()} "


@lru_cache(maxsize=8192)
def _written_out(chunk: str) -> str:
    core = chunk.strip(_EDGES)
    if len(core) < _SHORTEST or core in words():
        return chunk
    start = chunk.index(core)
    before, after = chunk[:start], chunk[start + len(core) :]
    found = next((word for word in _readings(core) if word in words()), None) or _unmasked(core)
    return f"{before}{found or _LONG_RUN.sub(_two, core)}{after}"


def _readings(core: str) -> Iterator[str]:
    """What the signs may stand for, likeliest first."""
    for table in (None, *_LEET):
        read = (core.translate(table) if table else core).translate(_INNER)
        if not read.isalpha() or len(read) < _SHORTEST:
            continue
        yield read
        yield _LONG_RUN.sub(_two, read)
        yield _RUN.sub(r"\1", read)


def _two(found: re.Match[str]) -> str:
    return found.group(1) * 2


def _unmasked(core: str) -> str | None:
    """The listed word of this length and these letters, where some are hidden behind signs."""
    hidden = sum(sign in _MASKS for sign in core)
    if not hidden or len(core) - hidden < 2:
        return None
    fits = (word for word in _by_shape().get((len(core), core[0]), ()) if _fits(word, core))
    return next(fits, None)


def _fits(word: str, core: str) -> bool:
    return all(sign in _MASKS or sign == letter for sign, letter in zip(core, word, strict=True))


@cache
def words() -> frozenset[str]:
    """Words that a disguise may hide: the encoder's whole words and the listed ones."""
    return _common() | _listed()


@cache
def _common() -> frozenset[str]:
    pieces = wordpiece.read_vocabulary()
    return frozenset(one for one in pieces if one.isalpha() and one.isascii() and len(one) >= _SHORTEST)


@cache
def _listed() -> frozenset[str]:
    """The words of better-profanity that stand plain in its list."""
    listed = map(str, Profanity().CENSOR_WORDSET)
    return frozenset(word for word in listed if word.isascii() and word.isalpha() and word.islower())


@cache
def _by_shape() -> dict[tuple[int, str], tuple[str, ...]]:
    """Listed words by length and first letter, common ones first."""
    found: dict[tuple[int, str], list[str]] = {}
    for word in sorted(_listed(), key=lambda word: (word not in _common(), word)):
        if len(word) > _SHORTEST:
            found.setdefault((len(word), word[0]), []).append(word)
    return {shape: tuple(each) for shape, each in found.items()}

"""A sketch of a text's pieces: how alike two texts are, and numbers by which a database finds the likely ones."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from .folding import fold

FEWEST = 60  # letters and digits: below it, people say the same by chance
_PIECE = 10  # bytes; of comments that have nothing to do with each other about 2 in 10,000 share a band
_PLACES = 32
_EMPTY = "0000"
_MIX = 2654435761  # spreads the hash over its high bits


class Sketch(NamedTuple):
    """places: the lowest hash of each part of the hash space, shortened. bands: the lowest of each quarter, to find by.

    A place is equal in two texts about as often as a piece of either is in both.
    """

    places: str
    bands: tuple[int, ...]


def sketch(text: str) -> Sketch | None:
    """A text in, its sketch out, blind to case, disguise, blanks and signs; None where the text is short."""
    letters = "".join(filter(str.isalnum, fold(text).text))
    if len(letters) < FEWEST:
        return None
    written = letters.encode(errors="replace")
    hashes = {crc32(written[at : at + _PIECE]) * _MIX & 0xFFFFFFFF for at in range(len(written) - _PIECE + 1)}
    lowest = {one >> 27: one & 0x7FFFFFF for one in sorted(hashes, reverse=True)}
    places = "".join(f"{lowest[n] % 0xFFFF + 1:04x}" if n in lowest else _EMPTY for n in range(_PLACES))
    quarters = ([lowest[n] for n in range(first, first + 8) if n in lowest] for first in range(0, _PLACES, 8))
    return Sketch(places, tuple(min(quarter, default=-1) for quarter in quarters))


def likeness(one: str, other: str) -> float:
    """The places of two sketches in, the share of pieces that the texts have in common out (0 to 1)."""
    pairs = zip(_cut(one), _cut(other), strict=True)
    equal = [a == b for a, b in pairs if a != _EMPTY or b != _EMPTY]
    return round(sum(equal) / len(equal), 2) if equal else 0.0


def _cut(places: str) -> list[str]:
    return [places[at : at + len(_EMPTY)] for at in range(0, len(places), len(_EMPTY))]

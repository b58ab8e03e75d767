"""What of a text the encoder reads: at most 128 pieces, of a longer one its beginning and its end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from moderation.adapters.classifiers import wordpiece
from moderation.adapters.classifiers.plain import Chunk

MOST_PIECES = 128
_TAIL = 40  # pieces of the end of a longer text
_WHOLE = 512  # pieces of one chunk; there are no words of that length


class Window(NamedTuple):
    """Pieces as numbers, and for each the chunk that it comes from (-1: start and end)."""

    ids: list[int]
    owners: list[int]


def window(parts: Sequence[Chunk]) -> Window:
    """The parts of a comment in, what is read of them out."""
    ids, owners = [_edge("[CLS]")], [-1]
    for number, part in enumerate(parts):
        pieces = _pieces(part.text)
        ids += pieces
        owners += [number] * len(pieces)
    ids.append(_edge("[SEP]"))
    owners.append(-1)
    if len(ids) > MOST_PIECES:
        head = MOST_PIECES - _TAIL
        return Window([*ids[:head], *ids[-_TAIL:]], [*owners[:head], *owners[-_TAIL:]])
    return Window(ids, owners)


@cache
def _vocabulary() -> dict[str, int]:
    return wordpiece.read_vocabulary()


@cache
def _edge(name: str) -> int:
    return _vocabulary()[name]


@lru_cache(maxsize=50_000)
def _pieces(text: str) -> list[int]:
    return wordpiece.numbers(text, _vocabulary(), _WHOLE)[1:-1]

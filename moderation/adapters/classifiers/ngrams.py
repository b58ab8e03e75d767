"""The quick first stage: words, pairs of words and parts of words, weighed by a linear model of two megabytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

BUCKETS = 1 << 17
_WORDS = re.compile(r"[a-z]+(?:['’][a-z]+)?|[0-9]+|[^\sa-z0-9]")
_LONGEST = 30  # letters of a word that are looked at
_PARTS = (3, 4, 5)
MOST_WORDS = 400


def words_of(text: str) -> list[str]:
    """A plain text in, its words and signs out."""
    return [found.group()[:_LONGEST] for found in _WORDS.finditer(text)][:MOST_WORDS]


def in_word(word: str) -> Iterator[int]:
    """The buckets of a word and of its parts."""
    yield crc32(word.encode(errors="surrogatepass")) % BUCKETS
    edged = f"<{word}>"
    for length in _PARTS:
        for start in range(len(edged) - length + 1):
            if length < len(word) or length == len(edged):
                yield crc32(edged[start : start + length].encode(errors="surrogatepass")) % BUCKETS


def of_pair(first: str, second: str) -> int:
    """The bucket of two words that stand side by side."""
    return crc32(f"{first} {second}".encode(errors="surrogatepass")) % BUCKETS


def buckets(text: str) -> list[int]:
    """All buckets of a plain text, as training has them."""
    found = words_of(text)
    singles = [bucket for word in found for bucket in in_word(word)]
    return singles + [of_pair(*pair) for pair in pairwise(found)]


def damping(count: int) -> float:
    """What the sum of weights is multiplied by: long texts hold more of everything."""
    return 1 / math.sqrt(max(count, 1) + 3)


class Ngrams:
    """The linear model: weights of buckets × heads as small whole numbers, a scale for each head, a start for each."""

    def __init__(self, weights: Any, scale: Any, start: Any) -> None:
        self._weights = weights
        self._scale = scale
        self._start = start
        self._of_word = lru_cache(maxsize=50_000)(self._summed)

    def logits(self, text: str) -> Any:
        """A plain text in, a logit for each head out (numpy)."""
        import numpy

        found = words_of(text)
        total = numpy.zeros(len(self._start), dtype=numpy.float32)
        for word in found:
            total += self._of_word(word)
        pairs = [of_pair(*pair) for pair in pairwise(found)]
        if pairs:
            total += self._weights[pairs].sum(axis=0, dtype=numpy.float32)
        return total * self._scale * damping(len(found)) + self._start

    def _summed(self, word: str) -> Any:
        import numpy

        numbers: Sequence[int] = list(in_word(word))
        return self._weights[numbers].sum(axis=0, dtype=numpy.float32)

"""Text to the numbers that BERT's uncased English models read (J. Devlin et al., BERT, 2018; its BasicTokenizer)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("vocabulary.txt")
MOST_CHARACTERS = 4_000  # far more than 128 pieces of any writing; the rest of a text would be cut anyway
_LONGEST_WORD = 100
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B81F), (0x2B920, 0x2CEAF),
               (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))  # fmt: skip
_DROPPED = ("Cc", "Cf", "Co", "Cs")  # controls, invisible signs, private ones, halves of a pair
_OTHER_SIGNS = frozenset("$+<=>^`|~")  # ASCII that Unicode does not call punctuation, but BERT does


def read_vocabulary() -> dict[str, int]:
    """Pieces by their number: the line they stand in."""
    lines = VOCABULARY.read_text(encoding="utf-8").splitlines()
    return {piece: number for number, piece in enumerate(lines)}


def numbers(text: str, vocabulary: Mapping[str, int], most: int) -> list[int]:
    """A text in, at most `most` numbers out, those of start and end included."""
    found = [vocabulary[_START]]
    for word in _words(text[:MOST_CHARACTERS]):
        found += _pieces(word, vocabulary)
        if len(found) >= most:
            break
    return [*found[: most - 1], vocabulary[_END]]


def _words(text: str) -> Iterator[str]:
    spaced = "".join(map(_kept, text))
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn")
    yield from "".join(map(_apart, plain.lower())).split()


@lru_cache(maxsize=4096)
def _kept(sign: str) -> str:
    if sign in "\t\n\r":
        return " "
    if sign == "\ufffd" or unicodedata.category(sign) in _DROPPED:
        return ""
    code = ord(sign)
    return f" {sign} " if any(low <= code <= high for low, high in _IDEOGRAPHS) else sign


@lru_cache(maxsize=4096)
def _apart(sign: str) -> str:
    return f" {sign} " if sign in _OTHER_SIGNS or unicodedata.category(sign).startswith("P") else sign


def _pieces(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The longest known beginning, then the longest known continuation, and so on; one gap makes the word unknown."""
    if len(word) > _LONGEST_WORD:
        return [vocabulary[_UNKNOWN]]
    found, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = (end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary)
        end = next(ends, None)
        if end is None:
            return [vocabulary[_UNKNOWN]]
        found.append(vocabulary[mark + word[start:end]])
        start = end
    return found

"""Pieces as the reference tokenizer numbers them (the package tokenizers, with the model's own tokenizer.json)."""

import hashlib

import pytest

from moderation.adapters.classifiers.wordpiece import VOCABULARY, numbers, read_vocabulary

PIECES = read_vocabulary()
KNOWN = {
    "accents": ("Café naïve façade — Ünïcödé", [7668, 15743, 8508, 1517, 27260]),
    "ideographs stand alone": ("你好世界 hello 東京", [100, 100, 1745, 100, 7592, 1879, 1755]),
    "a word that is too long": ("a" * 101 + " b", [100, 1038]),
    "controls and invisible signs go": ("x\x00y\x1fz\x85w\u200bq\ufffd", [1060, 2100, 2480, 2860, 4160]),
    "signs": ("$5 < 6 + 7 ~ `a` ^|", [1002, 1019, 1026, 1020, 1009, 1021, 1066, 1036, 1037, 1036, 1034, 1064]),
    "nothing": ("", []),
    "blanks": ("   ", []),
    "punctuation": (
        "don't stop...  now!!!",
        [2123, 1005, 1056, 2644, 1012, 1012, 1012, 2085, 999, 999, 999],
    ),
    "odd capitals": ("İstanbul ẞ ß ŉ", [9960, 1096, 1096, 100]),
    "emoji": ("\U0001f595 ok \U0001f926\u200d♀️", [100, 7929, 100]),
    "odd blanks": ("\u00a0\u2003x\u3000y", [1060, 1061]),
    "unassigned and private": ("\u0378 unassigned \ue000 private", [100, 14477, 18719, 19225, 2797]),
    "ligatures and numerals": ("ﬁ ﬂ Ⅷ ①", [1984, 1985, 100, 100]),
    "other scripts": (
        "मराठी ไทย 한국어 العربية",
        [100, 100, 1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008, 1270, 23673, 29830, 17149, 29816, 14498, 19433],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_pieces_are_the_references(name: str) -> None:
    text, expected = KNOWN[name]
    assert numbers(text, PIECES, 128) == [101, *expected, 102]


def test_half_a_character_is_left_out() -> None:
    assert numbers("a \ud800b", PIECES, 128) == numbers("a b", PIECES, 128)


@pytest.mark.parametrize("text", ["a " * 10_240, "a" * 20_480, "你" * 6_826, "\ud800" * 20_480, "." * 20_480])
def test_long_texts_are_cut(text: str) -> None:
    found = numbers(text, PIECES, 128)
    assert len(found) <= 128
    assert (found[0], found[-1]) == (101, 102)


def test_the_vocabulary_is_the_models_own() -> None:
    assert len(PIECES) == 30_522
    assert hashlib.sha256(VOCABULARY.read_bytes()).hexdigest().startswith("07eced375cec144d27c900241f3e3394")

"""Sketches: how alike two texts are, and whether a database would find the one by the other."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.engine.text.sketches import Sketch, likeness, sketch

SPAM = (
    "My cousin earns eight thousand a month from her sofa with nothing but a telephone, and so can you when you write "
    "to her agency this week; they take everybody who can read and has an hour a day to spare for it."
)
OTHERS = (
    "The council should have asked the shops in Mill Road before it drew the lane, and told them when the works begin.",
    "If the bridge closes for two years then the buses need a way round, and nobody has said who is to pay for that.",
    "I have taken that train each morning for nine years, and it was on time more often than my own clock has been.",
)


def drawn(text: str) -> Sketch:
    made = sketch(text)
    assert made is not None
    return made


def like(one: str, other: str) -> float:
    return likeness(drawn(one).places, drawn(other).places)


def is_found(one: str, other: str) -> bool:
    return any(a == b for a, b in zip(drawn(one).bands, drawn(other).bands, strict=True))


@pytest.mark.parametrize(
    "changed",
    [
        SPAM.upper(),
        SPAM.replace("a", "\u200ba"),
        SPAM.replace(", ", " !!! "),
        SPAM.replace("cousin", "sister").replace("eight", "nine"),
        "Hello all. " + SPAM + " Ask for Peter.",
    ],
)
def test_a_text_with_a_few_words_changed_is_like_itself_and_found(changed: str) -> None:
    assert like(SPAM, changed) >= 0.5
    assert is_found(SPAM, changed)


def test_one_word_in_ten_exchanged_is_found_nine_times_in_ten() -> None:
    chance = random.Random(4)
    words = SPAM.split()
    found = 0
    for _ in range(200):
        changed = list(words)
        for index in chance.sample(range(len(words)), len(words) // 10):
            changed[index] = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        text = " ".join(changed)
        found += is_found(SPAM, text) and like(SPAM, text) >= 0.3
    assert found >= 180


def test_texts_that_have_nothing_to_do_with_each_other_are_not_alike() -> None:
    for one in (SPAM, *OTHERS):
        for other in (SPAM, *OTHERS):
            assert one == other or (like(one, other) < 0.1 and not is_found(one, other))


@pytest.mark.parametrize("text", ["I agree", "Well said", "", "😂" * 200, "So sorry for your loss. " * 2, "a" * 59])
def test_short_texts_have_no_sketch(text: str) -> None:
    assert sketch(text) is None


def test_the_same_text_gives_the_same_sketch_in_every_version() -> None:
    """Stored sketches are compared with new ones: another way of drawing needs another column."""
    assert drawn("Keep it civil, and then some more, until the text is long enough for a sketch of it.") == PINNED


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=60, max_size=300))
def test_any_text_can_be_drawn_and_is_like_itself(text: str) -> None:
    made = sketch(text)
    if made is not None:
        assert len(made.places) == 128
        assert all(-1 <= band < 1 << 27 for band in made.bands)
        assert likeness(made.places, made.places) == 1.0


PINNED = Sketch(
    "00006db501821ff5356dcf547dfcbcf7adfb46a50000ab8b00009fc9c94c343e4ad57ee10b37407391378f1a9c98131a1f4f00003d1b36615f852818807c0000",
    (1994134, 18040209, 658220, 14690103),
)

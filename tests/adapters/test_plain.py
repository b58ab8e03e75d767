"""What the learned models read: disguises written out, plain text left alone, each part with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.adapters.classifiers.plain import chunks, plain
from moderation.adapters.classifiers.window import MOST_PIECES, window
from moderation.engine.text import fold


def read(text: str) -> str:
    return plain(chunks(fold(text)))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("You 1d10t", "you idiot"),
        ("such a m.o.r.o.n, really", "such a moron, really"),
        ("s t u p i d man", "stupid man"),
        ("sooooo stuuupid!", "soo stupid!"),
        ("What the h*ll", "what the hell"),
        ("\u0455tup\u0456d", "stupid"),
        ("you \U0001f921", "you clown face"),
    ],
)
def test_disguises_are_written_out(written: str, read_as: str) -> None:
    assert read(written) == read_as


@pytest.mark.parametrize(
    "text",
    [
        "it costs 24/7 and 3d prints, e.g. in 2019.",
        "see https://example.org/a-b_c?d=1 for more",
        "a 1 b 2 c",
        "don't, won't, the bed-and-breakfast isn't",
        "5 * 4 = 20",
        "c++ and c# are languages",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert read(text) == text


@given(st.text(max_size=300))
def test_each_part_has_its_place_in_order(text: str) -> None:
    view = fold(text)
    done = 0
    for part in chunks(view):
        assert done <= part.start < part.end <= len(view.text)
        done = part.end


@given(st.text(alphabet="ab c*@1.", max_size=2_000))
def test_the_window_holds_what_the_encoder_takes(text: str) -> None:
    parts = chunks(fold(text))
    read = window(parts)
    assert len(read.ids) == len(read.owners) <= MOST_PIECES
    assert all(-1 <= owner < max(len(parts), 1) for owner in read.owners)


def test_of_a_long_text_beginning_and_end_are_read() -> None:
    parts = chunks(fold("first " + "word " * 500 + "last"))
    owners = window(parts).owners
    assert 0 in owners
    assert len(parts) - 1 in owners

"""Folding: what disguises read as, and that every place leads back to the writer's own text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.engine.text import fingerprint, fold
from moderation.engine.text.folding import folded_term

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200)
NASTY = st.text(alphabet="aAfuck \n\t.*@$1\u200b\u0301\u0430\u0435ﬃß\u2026\u2019<>&;p/İﷺ🅰\\'\"", max_size=120)


@pytest.mark.parametrize(
    ("written", "read", "how"),
    [
        ("fυсk", "fuck", "look_alikes"),
        ("fսck", "fuck", "look_alikes"),
        ("ᖴᑌᑕK", "fuck", "look_alikes"),
        ("𝓯𝓾𝓬𝓴", "fuck", "styled"),
        ("🅵🆄🅲🅺", "fuck", "styled"),
        ("ＦＵＣＫ", "fuck", "full_width"),
        ("f\u200bu\u200bc\u200bk", "fuck", "zero_width"),
        ("f\u00aduck", "fuck", "zero_width"),
        ("fück", "fuck", "marks"),
        ("f\u0336u\u0336c\u0336k", "fuck", "marks"),
        ("ƒuck", "fuck", "marks"),
        ("FUCK", "fuck", None),
        ("don’t", "don't", None),
    ],
)
def test_disguises_are_read_and_named(written: str, read: str, how: str | None) -> None:
    view = fold(f"oh {written} no")
    start = view.text.index(read)
    assert view.span(start, start + len(read)) == (3, 3 + len(written)) or written.endswith("\u0336")
    assert view.hidden_as(start, start + len(read)) == how


def test_look_alikes_stay_outside_of_mixed_words() -> None:
    assert fold("Путин врет").text == "путин врет"
    assert fold("αβγ").text == "αβγ"
    assert fold("рayрal").text == "paypal"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>f<b>u</b>ck</p>", "\nfuck\n"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("a<script>evil()</script>b", "ab"),
        ("a<!-- x -->b", "ab"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&#102;&#x75;ck", "fuck"),
        ("<<<<<", "<<<<<"),
        ("&zzzz; <", "&zzzz; <"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(source: str, seen: str) -> None:
    assert fold(source, "html").lines == seen


def test_html_places_lead_into_the_source() -> None:
    source = "<p>f<b>u</b>ck &amp; go</p>"
    view = fold(source, "html")
    start = view.text.index("fuck")
    first, last = view.span(start, start + 4)
    assert source[first:last] == "f<b>u</b>ck"
    assert view.hidden_as(start, start + 4) == "markup"
    amp = view.text.index("&")
    assert source[slice(*view.span(amp, amp + 1))] == "&amp;"


@given(NASTY, st.lists(st.integers(0, 400), max_size=8))
def test_a_word_ends_where_it_ends_whatever_was_asked_before(text: str, places: list[int]) -> None:
    view = fold(text)
    for place in (place for place in places if place < len(view.text)):
        rest = view.text[place:]
        letters = next((at for at, sign in enumerate(rest) if not sign.isalnum()), len(rest))
        assert view.word_end(place) == place + letters


def test_a_program_s_backslash_hides_no_phrase() -> None:
    view = fold(r"you\'re \\\"it\" C:\dir")
    assert view.text == r"""you're "it" c:\dir"""
    assert view.original[slice(*view.span(0, 6))] == r"you\'re"
    assert view.original[slice(*view.span(8, 10))] == "it"


def test_blanks_are_squeezed_and_breaks_kept_apart() -> None:
    view = fold("kill\n \n  your   self")
    assert view.text == "kill your self"
    assert view.lines == "kill\nyour self"
    assert view.original[slice(*view.span(5, 9))] == "your"


@settings(max_examples=150, deadline=None)
@given(TEXTS | NASTY, st.sampled_from(["plain", "html"]))
def test_every_range_leads_into_the_text(text: str, format: str) -> None:
    view = fold(text, format)
    assert len(view.text) == len(view.lines)
    previous = 0
    for at in range(len(view.text)):
        start, end = view.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= previous
        previous = start
    if view.text:
        assert view.span(0, len(view.text))[1] <= len(text)


@settings(max_examples=150, deadline=None)
@example("a\ufb13")  # a ligature of letters that have look-alikes
@given(TEXTS | NASTY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).lines
    assert fold(once).lines == once


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_terms_fold_as_comments_do(text: str) -> None:
    assert folded_term(text) == " ".join(fold(text).text.split())


def test_fingerprints_see_through_case_blanks_signs_and_disguise() -> None:
    same = ["Buy gold now!", "buy  gold, now", "BUY\nGOLD NOW", "Ｂuy g\u200bold now"]
    assert len({fingerprint(text) for text in same}) == 1
    assert fingerprint("buy gold") != fingerprint("buy silver")
    assert fingerprint("😂") != fingerprint("🤣")

"""Terms in text: forms, exceptions, guards against innocent words, and disguises."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.engine.hits import MOST_HITS, SHOWN_OF_CUT, Term
from moderation.engine.lexicon import Lexicon
from moderation.engine.lists import LOCALES
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.text import fold
from moderation.engine.text.disguise import MOST_READ
from moderation.engine.wordings import variants, wordings
from tests.engine.conftest import shipped_files

TERMS = (
    Term("fuck", "strong", "inside"),
    Term("shit", "strong", "inside", except_=("mishit*", "shitake*")),
    Term("penis", "strong"),
    Term("anus", "strong"),
    Term("ass", "strong"),
    Term("cunt", "strong", "inside", except_=("scunthorpe",)),
    Term("dick", "strong", name=True),
    Term("tit", "mild"),
    Term("nigger", "slur", "stem"),
    Term("bitch", "strong"),
    Term("kill yourself", "direct", "phrase"),
)
LEXICON = Lexicon({"list": TERMS})


def found(text: str) -> list[tuple[str, str | None]]:
    """What is found: the text as written and how it was hidden."""
    view = fold(text)
    return [
        (text[slice(*view.span(hit.start, hit.end))], hit.hidden_as or view.hidden_as(hit.start, hit.end))
        for hit in LEXICON.scan(view).hits
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I am an us citizen",
        "The pen is mightier than the sword",
        "the pen.is here, an.us too",
        "Scunthorpe, Penistone, Sussex, cockpit, assassin, class, pass, bass",
        "Dick Cheney and Dick's sister",
        "Mr. Dick Turner",
        "it's hit me, what's hit you, push it",
        "He mishits the ball",
        "class.hit me",
        "assess the assets as soon",
        "as s",
        "U.S.A. and the E.U.",
        "https://example.org/s/h/i/t1/4ss-5hlt",
        "title, institution, constitution",
        "10 a.m. on the 5th, B2B, 4x4, h1n1",
        "Shiites and Sunnis",
        "w a s h i t y",
        "f*r*ng",
    ],
)
def test_innocent_words_are_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "written", "how"),
    [
        ('He said "shit"', "shit", None),
        ("fuckthis", "fuckthis", None),
        ("#FuckThis now", "FuckThis", None),
        ("f u c k", "f u c k", "spaced"),
        ("f-u-c-k you", "f-u-c-k", "spaced"),
        ("F.U.C.K. you", "F.U.C.K", "spaced"),
        ("f u c k y o u", "f u c k", "spaced"),
        ("s-hit", "s-hit", "spaced"),
        ("fuuuuck", "fuuuuck", "repeated"),
        ("asss", "asss", "repeated"),
        ("sh1t", "sh1t", "leet"),
        ("$hit", "$hit", "leet"),
        ("5h1t!", "5h1t", "leet"),
        ("a$$", "a$$", "leet"),
        ("@ss", "@ss", "leet"),
        ("b1tch", "b1tch", "leet"),
        ("n1gg3rs", "n1gg3rs", "leet"),
        ("f**k", "f**k", "masked"),
        ("sh*t", "sh*t", "masked"),
        ("n*gger", "n*gger", "masked"),
        ("f*ck*ng", "f*ck*ng", "masked"),
        ("f*ckw*ds", "f*ckw*ds", "masked"),
        ("f##ked", "f##ked", "masked"),
        ("s h i t t y", "s h i t t", "spaced"),
        ("a f u c k i n g shame", "f u c k", "spaced"),
        ("fυсk", "fυсk", "look_alikes"),
        ("f\u200bu\u200bck", "f\u200bu\u200bck", "zero_width"),
        ("kill\n  yourself", "kill\n  yourself", None),
        ("k1ll yourself", "k1ll yourself", "leet"),
        ("what a dick", "dick", None),
        ("fuck99", "fuck99", None),
        ("an a.n.u.s", "a.n.u.s", "spaced"),
    ],
)
def test_words_and_disguises_are_found(text: str, written: str, how: str | None) -> None:
    assert (written, how) in found(text)


def test_exceptions_free_only_what_they_cover() -> None:
    assert found("Scunthorpe is no cunt") == [("cunt", None)]


def test_choices_in_braces() -> None:
    assert variants("{go|just} die{ now|}") == {"go die now", "go die", "just die now", "just die"}
    assert wordings("{a|b} {c|d|e}") == 6


def _disguise(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    ways = [
        lambda: " ".join(word),
        lambda: ".".join(word),
        lambda: word[:at] + word[at] * 4 + word[at + 1 :],
        lambda: word[:at] + "\u200b" + word[at:],
        lambda: "".join({"i": "1", "s": "$", "e": "3", "u": "υ", "c": "с"}.get(sign, sign) for sign in word),
        lambda: word.upper(),
        lambda: "".join(chr(ord(sign) + 0xFEE0) for sign in word),
        lambda: word[:at] + "*" + word[at + 1 :],
        lambda: "\u0336".join(word),
    ]
    return draw.choice(ways)()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["fuck", "shit", "cunt", "bitch", "nigger"]), st.randoms(use_true_random=False))
def test_a_disguise_of_a_listed_term_is_found(word: str, draw: random.Random) -> None:
    text = f"well, {_disguise(word, draw)} that"
    assert found(text), text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="bdeghjlmoqvwxyz 0-9@!*.", max_size=120))
def test_text_without_the_letters_of_any_term_matches_nothing(text: str) -> None:
    assert found(text) == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="fuck sh1t$*.-_@a\u200b", max_size=200))
def test_hits_lie_in_the_text(text: str) -> None:
    view = fold(text)
    for hit in LEXICON.scan(view).hits:
        start, end = view.span(hit.start, hit.end)
        assert 0 <= start < end <= len(text)


def test_shipped_lists_know_what_better_profanity_objects_to(shipped: Ruleset) -> None:
    """Our scanner against the package, on the words of its list that are not contested; mild ones in some locale."""
    from better_profanity import Profanity

    theirs = Profanity()
    lists = {name: shipped.lists[name] for name in ("better_profanity", "slurs", "sexual", "insults")}
    regional = {locale: _in_locale(locale).lists["profanity"] for locale in LOCALES}
    ours = Lexicon({**lists, **regional})
    words = {term.term: term.tier for term in shipped.lists["better_profanity"]}
    assert set(words) == _package_words()
    judged = [word for word, tier in words.items() if tier != "contested"]
    missed = [
        word for word in judged if not [h for h in ours.scan(fold(f"so {word} then")).hits if h.term.tier != "covered"]
    ]
    assert missed == []
    sample = judged[::25]
    assert [word for word in sample if not theirs.contains_profanity(f"so {word} then")] == []


def _in_locale(locale: str) -> Ruleset:
    return load({**shipped_files(), "sites/x/settings.yaml": f"locale: {locale}"}, site="x")


def _package_words() -> set[str]:
    from importlib.resources import files

    text = (files("better_profanity") / "profanity_wordlist.txt").read_text(encoding="utf-8")
    return {line.strip() for line in text.splitlines() if line.strip()}


def test_more_hits_than_anybody_writes_are_told_of() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert f"more than {MOST_HITS} hits of one tier of a list, or more than {MOST_READ:,} characters" in page
    assert f"the first {SHOWN_OF_CUT} hits of each tier" in page
    few, many = ("shit. " * (MOST_HITS - 1)), ("shit. " * (MOST_HITS + 1))
    assert not LEXICON.scan(fold(few)).is_cut
    assert LEXICON.scan(fold(f"{many} in hawaii")).is_cut  # whatever the second reading says
    cut = LEXICON.scan(fold(many))
    assert (len(cut.hits), cut.is_cut) == (SHOWN_OF_CUT, True)
    for hidden in ("sh1t ", "f.u.c.k ", "f**k "):
        assert not LEXICON.scan(fold(hidden * 20)).is_cut
        assert LEXICON.scan(fold(hidden * 3000)).is_cut

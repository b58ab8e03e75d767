"""Patterns of rule authors: what is taken, what is refused with a hint, and the one pass over all."""

import pytest

from moderation.engine import patterns
from moderation.engine.patterns import BadPattern, Pattern, PatternSet, translated


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        (r"\bcaf\b", "caf cafe", ["caf"]),
        (r"\bcaf\b", "cafж caf", ["caf"]),
        (r"\bхрю\b", "хрюша хрю", ["хрю"]),
        (r"\w+", "naïve жук_1", ["naïve", "жук_1"]),
        (r"\d{2}", "٣٤ 56", ["٣٤", "56"]),
        (r"[\w.]+@x", "ж.a@x", ["ж.a@x"]),
        (r"\\w", r"a\w", [r"\w"]),
        (r"a.{0,5}b", "a123b", ["a123b"]),
    ],
)
def test_classes_know_all_scripts(source: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in Pattern(source).find(text)] == found


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("(?=x)y", "unless_match"),
        ("(?<!x)y", "unless_match"),
        (r"(a)\1", "write the words out"),
        ("a{1001}", "near"),
        ("a{2,900}b", "near"),
        ("x.{0,31}y", "near"),
        ("x[abc]{31}y", "near"),
        ("x*", "use +"),
        ("(", None),
        ("a" * 1001, None),
        ("\x00", None),
        (r"[\W]", "outside"),
        (r"a\Bb", "pL"),
        (r"xй\by", "terms"),
    ],
)
def test_refused(source: str, hint: str | None) -> None:
    with pytest.raises(BadPattern) as refused:
        Pattern(source)
    assert hint is None or hint in (refused.value.hint or "")


def test_a_nested_repeat_is_linear() -> None:
    assert Pattern("^(a+)+$").find("a" * 20_000 + "b") == []


def test_the_set_finds_what_each_finds_alone() -> None:
    sources = ["^a+", "foo$", r"\bb\b", "zzz"]
    several = PatternSet([Pattern(source) for source in sources])
    assert several.scan("aa b foo") == {0: [(0, 2)], 1: [(5, 8)], 2: [(3, 4)]}
    assert several.scan("none") == {}
    assert PatternSet([]).scan("x") == {}


def test_a_set_that_did_not_search_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of memory a set says "nothing": without its sentinel every pattern is tried alone."""
    several = PatternSet([Pattern("foo"), Pattern("bar")])

    class Exhausted:
        def Match(self, text: str) -> list[int]:  # noqa: N802 as RE2 calls it
            return []

    monkeypatch.setattr(several, "_set", Exhausted())
    assert several.scan("a bar") == {1: [(2, 5)]}
    monkeypatch.setattr(several, "_set", None)
    assert several.scan("a foo") == {0: [(2, 5)]}


def test_hundreds_of_patterns_compile_into_one_set() -> None:
    made = [Pattern(rf"\bword{number}[a-z]{{0,10}}\b") for number in range(300)]
    assert patterns.PatternSet(made)._set is not None
    assert translated(r"\d\\d") == r"\p{Nd}\\d"

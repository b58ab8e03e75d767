"""What the YAML reader refuses before it builds anything, and how values come out."""

import pytest

from moderation.engine.source import MAX_DEPTH, Refused, read_yaml


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: &x [1]\nb: *x", "anchors (&) and aliases (*) are not allowed", 1, 4),
        ("a: *x", "anchors (&) and aliases (*) are not allowed", 1, 4),
        ("<<: {a: 1}", "merge keys (<<) are not allowed", 1, 1),
        ("a: !!python/object x", "tags (!) are not allowed", 1, 4),
        ("a: !x y", "tags (!) are not allowed", 1, 4),
        ("a: 1\n---\nb: 2", "one document per file", 2, 1),
        ("a: 1\nb: 2\na: 3", "`a` is given twice (first in line 1)", 3, 1),
        ("? [a]\n: b", "a key must be a word", 1, 3),
        ("a: [1", "not YAML: while parsing a flow sequence", 1, 6),
        ("a:\n\t- b", "not YAML", 2, 1),
        ("[" * (MAX_DEPTH + 2), "levels deep", 1, MAX_DEPTH + 1),
        ("[" * 5000, "levels deep", 1, MAX_DEPTH + 1),
    ],
)
def test_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(text, "x.yaml")
    error = refused.value.error
    assert message in error.message
    assert (error.file, error.line, error.column) == ("x.yaml", line, column)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85"])
def test_a_line_ends_where_yaml_ends_it(odd: str) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(f"a: 'x{odd}y'\nb: &x 1\nc: 2", "x.yaml")
    assert (refused.value.error.line, refused.value.error.source_line) == (2, "b: &x 1")


def test_large_files_are_refused() -> None:
    with pytest.raises(Refused, match="larger than 256 kB"):
        read_yaml("a: " + "x" * 256_001, "x.yaml")
    with pytest.raises(Refused, match="more than 50,000 values"):
        read_yaml("- a\n" * 50_001, "x.yaml")


def test_values_are_those_of_yaml_1_2_and_dates_stay_as_written() -> None:
    text = "{a: no, b: on, c: 12:30:45, d: 2026-01-02, e: 1.5, f: 7, g: 'true', h: true, i: ~, j: 0x10, k: 1e400000}"
    plain = {"a": "no", "b": "on", "c": "12:30:45", "d": "2026-01-02", "e": 1.5, "f": 7, "g": "true"}
    assert read_yaml(text, "x.yaml").plain() == {**plain, "h": True, "i": None, "j": "0x10", "k": "1e400000"}


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert read_yaml("# nothing\n", "x.yaml").plain() == {}

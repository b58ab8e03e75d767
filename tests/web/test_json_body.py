"""Strict JSON: what is refused, where, and that nothing hostile costs more than it should."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import MalformedRequest
from moderation.web.json_body import DEPTH, parse, parse_object, unstorable


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "line 1 column 1"),
        (b'{"a": }', "line 1 column 7"),
        (b'{"a": 1} x', "line 1 column 10"),
        (b'{"a":\n 1,}', "line 2"),
        (b"\xff{}", "not valid UTF-8: byte 1"),
        ('{"a": "é"}'.encode("latin-1"), "not valid UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not valid UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "line 1 column 1"),
        (b'{"a": NaN}', "finite"),
        (b'{"a": -Infinity}', "finite"),
        (b'{"a": 1e999}', "finite"),
        (b'{"a": 1, "a": 2}', 'The field "a" is given twice'),
        (b'{"x": {"a": 1, "a": 1}}', 'The field "a" is given twice'),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a": 0.' + b"1" * 60 + b"}", "too long"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "nested deeper"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"5", "must be a JSON object"),
    ],
)
def test_refused_with_the_place(raw: bytes, sentence: str) -> None:
    with pytest.raises(MalformedRequest) as refused:
        parse_object(raw)
    assert sentence in refused.value.detail


def test_as_deep_as_allowed_and_brackets_in_strings_count_nothing() -> None:
    deep = b'{"a":' + b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1) + b"}"
    assert parse_object(deep)
    assert parse_object(json.dumps({"text": "[{" * 500 + '\\"' * 10}).encode())


def test_quotes_without_end_cost_no_more_than_their_length() -> None:
    # Half a megabyte of escaped quotes in an open string: a pattern that starts again at each would need hours.
    with pytest.raises(MalformedRequest):
        parse(b"[" * (DEPTH + 1) + b'"' + b'\\"' * 250_000)


def test_every_string_that_cannot_be_stored_is_named() -> None:
    found = list(unstorable(parse(b'{"a": "ok", "b": ["x\\u0000"], "c/d": {"e": "12\\ud800"}, "f\\u0000": 1}')))
    assert [(one.pointer, one.detail) for one in found] == [
        ("#/b/0", "Contains a character that cannot be stored (position 2)."),
        ("#/c~1d/e", "Contains a character that cannot be stored (position 3)."),
        ("#", "The name of a field contains a character that cannot be stored."),
    ]


def test_pairs_of_surrogates_are_one_character() -> None:
    assert list(unstorable(parse(b'{"a": "\\ud83d\\ude00"}'))) == []


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    try:
        parse(raw)
    except MalformedRequest as refused:
        assert refused.detail


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_any_writer_of_json_sends_comes_back(value: dict[str, object]) -> None:
    assert parse(json.dumps(value).encode()) == value

"""Limits of the contract: each value on the line passes, each over it is named with a sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.errors import InvalidFields
from moderation.web.fields import is_blank, validate
from moderation.web.submissions import CommentFields, JudgeFields, StoryFields
from moderation.workflow.incoming import ABSENT

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def comment(**changes: Any) -> dict[str, Any]:
    return {"id": "c", "text": "A fair point.", "author": {"id": "u"}, "story": {"id": "s"}, **changes}


def wrong(model: Any, value: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidFields) as refused:
        validate(model, value, now=NOW)
    return {one.pointer: one.detail for one in refused.value.errors}


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 20_480},
        {"text": "é" * 10_240},
        {"text": "\U0001f600"},
        {"id": "x" * 200},
        {"id": "a b:c@d&e=f+g;h,i!j~k'l(m)*n$o"},
        {"id": "漢字"},
        {"id": "..."},
        {"story": {"id": "/2026/11/a?b#c%d\\e"}},
        {"story": {"id": "s", "title": "x" * 1024, "body": "x" * 204_800, "sensitive": [], "comments": "closed"}},
        {"story": {"id": "s", "published_at": "2027-01-01T00:00:00Z"}},
        {"created_at": "2026-11-24T12:04:59Z"},
        {"created_at": "1999-12-31t23:59:60.1234567891+05:30"},
        {"revision": 1},
        {"revision": 2**31 - 1},
        {"format": "html", "language": "en-GB", "metadata": {"a": [1, None]}, "parent": {"id": "p", "text": ""}},
        {"parent": None, "language": None, "metadata": None, "created_at": None, "revision": None},
        {"unknown": {"anything": 1}, "author": {"id": "u", "email": "ignored"}},
    ],
)
def test_on_the_line(changes: dict[str, Any]) -> None:
    validate(CommentFields, comment(**changes), now=NOW)


@pytest.mark.parametrize(
    ("changes", "pointer", "sentence"),
    [
        ({"text": ""}, "#/text", "The text is empty."),
        ({"text": " \t\n\u3000"}, "#/text", "The text is empty."),
        ({"text": "\u200b\u2060\ufeff\u00ad\u3164\ufe0f"}, "#/text", "The text is empty."),
        ({"text": "x" * 20_481}, "#/text", "Too long: 20481 bytes of UTF-8, at most 20480."),
        ({"text": "é" * 10_241}, "#/text", "Too long: 20482 bytes"),
        ({"text": None}, "#/text", "Must be a string."),
        ({"text": ["x"]}, "#/text", "Must be a string."),
        ({"text": "a\x00"}, "#/text", "cannot be stored (position 2)"),
        ({"text": "\ud800"}, "#/text", "cannot be stored (position 1)"),
        ({"id": ""}, "#/id", "1 to 200"),
        ({"id": "x" * 201}, "#/id", "1 to 200"),
        ({"id": 5}, "#/id", "Must be a string."),
        ({"id": "."}, "#/id", "on its own"),
        ({"id": ".."}, "#/id", "on its own"),
        ({"id": " a"}, "#/id", "blank"),
        ({"id": "a\u00a0"}, "#/id", "blank"),
        ({"id": "a\r\nb"}, "#/id", "control"),
        ({"id": "a\x85b"}, "#/id", "control"),
        *(({"id": f"a{char}b"}, "#/id", "any of") for char in "/?#%\\"),
        *(({"author": {"id": f"a{char}b"}}, "#/author/id", "any of") for char in "/?#%\\"),
        ({"story": {"id": ".."}}, "#/story/id", "on its own"),
        ({"author": "u"}, "#/author", "Must be an object."),
        ({"author": {}}, "#/author/id", "required"),
        ({"author": {"id": "u", "trusted": 1}}, "#/author/trusted", "true or false"),
        ({"author": {"id": "u", "role": "king"}}, "#/author/role", "one of"),
        ({"revision": True}, "#/revision", "whole number"),
        ({"revision": "5"}, "#/revision", "whole number"),
        ({"revision": 1.0}, "#/revision", "whole number"),
        ({"revision": 0}, "#/revision", "at least 1"),
        ({"revision": 2**31}, "#/revision", "at most"),
        ({"format": "markdown"}, "#/format", "one of"),
        ({"created_at": "2026-11-24T12:00:00"}, "#/created_at", "zone"),
        ({"created_at": "yesterday"}, "#/created_at", "RFC 3339"),
        ({"created_at": 1764000000}, "#/created_at", "string"),
        ({"created_at": "2026-11-24T12:05:01Z"}, "#/created_at", "future"),
        ({"created_at": "0001-01-01T00:00:00+23:59"}, "#/created_at", "years"),
        ({"created_at": "9999-12-31T23:59:59-23:59"}, "#/created_at", "years"),
        ({"created_at": "2026-02-30T00:00:00Z"}, "#/created_at", "no such time"),
        ({"created_at": "２０２６-11-24T12:00:00Z"}, "#/created_at", "RFC 3339"),
        ({"language": "english, mostly"}, "#/language", "language tag"),
        ({"language": "ue-nmVv-DxLmvm-WO-VhOFXg-QB0FRbrD-GL0tX"}, "#/language", "language tag"),
        ({"metadata": "x"}, "#/metadata", "object"),
        ({"metadata": {"a": {"b": "\x00"}}}, "#/metadata/a/b", "cannot be stored"),
        ({"story": {"id": "s", "title": "x" * 1025}}, "#/story/title", "Too long"),
        ({"story": {"id": "s", "body": "x" * 204_801}}, "#/story/body", "Too long"),
        ({"story": {"id": "s", "url": "javascript:alert(1)"}}, "#/story/url", "https://"),
        ({"story": {"id": "s", "url": "https://me:pw@paper.example/"}}, "#/story/url", "user name"),
        ({"story": {"id": "s", "url": "https://paper.example/a b"}}, "#/story/url", "blanks"),
        ({"story": {"id": "s", "url": "https://[::1"}}, "#/story/url", "valid"),
        ({"story": {"id": "s", "sensitive": ["gossip"]}}, "#/story/sensitive/0", "one of"),
        ({"story": {"id": "s", "people": [{"name": "A", "role": "public"}, {"name": "B"}]}}, "#/story/people/1/role", "required"),
        ({"story": {"id": "s", "people": [{"name": " ", "role": "public"}]}}, "#/story/people/0/name", "empty"),
        ({"story": {"id": "s", "byline": {}}}, "#/story/byline", "list"),
        ({"story": {"id": "s", "comments": None}}, "#/story/comments", "one of"),
        ({"parent": {"id": "a/b"}}, "#/parent/id", "any of"),
    ],
)  # fmt: skip
def test_over_the_line(changes: dict[str, Any], pointer: str, sentence: str) -> None:
    found = wrong(CommentFields, comment(**changes))
    assert sentence in found[pointer]
    assert set(found) == {pointer}


def test_all_at_once() -> None:
    value = {"id": "a/b", "text": " ", "author": {"id": 1}, "format": "x", "revision": "1"}
    assert set(wrong(CommentFields, value)) == {"#/id", "#/text", "#/author/id", "#/format", "#/revision", "#/story"}


def test_a_hostile_value_is_not_repeated_in_the_sentence() -> None:
    found = wrong(CommentFields, comment(format="<script>", language="{0.__class__}", id="\x1b[31m"))
    assert not any("script" in text or "class" in text or "\x1b" in text for text in found.values())


def test_story_fields_that_were_not_given_are_absent() -> None:
    story = validate(
        StoryFields, {"title": None, "people": [{"name": "A", "role": "victim"}], "sensitive": None}, now=NOW
    )
    incoming = story.incoming("s")
    assert incoming.title is None
    assert incoming.people == ({"name": "A", "role": "victim"},)
    assert incoming.sensitive == ()
    assert all(
        getattr(incoming, name) is ABSENT for name in ("url", "body", "section", "language", "byline", "comments")
    )


def test_times_become_utc() -> None:
    found = validate(CommentFields, comment(created_at="2026-11-24T14:00:00+02:30"), now=NOW).incoming()
    assert found.created_at == NOW - timedelta(minutes=30)
    assert found.created_at.tzinfo is UTC


def test_what_is_judged_keeps_what_came_with_it() -> None:
    value = {
        "text": "Who?",
        "story": {"title": "T"},
        "parent": {"text": "P", "author_id": "u1"},
        "author": {"id": "u2"},
    }
    found = validate(JudgeFields, value, now=NOW).submission()
    assert found.story is not None
    assert found.parent is not None
    assert (found.story.title, found.parent.text, found.parent.author_key, found.author.key) == ("T", "P", "u1", "u2")


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), ("\u2800\u115f", True), ("\U000e0001", True), ("a\u200b", False), (".", False)]
)
def test_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank

"""Conditions about how the whole comment is written: shouting, length, language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import re2

from ..look import Look
from ..schema import Choice, Flag, OneOf, Some, Table, Text, bounds, within
from ..source import Located
from ..text.counts import capitals, small_letters
from .base import NO, Build, Filter, Kind, Outcome, answer

_ASKS = (
    r"(?:what|why|how|where|who|which|when|whats|what's|who's|where's|did you (?:know|hear)|(?:have you )?"
    r"hear(?:d)? (?:about|of)|(?:do )?you know (?:what|who|why|how)(?:'s)?|guess (?:what|who))\b"
)
_RIDDLE = re2.compile(rf"(?:q[:.] ?)?((?:so )?{_ASKS}(?:[^?!.]|\.\.|[.!][^ ?])+)[.!]*\?+ ?([^?]*[a-z0-9][^?]*)")
_LOOSE_RIDDLE = re2.compile(rf"(?:.*[.!?:)*] *)?((?:so )?{_ASKS}[^?!.]{{8,}})(?:\?+|\.+| -+|:+) ?([^?]*[a-z0-9][^?]*)")
_SHOUTING = {"share": {"at_least": 0.7}, "letters": {"at_least": 25}}


@dataclass(frozen=True, slots=True)
class Shouting:
    """Capital letters: their share among the letters, and how many letters there are."""

    share: Mapping[str, float]
    letters: Mapping[str, float]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        text = look.given.text
        upper = capitals(text)
        letters = upper + small_letters(text) if upper else 0
        if not letters or not within(letters, self.letters):
            return NO
        return answer(within(upper / letters, self.share))


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters and words the comment has."""

    characters: Mapping[str, float]
    words: Mapping[str, float]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        if not within(len(look.given.text), self.characters):
            return NO
        return answer(not self.words or within(len(look.text.passage.texts), self.words))


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """The language of the comment; other_than is true only when the language is sure."""

    codes: frozenset[str]
    other_than: bool

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        language = look.language
        if self.other_than:
            return answer(language.sure and language.code not in self.codes)
        return answer(language.code in self.codes)


@dataclass(frozen=True, slots=True)
class Riddle:
    """A question and a short answer to it, as jokes have; of earnest questions few look so."""

    wanted: bool
    loose: bool = False

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        text = " ".join(look.text.view.text.split()).strip(" \"'")
        found = (_LOOSE_RIDDLE if self.loose else _RIDDLE).fullmatch(text)
        is_one = bool(found) and len(found.group(1).split()) <= 25 and len(found.group(2).split()) <= 14
        return answer(is_one is self.wanted)


def _make_shouting(value: Any, node: Located, build: Build) -> Shouting:  # noqa: ARG001 as all makers
    given = value if isinstance(value, dict) else {}
    return Shouting(given.get("share", _SHOUTING["share"]), given.get("letters", _SHOUTING["letters"]))


def _make_length(value: dict[str, Any], node: Located, build: Build) -> Length:  # noqa: ARG001 as all makers
    characters = value.get("characters", {key: limit for key, limit in value.items() if key != "words"})
    return Length(characters, value.get("words", {}))


def _make_language(value: Any, node: Located, build: Build) -> WrittenIn:  # noqa: ARG001 as all makers
    if isinstance(value, dict):
        return WrittenIn(frozenset(value["other_than"]), other_than=True)
    return WrittenIn(frozenset(value if isinstance(value, tuple) else (value,)), other_than=False)


_LENGTH = Table({**bounds().fields, "characters": bounds(), "words": bounds()})
_CODES = Some(Text(10))

KINDS = (
    Kind(
        "shouting",
        "comment",
        "Much of the comment is in capitals (by default 70 % of at least 25 letters).",
        OneOf({bool: Flag(), dict: Table({"share": bounds(0, 1), "letters": bounds()})}),
        _make_shouting,
        "shouting: {share: {at_least: 0.8}, letters: {at_least: 40}}",
    ),
    Kind(
        "riddle",
        "comment",
        "The whole comment is a question and a short answer, as jokes are; loose: ends so. For review, under sad stories.",
        OneOf({bool: Flag(), str: Choice(("loose",))}),
        lambda value, node, build: Riddle(bool(value), loose=value == "loose"),  # noqa: ARG005 as all makers
        "riddle: true",
    ),
    Kind("length", "comment", "Characters or words.", _LENGTH, _make_length, "length: {words: {under: 3}}"),
    Kind(
        "language",
        "comment",
        "The language; {other_than: [en]} is true only when another language is sure.",
        OneOf({str: Text(10), list: _CODES, dict: Table({"other_than": _CODES}, required=("other_than",))}),
        _make_language,
        "language: {other_than: [en]}",
    ),
)

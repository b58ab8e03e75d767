"""Conditions about what is around the comment: story, section, sensitive, author, parent, score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..look import Found, Look
from ..schema import Choice, Flag, Named, OneOf, Some, Table, Text, bounds, within
from ..source import Located
from ..verdict import ATTRIBUTES
from .base import NO, Build, Filter, Kind, Outcome, answer, unknown

MARKS = ("death", "disaster", "child", "suicide", "sexual_offence", "court", "atrocity")
ROLES = ("reader", "staff", "moderator")
NO_SCORE = "model_off"
PERSON_ROLES = ("private", "public", "victim", "accused", "minor")


@dataclass(frozen=True, slots=True)
class UnderStory:
    """Whether a story came with the comment, which one, and what is known of it."""

    wanted: bool
    has: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        story = look.given.story
        if story is None:
            return answer(not self.wanted)
        if not self.wanted or (self.ids and story.id not in self.ids):
            return NO
        if self.roles and not self.roles & {person.role for person in story.people}:
            return NO
        return answer(all(getattr(story, name) for name in self.has))


@dataclass(frozen=True, slots=True)
class InSection:
    """The section of the story; without one the comment stands in none."""

    names: frozenset[str]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        section = look.given.story.section if look.given.story else None
        return answer((section or "").casefold() in self.names)


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The marks of the story and who set them."""

    marks: frozenset[str]
    by: str | None

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        story = look.given.story
        if story is None or (self.by and story.sensitive_by != self.by):
            return NO
        return answer(bool(self.marks & set(story.sensitive)))


@dataclass(frozen=True, slots=True)
class Writer:
    """What is known of the commenter."""

    published: Mapping[str, float] | None
    joined_days: Mapping[str, float] | None
    roles: frozenset[str]
    trusted: bool | None

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        author = look.given.author
        if self.roles and author.role not in self.roles:
            return NO
        if self.trusted is not None and author.trusted is not self.trusted:
            return NO
        days = (look.facts.now - author.joined_at).days if author.joined_at else None
        for value, limits, what in (
            (author.published, self.published, "published comments"),
            (days, self.joined_days, "date of joining"),
        ):
            if limits is not None and value is not None and not within(value, limits):
                return NO
            if limits is not None and value is None:
                return unknown(f"the commenter's {what}")
        return answer(True)


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether the comment answers another one."""

    wanted: bool

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        return answer((look.given.parent is not None) is self.wanted)


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of attributes within bounds; one that was not assessed makes it unknown.

    What the scores rest on is the evidence; where a filter drops all of it (somebody else is quoted), it is not true.
    """

    limits: Mapping[str, Mapping[str, float]]

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        scores = look.facts.scores
        if not scores:
            reasons = look.facts.not_assessed
            return _not_assessed(tuple(self.limits), tuple(reasons.get(name, NO_SCORE) for name in self.limits))
        if any(name in scores and not within(scores[name], limits) for name, limits in self.limits.items()):
            return NO
        missing = [name for name in self.limits if name not in scores]
        if missing:
            reasons = look.facts.not_assessed
            return _not_assessed(tuple(missing), tuple(reasons.get(name, NO_SCORE) for name in missing))
        spans = dict.fromkeys(span for name in self.limits for span in look.facts.score_spans.get(name, ()))
        found = tuple(Found(*span) for span in spans)
        kept = tuple(one for one in found if drop is None or not drop.keeps(one, look))
        return Outcome(True, kept) if kept or not found else NO


@lru_cache(maxsize=1000)
def _not_assessed(names: tuple[str, ...], reasons: tuple[str, ...]) -> Outcome:
    """Attributes without a score and why they have none in, the answer out: mostly the same few."""
    return Outcome(None, unknown=tuple(f"{name} ({reason})" for name, reason in zip(names, reasons, strict=True)))


def _make_story(value: Any, node: Located, build: Build) -> UnderStory:  # noqa: ARG001 as all makers
    if isinstance(value, bool):
        return UnderStory(value)
    roles = frozenset(value.get("people", ()))
    return UnderStory(True, value.get("has", ()), frozenset(value.get("id", ())), roles)


def _make_section(value: tuple[str, ...], node: Located, build: Build) -> InSection:  # noqa: ARG001 as all makers
    return InSection(frozenset(name.casefold() for name in value))


def _make_sensitive(value: Any, node: Located, build: Build) -> Sensitive:  # noqa: ARG001 as all makers
    if isinstance(value, dict):
        return Sensitive(frozenset(value.get("marks", MARKS)), value.get("by"))
    if isinstance(value, bool):
        return Sensitive(frozenset(MARKS if value else ()), None)
    return Sensitive(frozenset(value if isinstance(value, tuple) else (value,)), None)


def _make_author(value: dict[str, Any], node: Located, build: Build) -> Writer:  # noqa: ARG001 as all makers
    roles = frozenset(value.get("role", ()))
    return Writer(value.get("published"), value.get("joined_days"), roles, value.get("trusted"))


def _make_score(value: dict[str, Any], node: Located, build: Build) -> Score:  # noqa: ARG001 as all makers
    build.scores.update(value)
    build.rule_scores.update(value)
    return Score(value)


_MARKS = Some(Choice(MARKS))

KINDS = (
    Kind(
        "story",
        "comment",
        "A story came with the comment; has: what is known of it; people: somebody of that role is in it.",
        OneOf(
            {
                bool: Flag(),
                dict: Table(
                    {
                        "has": Some(Choice(("title", "body", "section", "byline", "people", "url"))),
                        "id": Some(Text(200)),
                        "people": Some(Choice(PERSON_ROLES)),
                    }
                ),
            }
        ),
        _make_story,
        "story: {people: [victim, minor]}",
    ),
    Kind("section", "comment", "The story's section.", Some(Text(100)), _make_section, "section: [satire]"),
    Kind(
        "sensitive",
        "comment",
        "The story is marked (death, disaster, ...); by: site or machine.",
        OneOf(
            {
                bool: Flag(),
                str: Choice(MARKS),
                list: _MARKS,
                dict: Table({"marks": _MARKS, "by": Choice(("site", "machine"))}),
            }
        ),
        _make_sensitive,
        "sensitive: {marks: [death, disaster], by: site}",
    ),
    Kind(
        "author",
        "comment",
        "The commenter: published comments, days since joining, role, trusted.",
        Table({"published": bounds(), "joined_days": bounds(), "role": Some(Choice(ROLES)), "trusted": Flag()}),
        _make_author,
        "author: {published: {under: 3}}",
    ),
    Kind(
        "parent",
        "comment",
        "The comment answers another one.",
        Flag(),
        lambda value, node, build: Answers(value),  # noqa: ARG005 as all makers
        "parent: true",
    ),
    Kind(
        "score",
        "comment",
        "Scores from 0 to 1 of the learned model; all that are named must keep their bounds.",
        Named(bounds(0, 1), names=ATTRIBUTES),
        _make_score,
        "score: {personal_attack: {at_least: 0.85}}",
    ),
)

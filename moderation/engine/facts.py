"""What a rule may look at: the submission, what is known around it, and its record without text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Byline:
    """One name over the story, with the site's id of the journalist where it has one."""

    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the story is about; role: public, private, victim, accused, minor."""

    name: str
    role: str = "private"


@dataclass(frozen=True, slots=True)
class Story:
    """The story under which a comment stands; sensitive_by tells who set the marks (site, machine)."""

    id: str | None = None
    url: str | None = None
    title: str | None = None
    body: str | None = None
    section: str | None = None
    language: str | None = None
    byline: tuple[Byline, ...] = ()
    people: tuple[Person, ...] = ()
    sensitive: tuple[str, ...] = ()
    sensitive_by: str = "site"


@dataclass(frozen=True, slots=True)
class Parent:
    """The comment that is answered."""

    text: str | None = None
    author_key: str | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote; published is the count of published comments on record, None = not known."""

    key: str | None = None
    name: str | None = None
    role: str = "reader"
    trusted: bool = False
    published: int | None = None
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier comment, known by its time and fingerprint only; likeness: 0 to 1, where it was compared."""

    at: datetime
    fingerprint: str
    story_id: str | None = None
    same_author: bool = True
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    """An earlier comment of the writer that a moderator removed as an attack on the person now answered."""

    at: datetime
    category: str
    story_id: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A comment as it came in, with what came with it."""

    text: str
    format: str = "plain"
    author: Author = field(default_factory=Author)
    story: Story | None = None
    parent: Parent | None = None
    language: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a rule may look at. None = not known: the history, or who is answered.

    attacks: the writer's own on the person answered; attackers: how many others attack that person under the story.
    score_spans: attribute → the ranges of the folded text (code points) that its score rests on, where it is told.
    paused: hash of a rule that the safety limit has paused → the strictest action that it may still ask for.
    """

    submission: Submission
    now: datetime
    previous: tuple[Previous, ...] | None = None
    scores: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    scored_by: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: NOTHING)
    not_assessed: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    score_spans: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=lambda: NOTHING)
    site_language: str = "en"
    attacks: tuple[Attack, ...] | None = None
    attackers: int | None = None
    paused: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def to_record(facts: Facts) -> dict[str, Any]:
    """Facts in, every fact that is not text out, ready for JSON (no text, names or titles)."""
    given = facts.submission
    return {
        "now": facts.now.isoformat(),
        "format": given.format,
        "language": given.language,
        "site_language": facts.site_language,
        "created_at": _written(given.created_at),
        "author": _author_record(given.author),
        "story": _story_record(given.story),
        "parent": given.parent and {"author_key": given.parent.author_key},
        "previous": _previous_records(facts.previous),
        "scores": dict(facts.scores),
        "scored_by": {name: dict(source) for name, source in facts.scored_by.items()},
        "not_assessed": dict(facts.not_assessed),
        "score_spans": {name: [list(span) for span in spans] for name, spans in facts.score_spans.items()},
        "attacks": _attack_records(facts.attacks),
        "attackers": facts.attackers,
        **({"paused": dict(facts.paused)} if facts.paused else {}),
    }


def from_record(record: Mapping[str, Any], submission: Submission) -> Facts:
    """A stored record and the texts in, the facts of that time out."""
    return Facts(
        submission=_restored(record, submission),
        now=datetime.fromisoformat(record["now"]),
        previous=_previous_restored(record.get("previous")),
        scores=record.get("scores") or {},
        scored_by=record.get("scored_by") or {},
        not_assessed=record.get("not_assessed") or {},
        score_spans=_spans_restored(record.get("score_spans") or {}),
        site_language=record.get("site_language") or "en",
        attacks=_attacks_restored(record.get("attacks")),
        attackers=record.get("attackers"),
        paused=record.get("paused") or {},
    )


def _spans_restored(spans: Mapping[str, list[list[int]]]) -> dict[str, tuple[tuple[int, int], ...]]:
    return {name: tuple((start, end) for start, end in each) for name, each in spans.items()}


def _author_record(author: Author) -> dict[str, Any]:
    return {
        "key": author.key,
        "role": author.role,
        "trusted": author.trusted,
        "published": author.published,
        "joined_at": _written(author.joined_at),
    }


def _story_record(story: Story | None) -> dict[str, Any] | None:
    if story is None:
        return None
    return {
        "id": story.id,
        "section": story.section,
        "language": story.language,
        "sensitive": list(story.sensitive),
        "sensitive_by": story.sensitive_by,
        "roles": [person.role for person in story.people],
    }


def _previous_records(previous: tuple[Previous, ...] | None) -> list[list[Any]] | None:
    if previous is None:
        return None
    return [[p.at.isoformat(), p.fingerprint, p.story_id, p.same_author, p.likeness] for p in previous]


def _previous_restored(rows: list[list[Any]] | None) -> tuple[Previous, ...] | None:
    if rows is None:
        return None
    return tuple(Previous(datetime.fromisoformat(row[0]), *row[1:]) for row in rows)


def _attack_records(attacks: tuple[Attack, ...] | None) -> list[list[Any]] | None:
    return None if attacks is None else [[one.at.isoformat(), one.category, one.story_id] for one in attacks]


def _attacks_restored(rows: list[list[Any]] | None) -> tuple[Attack, ...] | None:
    return None if rows is None else tuple(Attack(datetime.fromisoformat(row[0]), *row[1:]) for row in rows)


def _restored(record: Mapping[str, Any], submission: Submission) -> Submission:
    author = record.get("author") or {}
    return replace(
        submission,
        format=record.get("format", submission.format),
        language=record.get("language"),
        created_at=_read(record.get("created_at")),
        author=replace(
            submission.author,
            key=author.get("key"),
            role=author.get("role", "reader"),
            trusted=author.get("trusted", False),
            published=author.get("published"),
            joined_at=_read(author.get("joined_at")),
        ),
        story=_story_restored(record.get("story"), submission.story),
        parent=_parent_restored(record.get("parent"), submission.parent),
    )


def _story_restored(record: Mapping[str, Any] | None, story: Story | None) -> Story | None:
    if record is None:
        return None
    return replace(
        _with_roles(story or Story(), record.get("roles") or []),
        id=record.get("id"),
        section=record.get("section"),
        language=record.get("language"),
        sensitive=tuple(record.get("sensitive") or ()),
        sensitive_by=record.get("sensitive_by", "site"),
    )


def _with_roles(story: Story, roles: list[str]) -> Story:
    if len(roles) != len(story.people):
        return story
    people = (Person(known.name, role) for known, role in zip(story.people, roles, strict=True))
    return replace(story, people=tuple(people))


def _parent_restored(record: Mapping[str, Any] | None, parent: Parent | None) -> Parent | None:
    if record is None:
        return None
    return replace(parent or Parent(), author_key=record.get("author_key"))


def _written(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

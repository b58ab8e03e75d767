"""The examples that rules carry: each is judged by its rule, and what comes out wrong is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .evaluate import is_exempt, judge_rule
from .facts import Attack, Author, Byline, Facts, Parent, Person, Previous, Story, Submission
from .look import Look
from .rule import Rule
from .ruleset import Ruleset
from .text.fingerprints import fingerprint
from .text.sketches import likeness, sketch

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ORDINARY = {"published": 25}


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that its rule judges wrongly; kind is what it should do: match or pass."""

    rule: str
    kind: str
    index: int
    text: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        """As a person reads it."""
        return f"{self.source}: [{self.rule}] {self.kind} {self.index + 1}: {self.message}\n    {self.text[:200]}"


class UnknownFixture(ValueError):
    """An example names a story or author that fixtures.yaml does not have."""


def run_examples(ruleset: Ruleset) -> tuple[ExampleFailure, ...]:
    """A ruleset in, every example that its rule does not judge as it says out."""
    return tuple(failure for rule in ruleset.rules for failure in _run(rule, ruleset))


def example_facts(example: Any, fixtures: Mapping[str, Any], language: str = "en") -> Facts:
    """An example of a rule file in, the facts that it describes out."""
    given: Mapping[str, Any] = {"text": example} if isinstance(example, str) else example
    author = author_from(_fixture(given.get("author", ORDINARY), fixtures, "authors"))
    story = _fixture(given.get("story"), fixtures, "stories")
    submission = Submission(
        text=given["text"],
        format=given.get("format", "plain"),
        author=author,
        story=story_from(story) if story else None,
        parent=_parent(given.get("parent"), fixtures),
        language=given.get("language"),
    )
    previous = tuple(_previous(one, submission) for one in given.get("previous", ()))
    return Facts(
        submission,
        NOW,
        previous,
        scores=given.get("scores", {}),
        site_language=language,
        attacks=tuple(_attack(one, submission) for one in given.get("attacks", ())),
        attackers=given.get("attackers", 0),
    )


def story_from(plain: Mapping[str, Any]) -> Story:
    """A story as rule files and requests write it in, the fact out."""
    sensitive = plain.get("sensitive") or ()
    return Story(
        **{key: plain.get(key) for key in ("id", "url", "title", "body", "section", "language")},
        byline=tuple(Byline(one["name"], one.get("id")) for one in plain.get("byline") or ()),
        people=tuple(Person(one["name"], one.get("role", "private")) for one in plain.get("people") or ()),
        sensitive=(sensitive,) if isinstance(sensitive, str) else tuple(sensitive),
        sensitive_by=plain.get("sensitive_by", "site"),
    )


def author_from(plain: Mapping[str, Any] | None) -> Author:
    """An author as rule files and requests write him in, the fact out."""
    given = plain or {}
    joined = given.get("joined_at")
    return Author(
        key=given.get("id"),
        name=given.get("name"),
        role=given.get("role") or "reader",
        trusted=bool(given.get("trusted", False)),
        published=given.get("published"),
        joined_at=datetime.fromisoformat(joined) if joined else None,
    )


def _run(rule: Rule, ruleset: Ruleset) -> list[ExampleFailure]:
    failures = []
    counts = {"match": 0, "pass": 0}
    for kind, example in rule.examples:
        wrong = _wrong(rule, kind, example, ruleset)
        if wrong:
            text = example if isinstance(example, str) else example["text"]
            failures.append(ExampleFailure(rule.id, kind, counts[kind], text, wrong, rule.source))
        counts[kind] += 1
    return failures


def _wrong(rule: Rule, kind: str, example: Any, ruleset: Ruleset) -> str | None:
    try:
        look = Look(example_facts(example, ruleset.fixtures, ruleset.settings["language"]), ruleset.matchers)
        outcome = judge_rule(rule, look)
        fires = bool(outcome.truth) and not is_exempt(rule, look, ruleset)
    except UnknownFixture as error:
        return str(error)
    if fires is (kind == "match"):
        return None
    if fires:
        where = [look.side(one.where).view.text[one.start : one.end] for one in outcome.found]
        return f"should pass, but the rule matches ({', '.join(where)[:120] or 'the whole comment'})"
    missing = f" (not assessed: {', '.join(outcome.unknown)})" if outcome.unknown else ""
    return f"should match, but the rule does not{missing}"


def _fixture(value: Any, fixtures: Mapping[str, Any], group: str) -> Mapping[str, Any] | None:
    if value is None or isinstance(value, Mapping):
        return value
    found: Mapping[str, Any] | None = fixtures.get(group, {}).get(value)
    if found is None:
        raise UnknownFixture(f"fixtures.yaml has no `{value}` under {group}")
    return {"id": value, **found}


def _parent(value: Any, fixtures: Mapping[str, Any]) -> Parent | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Parent(value)
    author = author_from(_fixture(value.get("author"), fixtures, "authors"))
    return Parent(value.get("text"), author.key)


def _previous(value: Mapping[str, Any], submission: Submission) -> Previous:
    own = submission.story.id if submission.story else None
    at = NOW - timedelta(hours=value.get("hours_ago", 1))
    text, same_author = value["text"], value.get("same_author", True)
    now, then = sketch(submission.text), sketch(text)
    alike = likeness(now.places, then.places) if now and then else None
    return Previous(at, fingerprint(text), value.get("story", own), same_author, alike)


def _attack(value: Mapping[str, Any], submission: Submission) -> Attack:
    own = submission.story.id if submission.story else None
    return Attack(NOW - timedelta(days=value.get("days_ago", 1)), value["category"], value.get("story", own))

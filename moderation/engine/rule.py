"""One rule: its words for people, its conditions, and how it is read."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from .conditions.base import Build, Condition, Filter
from .gates import Gate, gate_of
from .policy import EXAMPLES
from .schema import BAD, Bad, Choice, Flag, OneOf, Problems, Shape, Table, Text
from .source import Located
from .tree import read_condition, read_filter
from .verdict import CATEGORIES, PAUSED, RANK

STATES = ("draft", "trial", "live", "disabled")
ACTIONS = ("allow", "review", "hold", "reject")
QUIET_CATEGORIES = frozenset(("spam", "legal_risk", "personal_information"))
NO_STRIKE = "none"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_BEHAVIOUR = ("category", "when", "unless_match", "unless", "action", "if_unknown", "if_failed")


class _Tree:
    """Stands in the table for a condition: read later, with the lists at hand."""

    def read(self, node: Located, problems: Problems) -> Any:
        return node

    def json(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/condition"}


TREE = _Tree()
_WORDS: dict[str, Shape] = {
    "state": Choice(STATES),
    "title": Text(200),
    "public": Flag(),
    "action": Choice(ACTIONS),
    "if_unknown": Choice(ACTIONS),
    "if_failed": Choice(ACTIONS),
    "ask_first": Flag(),
    "urgent": Flag(),
    "reason": Text(500),
    "message": Text(1000),
    "strike": OneOf({str: Choice((*CATEGORIES, NO_STRIKE))}),
    "note": Text(2000),
}
RULE = Table(
    {
        "id": Text(80),
        "category": Choice(CATEGORIES),
        "when": TREE,
        "unless_match": TREE,
        "unless": TREE,
        "examples": EXAMPLES,
        **_WORDS,
    },
    required=("id", "category", "state", "when", "action"),
)
OVERRIDE = Table({"id": Text(80), **_WORDS}, required=("id",))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is evaluated; hash changes with what it does, its lists included."""

    id: str
    hash: str
    category: str
    state: str
    title: str
    public: bool
    action: str
    when: Condition = field(repr=False)
    unless_match: Filter | None = field(default=None, repr=False)
    unless: Condition | None = field(default=None, repr=False)
    reason: str = ""
    message: str = ""
    strike: str | None = None
    ask_first: bool = False
    urgent: bool = False
    if_unknown: str | None = None
    if_failed: str = "hold"
    source: str = ""
    gate: Gate = field(default=(), repr=False)
    examples: tuple[tuple[str, Any], ...] = field(default=(), repr=False)
    scores: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether comments are judged by it."""
        return self.state in ("live", "trial")

    def paused(self, most: str) -> Rule:
        """A live rule as the safety limit leaves it: it asks for `most` at the most, and for nothing beside.

        What is done where it fails stays: failure means people.
        """
        if self.state != "live":
            return self
        return replace(
            self,
            state=PAUSED,
            action=min(self.action, most, key=RANK.__getitem__),
            if_unknown=self.if_unknown and min(self.if_unknown, most, key=RANK.__getitem__),
            strike=None,
            ask_first=False,
            urgent=False,
        )


def read_rule(node: Located, build: Build, *, list_hashes: dict[str, str]) -> Rule | Bad:
    """A located rule in, the rule out; mistakes are noted in build.problems under its id."""
    build.problems.rule = _id_of(node)
    build.used_lists, build.rule_scores = set(), set()
    try:
        is_bad = RULE.read(node, build.problems) is BAD or _bad_id(node, build.problems)
        conditions = _conditions(node, build)
        if is_bad or isinstance(conditions, Bad):
            return BAD
        return _built(node, build, conditions, list_hashes)
    finally:
        build.problems.rule = None


_Conditions = tuple[Condition, Condition | None, Filter | None]


def _conditions(node: Located, build: Build) -> _Conditions | Bad:
    """Read even where other fields are wrong, so that all mistakes come at once."""
    value = node.value if isinstance(node.value, dict) else {}
    when = read_condition(value["when"], build) if "when" in value else BAD
    unless = read_condition(value["unless"], build) if "unless" in value else None
    unless_match = read_filter(value["unless_match"], build) if "unless_match" in value else None
    if isinstance(when, Bad) or isinstance(unless, Bad) or isinstance(unless_match, Bad):
        return BAD
    return when, unless, unless_match


def _built(node: Located, build: Build, conditions: _Conditions, list_hashes: dict[str, str]) -> Rule | Bad:
    value, plain = node.value, node.plain()
    when, unless, unless_match = conditions
    examples = _examples(value.get("examples"))
    if plain["state"] != "draft" and {kind for kind, _ in examples} != {"match", "pass"}:
        return build.problems.add(
            value.get("examples", node),
            "a rule needs examples of both kinds unless it is a draft",
            expected="examples: {match: [...], pass: [...]}",
        )
    return Rule(
        id=plain["id"],
        hash=_hash(plain, {name: list_hashes[name] for name in build.used_lists if name in list_hashes}),
        category=plain["category"],
        state=plain["state"],
        title=plain.get("title", plain["id"]),
        public=plain.get("public", plain["category"] not in QUIET_CATEGORIES),
        action=plain["action"],
        when=when,
        unless_match=unless_match,
        unless=unless,
        reason=plain.get("reason", ""),
        message=plain.get("message", ""),
        strike=None if plain.get("strike") in (None, NO_STRIKE) else plain["strike"],
        ask_first=plain.get("ask_first", False),
        urgent=plain.get("urgent", False),
        if_unknown=plain.get("if_unknown"),
        if_failed=plain.get("if_failed", "hold"),
        gate=gate_of(when),
        source=f"{node.file}:{node.line}" if node.line else node.file,
        examples=examples,
        scores=tuple(sorted(build.rule_scores)),
    )


def _examples(node: Located | None) -> tuple[tuple[str, Any], ...]:
    if node is None:
        return ()
    return tuple((kind, plain) for kind in ("match", "pass") for plain in (node.plain().get(kind) or ()))


def _id_of(node: Located) -> str | None:
    given = node.value.get("id") if isinstance(node.value, dict) else None
    return str(given.value)[:80] if given is not None else None


def _bad_id(node: Located, problems: Problems) -> bool:
    place = node.value["id"]
    if isinstance(place.value, str) and _ID.fullmatch(place.value):
        return False
    problems.add(place, f"`{place.value}` is no rule id", expected="small letters, digits and hyphens")
    return True


def _hash(plain: dict[str, Any], lists: dict[str, str]) -> str:
    behaviour = {name: plain[name] for name in _BEHAVIOUR if name in plain}
    text = json.dumps([behaviour, lists], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

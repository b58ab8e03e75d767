"""Rule files -> Ruleset, or InvalidRuleset with every mistake; the ruleset as one canonical text and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from .conditions.base import Build
from .exemptions import Exemption
from .faults import InvalidRuleset, RuleError
from .files import Collected, collect
from .hits import Key, Term
from .lexicon import Lexicon
from .lists import read_list, to_plain
from .look import PUBLIC_FIGURES, Matchers, Sign
from .patterns import PatternSet
from .rule import Rule, read_rule
from .schema import Bad, Problems
from .source import Located, from_plain

FORMAT = 1
_MOST_KNOWN = 10_000

# A compiled lexicon takes some 50 MB; the versions that one process knows mostly have the same lists.
_LEXICONS: WeakValueDictionary[str, Lexicon] = WeakValueDictionary()

__all__ = ["InvalidRuleset", "Rule", "RuleError", "Ruleset", "load"]


class Gates:
    """The rules that run, by what opens them: one of which nothing was found costs nothing."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.runs)
        self.asked: frozenset[Sign] = frozenset().union(*(clause for rule in self.rules for clause in rule.gate))
        self.scored = frozenset(rule.id for rule in self.rules if rule.scores)
        self._known: dict[frozenset[Sign], list[Rule]] = {}

    def opened_by(self, signs: frozenset[Sign]) -> list[Rule]:
        """What a comment has in, the rules that may be true out, in order."""
        asked = signs & self.asked
        known = self._known.get(asked)
        if known is None:
            known = [rule for rule in self.rules if not any(asked.isdisjoint(clause) for clause in rule.gate)]
            if len(self._known) < _MOST_KNOWN:
                self._known[asked] = known
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Ruleset:
    """Rules, lists and policy of one site, compiled. version is the SHA-256 of body."""

    version: str
    body: str = field(repr=False)
    rules: tuple[Rule, ...]
    gates: Gates = field(repr=False)
    matchers: Matchers = field(repr=False)
    lists: Mapping[str, tuple[Term, ...]] = field(repr=False)
    enforcement: Mapping[str, Any] = field(repr=False)
    settings: Mapping[str, Any] = field(repr=False)
    documents: Mapping[str, str] = field(repr=False)
    fixtures: Mapping[str, Any] = field(repr=False)
    exempt: tuple[Exemption, ...] = field(repr=False)
    needs: Mapping[str, Any] = field(repr=False)

    def rule(self, id: str) -> Rule | None:
        """A rule by its id."""
        return next((rule for rule in self.rules if rule.id == id), None)

    @classmethod
    def from_body(cls, body: str) -> Ruleset:
        """A stored body in, the same ruleset out (same version)."""
        content = json.loads(body)
        problems = Problems()
        build = _build(content, problems)
        rules = _rules([from_plain(rule, "ruleset") for rule in content["rules"]], build)
        if problems.errors:
            raise InvalidRuleset(problems.errors)
        return _compiled(content, body, rules, build)


def load(files: Mapping[str, str], *, site: str | None = None) -> Ruleset:
    """Texts by path below the rules folder in, the ruleset of a site (or of none) out."""
    problems = Problems()
    collected = collect(files, site, problems)
    content = _content(collected)
    build = _build(content, problems, collected.lists)
    rules = _rules([collected.rules[id] for id in sorted(collected.rules)], build)
    if problems.errors:
        raise InvalidRuleset(problems.errors)
    return _compiled(content, canonical(content), rules, build)


def canonical(content: Any) -> str:
    """Plain values in, the one text that stands for them out."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _content(collected: Collected) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "rules": [collected.rules[id].plain() for id in sorted(collected.rules)],
        "lists": {name: [to_plain(term) for term in terms] for name, terms in collected.lists.items()},
        "enforcement": collected.enforcement,
        "settings": collected.settings,
        "documents": collected.documents,
        "fixtures": collected.fixtures,
        "exempt": sorted(collected.exempt, key=canonical),
    }


def _build(content: dict[str, Any], problems: Problems, lists: dict[str, tuple[Term, ...]] | None = None) -> Build:
    if lists is None:  # stored: it was good when it was published; a term that a newer version refuses finds nothing
        lists = {
            name: read_list(from_plain({"terms": terms}, name), Problems()) for name, terms in content["lists"].items()
        }
    return Build(lists=lists, problems=problems)


def _rules(nodes: list[Located], build: Build) -> list[Rule]:
    hashes = {name: _digest([to_plain(term) for term in terms]) for name, terms in build.lists.items()}
    used: set[str] = set()
    rules = []
    for node in nodes:
        rule = read_rule(node, build, list_hashes=hashes)
        used |= build.used_lists
        if not isinstance(rule, Bad):
            rules.append(rule)
    build.used_lists = used
    return rules


def _compiled(content: dict[str, Any], body: str, rules: list[Rule], build: Build) -> Ruleset:
    lists = {**build.lists, **build.inline}
    gates = Gates(rules)
    figures = tuple(sorted({(PUBLIC_FIGURES, term.tier) for term in lists.get(PUBLIC_FIGURES, ())}))
    return Ruleset(
        version=hashlib.sha256(body.encode()).hexdigest(),
        body=body,
        rules=tuple(rules),
        gates=gates,
        matchers=Matchers(
            _lexicon(lists, lambda key: key in gates.asked),
            _lexicon(lists, lambda key: key not in gates.asked and (key in build.used_keys or key in figures)),
            PatternSet(build.patterns),
            figures,
        ),
        lists=build.lists,
        enforcement=content["enforcement"],
        settings=content["settings"],
        documents=content["documents"],
        fixtures=content["fixtures"],
        exempt=tuple(map(Exemption, content["exempt"])),
        needs={"previous_hours": build.previous_hours, "scores": tuple(sorted(build.scores))},
    )


def _lexicon(lists: Mapping[str, tuple[Term, ...]], is_wanted: Callable[[Key], bool]) -> Lexicon:
    wanted = {name: [term for term in terms if is_wanted((name, term.tier))] for name, terms in lists.items()}
    digest = _digest({name: [to_plain(term) for term in terms] for name, terms in wanted.items()})
    known = _LEXICONS.get(digest)
    if known is None:
        known = _LEXICONS[digest] = Lexicon(wanted)
    return known


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()

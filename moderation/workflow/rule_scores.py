"""Scores by rules alone: what the matches of a verdict stand for where no model gives a number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from moderation.engine.facts import Facts
from moderation.engine.look import Look
from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import ATTRIBUTES, RANK, Verdict

RULES = "rules"  # the source in `scored_by`
# What an action stands for. Callers hold at 0.8 to 0.9 and look closer at 0.5: each action falls on its side of these.
GRADES: Mapping[str, float] = {"allow": 0.02, "review": 0.5, "hold": 0.92, "reject": 0.97}
_ATTACKS = ("personal_attack", "harassment")
# attribute -> the categories of rules whose matches speak for it
CATEGORIES_OF: Mapping[str, tuple[str, ...]] = {
    "toxicity": ("profanity", "vulgarity", "slur", *_ATTACKS, "threat", "tragedy_joke", "civility"),
    "severe_toxicity": ("slur", "threat"),
    "insult": _ATTACKS,
    "personal_attack": _ATTACKS,
    "profanity": ("profanity",),
    "vulgarity": ("vulgarity",),
    "identity_attack": ("slur",),
    "threat": ("threat",),
    "incivility": ("civility", "slur", *_ATTACKS),
    "tragedy_joke": ("tragedy_joke",),
    "off_topic": ("off_topic",),
    "spam": ("spam",),
}
_UNJUDGED = ("rule_failed", "rule_unknown")


@dataclass(frozen=True, slots=True)
class Scored:
    """A score of every attribute, each with its source, and the verdict that they were taken from."""

    scores: Mapping[str, float]
    scored_by: Mapping[str, Mapping[str, str]]
    verdict: Verdict
    ruleset: Ruleset
    facts: Facts
    not_assessed: Mapping[str, str] = field(default_factory=dict)  # attribute -> why no model scored it

    def speaks_to(self, aims: frozenset[str]) -> bool:
        """Whether the text speaks to or about one of these at all, whatever it says."""
        return Look(self.facts, self.ruleset.matchers).aims.mentions(aims)

    def by_rules(self, categories: Collection[str], aims: Collection[str] | None = None) -> float:
        """What the live rules of these categories stand for; with `aims`, only what is aimed so."""
        return grade(self.verdict, self.ruleset, categories, aims)


def complete(facts: Facts, verdict: Verdict, ruleset: Ruleset) -> Scored:
    """The learned scores as they are; every attribute without one is scored by rules, and says so."""
    by_rules = {"source": RULES, "version": ruleset.version}
    missing = [name for name in ATTRIBUTES if name not in facts.scores]
    return Scored(
        scores={**facts.scores, **{name: grade(verdict, ruleset, CATEGORIES_OF[name]) for name in missing}},
        scored_by={**facts.scored_by, **dict.fromkeys(missing, by_rules)},
        verdict=verdict,
        ruleset=ruleset,
        facts=facts,
        not_assessed=facts.not_assessed,
    )


def grade(
    verdict: Verdict, ruleset: Ruleset, categories: Collection[str], aims: Collection[str] | None = None
) -> float:
    """The strictest action of live matches; a rule that failed counts with the action that its failure asks for."""
    actions = {
        match.action
        for match in verdict.matches
        if match.state == "live" and match.category in categories and (aims is None or match.aimed_at in aims)
    }
    if aims is None:
        actions |= _unjudged(verdict, ruleset, categories)
    return GRADES[max(actions, key=RANK.__getitem__, default="allow")]


def overall(verdict: Verdict) -> float:
    """What the verdict as a whole stands for, whatever the category."""
    return GRADES[str(verdict.action)]


def _unjudged(verdict: Verdict, ruleset: Ruleset, categories: Collection[str]) -> set[str]:
    """Failure means people: it never reads as a clean score."""
    found: set[str] = set()
    for reason in verdict.reasons:
        rule = ruleset.rule(reason.rule or "")
        if reason.code == "too_much" and "profanity" in categories:  # more listed words than are looked at
            found.add("hold")
        elif reason.code in _UNJUDGED and rule is not None and rule.category in categories:
            found.add(rule.if_failed if reason.code == "rule_failed" else rule.if_unknown or "allow")
    return found

"""What the category names of OpenAI and Mistral mean here: a verdict in, booleans, scores and what was assessed out.

A boolean says what the site's live rules do: true where one of that category holds or rejects, or failed and a person
has to look. A score is the learned one where there is one, and never less than what such an action stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.engine.verdict import CATEGORIES
from moderation.workflow.judge import Judged
from moderation.workflow.rule_scores import GRADES, grade

STOPS = ("hold", "reject")
PEOPLE = frozenset(("commenter", "journalist", "person", "private_person", "public_person", "self"))
GROUPS = frozenset(("group",))


@dataclass(frozen=True, slots=True)
class Source:
    """What of ours a name stands for; with `aims` only matches that are aimed so. Nothing: it is not assessed."""

    categories: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    aims: frozenset[str] | None = None


NOT_ASSESSED = Source()
OPENAI: dict[str, Source] = {
    "harassment": Source(("personal_attack", "harassment"), ("personal_attack", "insult")),
    "harassment/threatening": Source(("threat",), aims=PEOPLE),
    "hate": Source(("slur",), ("identity_attack",)),
    "hate/threatening": Source(("threat",), aims=GROUPS),
    "illicit": NOT_ASSESSED,
    "illicit/violent": NOT_ASSESSED,
    "self-harm": Source(("self_harm",)),
    "self-harm/intent": Source(("self_harm",)),
    "self-harm/instructions": NOT_ASSESSED,
    "sexual": Source(("vulgarity",), ("vulgarity",)),
    "sexual/minors": NOT_ASSESSED,
    "violence": Source(("threat",), ("threat",)),
    "violence/graphic": NOT_ASSESSED,
}
MISTRAL: dict[str, Source] = {
    "sexual": OPENAI["sexual"],
    "hate_and_discrimination": OPENAI["hate"],
    "violence_and_threats": OPENAI["violence"],
    "dangerous_and_criminal_content": NOT_ASSESSED,
    "selfharm": OPENAI["self-harm"],
    "health": NOT_ASSESSED,
    "financial": NOT_ASSESSED,
    "law": NOT_ASSESSED,
    "pii": Source(("personal_information",)),
}
_ATTRIBUTES = {
    "profanity": ("profanity",),
    "vulgarity": ("vulgarity",),
    "slur": ("identity_attack",),
    "personal_attack": ("personal_attack",),
    "threat": ("threat",),
    "tragedy_joke": ("tragedy_joke",),
    "civility": ("incivility",),
    "off_topic": ("off_topic",),
    "spam": ("spam",),
}
OURS = {name: Source((name,), _ATTRIBUTES.get(name, ())) for name in CATEGORIES}


def names_for(model: str) -> Mapping[str, Source]:
    """The names that whoever asks for `model` expects, and our own beside them; theirs count where both have one."""
    return OURS | (MISTRAL if model.startswith("mistral") else OPENAI)


@dataclass(frozen=True, slots=True)
class Findings:
    """One text under each name."""

    flagged: dict[str, bool]
    scores: dict[str, float]
    assessed: dict[str, bool]


def findings(judged: Judged, names: Mapping[str, Source]) -> Findings:
    """A verdict under other names."""
    ruleset = judged.rules.ruleset
    ruled = {rule.category for rule in ruleset.rules if rule.state == "live"}
    found = Findings({}, {}, {})
    for name, source in names.items():
        by_rules = grade(judged.verdict, ruleset, source.categories, source.aims)
        learned = [judged.facts.scores[one] for one in source.attributes if one in judged.facts.scores]
        found.assessed[name] = bool(learned) or not ruled.isdisjoint(source.categories)
        found.flagged[name] = by_rules >= GRADES["hold"]
        found.scores[name] = _score(by_rules, learned) if found.assessed[name] else 0.0
    return found


def _score(by_rules: float, learned: list[float]) -> float:
    if learned and by_rules == GRADES["allow"]:  # no rule has anything to add
        return round(max(learned), 6)
    return round(max([by_rules, *learned]), 6)

"""What the category names of OpenAI and Mistral mean here: a verdict in, booleans, scores and what was assessed out.

A boolean says what the site's live rules do: true where one of that category holds or rejects. A score is the learned
one where there is one, and never less than what the rules' action stands for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import CATEGORIES, Match
from moderation.workflow.judge import Judged

STOPS = ("hold", "reject")
ACTION_SCORES = {"allow": 0.0, "review": 0.5, "hold": 0.9, "reject": 1.0}
PEOPLE = frozenset(("commenter", "journalist", "person", "private_person", "public_person", "self"))
GROUPS = frozenset(("group",))


@dataclass(frozen=True, slots=True)
class Source:
    """What of ours a name stands for; with `aims` only matches that are aimed so. Nothing: it is not assessed."""

    categories: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    aims: frozenset[str] | None = None

    def covers(self, match: Match) -> bool:
        """Does a match of a rule belong here?"""
        return match.category in self.categories and (self.aims is None or match.aimed_at in self.aims)


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
    live = [match for match in judged.verdict.matches if match.state == "live"]
    ruled = _ruled(judged.rules.ruleset)
    found = Findings({}, {}, {})
    for name, source in names.items():
        actions = [match.action for match in live if source.covers(match)]
        learned = [judged.facts.scores[one] for one in source.attributes if one in judged.facts.scores]
        found.flagged[name] = any(action in STOPS for action in actions)
        found.scores[name] = _score(actions, learned)
        found.assessed[name] = bool(learned) or not ruled.isdisjoint(source.categories)
    return found


def _ruled(ruleset: Ruleset) -> set[str]:
    """The categories that a live rule looks for."""
    return {rule.category for rule in ruleset.rules if rule.state == "live"}


def _score(actions: Iterable[str], learned: Iterable[float]) -> float:
    return round(max([0.0, *learned, *(ACTION_SCORES[action] for action in actions)]), 6)

"""Perspective's attribute names: what each stands for here, as data. docs/perspective.md shows the same table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moderation.engine.perspective_map import Points, mapped, points_of
from moderation.engine.verdict import CATEGORIES
from moderation.web.perspective_statistics import incoherent, unsubstantial
from moderation.workflow.rule_scores import CATEGORIES_OF, GRADES, RULES, Scored, overall

STATISTICS = "statistics"
# What is left of a learned attack where the text speaks to nobody of the kind asked for: of a half, a quarter and a tenth
# the one that orders the 2,000 comments below most as Perspective's ATTACK_ON_COMMENTER did (rank correlation 0.51).
_OF_ANOTHER = 0.1
# Learned score -> the number for this protocol, straight lines between the points, rising all the way: of 2,000
# comments whose scores Perspective published in 2018 as many reach each point as reached its number (`make train`
# prints the points). What rules alone give does not go through them.
TOXICITY_MAP: tuple[tuple[float, float], ...] = (
    (0.0, 0.0), (0.0006, 0.1), (0.0037, 0.2), (0.0213, 0.3), (0.0621, 0.4), (0.1623, 0.5), (0.3397, 0.6), (0.4858, 0.7),
    (0.6672, 0.8), (0.8312, 0.9), (0.9392, 0.95), (1.0, 1.0),
)  # fmt: skip
IDENTITY_ATTACK_MAP: tuple[tuple[float, float], ...] = (
    (0.0, 0.0), (0.0107, 0.1), (0.0213, 0.2), (0.0362, 0.3), (0.054, 0.4), (0.0711, 0.5), (0.1198, 0.6), (0.204, 0.7),
    (0.3245, 0.8), (0.6249, 0.9), (0.7068, 0.95), (1.0, 1.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """Where the number of a name comes from: the highest of `attributes`, or the text's own shape.

    aims: a learned score counts in full where the text speaks to one of them. whole: the rules speak for all categories.
    line: from a learned score to Perspective's scale; for one attribute the site may have published its own.
    """

    attributes: tuple[str, ...] = ()
    aims: frozenset[str] | None = None
    statistic: Callable[[str], float] | None = None
    whole: bool = False
    line: Points = ()

    def score(self, scored: Scored, text: str) -> tuple[float, str]:
        """The number, and who gave it: the model's source, `rules` or `statistics`."""
        if self.statistic is not None:
            return self.statistic(text), STATISTICS
        by_rules = overall(scored.verdict) if self.whole else self._by_rules(scored)
        name = max(self.attributes, key=scored.scores.__getitem__)
        value, source = scored.scores[name], str(scored.scored_by[name].get("source", ""))
        if source == RULES:
            return (by_rules if self.whole or self.aims else value), RULES
        if self.aims is not None and not scored.speaks_to(self.aims):
            value *= _OF_ANOTHER
        value = mapped(value, self._line(scored)) if self.line else value
        # What the newsroom's own rules stop has to reach a caller's threshold, whatever the model thinks of it.
        return (by_rules, RULES) if by_rules >= GRADES["hold"] and by_rules > value else (value, source)

    def _by_rules(self, scored: Scored) -> float:
        categories = {category for name in self.attributes for category in CATEGORIES_OF[name]}
        return scored.by_rules(categories & set(CATEGORIES), self.aims)

    def _line(self, scored: Scored) -> Points:
        own = scored.ruleset.settings.get("perspective") if self.line is TOXICITY_MAP else None
        return points_of(own) if own else self.line


def attributes_of(told: Mapping[str, float]) -> dict[str, float]:
    """Values by this protocol's names in, by our attributes out: of the names that stand for one attribute as it is."""
    ours: dict[str, float] = {}
    for name, value in told.items():
        source = NAMES[name]
        if len(source.attributes) == 1 and source.aims is None and not source.whole:
            [attribute] = source.attributes
            ours[attribute] = max(value, ours.get(attribute, 0.0))
    return ours


def _of(*attributes: str) -> Source:
    return Source(attributes)


_TOXICITY = Source(("toxicity",), line=TOXICITY_MAP)
_PRODUCTION = {
    "TOXICITY": _TOXICITY,
    "SEVERE_TOXICITY": _of("severe_toxicity"),
    "IDENTITY_ATTACK": Source(("identity_attack",), line=IDENTITY_ATTACK_MAP),
    "INSULT": _of("insult"),
    "PROFANITY": _of("profanity"),
    "THREAT": _of("threat"),
}
_NEW_YORK_TIMES = {
    "ATTACK_ON_AUTHOR": Source(("personal_attack",), aims=frozenset(("journalist",))),
    "ATTACK_ON_COMMENTER": Source(("personal_attack",), aims=frozenset(("commenter",))),
    "INCOHERENT": Source(statistic=incoherent),
    "INFLAMMATORY": _of("incivility", "identity_attack"),
    "LIKELY_TO_REJECT": Source(("incivility",), whole=True),
    "OBSCENE": _of("profanity", "vulgarity"),
    "SPAM": _of("spam"),
    "UNSUBSTANTIAL": Source(statistic=unsubstantial),
}
NAMES: Mapping[str, Source] = {
    **_PRODUCTION,
    **{f"{name}_EXPERIMENTAL": source for name, source in _PRODUCTION.items()},
    "TOXICITY_FAST": _TOXICITY,
    "SEXUALLY_EXPLICIT": _of("vulgarity"),
    "FLIRTATION": _of("vulgarity"),
    **_NEW_YORK_TIMES,
    # Ours, which Google had no name for. The first is TOXICITY before it goes through a line.
    "CALIBRATED_TOXICITY": _of("toxicity"),
    "INCIVILITY": _of("incivility"),
    "PERSONAL_ATTACK": _of("personal_attack"),
    "TRAGEDY_JOKE": _of("tragedy_joke"),
    "VULGARITY": _of("vulgarity"),
}
EVERY_LANGUAGE = frozenset(("INCOHERENT", "UNSUBSTANTIAL"))  # counted, not read

"""Perspective's attribute names: what each stands for here, as data. docs/perspective.md shows the same table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moderation.engine.perspective_map import Points, mapped, points_of
from moderation.engine.verdict import CATEGORIES
from moderation.web.perspective_lines import LINES
from moderation.web.perspective_statistics import incoherent, unsubstantial
from moderation.workflow.rule_scores import CATEGORIES_OF, GRADES, RULES, Scored, overall

STATISTICS = "statistics"
# What is left of a learned attack where the text speaks to nobody of the kind asked for: of a half, a quarter and a tenth
# the one that orders the 2,000 comments of perspective_lines most as Perspective's ATTACK_ON_COMMENTER did (rank correlation 0.51).
_OF_ANOTHER = 0.1
_FIRST_STAGE = "-first-stage"  # how the source of a score ends that the first stage of the model gave alone


@dataclass(frozen=True, slots=True)
class Source:
    """Where the number of a name comes from: the highest of `attributes`, or the text's own shape.

    aims: a learned score counts in full where the text speaks to one of them. whole: the rules speak for all categories.
    lines: to Perspective's scale, from a learned score (of both stages, of the first alone) or from the text's shape; for
    TOXICITY the site may have published its own.
    """

    attributes: tuple[str, ...] = ()
    aims: frozenset[str] | None = None
    statistic: Callable[[str], float] | None = None
    whole: bool = False
    lines: tuple[Points, Points] | None = None

    def score(self, scored: Scored, text: str) -> tuple[float, str]:
        """The number, and who gave it: the model's source, `rules` or `statistics`."""
        value, source = self.plain(scored, text)
        value = mapped(value, self._line(scored, source)) if self.lines and source != RULES else value
        if source == STATISTICS:
            return value, source
        by_rules = overall(scored.verdict) if self.whole else self._by_rules(scored)
        if source == RULES:
            return (by_rules if self.whole or self.aims else value), RULES
        # What the newsroom's own rules stop has to reach a caller's threshold, whatever the model thinks of it.
        return (by_rules, RULES) if by_rules >= GRADES["hold"] and by_rules > value else (value, source)

    def plain(self, scored: Scored, text: str) -> tuple[float, str]:
        """The number before any line, and who gave it."""
        if self.statistic is not None:
            return self.statistic(text), STATISTICS
        name = max(self.attributes, key=scored.scores.__getitem__)
        value, source = scored.scores[name], str(scored.scored_by[name].get("source", ""))
        is_of_another = source != RULES and self.aims is not None and not scored.speaks_to(self.aims)
        return (value * _OF_ANOTHER if is_of_another else value), source

    def _by_rules(self, scored: Scored) -> float:
        categories = {category for name in self.attributes for category in CATEGORIES_OF[name]}
        return scored.by_rules(categories & set(CATEGORIES), self.aims)

    def _line(self, scored: Scored, source: str) -> Points:
        assert self.lines is not None
        own = scored.ruleset.settings.get("perspective") if self.lines is LINES["TOXICITY"] else None
        return points_of(own) if own else self.lines[source.endswith(_FIRST_STAGE)]


def attributes_of(told: Mapping[str, float]) -> dict[str, float]:
    """Values by this protocol's names in, by our attributes out: of the names that stand for one attribute as it is."""
    ours: dict[str, float] = {}
    for name, value in told.items():
        source = NAMES[name]
        if len(source.attributes) == 1 and source.aims is None and not source.whole:
            [attribute] = source.attributes
            ours[attribute] = max(value, ours.get(attribute, 0.0))
    return ours


def _of(*attributes: str, like: str = "") -> Source:
    return Source(attributes, lines=LINES[like] if like else None)


_TOXICITY = _of("toxicity", like="TOXICITY")
_PRODUCTION = {
    "TOXICITY": _TOXICITY,
    "SEVERE_TOXICITY": _of("severe_toxicity", like="SEVERE_TOXICITY"),
    "IDENTITY_ATTACK": _of("identity_attack", like="IDENTITY_ATTACK"),
    "INSULT": _of("insult"),
    "PROFANITY": _of("profanity"),
    "THREAT": _of("threat"),
}
_NEW_YORK_TIMES = {
    "ATTACK_ON_AUTHOR": Source(("personal_attack",), aims=frozenset(("journalist",))),
    "ATTACK_ON_COMMENTER": Source(("personal_attack",), aims=frozenset(("commenter",))),
    "INCOHERENT": Source(statistic=incoherent),
    "INFLAMMATORY": _of("incivility", "identity_attack", like="INFLAMMATORY"),
    "LIKELY_TO_REJECT": Source(("incivility",), whole=True),
    "OBSCENE": _of("profanity", "vulgarity"),
    "SPAM": _of("spam"),
    "UNSUBSTANTIAL": Source(statistic=unsubstantial, lines=LINES["UNSUBSTANTIAL"]),
}
NAMES: Mapping[str, Source] = {
    **_PRODUCTION,
    **{f"{name}_EXPERIMENTAL": source for name, source in _PRODUCTION.items()},
    "TOXICITY_FAST": _TOXICITY,
    "SEXUALLY_EXPLICIT": _of("vulgarity", like="SEXUALLY_EXPLICIT"),
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

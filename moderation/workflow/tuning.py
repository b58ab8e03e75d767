"""Fits a site's own reading of the learned scores to what its desk decided and suggested. Nothing changes until an admin publishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy

from moderation.engine.facts import Submission
from moderation.engine.tuning import TUNABLE, log_odds, tuned
from moderation.errors import ModerationError
from moderation.storage.queries import decided
from moderation.storage.unit_of_work import Database
from moderation.workflow import regression, who_is_named
from moderation.workflow.ports import Classifier, Scores

# What a removal for a reason says of an attribute; every one of them says "toxic".
REASONS: Mapping[str, tuple[str, ...]] = {
    "insult": ("personal_attack", "harassment"),
    "personal_attack": ("personal_attack", "harassment"),
    "identity_attack": ("slur",),
    "threat": ("threat",),
    "profanity": ("profanity",),
    "vulgarity": ("vulgarity",),
    "tragedy_joke": ("tragedy_joke",),
}
UNCIVIL = frozenset(reason for several in REASONS.values() for reason in several) | {"civility"}
FEWEST, FEWEST_REMOVED = 200, 40  # decisions: fewer say more about chance than about the desk
_STOOD = timedelta(days=2)  # published that long without a flag or a decision: nobody objected
_HELD_BACK = 0.3  # share of the newest rows, by which both readings are compared
_YES = 0.5  # a suggested score from here on says that it is so
_FEWEST_OF_EACH = 10  # removals among what is learned from, and among what is held back
_PULL = 5.0
_BETTER = 0.01  # of the log loss, as a share of it
_WORSE = 0.002  # of AUC, and of the gap between kinds of people
_PATIENCE = 30.0


class TooFew(ModerationError):
    """Too few decisions with scores to learn from."""

    type = "too_few_decisions"
    title = "The desk has not decided enough yet"


@dataclass(frozen=True, slots=True)
class Compared:
    """One attribute on the decisions held back: log loss, AUC and the gap between kinds of people, shipped and tuned."""

    attribute: str
    rows: int
    removed: int
    loss: tuple[float, float]
    auc: tuple[float, float]
    gap: tuple[float, float]

    @property
    def is_better(self) -> bool:
        """Surprised less, ordering no worse, and wronging nobody more."""
        return (
            self.loss[1] < self.loss[0] * (1 - _BETTER)
            and self.auc[1] > self.auc[0] - _WORSE
            and self.gap[1] < self.gap[0] + _WORSE
        )


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was compared, and the file for the site's rules folder (None where nothing is better)."""

    compared: tuple[Compared, ...]
    file: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Tuning:
    """Reads only."""

    database: Database
    classifier: Classifier | None

    def fit(self, *, site_id: str, now: datetime) -> Tuned:
        """The site's decisions in, what would change and how well it does out; raises TooFew."""
        if self.classifier is None:
            raise ModerationError("The learned scores are off: MODERATION_LEARNED_SCORES.")
        with self.database.read() as session:
            model, rows = decided.with_scores(session, site_id=site_id, stood_since=now - _STOOD)
        removed = sum(row.reason in UNCIVIL or max(row.told.values(), default=0.0) >= _YES for row in rows)
        judged = sum(row.reason != decided.STOOD for row in rows)
        if judged < FEWEST or removed < FEWEST_REMOVED:
            raise TooFew(
                f"{judged} decisions on comments with scores or suggested scores, {removed} of them against the uncivil: "
                f"{FEWEST} and {FEWEST_REMOVED} are needed."
            )
        people = self._people()
        formulas, compared = {}, []
        for attribute in TUNABLE:
            answers = _answers(rows, attribute)
            at = round(len(answers) * (1 - _HELD_BACK))
            if min(sum(truth for _, truth in part) for part in (answers[:at], answers[at:])) >= _FEWEST_OF_EACH:
                formula, one = _one(attribute, answers, at, people)
                compared.append(one)
                if one.is_better:
                    formulas[attribute] = formula
        return Tuned(tuple(compared), {"model": model, "scores": formulas} if formulas else None)

    def _people(self) -> dict[str, list[Mapping[str, float]]]:
        assert self.classifier is not None
        return {
            who: [
                self.classifier.score(Submission(text, language="en"), language="en", seconds=_PATIENCE).scores
                for text in texts
            ]
            for who, texts in who_is_named.sentences().items()
        }


def applied(scores: Scores, settings: Mapping[str, Any]) -> Scores:
    """Scores in, as the site reads them out; what another model gave stays as it is. The untuned number is kept beside."""
    tuning = settings.get("tuned")
    if not tuning or decided.model_of(scores.scored_by) != tuning["model"]:
        return scores
    changed = tuned(scores.scores, tuning["scores"])
    scored_by = {name: {**scores.scored_by[name], "untuned": f"{scores.scores[name]:.4f}"} for name in changed}
    return replace(scores, scores={**scores.scores, **changed}, scored_by={**scores.scored_by, **scored_by})


Answers = Sequence[tuple[Mapping[str, float], bool]]


def _answers(rows: Sequence[decided.Row], attribute: str) -> Answers:
    """Scores with what people said of this attribute, oldest first."""
    return [
        (row.scores, truth)
        for row in rows
        if all(name in row.scores for name in TUNABLE) and (truth := _said_of(attribute, row)) is not None
    ]


def _said_of(attribute: str, row: decided.Row) -> bool | None:
    """Whether a person found that it is so; None: removed for another reason, or told of other attributes only."""
    if row.reason == decided.TOLD:
        return row.told[attribute] >= _YES if attribute in row.told else None
    wanted = UNCIVIL if attribute in ("toxicity", "incivility") else frozenset(REASONS.get(attribute, ()))
    return True if row.reason in wanted else None if row.is_removed else False


def _one(
    attribute: str, answers: Answers, at: int, people: Mapping[str, Sequence[Mapping[str, float]]]
) -> tuple[dict[str, Any], Compared]:
    seen, truth = _matrix(answers)
    own = TUNABLE.index(attribute)
    before = numpy.zeros(len(TUNABLE) + 1)
    before[own] = 1.0
    numbers = regression.fitted(seen[:at], truth[:at], numpy.ones(at), before=before, pull=_PULL)
    formula = {
        "start": round(float(numbers[-1]), 4),
        "weights": {name: round(float(n), 4) for name, n in zip(TUNABLE, numbers, strict=False) if abs(n) >= 0.001},
    }
    later = [scores for scores, _ in answers[at:]]
    chances = tuple(
        numpy.array([scores[attribute] for scores in each])
        for each in (later, [tuned(scores, {attribute: formula}) for scores in later])
    )
    gaps = tuple(_gap(people, attribute, formulas) for formulas in ({}, {attribute: formula}))
    compared = Compared(
        attribute=attribute,
        rows=len(later),
        removed=int(truth[at:].sum()),
        loss=(regression.log_loss(chances[0], truth[at:]), regression.log_loss(chances[1], truth[at:])),
        auc=(regression.auc(chances[0], truth[at:]), regression.auc(chances[1], truth[at:])),
        gap=(gaps[0], gaps[1]),
    )
    return formula, compared


def _matrix(answers: Answers) -> tuple[Any, Any]:
    seen = numpy.array([[*(log_odds(scores[name]) for name in TUNABLE), 1.0] for scores, _ in answers])
    return seen, numpy.array([truth for _, truth in answers], dtype=float)


def _gap(people: Mapping[str, Sequence[Mapping[str, float]]], attribute: str, formulas: Mapping[str, Any]) -> float:
    """How far apart the mean scores of civil sentences about different kinds of people are."""
    means = [
        sum({**scores, **tuned(scores, formulas)}[attribute] for scores in several) / len(several)
        for several in people.values()
    ]
    return max(means) - min(means)

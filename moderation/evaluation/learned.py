"""The learned scores by themselves: how well they order comments, whether they are chances, whom they wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy

from moderation.adapters.classifiers.learned import Learned
from moderation.engine.facts import Submission
from moderation.evaluation.disguises import WAYS, disguised_at
from moderation.evaluation.sets import Comment
from moderation.workflow import regression, who_is_named

LONG = 60.0  # seconds: the encoder is always waited for
AT_ONCE = 0.0  # the first stage answers alone
_BINS = 10
_RESAMPLED = 300
# What is asked of which set. fox_news is asked of two attributes: its raters' hate is wider than an attack on a group.
ASKED = (
    ("civil_autolabel_test", "toxicity"),
    ("surge_toxicity", "toxicity"),
    ("fox_news", "toxicity"),
    ("fox_news", "identity_attack"),
    ("hatemojibuild", "identity_attack"),
    ("edos", "identity_attack"),
    ("polis_en", "incivility"),
)

# Attribute, set, and the label whose chance the score should be.
LABELLED = (
    ("severe_toxicity", "jigsaw_wiki", "severe"),
    ("insult", "jigsaw_wiki", "insult"),
    ("personal_attack", "jigsaw_wiki", "insult"),
    ("profanity", "jigsaw_wiki", "obscene"),
    ("threat", "jigsaw_wiki", "threat"),
    ("identity_attack", "jigsaw_wiki", "identity"),
    ("identity_attack", "edos", "sexist"),
    ("incivility", "civil_autolabel_test", "toxic"),
    ("vulgarity", "openai_moderation", "S"),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A comment with its scores by both stages, and by the first alone."""

    comment: Comment
    both: dict[str, float]
    first: dict[str, float]


def scored(model: Learned, comments: Iterable[Comment]) -> list[Scored]:
    """Every comment, by both."""
    return [Scored(one, scores_of(model, one.text), scores_of(model, one.text, AT_ONCE)) for one in comments]


def scores_of(model: Learned, text: str, seconds: float = LONG) -> dict[str, float]:
    """The scores of words alone."""
    return dict(model.score(Submission(text, language="en"), language="en", seconds=seconds).scores)


def asked(found: Sequence[Scored], source: str, attribute: str, stage: str = "both") -> tuple[list[bool], list[float]]:
    """The raters' yes or no of a set, and the scores."""
    rows = [one for one in found if one.comment.source == source and bad(one.comment) is not None]
    scores = [(one.both if stage == "both" else one.first).get(attribute, 0.0) for one in rows]
    return [bool(bad(one.comment)) for one in rows], scores


def labelled(found: Sequence[Scored], attribute: str, source: str, label: str) -> tuple[list[bool], list[float]]:
    """What a set says of one label, and the scores of the attribute; unlabelled comments are left out."""
    rows = [one for one in found if one.comment.source == source and _label(one.comment, label) is not None]
    return [_label(one.comment, label) or False for one in rows], [one.both.get(attribute, 0.0) for one in rows]


def _label(comment: Comment, label: str) -> bool | None:
    value = (comment.labels or {}).get(label)
    return None if value is None else float(value) >= 0.5


def bad(comment: Comment) -> bool | None:
    """What the raters of a set say of a comment; None where they do not."""
    if comment.source == "polis_en":
        moderated = (comment.labels or {}).get("moderated")
        return None if not moderated else moderated < 0
    return comment.bad


def auc(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that a bad one scores higher than another one (ties count half)."""
    return regression.auc(numpy.array(scores), numpy.array(truth, dtype=float))


def interval(truth: Sequence[bool], scores: Sequence[float]) -> tuple[float, float]:
    """95 % of the areas of samples drawn again."""
    random, indexes = Random(1), range(len(truth))
    areas = []
    for _ in range(_RESAMPLED):
        drawn = random.choices(indexes, k=len(truth))
        areas.append(auc([truth[i] for i in drawn], [scores[i] for i in drawn]))
    low, high = numpy.quantile(areas, (0.025, 0.975))
    return float(low), float(high)


def macro_f1(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """The best mean of F1 of bad and of others over all thresholds: what EDOS is reported by."""
    answers, numbers = numpy.array(truth), numpy.array(scores)
    return max(_macro(answers, numbers >= at) for at in numpy.quantile(numbers, numpy.linspace(0.02, 0.98, 97)))


def _macro(truth: Any, said: Any) -> float:
    found = []
    for side in (True, False):
        both = int(((truth == side) & (said == side)).sum())
        found.append(2 * both / max(int((truth == side).sum() + (said == side).sum()), 1))
    return sum(found) / 2


def calibration(truth: Sequence[bool], scores: Sequence[float]) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error, and for each tenth: mean score, share of bad ones, count (C. Guo et al., 2017)."""
    rows, error = [], 0.0
    for number in range(_BINS):
        inside = [(one, score) for one, score in zip(truth, scores, strict=True)
                  if number <= score * _BINS < number + 1 or (number == _BINS - 1 and score == 1)]  # fmt: skip
        if inside:
            mean, share = sum(s for _, s in inside) / len(inside), sum(t for t, _ in inside) / len(inside)
            rows.append((mean, share, len(inside)))
            error += abs(mean - share) * len(inside) / len(truth)
    return error, rows


def identities(model: Learned, attribute: str) -> dict[str, list[float]]:
    """Who is named → the scores of our civil sentences about them."""
    return {
        who: [scores_of(model, text)[attribute] for text in texts] for who, texts in who_is_named.sentences().items()
    }


def under_disguise(
    model: Learned, found: Sequence[Scored], source: str, spans: Callable[[Comment], list[tuple[int, int]]]
) -> tuple[float, float]:
    """AUC of toxicity as written, and with the words that it rests on hidden in the bad comments, in all ways by turns."""
    random = Random(7)
    truth, plain = asked(found, source, "toxicity")
    rows = [one for one in found if one.comment.source == source and one.comment.bad is not None]
    hidden = []
    for number, one in enumerate(rows):
        text = one.comment.text
        if one.comment.bad:
            text = disguised_at(text, spans(one.comment), list(WAYS)[number % len(WAYS)], random)
        hidden.append(scores_of(model, text).get("toxicity", 0.0))
    return auc(truth, plain), auc(truth, hidden)

"""From heads to attributes: on which comments each formula is fitted, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from moderation.evaluation.learning.targets import HEADS
from moderation.evaluation.sets import Comment
from moderation.workflow import regression

Truth = Callable[[Comment], bool | None]
_RIDGE = 3.0  # a formula stays near the plain sum of its heads unless the comments say otherwise
_START = 0.25  # the weight of a head before anything is fitted


@dataclass(frozen=True, slots=True)
class Plan:
    """How an attribute is made: from which heads, fitted to what, calibrated on what (None: where it was fitted)."""

    heads: tuple[str, ...]
    truth: Truth
    calibrated: Truth | None = None


def _label(name: str, *sources: str) -> Truth:
    def truth(one: Comment) -> bool | None:
        value = (one.labels or {}).get(name)
        if value is None or (sources and not one.source.startswith(sources)):
            return None
        return float(value) >= 0.5

    return truth


def _first(*truths: Truth) -> Truth:
    return lambda one: next((found for truth in truths if (found := truth(one)) is not None), None)


def _noes(truth: Truth) -> Truth:
    return lambda one: False if truth(one) is False else None


def _attacks_identity(one: Comment) -> bool | None:
    labels = one.labels or {}
    if one.source == "implicit_hate":
        return bool(labels["class"] != "not_hate")
    return _first(_label("identity"), _label("hate", "dynahate", "hatemoji"))(one)


_SIX = ("jigsaw_wiki", "civil_autolabel_old")
_NEWS = ("civil_",)
_ON_TALK_PAGES = _label("identity", "jigsaw")


# One attribute, one plan, or several of which any makes it so.
def _one(heads: tuple[str, ...], truth: Truth, calibrated: Truth | None = None) -> tuple[Plan, ...]:
    return (Plan(heads, truth, calibrated),)


PLANS: Mapping[str, tuple[Plan, ...]] = {
    "toxicity": _one(
        ("news_toxic", "talk_toxic", "insult", "obscene", "detox", "hate", "offensive"),
        _label("toxic", *_NEWS),
        _label("toxic", "civil_autolabel"),
    ),
    "severe_toxicity": _one(("severe", "threat", "hate", "obscene", "news_toxic"), _label("severe", *_SIX)),
    "insult": _one(("insult", "news_toxic", "talk_toxic", "detox"), _label("insult", *_SIX)),
    "personal_attack": _one(("insult", "talk_toxic", "detox", "hate"), _label("insult", *_SIX)),
    "profanity": _one(("obscene", "detox"), _label("obscene", *_SIX)),
    "vulgarity": _one(("sexual", "obscene"), _first(_label("sexual"), _label("S", "openai"))),
    "identity_attack": (
        # Sets about hate are hateful by half: what is a chance is told by ordinary talk pages.
        Plan(("identity", "hate", "offensive"), _attacks_identity, _ON_TALK_PAGES),
        Plan(("sexist", "misogyny"), _first(_label("sexist"), _label("misogyny"), _noes(_ON_TALK_PAGES))),
    ),
    "threat": _one(("threat", "severe"), _label("threat", *_SIX)),
    "incivility": _one(
        ("news_toxic", "talk_toxic", "insult", "detox", "removed"),
        _label("toxic", *_NEWS, "jigsaw"),
        _label("toxic", "civil_autolabel"),
    ),
    "tragedy_joke": _one(("tragedy_joke",), _label("tragedy_joke")),
}


def fit(heads: Sequence[str], encoder: Any, first: Any, truth: Any, weights: Any, *, by_both: bool) -> dict[str, Any]:
    """Logits (comments × heads) of both stages and what is true in; the formula as the manifest has it out."""
    chosen = [HEADS.index(name) for name in heads]
    seen = numpy.hstack([encoder[:, chosen], first[:, chosen]] if by_both else [first[:, chosen]])
    before = numpy.append(numpy.full(seen.shape[1], _START), 0.0)
    rows = numpy.hstack([seen, numpy.ones((len(seen), 1))])
    numbers = regression.fitted(rows, truth, weights, before=before, pull=_RIDGE)
    full = numpy.zeros((2, len(HEADS)))
    if by_both:
        full[0, chosen] = numbers[: len(chosen)]
    full[1, chosen] = numbers[-1 - len(chosen) : -1]
    rounded = [[round(float(each), 4) for each in row] for row in full]
    return {"encoder": rounded[0] if by_both else [], "first": rounded[1], "start": round(float(numbers[-1]), 4)}


def calibrate(formula: dict[str, Any], logits: Any, truth: Any, weights: Any) -> dict[str, Any]:
    """The same formula stretched and moved so that its numbers are chances (J. Platt, 1999)."""
    rows = numpy.stack([logits, numpy.ones(len(logits))], axis=1)
    slope, start = regression.fitted(rows, truth, weights, before=numpy.array([1.0, 0.0]), pull=1e-3)
    moved = {name: [round(slope * each, 4) for each in formula[name]] for name in ("encoder", "first")}
    return {**moved, "start": round(slope * formula["start"] + start, 4)}


def logits_of(formula: dict[str, Any], encoder: Any, first: Any) -> Any:
    """A formula and the logits of both stages in, its own logit for each comment out."""
    seen = first @ numpy.array(formula["first"])
    if formula["encoder"]:
        seen = seen + encoder @ numpy.array(formula["encoder"])
    return seen + formula["start"]

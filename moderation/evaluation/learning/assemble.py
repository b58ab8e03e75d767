"""Puts the shipped folder together: encoder, first stage, and the formulas that make attributes of their heads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from moderation.adapters.classifiers import artifact, sessions
from moderation.adapters.classifiers.plain import plain
from moderation.adapters.classifiers.window import window
from moderation.evaluation import sets
from moderation.evaluation.learned import ASKED
from moderation.evaluation.learning import formulas
from moderation.evaluation.learning.examples import parts
from moderation.evaluation.learning.targets import HEADS, is_held, is_reported
from moderation.evaluation.sets import Comment

NAME, VERSION = "keepitcivil", "3"
_REPORTED = frozenset(source for source, _ in ASKED)
_COUNTED = 2_000.0  # what a set weighs at most in a formula: a large one does not decide alone


@dataclass(frozen=True, slots=True)
class Seen:
    """Comments with the logits of both stages (comments × heads)."""

    comments: Sequence[Comment]
    encoder: Any
    first: Any


def see(folder: Path, comments: Sequence[Comment], told: Callable[[str], None]) -> Seen:
    """Runs what will be shipped, not what was trained: eight bits and all."""
    file = folder / artifact.ENCODER
    session = sessions.session(file, sessions.digest_of(file))
    first = artifact.ngrams_of(folder)
    encoder = numpy.zeros((len(comments), len(HEADS)), dtype=numpy.float32)
    quick = numpy.zeros_like(encoder)
    for index, one in enumerate(comments):
        read = parts(one.text)
        ids = numpy.array([window(read).ids], dtype=numpy.int64)
        encoder[index] = session.run(["heads"], {"input_ids": ids, "attention_mask": numpy.ones_like(ids)})[0][0]
        quick[index] = first.logits(plain(read))
        if index % 2_000 == 1_999:
            told(f"scored {index + 1:,} of {len(comments):,}")
    return Seen(comments, encoder, quick)


def fitting(labels: Path) -> list[Comment]:
    """What the formulas are fitted to: the training rows that were left out, the dev set, and the tragedies' half."""
    held = [one for one in sets.comments(labels, "train") if is_held(one.text)]
    tragedies = [
        replace(one, labels={"tragedy_joke": kind == "joke"})
        for one, kind, strict in sets.tragedies(labels)
        if not is_reported(one.text) and (kind != "joke" or strict)
    ]
    return held + sets.comments(labels, "dev") + tragedies


def write(folder: Path, seen: Seen, span_at: float) -> None:
    """Fits the formulas and writes the manifest, last of all: without it the folder is not read."""
    attributes = {}
    for name, plans in formulas.PLANS.items():
        found = [fitted(seen, plan) for plan in plans]
        attributes[name] = {stage: [each[stage] for each in found] for stage in ("full", "first")}
    manifest = {
        "format": artifact.FORMAT,
        "name": NAME,
        "version": VERSION,
        "files": {name: sessions.digest_of(folder / name) for name in (artifact.ENCODER, artifact.NGRAMS)},
        "heads": HEADS,
        "attributes": attributes,
        "span_at": span_at,
    }
    (folder / artifact.MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def fitted(seen: Seen, plan: formulas.Plan) -> dict[str, Any]:
    """One formula of an attribute by both stages (full) and by the first alone, as the manifest has them."""
    truths = [plan.truth(one) for one in seen.comments]
    asked = [index for index, truth in enumerate(truths) if truth is not None and _may_fit(seen.comments[index])]
    truth = numpy.array([truths[index] for index in asked], dtype=float)
    weights = _weights([seen.comments[index] for index in asked])
    encoder, first = seen.encoder[asked], seen.first[asked]
    found = {}
    for stage, by_both in (("full", True), ("first", False)):
        formula = formulas.fit(plan.heads, encoder, first, truth, weights, by_both=by_both)
        if (calibrated := plan.calibrated) is not None:
            known = [i for i, one in enumerate(seen.comments) if calibrated(one) is not None]
            logits = formulas.logits_of(formula, seen.encoder[known], seen.first[known])
            answers = numpy.array([calibrated(seen.comments[i]) for i in known], dtype=float)
            formula = formulas.calibrate(formula, logits, answers, numpy.ones(len(known)))
        found[stage] = formula
    return found


def _may_fit(one: Comment) -> bool:
    """Dev sets by which the model is chosen and reported decide no formula; they may calibrate one."""
    return one.part != "dev" or one.source not in _REPORTED


def _weights(comments: Sequence[Comment]) -> Any:
    counts = Counter(one.source for one in comments)
    return numpy.array([min(1.0, _COUNTED / counts[one.source]) for one in comments])

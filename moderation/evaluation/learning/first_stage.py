"""Fits the linear first stage on the same rows and heads as the encoder: logistic regression on weighed n-grams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from moderation.adapters.classifiers import ngrams
from moderation.evaluation.learning.targets import HEADS, Row

_PENALTY = 3.0  # C of the regression; chosen on dev
_LIKE_ONE = 16.0  # so that a text's features have a length of about one
_RARE = 3  # a bucket of fewer texts weighs nothing


def fit(texts: Sequence[str], rows: Sequence[Row], *, told: Callable[[str], None]) -> tuple[Any, Any, Any]:
    """Plain texts with their rows in; weights as small whole numbers, their scale and the starts out."""
    features, idf = _features(texts)
    weights = numpy.zeros((ngrams.BUCKETS, len(HEADS)), dtype=numpy.float32)
    start = numpy.zeros(len(HEADS), dtype=numpy.float32)
    for number, name in enumerate(HEADS):
        asked = [index for index, row in enumerate(rows) if name in row.targets]
        share = numpy.array([rows[index].targets[name] for index in asked])
        weight = numpy.array([rows[index].weight for index in asked])
        found, start[number] = _regression(features[asked], share, weight)
        weights[:, number] = found * idf / _LIKE_ONE
        told(f"first stage, {name}: {len(asked):,} texts")
    scale = numpy.maximum(numpy.abs(weights).max(axis=0), 1e-6) / 127
    return numpy.rint(weights / scale).astype(numpy.int8), scale.astype(numpy.float32), start


def _features(texts: Sequence[str]) -> tuple[Any, Any]:
    """Texts × buckets, each count damped by the text's length and weighed by how rare the bucket is."""
    from scipy.sparse import csr_matrix, diags

    found = [numpy.array(ngrams.buckets(text), dtype=numpy.int32) for text in texts]
    lengths = [len(each) for each in found]
    damped = [ngrams.damping(len(ngrams.words_of(text))) for text in texts]
    counts = csr_matrix(
        (
            numpy.repeat(numpy.array(damped, dtype=numpy.float32), lengths),
            numpy.concatenate(found),
            numpy.concatenate(([0], numpy.cumsum(lengths))),
        ),
        shape=(len(texts), ngrams.BUCKETS),
    )
    counts.sum_duplicates()
    texts_with = numpy.bincount(counts.indices, minlength=ngrams.BUCKETS)
    idf = numpy.where(texts_with >= _RARE, numpy.log((1 + len(texts)) / (1 + texts_with)) + 1, 0.0)
    return counts @ diags(idf / _LIKE_ONE), idf


def _regression(features: Any, share: Any, weight: Any) -> tuple[Any, float]:
    """A share of raters counts as that much yes and the rest no."""
    from scipy.sparse import vstack
    from sklearn.linear_model import LogisticRegression

    said = [(share > 0, 1, share), (share < 1, 0, 1 - share)]
    rows = vstack([features[one] for one, _, _ in said])
    truth = numpy.concatenate([numpy.full(int(one.sum()), answer) for one, answer, _ in said])
    weights = numpy.concatenate([(weight * each)[one] for one, _, each in said])
    found = LogisticRegression(C=_PENALTY, max_iter=80).fit(rows.tocsr(), truth, sample_weight=weights)
    return found.coef_[0], float(found.intercept_[0])

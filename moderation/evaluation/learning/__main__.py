"""`make train`: rebuilds the learned model that ships, from the labelled sets. An hour on two idle cores."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy
import torch

from moderation.adapters.classifiers import artifact
from moderation.adapters.classifiers.plain import plain
from moderation.evaluation import sets
from moderation.evaluation.learning import assemble, encoder, export, first_stage, scale, spans
from moderation.evaluation.learning.examples import example, parts, training_rows
from moderation.evaluation.learning.targets import Row

PASSES = 2


def _told(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--labels", type=click.Path(path_type=Path), required=True, help="Folder with dev and train.jsonl.gz.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Where the trained state is kept.")
@click.option("--passes", default=PASSES, show_default=True, help="Passes over the training set; 0: go on from --work.")
@click.option("--to", type=click.Path(path_type=Path), default=artifact.FOLDER, help="Where the model goes.")
def main(labels: Path, work: Path, passes: int, to: Path) -> None:
    """Train encoder, first stage and formulas, and write what ships."""
    torch.manual_seed(1)
    for folder in (work, to):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        rows = list(training_rows(labels))
    except sets.NoLabels as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    _first_stage(rows, to)
    scorer = encoder.Scorer(str(encoder.base()))
    state = work / "encoder.pt"
    if passes:
        examples = [example(row) for row in rows]
        encoder.fit(scorer, examples, passes=passes, told=_told)
        torch.save(scorer.state_dict(), state)
    scorer.load_state_dict(torch.load(state, weights_only=True))
    scorer.to(torch.bfloat16)
    layer = spans.fit(scorer, labels, _told)
    at, agreement = spans.threshold(scorer, layer, labels)
    _told(f"spans: F1 {agreement:.3f} on the trial split")
    export.write(scorer, layer, to / artifact.ENCODER)
    assemble.write(to, assemble.see(to, assemble.fitting(labels), _told), at)
    if to == artifact.FOLDER:
        scale.write(labels)
    _told(f"written to {to}; run `make evaluate` for the figures")


def _first_stage(rows: list[Row], to: Path) -> None:
    texts = [plain(parts(row.text)) for row in rows]
    weights, scale, start = first_stage.fit(texts, rows, told=_told)
    numpy.savez_compressed(to / artifact.NGRAMS, weights=weights, scale=scale, start=start)


if __name__ == "__main__":
    sys.exit(main())

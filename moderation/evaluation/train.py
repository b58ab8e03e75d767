"""`make train`: fits the formulas of off_topic.py anew and prints them. Nothing is written; people take them over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from moderation.evaluation import off_topic, sets

_MOST = 4_000


def _bar(rows: list[Any]) -> Any:
    with click.progressbar(rows, label="off topic", file=sys.stderr) as bar:
        yield from bar


@click.command()
@click.option("--labels", type=click.Path(path_type=Path), required=True, help="Folder with dev and train.jsonl.gz.")
def main(labels: Path) -> None:
    """Fit on the labelled comments of a folder; show how well it does on stories that were left out."""
    try:
        for name, cases, by_length in (
            ("BY_STORY", off_topic.story_cases(labels, _MOST, _bar), False),
            ("BY_PARENT", off_topic.reply_cases(labels, _MOST, _bar), True),
        ):
            click.echo(f"{name} = {off_topic.fit(cases, by_length=by_length)}")
            for source, each in off_topic.measured(cases, by_length=by_length).items():
                low, high = each.interval
                click.echo(
                    f"  {source}: AUC {each.auc:.3f} ({low:.3f} to {high:.3f}); at {off_topic.SURE} "
                    f"false alarms {each.alarms.percent()}, found {each.found.percent()}"
                )
    except sets.NoLabels as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()

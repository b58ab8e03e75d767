"""`moderation model`: the learned scores of a site."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import click
from ruamel.yaml import YAML

from moderation.cli import service
from moderation.cli.sites import site_option
from moderation.workflow.tuning import Compared


@click.group()
def model() -> None:
    """Learned scores: tune."""


@model.command()
@site_option
@service.data_option
def tune(slug: str, data: Path | None) -> None:
    """Fit the learned scores to what the desk of a site decided; prints a file, changes nothing.

    Learns from decisions on comments with scores and from comments that nobody objected to, and compares on the newest
    30 %. What is better there, and wrongs no kind of people more, is printed. Put it as tuned.yaml into the site's rules
    folder (rules/sites/SLUG/) and publish: that is what adopts it. Taking it out and publishing goes back.
    """
    with service.application(data) as app:
        found = app.tuning.fit(site_id=app.sites.find(slug=slug)["id"], now=datetime.now(UTC))
    _show(found.compared)
    if found.file is None:
        click.echo("Nothing is better than as it ships: there is nothing to adopt.", err=True)
        raise SystemExit(1)
    out = io.StringIO()
    YAML().dump(found.file, out)
    click.echo(out.getvalue(), nl=False)


def _show(compared: tuple[Compared, ...]) -> None:
    """Shipped → tuned, on stderr."""
    click.echo(
        f"{'attribute':<18}{'held back':>10}{'removed':>9}{'log loss':>18}{'AUC':>18}{'gap between people':>22}",
        err=True,
    )
    for one in compared:
        pairs = (f"{a:.3f} → {b:.3f}" for a, b in (one.loss, one.auc, one.gap))
        loss, auc, gap = pairs
        verdict = "better" if one.is_better else "not better"
        click.echo(
            f"{one.attribute:<18}{one.rows:>10,}{one.removed:>9,}{loss:>18}{auc:>18}{gap:>22}  {verdict}", err=True
        )

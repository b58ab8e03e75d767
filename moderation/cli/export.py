"""`moderation export`: a site's comments as JSON lines or as CSV."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from moderation.cli import service
from moderation.cli.sites import show, site_option

FORMATS = ("jsonl", "csv")
COLUMNS = (
    "id", "parent_id", "story_id", "story_url", "author_id", "author_name", "created_at", "language", "text", "status",
    "publish", "decided_by", "action", "categories", "decision", "reason", "scores",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command()
@site_option
@click.option("--format", "format", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--after", metavar="ID", help="Go on after the comment with this id: the last one that you have.")
@click.option(
    "--author", "author_id", metavar="ID", help="All that is stored of one person instead, as one JSON document."
)
@service.data_option
def export(slug: str, format: str, after: str | None, author_id: str | None, data: Path | None) -> None:
    """Write a site's comments to stdout, the oldest first.

    \b
    jsonl  everything of a comment: text, author, story, status, verdict, decision; the text that is public
           too where an edit of it waits or was stopped
    csv    the same in a table, for people. A cell that a spreadsheet would take for a formula begins with '

    \b
    --author  what a person may ask to see: their comments with all revisions, what was decided and why, removals,
              blocks, appeals, flags, at every site of the login system; not what others wrote about them

    The lines hold names and words of people: keep them as you keep the database.
    """
    with service.application(data) as app:
        site = app.sites.find(slug=slug)
        if author_id is not None:
            show(app.exports.person(site_id=site["id"], author_id=author_id))
            return
        records = app.exports.comments(site_id=site["id"], after=after)
        bar = click.progressbar(
            records, length=app.exports.count(site_id=site["id"]), label="exporting", file=sys.stderr
        )
        with bar as shown:
            (_write_csv if format == "csv" else _write_lines)(shown, sys.stdout)


def _write_lines(records: Iterator[dict[str, Any]], out: TextIO) -> None:
    for record in records:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_csv(records: Iterator[dict[str, Any]], out: TextIO) -> None:
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(record) for record in records)


def _row(record: dict[str, Any]) -> list[str]:
    verdict, decision = record["verdict"] or {}, record["decision"] or {}
    scores = verdict.get("scores") or {}
    values = {
        **{name: record[name] for name in ("id", "created_at", "language", "text", "status", "decided_by")},
        "parent_id": (record["parent"] or {}).get("id"),
        "story_id": record["story"]["id"],
        "story_url": record["story"]["url"],
        "author_id": record["author"]["id"],
        "author_name": record["author"]["name"],
        "publish": str(record["publish"]).lower(),
        "action": verdict.get("action"),
        "categories": " ".join(verdict.get("categories") or ()),
        "decision": decision.get("decision"),
        "reason": decision.get("reason"),
        "scores": json.dumps(scores) if scores else None,
    }
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: str | None) -> str:
    """Words of strangers are no formulas."""
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) else text

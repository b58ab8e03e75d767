"""`moderation import`: comments with what became of them, from a file into a site's history."""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO

import click

from moderation.bootstrap import Application
from moderation.cli import import_files, import_lines, service
from moderation.cli.import_lines import LeftOut
from moderation.cli.sites import OPERATOR, site_option
from moderation.workflow.imports import Decided

BATCH = 200
SUFFIXES = {".csv": "csv", ".xml": "wxr"}
LINES_SHOWN = 5


class Report:
    """What was taken, what was there, and what was left out for which reason on which lines."""

    def __init__(self) -> None:
        self.taken = self.known = 0
        self.left_out: Counter[str] = Counter()
        self.lines: dict[str, list[int]] = {}

    def leave_out(self, number: int, reason: str) -> None:
        """One line that is not taken."""
        self.left_out[reason] += 1
        if self.left_out[reason] <= LINES_SHOWN:
            self.lines.setdefault(reason, []).append(number)

    def show(self) -> None:
        """The report, on stderr."""
        click.echo(
            f"\n{self.taken:,} taken in, {self.known:,} were there, {self.left_out.total():,} left out", err=True
        )
        for reason, count in self.left_out.most_common():
            lines = ", ".join(map(str, self.lines[reason]))
            click.echo(f"{count:>10,}  {reason} (no. {lines}{', …' if count > LINES_SHOWN else ''})", err=True)


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@site_option
@click.option(
    "--format",
    "format",
    type=click.Choice(("jsonl", "csv", "wxr", "disqus", "coral", "coral-csv")),
    help="Default: by the file's name: csv, wxr for .xml, else jsonl.",
)
@service.data_option
def import_comments(file: Path, slug: str, format: str | None, data: Path | None) -> None:
    """Take in comments that were published or rejected elsewhere, from a FILE.

    \b
    jsonl, csv  as `export` writes them
    wxr         the file of WordPress's Tools, Export
    disqus      the XML file of Disqus
    coral       Coral's collection of comments as JSON lines; coral-csv: the comments.csv of its importer

    \b
    {"id": "c1", "text": "…", "author": {"id": "u1", "name": "…"}, "story": {"id": "s1", "title": "…"},
     "status": "published", "rejected" or "withdrawn", "created_at": "2026-11-01T10:00:00Z",
     "parent": {"id": "…"}, "language": "en", "decision": {"reason": "spam", "at": "…"}}

    They become history: they count for their authors' records and can be found at the desk. Nothing is judged, no event
    and no webhook is sent. Ids that are there stay as they are, so a run that was cut short is simply started again.
    """
    report = Report()
    with service.application(data) as app:
        site = app.sites.find(slug=slug)
        guest = app.imports.guests(site_id=site["id"])
        with (
            file.open("rb") as raw,
            click.progressbar(length=max(os.fstat(raw.fileno()).st_size, 1), label="importing", file=sys.stderr) as bar,
        ):
            records = import_lines.read(_records(raw, format or SUFFIXES.get(file.suffix, "jsonl"), guest))
            while batch := list(islice(records, BATCH)):
                _take(app, site["id"], batch, report)
                bar.update(raw.tell() - bar.pos)
    report.show()
    if report.left_out:
        raise SystemExit(1)


def _records(raw: IO[bytes], format: str, guest: import_files.Guest) -> import_files.Found:
    if format in ("wxr", "disqus"):
        return import_files.wxr_records(raw, guest) if format == "wxr" else import_files.disqus_records(raw, guest)
    lines = (line.decode("utf-8", "surrogateescape") for line in raw)
    if format in ("csv", "coral-csv"):
        return import_files.csv_records(lines) if format == "csv" else import_files.coral_csv_records(lines)
    records = import_lines.json_records(lines)
    return import_files.coral_records(records) if format == "coral" else records


def _take(app: Application, site_id: str, batch: Iterable[tuple[int, Decided | LeftOut]], report: Report) -> None:
    given = []
    for number, found in batch:
        if isinstance(found, LeftOut):
            report.leave_out(number, str(found))
        else:
            given.append(found)
    taken = app.imports.take(site_id=site_id, comments=given, by=OPERATOR, now=datetime.now(UTC)) if given else 0
    report.taken += taken
    report.known += len(given) - taken

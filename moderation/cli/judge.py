"""`moderation judge` and `moderation scores`: check comments without storing anything."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click
from pydantic import TypeAdapter, ValidationError

from moderation.adapters.classifiers.sessions import UnusableModel
from moderation.adapters.classifiers.together import classifier
from moderation.adapters.rule_files import RuleFolder
from moderation.cli.comment_lines import FORMATS, BadLine, Line, read_lines, read_story
from moderation.config import Settings, shipped_rules
from moderation.engine.evaluate import evaluate
from moderation.engine.explain import as_document
from moderation.engine.facts import Facts, Story, Submission
from moderation.engine.ruleset import InvalidRuleset, Ruleset, load
from moderation.engine.text import fold
from moderation.engine.text.language import language_of
from moderation.engine.verdict import ATTRIBUTES, RANK
from moderation.workflow.ports import Classifier, Scores

NO_MODEL = dict.fromkeys(ATTRIBUTES, "model_off")
_NO_SITE = "-"
_SECONDS = 10.0


def rules_folder() -> Path:
    """The folder of the rule files: MODERATION_RULES_DIR, else the shipped one."""
    given = os.environ.get("MODERATION_RULES_DIR")
    return Path(given) if given else shipped_rules()


def compile_rules(folder: Path, site: str | None = None) -> Ruleset:
    """A folder and a site in, the ruleset out; ends the command with the mistakes if there are any."""
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is not a folder with rule files")
    if site is not None and not (folder / "sites" / site).is_dir():
        click.echo(f"{folder / 'sites' / site} is not there: the rules for all sites are used.", err=True)
    try:
        return load(RuleFolder(folder).read(site or _NO_SITE), site=site)
    except InvalidRuleset as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None


def model() -> Classifier | None:
    """The learned models, but those that the environment says no to: as a service would have them."""
    try:
        return classifier(learned=_wanted("learned_scores"), off_topic=_wanted("off_topic"))
    except UnusableModel as error:
        raise click.ClickException(str(error)) from None


def _wanted(setting: str) -> bool:
    """A setting of yes or no, read as a service would read it, without its other settings."""
    name, otherwise = f"MODERATION_{setting.upper()}", Settings.model_fields[setting].default
    try:
        return TypeAdapter(bool).validate_python(os.environ.get(name) or otherwise)
    except ValidationError:
        raise click.UsageError(f"{name} must be true or false") from None


def scored(submission: Submission, classifier: Classifier | None, language: str) -> Scores:
    """A submission in, its scores out."""
    if classifier is None:
        return Scores({}, {}, NO_MODEL)
    return classifier.score(submission, language=submission.language or language, seconds=_SECONDS)


def facts_for(submission: Submission, scores: Scores, language: str) -> Facts:
    """A submission in, what is known of it without a database out."""
    return Facts(
        submission,
        datetime.now(UTC),
        None,
        scores=scores.scores,
        scored_by=scores.scored_by,
        not_assessed=scores.not_assessed,
        score_spans=scores.spans,
        site_language=language,
    )


@click.command()
@click.argument("file", default="-", type=click.Path(allow_dash=True, dir_okay=False))
@click.option("--format", "format", type=click.Choice(FORMATS), help="Default: by the file's name, else jsonl.")
@click.option(
    "--story",
    "story_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file: the story of lines that have none.",
)
@click.option("--site", help="Judge by the rules of this site.")
def judge(file: str, format: str | None, story_file: Path | None, site: str | None) -> None:
    """Check comments: one JSON line in, one verdict out. Stores nothing, needs no database.

    \b
    jsonl  {"text": "…", "id": …, "format": "plain" or "html", "language": "en",
            "story": {"title": "…", "body": "…", "sensitive": ["death"], …},
            "parent": {"text": "…"}, "author": {"id": "…", "published": 12, …}}
           Only text is needed. Without an id the line's number stands for it.
    csv    a first line with the names text, and id, language, format where there are any
    text   one comment on each line

    Conditions on a commenter's past are not assessed. A bad line gives {"id", "error"}; the run goes on and ends with 1.
    """
    ruleset = compile_rules(rules_folder(), site)
    summary, models, language = Summary(), model(), ruleset.settings["language"]

    def verdict(line: Line) -> dict[str, Any]:
        assert line.submission is not None
        facts = facts_for(line.submission, scored(line.submission, models, language), language)
        document = as_document(evaluate(facts, ruleset), ruleset, facts)
        summary.count(document)
        return document

    _run(file, format, _story(story_file), verdict, summary)


@click.command()
@click.argument("file", default="-", type=click.Path(allow_dash=True, dir_okay=False))
@click.option("--format", "format", type=click.Choice(FORMATS), help="Default: by the file's name, else jsonl.")
def scores(file: str, format: str | None) -> None:
    """Score comments: language, scores and what could not be assessed; no rules."""
    models = model()

    def document(line: Line) -> dict[str, Any]:
        assert line.submission is not None
        given = line.submission
        language = language_of(fold(given.text, given.format).text, given=given.language, site="en")
        found = scored(given, models, "en")
        told = {"scores": found.scores, "scored_by": found.scored_by, "not_assessed": found.not_assessed}
        return {"language": language.code, **told}

    _run(file, format, None, document, Summary())


class Summary:
    """Counts for the table at the end."""

    def __init__(self) -> None:
        self.actions: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.lines = 0
        self.bad = 0
        self.started = time.monotonic()

    def count(self, document: dict[str, Any]) -> None:
        """Take in one verdict."""
        self.actions[document["action"]] += 1
        self.categories.update(document["categories"])
        self.rules.update({f"{match['rule']} ({match['state']})" for match in document["matches"]})

    def show(self) -> None:
        """The table, on stderr."""
        seconds = max(time.monotonic() - self.started, 1e-9)
        noun = "comment" if self.lines == 1 else "comments"
        click.echo(
            f"\n{self.lines:,} {noun}, {self.lines / seconds:,.0f} a second; {self.bad} bad {'line' if self.bad == 1 else 'lines'}",
            err=True,
        )
        for title, counts, order in (
            ("action", self.actions, list(RANK)),
            ("category", self.categories, None),
            ("rule", self.rules, None),
        ):
            rows = [(name, counts[name]) for name in order] if order else counts.most_common(12)
            if any(count for _, count in rows):
                self._table(title, rows)

    def _table(self, title: str, rows: list[tuple[str, int]]) -> None:
        judged = max(sum(self.actions.values()), 1)
        click.echo(f"\n{title:<44}{'comments':>10}{'share':>9}", err=True)
        for name, count in rows:
            click.echo(f"{name:<44}{count:>10,}{count / judged:>9.2%}", err=True)


def _run(
    file: str, format: str | None, story: Story | None, answer: Callable[[Line], dict[str, Any]], summary: Summary
) -> None:
    """Lines through answer to stdout, in order; ends with 1 when a line was bad."""
    with _opened(file) as (source, advance):
        for line in read_lines(source, format or _format_of(file), story):
            document = {"id": line.id, "error": line.error} if line.error else {"id": line.id, **answer(line)}
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
            if file == "-":
                sys.stdout.flush()
            summary.lines += 1
            summary.bad += line.error is not None
            advance(summary.lines)
    sys.stdout.flush()
    summary.show()
    if summary.bad:
        raise SystemExit(1)


def _format_of(file: str) -> str:
    return {".csv": "csv", ".txt": "text"}.get(Path(file).suffix, "jsonl")


def _story(file: Path | None) -> Story | None:
    if file is None:
        return None
    try:
        return read_story(file.read_text(encoding="utf-8"))
    except (BadLine, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file}: {error}") from None


@contextmanager
def _opened(file: str) -> Iterator[tuple[TextIO, Callable[[int], None]]]:
    """The input as text and what moves the bar; broken UTF-8 makes a bad line, not a stop."""
    if file == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")  # type: ignore[union-attr]
        yield sys.stdin, _counter()
        return
    try:
        raw = Path(file).open("rb")  # noqa: SIM115 closed by the text wrapper below
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None
    with io.TextIOWrapper(raw, encoding="utf-8", errors="surrogateescape", newline="") as source:
        length = max(os.fstat(raw.fileno()).st_size, 1)
        with click.progressbar(length=length, label="judging", file=sys.stderr) as bar:
            yield source, lambda count: bar.update(raw.tell() - bar.pos) if count % 50 == 0 else None
            bar.update(length - bar.pos)


def _counter() -> Callable[[int], None]:
    """Without a known length: how many so far, on a terminal only."""

    def show(count: int) -> None:
        if count % 200 == 0 and sys.stderr.isatty():
            click.echo(f"\r{count:,} {'comment' if count == 1 else 'comments'}", nl=False, err=True)

    return show

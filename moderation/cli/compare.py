"""`moderation compare`: an archive with Perspective's scores beside what a key of ours gives for the same texts."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click
import httpx
import numpy

from moderation.cli import site_map
from moderation.cli.archive_lines import FORMATS, Archived, LeftOut, read
from moderation.workflow.rule_scores import RULES

_AT_ONCE = 4
_BATCH = 64
_TRIES = 30
_SECONDS = 30.0
_UNKNOWN = "refused: Unknown requested attribute: "
_FEWEST = 2  # texts, to order them
_MAPPED, _CALIBRATED = "TOXICITY", "CALIBRATED_TOXICITY"
_TIED = 0.02  # of the comments may be held too many at a threshold that stands for theirs


@dataclass
class Pairs:
    """The scores of one attribute, theirs and ours, by comment."""

    ids: list[str] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Compared:
    """One attribute. Shares are of all comments compared; `same_share_at` is our threshold that as many reach."""

    attribute: str
    comments: int
    rank_correlation: float | None
    threshold: float
    theirs_reach: float
    ours_reach: float
    agree: float
    same_share_at: float | None
    furthest: tuple[tuple[str, float, float], ...]  # id, theirs, ours


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="Where the service is, as in https://moderation.example.")
@click.option(
    "--key",
    envvar="COMPARE_KEY",
    help="A protocol key; better in the variable COMPARE_KEY, where no list of processes shows it.",
)
@click.option("--format", "format", type=click.Choice(FORMATS), help="Default: by the file's name, else jsonl.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.8, show_default=True, help="Theirs, until now.")
@click.option("--language", default="en", show_default=True, help="The language of the archive.")
@click.option("--most", default=10, show_default=True, type=click.IntRange(0, 1000), help="Comments that differ most.")
@click.option("--texts", is_flag=True, help="Show their texts as well as their ids.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.option(
    "--map", "map_file", type=click.Path(dir_okay=False, path_type=Path), help="Fit a line of the site's own, too."
)
def compare(
    file: Path,
    url: str,
    key: str | None,
    format: str | None,
    threshold: float,
    language: str,
    most: int,
    texts: bool,
    as_json: bool,
    map_file: Path | None,
) -> None:
    """Put an archive's Perspective scores beside ours. Asks a running service as your site will; stores nothing.

    \b
    jsonl  {"id": "c1", "text": "…", "scores": {"TOXICITY": 0.83}}, or Perspective's answer: {"text", "attributeScores"}
    csv    columns id, text, TOXICITY and so on
    coral  Coral's collection of comments as JSON lines, with the score that each has in its metadata

    For each attribute: how alike the order is (Spearman's rank correlation), how often both sides of the threshold agree,
    and the threshold of ours that as many comments reach as reached theirs. Exit status 1 where lines were left out.

    --map writes perspective.yaml, which puts TOXICITY on the scale of this archive, where that comes closer than now on
    the half of the comments that it was not fitted to. Publish it in rules/sites/SLUG/ to adopt it.
    """
    if not key:
        raise click.UsageError("A protocol key is needed: --key, or better the variable COMPARE_KEY.")
    left_out: Counter[str] = Counter()
    pairs: dict[str, Pairs] = {}
    lines = site_map.Lines()
    shown: dict[str, str] = {}
    with _asking(url, key) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
        for one, answer in _answers(file, format or _format_of(file), client, pool, language):
            if isinstance(one, LeftOut) or isinstance(answer, LeftOut):
                left_out[str(one if isinstance(one, LeftOut) else answer)] += 1
                continue
            if (calibrated := answer.pop(_CALIBRATED, None)) is not None:
                lines.add(one.scores[_MAPPED], calibrated, answer[_MAPPED])
            left_out.update(f"{name} is unknown there" for name in one.scores.keys() - answer.keys())
            for name, ours in answer.items():
                found = pairs.setdefault(name, Pairs())
                found.ids.append(one.id)
                found.theirs.append(one.scores[name])
                found.ours.append(ours)
            if texts:
                shown[one.id] = one.text
    results = [compared(name, pairs[name], threshold, most) for name in sorted(pairs)]
    if as_json:
        click.echo(json.dumps({"attributes": [asdict(one) for one in results], "left_out": dict(left_out)}, indent=2))
    else:
        for result in results:
            _show(result, shown)
    for reason, count in left_out.most_common():
        click.echo(f"left out: {count:,} ({_printable(reason)})", err=True)
    if map_file is not None:
        site_map.write(map_file, lines)
    if left_out or not results:
        raise SystemExit(1)


def compared(attribute: str, pairs: Pairs, threshold: float, most: int) -> Compared:
    """Scores of the same comments in, how they differ out."""
    theirs, ours = numpy.array(pairs.theirs), numpy.array(pairs.ours)
    reach, reach_ours = theirs >= threshold, ours >= threshold
    share = float(reach.mean())
    furthest = numpy.argsort(-numpy.abs(theirs - ours), kind="stable")[:most]
    return Compared(
        attribute=attribute,
        comments=len(theirs),
        rank_correlation=_rank_correlation(theirs, ours),
        threshold=threshold,
        theirs_reach=share,
        ours_reach=float(reach_ours.mean()),
        agree=float((reach == reach_ours).mean()),
        same_share_at=_same_share_at(ours, int(reach.sum())),
        furthest=tuple((pairs.ids[at], float(theirs[at]), float(ours[at])) for at in furthest),
    )


def _same_share_at(ours: Any, count: int) -> float | None:
    """The score that so many reach; None where many share it, so that no threshold parts the comments like this."""
    if not count:
        return None
    at = float(numpy.sort(ours)[::-1][count - 1])
    return round(at, 4) if abs(int((ours >= at).sum()) - count) <= _TIED * len(ours) else None


def _rank_correlation(first: Any, second: Any) -> float | None:
    """Spearman's; equal numbers share the mean of their ranks. None where one side is all alike."""
    if len(first) < _FEWEST or first.min() == first.max() or second.min() == second.max():
        return None
    return float(numpy.corrcoef(_ranks(first), _ranks(second))[0, 1])


def _ranks(numbers: Any) -> Any:
    _, inverse, counts = numpy.unique(numbers, return_inverse=True, return_counts=True)
    last = numpy.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


Pair = tuple[Archived | LeftOut, "dict[str, float] | LeftOut"]


def _answers(file: Path, format: str, client: httpx.Client, pool: ThreadPoolExecutor, language: str) -> Iterator[Pair]:
    """Every line with the scores that we give for the attributes that it has."""
    with (
        _opened(file) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as source,
    ):
        length = max(os.fstat(raw.fileno()).st_size, 1)
        with click.progressbar(length=length, label="comparing", file=sys.stderr) as bar:
            lines, unknown = read(source, format), set[str]()
            while batch := list(islice(lines, _BATCH)):
                yield from zip(batch, pool.map(lambda one: _asked(client, one, language, unknown), batch), strict=True)
                bar.update(raw.tell() - bar.pos)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None


def _asked(
    client: httpx.Client, one: Archived | LeftOut, language: str, unknown: set[str]
) -> dict[str, float] | LeftOut:
    """Our scores; an attribute that the service does not know is noted in `unknown`, and the others are asked for."""
    if isinstance(one, LeftOut):
        return one
    while wanted := one.scores.keys() - unknown:
        more = {_CALIBRATED} - unknown if _MAPPED in wanted else set()
        answer = _answered(client, one.text, sorted(wanted | more), language)
        refused = str(answer).removeprefix(_UNKNOWN) if isinstance(answer, LeftOut) else None
        if refused not in wanted | more:
            return answer
        unknown.add(refused)
    return {}


def _answered(client: httpx.Client, text: str, attributes: list[str], language: str) -> dict[str, float] | LeftOut:
    body = {
        "comment": {"text": text},
        "languages": [language],
        "requestedAttributes": {name: {} for name in attributes},
        "doNotStore": True,
    }
    for _ in range(_TRIES):
        try:
            answer = client.post("/v1alpha1/comments:analyze", json=body)
        except httpx.HTTPError as error:
            raise click.ClickException(
                f"The service does not answer: {type(error).__name__} at {client.base_url}."
            ) from None
        if answer.status_code not in (429, 503):
            return _scores(answer)
        wait = answer.headers.get("Retry-After", "")  # a proxy may give a date
        time.sleep(min(int(wait), 60) if wait.isdecimal() else 1)
    return LeftOut("the service was too busy")


def _scores(answer: httpx.Response) -> dict[str, float] | LeftOut:
    try:
        body = answer.json()
    except ValueError:
        raise click.ClickException(
            f"That is no service of ours: it answered {answer.status_code} without JSON."
        ) from None
    if answer.status_code in (401, 403, 404) or "API_KEY_INVALID" in answer.text:
        raise click.ClickException("The key is not valid there: `moderation key add --kind protocol` makes one.")
    if answer.is_error:
        return LeftOut(f"refused: {body.get('error', {}).get('message', answer.status_code)}")
    scores = {name: one["summaryScore"]["value"] for name, one in body.get("attributeScores", {}).items()}
    if f"{_CALIBRATED}={RULES}" in answer.headers.get("Scored-By", "") or scores.keys() == {_CALIBRATED}:
        scores.pop(_CALIBRATED, None)  # rules go through no line
    return scores


def _asking(url: str, key: str) -> httpx.Client:
    headers = {"X-Goog-Api-Key": key}
    try:
        return httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=_SECONDS, trust_env=False)
    except (httpx.InvalidURL, ValueError, UnicodeEncodeError):
        raise click.UsageError("--url or --key is not one") from None


def _format_of(file: Path) -> str:
    return "csv" if file.suffix == ".csv" else "jsonl"


def _show(one: Compared, texts: dict[str, str]) -> None:
    order = "-" if one.rank_correlation is None else f"{one.rank_correlation:.2f}"
    click.echo(f"{one.attribute}: {one.comments:,} comments, rank correlation {order}")
    click.echo(
        f"  reach {one.threshold:g}: {one.theirs_reach:.2%} theirs, {one.ours_reach:.2%} ours; the same side {one.agree:.2%}"
    )
    if one.same_share_at is not None:
        click.echo(f"  as many reach {one.same_share_at:.4f} of ours")
    elif one.theirs_reach:
        click.echo("  no threshold of ours is reached by as many: too many comments have the same score")
    if one.furthest:
        click.echo("  furthest apart:    theirs    ours  id")
    for id, theirs, ours in one.furthest:
        click.echo(f"  {'':<15}{theirs:>10.3f}{ours:>8.3f}  {_printable(id)}")
        if id in texts:
            click.echo(f"  {'':<35}{_printable(texts[id])}")


def _printable(text: str) -> str:
    """Words of strangers move no cursor."""
    return "".join(char if char.isprintable() else " " for char in text)[:300]

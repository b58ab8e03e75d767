"""The labelled sets, read from a folder outside the project: one comment at a time, with what people said of it."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What raters called bad, by source, as one question with yes or no. A share of raters counts from one half up.
_BAD = ("toxic", "hate", "sexist", "hate_or_offensive", "misogyny")


class NoLabels(Exception):
    """The folder with the labelled sets is not there, or not what it should be."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One labelled comment. bad: what its raters said as a whole, None where they were asked something else; part: the file."""

    id: str
    text: str
    source: str
    bad: bool | None = None
    labels: Mapping[str, Any] | None = None
    title: str | None = None
    parent: str | None = None
    about: str | None = None
    rewriting: str | None = None
    part: str | None = None


def comments(folder: Path, name: str = "dev") -> list[Comment]:
    """`dev` or `train`: the comments in their order; an id is the source and the number within it."""
    counts: dict[str, int] = {}
    found = []
    for row in _rows(folder / f"{name}.jsonl.gz"):
        source, context = row["src"], row.get("ctx") or {}
        counts[source] = counts.get(source, 0) + 1
        found.append(
            Comment(
                id=f"{source}-{counts[source]}",
                text=row["text"],
                source=source,
                bad=_bad(row["y"]),
                labels=row["y"],
                title=context.get("title"),
                parent=_text(context.get("parent")),
                about=_text(context.get("info")),
                rewriting=_text(context.get("neutral")),
                part=name,
            )
        )
    return found


def tragedies(folder: Path) -> list[tuple[Comment, str, bool]]:
    """Candidates around tragedies: the comment, its kind (joke, headline, news_comment …), is the tragedy a named one."""
    rows = _rows(folder / "tragedy.jsonl.gz")
    return [(Comment(str(row["id"]), row["text"], "tragedy"), row["kind"], bool(row["strict"])) for row in rows]


def toxic_spans(folder: Path, split: str) -> list[tuple[Comment, frozenset[int]]]:
    """Comments with the places (code points) that made raters call them toxic; split: train, trial or test."""
    rows = [row for row in _rows(folder / "toxic_spans.jsonl.gz") if row["split"] == split]
    return [
        (Comment(f"spans-{split}-{number}", row["text"], "toxic_spans", True), frozenset(row["offsets"]))
        for number, row in enumerate(rows, 1)
    ]


def rated_by_perspective(folder: Path) -> list[tuple[str, Mapping[str, float]]]:
    """Texts with the scores that Perspective gave them in 2018, by its attributes' names."""
    return [(row["text"], row["scores"]) for row in _rows(folder / "perspective_2k.jsonl.gz")]


def insults(path: Path) -> dict[str, str]:
    """Our own labels, by a comment's id: commenter, private, journalist, public, group or none."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return {row["id"]: row["label"] for row in csv.DictReader(lines)}
    except (OSError, KeyError) as error:
        raise NoLabels(f"{path}: {error}") from None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None  # a set may say "not a number" where there is none


def _bad(labels: Mapping[str, Any]) -> bool | None:
    for name in _BAD:
        if labels.get(name) is not None:
            return float(labels[name]) >= 0.5
    return None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise NoLabels(f"{path}: {error}. Labelled comments are needed: LABELS=folder") from None

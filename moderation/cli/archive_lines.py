"""A newsroom's archive with the scores that Perspective gave, one comment at a time."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.engine.text.markup import visible
from moderation.workflow.incoming import TEXT_BYTES

FORMATS = ("jsonl", "csv", "coral")
_NO_SCORE = "no score of Perspective's"


@dataclass(frozen=True, slots=True)
class Archived:
    """A comment with the scores that it has there: Perspective's name of an attribute → 0 to 1."""

    id: str
    text: str
    scores: Mapping[str, float]


class LeftOut(ValueError):
    """Why a line is not compared; the same sentence for the same reason, so that they can be counted."""


def read(lines: Iterable[str], format: str) -> Iterator[Archived | LeftOut]:
    """Each comment of an archive, or why it is left out.

    jsonl: {"id", "text", "scores": {"TOXICITY": 0.8}}, or Perspective's own answer under "attributeScores" beside the text.
    csv: columns id, text and one for each attribute, named as Perspective names it.
    coral: its collection of comments as JSON lines; the text and the score of the last revision count.
    """
    records = _rows(lines) if format == "csv" else map(_parsed, (line for line in lines if line.strip()))
    for number, record in enumerate(records, start=1):
        try:
            if isinstance(record, LeftOut):
                raise record
            yield _coral(record) if format == "coral" else _archived(record, number)
        except LeftOut as reason:
            yield reason


def _rows(lines: Iterable[str]) -> Iterator[Mapping[str, Any] | LeftOut]:
    try:
        for row in csv.DictReader(lines):
            scores = {name: row[name] for name in row if name and name == name.upper() and row[name]}
            yield {"id": row.get("id"), "text": row.get("text"), "scores": scores}
    except csv.Error as error:
        yield LeftOut(f"the table breaks off: {error}")


def _parsed(line: str) -> Mapping[str, Any] | LeftOut:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return LeftOut("not JSON")
    return record if isinstance(record, dict) else LeftOut("not a JSON object")


def _archived(record: Mapping[str, Any], number: int) -> Archived:
    answer, text = record.get("attributeScores"), record.get("text")
    if text is None and isinstance(record.get("comment"), dict):
        text = record["comment"].get("text")
    if isinstance(answer, dict):
        scores = {
            name: one["summaryScore"].get("value")
            for name, one in answer.items()
            if isinstance(one, dict) and isinstance(one.get("summaryScore"), dict)
        }
    else:
        scores = record["scores"] if isinstance(record.get("scores"), dict) else {}
    return Archived(str(record.get("id") or number), _text(text), _scores(scores))


def _coral(record: Mapping[str, Any]) -> Archived:
    revisions = record.get("revisions")
    last = revisions[-1] if isinstance(revisions, list) and revisions else None
    if not isinstance(last, dict) or not isinstance(last.get("body"), str):
        raise LeftOut("no text")
    metadata = last["metadata"] if isinstance(last.get("metadata"), dict) else {}
    found = metadata["perspective"] if isinstance(metadata.get("perspective"), dict) else {}
    model = found.get("model") or "TOXICITY"
    return Archived(str(record.get("id")), _text(visible(last["body"])[0]), _scores({str(model): found.get("score")}))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LeftOut("no text")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise LeftOut("the text is not UTF-8") from None
    if size > TEXT_BYTES:
        raise LeftOut(f"longer than {TEXT_BYTES:,} bytes")
    return value


def _scores(given: Mapping[str, Any]) -> dict[str, float]:
    named = ((name, value) for name, value in given.items() if name.isascii() and name.isidentifier())
    scores = {name: number for name, value in named if (number := _number(value)) is not None}
    if not scores:
        raise LeftOut(_NO_SCORE)
    if any(not 0 <= number <= 1 for number in scores.values()):
        raise LeftOut("a score is not between 0 and 1")
    return scores


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):  # a whole number of hundreds of digits
        return None
    return None if math.isnan(number) else number

"""Rows to examples: texts as the service reads them, some of them disguised, each set in its measure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from moderation.adapters.classifiers.plain import Chunk, chunks
from moderation.adapters.classifiers.window import window
from moderation.engine.text import fold
from moderation.evaluation.disguises import WAYS, disguised
from moderation.evaluation.learning.encoder import Example
from moderation.evaluation.learning.sentences import sentences
from moderation.evaluation.learning.targets import HEADS, MOST, TIMES, Row, is_held, rows

_DISGUISED = 0.12  # share of the bad texts that come a second time with a word or two hidden
_WORD = re.compile(r"[A-Za-z]{4,}")
_BAD = 0.5


def training_rows(labels: Path) -> Iterator[Row]:
    """Everything that is trained on, in its measure."""
    random, counts = Random(1), Counter[str]()
    given = [row for row in rows(labels) if not is_held(row.text)]
    random.shuffle(given)
    for row in given:
        counts[row.source] += 1
        if counts[row.source] <= MOST.get(row.source, len(given)):
            for _ in range(TIMES.get(row.source, 1)):
                yield row
            if max(row.targets.values()) >= _BAD and random.random() < _DISGUISED:
                yield Row(_hidden(row.text, random), row.targets, row.source, row.weight)
    yield from sentences(random)


def _hidden(text: str, random: Random) -> str:
    places = [found.span() for found in _WORD.finditer(text)]
    for start, end in sorted(random.sample(places, min(2, len(places))), reverse=True):
        text = text[:start] + disguised(text[start:end], random.choice(list(WAYS)), random) + text[end:]
    return text


def parts(text: str) -> list[Chunk]:
    """A text as the service reads it."""
    return chunks(fold(text))


def example(row: Row) -> Example:
    """One row as numbers."""
    targets = [row.targets.get(name, float("nan")) for name in HEADS]
    return Example(window(parts(row.text)).ids, targets, row.weight)

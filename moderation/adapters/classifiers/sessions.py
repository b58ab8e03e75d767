"""Opens a model's file for onnxruntime, if it is the one that our figures were made with."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from moderation.errors import ModerationError


class UnusableModel(ModerationError):
    """A model is not there, or not the one that was measured; the message says what to do."""

    type = "unusable_model"
    title = "A learned model cannot be used"


def can_run() -> bool:
    """Whether there is an onnxruntime at all: Intel Macs have none, and do without encoders."""
    return find_spec("onnxruntime") is not None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(path: Path, sha256: str) -> None:
    """Raise UnusableModel unless the file has this checksum."""
    try:
        digest = digest_of(path)
    except OSError as error:
        raise UnusableModel(f"{path} cannot be read ({type(error).__name__}): install requirements.txt again") from None
    if digest != sha256:
        raise UnusableModel(
            f"{path} is another model: SHA-256 {digest}, expected {sha256}. Install requirements.txt again"
        )


def session(path: Path, sha256: str) -> Any:
    """A checked file in, what runs it out: on one thread, since the cores are wanted and two were slower."""
    check(path, sha256)
    try:
        import onnxruntime
    except ImportError as error:
        raise UnusableModel(f"onnxruntime cannot be loaded ({error}): install requirements.txt again") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])

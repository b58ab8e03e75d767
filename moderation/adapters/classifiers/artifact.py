"""The learned model as it ships: what is in its folder, and whether it is what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, prod
from pathlib import Path
from typing import Any

from moderation.adapters.classifiers import sessions
from moderation.adapters.classifiers.ngrams import Ngrams

FOLDER = Path(__file__).with_name("model")
MANIFEST, ENCODER, NGRAMS = "manifest.json", "encoder.onnx", "ngrams.npz"
FORMAT = 1  # of the manifest; another one is not read


@dataclass(frozen=True, slots=True)
class Formula:
    """Logistic regression over what the encoder and the first stage say: a weight for each head, and a start."""

    encoder: Sequence[float]
    first: Sequence[float]
    start: float

    def of(self, first: Sequence[float], encoder: Sequence[float] = ()) -> float:
        """Logits of the heads in, the calibrated chance out."""
        pairs = (*zip(self.first, first, strict=True), *zip(self.encoder, encoder, strict=bool(encoder)))
        weighed = self.start + sum(weight * logit for weight, logit in pairs)
        return 1 / (1 + exp(-max(-30.0, min(30.0, weighed))))


@dataclass(frozen=True, slots=True)
class Attribute:
    """How one attribute is scored, by both and by the first stage alone. It is had where any of its formulas has it."""

    full: Sequence[Formula]
    first: Sequence[Formula]


def any_of(formulas: Sequence[Formula], first: Sequence[float], encoder: Sequence[float] = ()) -> float:
    """The chance that at least one is so, as if they were independent."""
    return 1 - prod(1 - formula.of(first, encoder) for formula in formulas)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs together: name and version, checksums, formulas, and from which logit on a word is pointed at."""

    name: str
    version: str
    files: Mapping[str, str]
    heads: Sequence[str]
    attributes: Mapping[str, Attribute]
    span_at: float


def read(folder: Path = FOLDER) -> Manifest:
    """The manifest of a folder; raises UnusableModel."""
    try:
        given = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if given["format"] != FORMAT:
            raise sessions.UnusableModel(f"{folder} has format {given['format']}, this version reads {FORMAT}")
        return _manifest(given)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise sessions.UnusableModel(f"{folder / MANIFEST} cannot be used ({type(error).__name__})") from None


@cache
def checked(folder: Path = FOLDER) -> Manifest:
    """The same, after a look at each file that it names; raises UnusableModel. Looks once a process."""
    manifest = read(folder)
    for name, digest in manifest.files.items():
        sessions.check(folder / name, digest)
    return manifest


@cache
def first_stage(folder: Path = FOLDER) -> Ngrams:
    """The linear model of a folder, read once a process."""
    checked(folder)
    return ngrams_of(folder)


def ngrams_of(folder: Path) -> Ngrams:
    """The linear model as it lies in a folder, whatever the manifest says."""
    import numpy

    with numpy.load(folder / NGRAMS, allow_pickle=False) as given:
        return Ngrams(given["weights"], given["scale"], given["start"])


def _manifest(given: Mapping[str, Any]) -> Manifest:
    return Manifest(
        name=given["name"],
        version=given["version"],
        files=given["files"],
        heads=tuple(given["heads"]),
        attributes={
            name: Attribute(*(tuple(Formula(**one) for one in each[stage]) for stage in ("full", "first")))
            for name, each in given["attributes"].items()
        },
        span_at=given["span_at"],
    )

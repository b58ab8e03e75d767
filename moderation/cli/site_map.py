"""The line that puts our toxicity on an archive's own scale of Perspective's: fitted on one half, held against the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy
from ruamel.yaml import YAML

from moderation.engine.perspective_map import Points, mapped
from moderation.workflow.shares import line

FEWEST = 1_000  # comments with both numbers: of fewer, too few reach the thresholds that count
_HELD = (0.5, 0.6, 0.7, 0.8, 0.9)  # where programs set theirs


@dataclass
class Lines:
    """TOXICITY of the comments that the model scored: theirs, ours calibrated, and what was answered."""

    theirs: list[float] = field(default_factory=list)
    calibrated: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    def add(self, theirs: float, calibrated: float, answered: float) -> None:
        """One comment."""
        self.theirs.append(theirs)
        self.calibrated.append(calibrated)
        self.answered.append(answered)


@dataclass(frozen=True)
class Fitted:
    """Points, and how far the share that reaches a threshold is from theirs on the held-back half, now and with them."""

    points: Points
    now: float
    then: float

    @property
    def is_better(self) -> bool:
        """Whether there is a reason to adopt it."""
        return self.then < self.now


def fit(theirs: list[float], calibrated: list[float], answered: list[float]) -> Fitted | None:
    """Perspective's numbers, our calibrated ones and what the service answers now in; None for too few comments."""
    if len(theirs) < FEWEST:
        return None
    order = numpy.random.default_rng(1).permutation(len(theirs))
    given = [numpy.array(each)[order] for each in (theirs, calibrated, answered)]
    half = len(theirs) // 2
    trial = line(given[0][:half], given[1][:half])
    back = [each[half:] for each in given]
    then = numpy.array([mapped(float(value), trial) for value in back[1]])
    return Fitted(line(given[0], given[1]), _apart(back[0], back[2]), _apart(back[0], then))


def _apart(theirs: Any, ours: Any) -> float:
    return float(numpy.mean([abs((theirs >= at).mean() - (ours >= at).mean()) for at in _HELD]))


def write(file: Path, lines: Lines) -> None:
    """What was found, on stderr; the file only where it is better."""
    found = fit(lines.theirs, lines.calibrated, lines.answered)
    if found is None:
        raise click.ClickException(
            f"A line needs {FEWEST:,} comments that have TOXICITY and that the model scored; "
            f"here are {len(lines.theirs):,}."
        )
    told = f"{found.now:.2%} of the comments on average now, {found.then:.2%} with a line of its own"
    click.echo(f"shares at 0.5 to 0.9 are apart from theirs by {told} (held-back half)", err=True)
    if not found.is_better:
        raise click.ClickException("It would not come closer to theirs: nothing was written.")
    points = [{"ours": ours, "theirs": theirs} for ours, theirs in found.points[1:-1]]
    try:
        with file.open("x", encoding="utf-8") as out:
            YAML().dump({"toxicity": points}, out)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    click.echo(f"written to {file}", err=True)

"""Logistic regression by Newton's method, drawn to where it began: for a few numbers and some thousand rows."""

from __future__ import annotations

from typing import Any

import numpy

_STEPS = 50
_NEAR = 1e-6
_FREE = 1e-3  # the pull on the start


def fitted(rows: Any, truth: Any, weights: Any, *, before: Any, pull: float) -> Any:
    """Rows × numbers, yes or no and weight of each row in; the numbers out. The last one is the start and moves freely."""
    ridge = numpy.full(rows.shape[1], pull)
    ridge[-1] = _FREE
    numbers = numpy.array(before, dtype=float)

    def cost(tried: Any) -> float:
        odds = rows @ tried
        surprise = numpy.logaddexp(0, odds) - truth * odds
        return float((weights * surprise).sum() + (ridge * (tried - before) ** 2).sum() / 2)

    now = cost(numbers)
    for _ in range(_STEPS):
        chance = 1 / (1 + numpy.exp(-numpy.clip(rows @ numbers, -30, 30)))
        slope = rows.T @ (weights * (truth - chance)) - ridge * (numbers - before)
        curve = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows + numpy.diag(ridge)
        step = numpy.linalg.solve(curve, slope)
        while (then := cost(numbers + step)) > now and float(numpy.abs(step).max()) > _NEAR:
            step = step / 2  # far from the end a whole step may lead further away
        numbers, before_it, now = numbers + step, now, then
        if before_it - now < _NEAR:
            break
    return numbers


def log_loss(chances: Any, truth: Any) -> float:
    """How surprised one is by the truth on average, in nats."""
    kept = numpy.clip(chances, 1e-6, 1 - 1e-6)
    return float(-(truth * numpy.log(kept) + (1 - truth) * numpy.log(1 - kept)).mean())


def auc(chances: Any, truth: Any) -> float:
    """The chance that a yes stands above a no (ties count half); one half where there is only one kind."""
    no, yes = numpy.sort(chances[truth < 0.5]), chances[truth >= 0.5]
    if not len(no) or not len(yes):
        return 0.5
    below = numpy.searchsorted(no, yes, "left") + numpy.searchsorted(no, yes, "right")
    return float(below.mean() / (2 * len(no)))

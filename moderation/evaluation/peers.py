"""Other libraries asked the same, where they are installed; none of them is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from moderation.evaluation.rates import Rate, rate

Finds = Callable[[str], bool]


def finders() -> dict[str, Finds | None]:
    """By name of the distribution: is a text bad? None where it is not installed."""
    return {name: _made(make) for name, make in _MAKERS.items()}


def compared(answers: Iterable[tuple[bool, bool]]) -> tuple[Rate, Rate]:
    """(was bad, was called bad) in; the shares called bad of the bad and of the others out."""
    known = list(answers)
    return rate([called for bad, called in known if bad]), rate([called for bad, called in known if not bad])


def _made(make: Callable[[], Finds]) -> Finds | None:
    try:
        return make()
    except ImportError:
        return None


def _better_profanity() -> Finds:
    """Its Rust port, which answers the same and is fast enough for thousands of comments."""
    finder: Any = import_module("better_profanity_rs").Profanity()
    return lambda text: bool(finder.contains_profanity(text))


def _alt_profanity_check() -> Finds:
    predict: Any = import_module("profanity_check").predict
    return lambda text: bool(predict([text])[0])


def _safetype() -> Finds:
    moderate: Any = import_module("safetype").moderate
    return lambda text: bool(moderate(text).matches)


_MAKERS: dict[str, Callable[[], Finds]] = {
    "better-profanity (better-profanity-rs)": _better_profanity,
    "alt-profanity-check": _alt_profanity_check,
    "safetype": _safetype,
}

"""better_profanity: the verdict of the package better-profanity, for people who move over from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from better_profanity import Profanity

from ..look import Look
from ..schema import Flag, OneOf, Table, Whole
from ..source import Located
from .base import NO, Build, Filter, Kind, Outcome, answer

# It takes about 0.2 s for 1,000 characters.
LONGEST = 500


@dataclass(frozen=True, slots=True)
class BetterProfanity:
    """Whether better-profanity's own list and scanner object to the beginning of the comment."""

    longest: int

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        look.check_time()
        text = look.given.text[: self.longest]
        return answer(bool(text.strip()) and bool(_scanner().contains_profanity(text)))


@cache
def _scanner() -> Profanity:
    return Profanity()


def _make(value: Any, node: Located, build: Build) -> BetterProfanity | _Never:  # noqa: ARG001 as all makers
    if value is False:
        return _Never()
    return BetterProfanity(value.get("longest", LONGEST) if isinstance(value, dict) else LONGEST)


class _Never:
    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        return NO


KINDS = (
    Kind(
        "better_profanity",
        "comment",
        "What the package better-profanity says about the first 500 characters. Slow and crude: for moving over only.",
        OneOf({bool: Flag(), dict: Table({"longest": Whole(1, 2000)})}),
        _make,
        "better_profanity: true",
    ),
)

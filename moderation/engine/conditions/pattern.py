"""pattern: a regular expression (RE2) over the folded text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..look import Found, Look
from ..patterns import MAX_LENGTH, MAX_PATTERNS, BadPattern, Pattern
from ..schema import BAD, Bad, Some, Text
from ..source import Located
from .base import Build, Filter, Kind, Outcome
from .sifting import sifted


@dataclass(frozen=True, slots=True)
class Patterns:
    """Finds what one of some patterns matches."""

    numbers: tuple[int, ...]
    places: tuple[str, ...] = ("text",)
    number: int = field(default=0, compare=False, repr=False)

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        return sifted(self.candidates(look), (), drop, look)

    def candidates(self, look: Look) -> Sequence[Found]:
        """All that the patterns match, worked out once for each comment."""
        known = look.found_by.get(self.number)
        if known is None:
            known = [one for place in self.places for one in self._find(look, place)]
            look.found_by[self.number] = known
        return known

    def _find(self, look: Look, place: str) -> list[Found]:
        side = look.side(place)
        return [
            Found(start, end, place, hidden_as=side.view.hidden_as(start, end))
            for number in self.numbers
            for start, end in side.patterns.get(number, ())
        ]


def make_pattern(value: tuple[str, ...], node: Located, build: Build) -> Patterns | Bad:
    """The value of `pattern` in, the finder out; a pattern that is refused is a mistake in the file."""
    numbers = []
    for source in value:
        try:
            numbers.append(build.add_pattern(Pattern(source)))
        except BadPattern as error:
            return build.problems.add(node, str(error), hint=error.hint)
    if len(build.patterns) > MAX_PATTERNS:
        return build.problems.add(node, f"more than {MAX_PATTERNS:,} patterns in one rule set")
    return Patterns(tuple(numbers)) if numbers else BAD


KINDS: tuple[Kind, ...] = (
    Kind(
        "pattern",
        "finder",
        "A regular expression (RE2) or a list of them, over the folded text: lower case, without accents and disguise.",
        Some(Text(MAX_LENGTH)),
        make_pattern,
        r"pattern: '\b0[0-9]{3} ?[0-9]{6}\b'",
    ),
)

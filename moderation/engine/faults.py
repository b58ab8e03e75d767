"""Mistakes in rule files: where, in which rule, what was expected, the nearest valid word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake; line and column count from 1, 0 = the place is not known."""

    file: str
    line: int
    column: int
    rule: str | None
    message: str
    expected: str | None = None
    hint: str | None = None
    source_line: str = ""

    def __str__(self) -> str:
        """As a person reads it: place, message, the line with a caret, what would be right."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        rule = f" [{self.rule}]" if self.rule else ""
        lines = [f"{place}:{rule} {self.message}"]
        if self.source_line:
            shown, caret = _window(self.source_line, self.column)
            lines += [f"    {shown}", f"    {' ' * caret}^"]
        if self.expected:
            lines.append(f"    expected: {self.expected}")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class InvalidRuleset(Exception):
    """Rule files that cannot be used, with every mistake found in them."""

    def __init__(self, errors: Iterable[RuleError]) -> None:
        self.errors = tuple(sorted(set(errors), key=lambda e: (e.file, e.line, e.column, e.message)))
        super().__init__(f"{len(self.errors)} mistakes in the rule files")

    def __str__(self) -> str:
        """All mistakes, one after the other."""
        shown = "\n".join(str(error) for error in self.errors[:MOST_SHOWN])
        rest = len(self.errors) - MOST_SHOWN
        return shown if rest <= 0 else f"{shown}\n… and {rest} more"


def nearest(word: object, valid: Iterable[str]) -> str | None:
    """A wrong word and the valid ones in, a hint with the nearest out, if one is near."""
    close = get_close_matches(str(word), sorted(valid), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def listed(words: Iterable[str]) -> str:
    """Valid words as one line."""
    return ", ".join(sorted(words))


def _window(line: str, column: int) -> tuple[str, int]:
    at = max(0, column - 1)
    start = 0 if at < 80 else at - 60
    return line[start : start + 120].replace("\t", " "), at - start

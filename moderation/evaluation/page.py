"""The figures as docs/quality.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moderation.evaluation.rates import Rate

HEAD = """# Quality

Made by `make evaluate` on {date}; engine {engine}, rules {version}. **Rules alone, but where a title names scores.**
Percentages carry their 95 % interval and the number of comments. The labelled sets are described in [data.md](data.md); none of them is part of
the project. *Stopped* is held or rejected: not published at once. A rater's "toxic" is wider than our guidelines
(contempt, sarcasm and hard words about people in office pass here), so recall of it is no measure of the rules alone.
"""


@dataclass(slots=True)
class Page:
    """Sections with a table each, in order."""

    parts: list[str] = field(default_factory=list)

    def table(self, title: str, note: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """A section: a title, a sentence or two, and rows of cells."""
        names = list(heads)
        lines = [f"## {title}", "", note, "", _row(names), _row("---" for _ in names), *map(_row, rows), ""]
        self.parts.append("\n".join(lines))

    def text(self, **head: str) -> str:
        """The whole page."""
        return "\n".join([HEAD.format(**head), *self.parts]).rstrip() + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def gap(rates: Mapping[str, Rate]) -> tuple[str, str, float]:
    """The names with the smallest and the largest share, and how far they are apart (0 to 1)."""
    least = min(rates, key=lambda name: rates[name].share)
    most = max(rates, key=lambda name: rates[name].share)
    return least, most, rates[most].share - rates[least].share


def apart(rates: Mapping[str, Rate], what: str) -> str:
    """What is said of such names: whose sentences are stopped (or whatever `what` says) most and least."""
    least, most, points = gap(rates)
    if not points:
        return f"the same share is {what} whoever is named, {rates[most].percent()}: **0.0** points apart"
    return (
        f"of those about {most} {rates[most].percent()} are {what}, of those about {least} {rates[least].percent()}: "
        f"**{100 * points:.1f}** points apart"
    )

"""Shares with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # of the normal distribution, for an interval of 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        """0 to 1; 0 of nothing is 0."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share, 0 to 1 (E. B. Wilson, JASA 22, 1927)."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.share
        middle = p + _Z * _Z / (2 * n)
        reach = _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)

    def percent(self) -> str:
        """As a table shows it: share, interval and how many there were."""
        low, high = self.interval
        return f"{100 * self.share:.1f} % ({100 * low:.1f} to {100 * high:.1f}; n = {self.total:,})"

    def per_thousand(self) -> str:
        """False alarms are counted in a thousand."""
        low, high = self.interval
        return f"{1000 * self.share:.1f} ({1000 * low:.1f} to {1000 * high:.1f}; n = {self.total:,})"


def rate(answers: list[bool]) -> Rate:
    """Answers in, how many were true out."""
    return Rate(sum(answers), len(answers))

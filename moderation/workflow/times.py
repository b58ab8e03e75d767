"""Times as the API writes them, and as calendars count."""

from calendar import monthrange
from datetime import UTC, datetime
from typing import overload


@overload
def rfc3339(at: datetime) -> str: ...
@overload
def rfc3339(at: None) -> None: ...
def rfc3339(at: datetime | None) -> str | None:
    """A moment as RFC 3339 in UTC with milliseconds (None stays None)."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(at: datetime) -> str:
    """A date as people read it: 2 December 2026 (in UTC)."""
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def months_before(at: datetime, months: int) -> datetime:
    """The same day of an earlier month, or the last one that it has."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))

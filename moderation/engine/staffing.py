"""When moderators work, by a site's `staffed`, and what happens to comments while nobody does (`unstaffed`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .schema import Choice, Problems, Some, Table, Text
from .source import Located

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNSTAFFED = ("hold", "check_first", "close")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")


class _Clock:
    """A time of day, "07:00" to "24:00"."""

    def read(self, node: Located, problems: Problems) -> Any:
        if isinstance(node.value, str) and _CLOCK.fullmatch(node.value):
            return node.value
        return problems.add(node, f"`{node.value}` is no time of day", expected='hours and minutes, such as "07:30"')

    def json(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^({_CLOCK.pattern})$"}


class _Zone:
    """A time zone by its name in the tz database."""

    def read(self, node: Located, problems: Problems) -> Any:
        if _zone(str(node.value)) is not None:
            return node.value
        return problems.add(node, f"`{node.value}` is no time zone known here", expected="such as Europe/London")

    def json(self) -> dict[str, Any]:
        return Text(60).json()


SHIFTS = Some(
    Table({"days": Some(Choice(DAYS)), "from": _Clock(), "to": _Clock(), "zone": _Zone()}, ("from", "to", "zone"))
)


def is_staffed(settings: Mapping[str, Any], at: datetime) -> bool:
    """Is a moderator there at that moment? Always, where the site names no hours (or, long ago, some that say nothing)."""
    given: Any = settings.get("staffed")
    shifts: list[Any] = [shift for shift in (given if isinstance(given, list) else [given]) if _is_shift(shift)]
    return not shifts or any(_covers(shift, at) for shift in shifts)


def wish(settings: Mapping[str, Any], *, action: str, received: datetime, now: datetime) -> tuple[str, str] | None:
    """(code, least action) that unstaffed hours ask for a comment on which the rules said `action`, or None.

    A site that closes goes by when the comment came, so that a late check turns nobody away; people are missing now.
    """
    how = settings.get("unstaffed", "hold")
    if how == "close" and not is_staffed(settings, received):
        return "site_closed", "reject"
    if is_staffed(settings, now):
        return None
    if how == "check_first":
        return "check_first", "hold"
    return ("unstaffed", "hold") if action == "review" else None


def _is_shift(shift: Any) -> bool:
    times = [shift.get("from"), shift.get("to")] if isinstance(shift, dict) and "zone" in shift else [None]
    return all(isinstance(time, str) and _CLOCK.fullmatch(time) for time in times)


def _covers(shift: Mapping[str, Any], at: datetime) -> bool:
    zone = _zone(shift["zone"])
    if zone is None:
        return False  # a machine without this zone: nobody can be said to be there
    local = at.astimezone(zone)
    minute, start, end = local.hour * 60 + local.minute, _minute(shift["from"]), _minute(shift["to"])
    if start < end:
        return _works(shift, local) and start <= minute < end
    return (_works(shift, local) and minute >= start) or (_works(shift, local - timedelta(days=1)) and minute < end)


def _works(shift: Mapping[str, Any], local: datetime) -> bool:
    days = shift.get("days", DAYS)
    return DAYS[local.weekday()] in ([days] if isinstance(days, str) else days)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None

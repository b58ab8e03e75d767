"""How the service does at one site, for its admins: what slipped through first, then what waits and what failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row

from moderation.storage.models import CoralComment, WriteBack
from moderation.storage.queries import statistics, upkeep
from moderation.storage.unit_of_work import Database
from moderation.workflow.queries import BEHIND_SECONDS, Health

SWEEP_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Reads for the page of the desk."""

    database: Database
    health: Health

    def of_site(self, *, site_id: str, now: datetime) -> dict[str, Any]:
        """{unchecked: one line a key, protocol and cause; today, week, last_at; pending, queue, parts, webhooks, repairs,
        write_backs}."""
        checks = self.health.ready(now=now)["checks"]
        with self.database.read() as session:
            unchecked = upkeep.unchecked(session, site_id, now)
            waiting, oldest_at = upkeep.pending(session, site_id)
            summary = statistics.summary(session, site_id, now)
            swept_at = upkeep.last_sweep(session)
            return {
                "unchecked": unchecked,
                "today": sum(line.today for line in unchecked),
                "week": sum(line.week for line in unchecked),
                "last_at": max((line.last_at for line in unchecked), default=None),
                "pending": {
                    "count": waiting,
                    "oldest_at": oldest_at,
                    "is_behind": oldest_at is not None and now - oldest_at > timedelta(seconds=BEHIND_SECONDS),
                    "last_verdict_at": upkeep.last_verdict(session, site_id),
                },
                "queue": {"count": summary["waiting"], "urgent": summary["urgent"], "oldest_at": summary["oldest_at"]},
                "parts": {
                    "broker_ok": checks["broker"] == "ok",
                    "workers_ok": checks["worker"] == "ok",
                    "ruleset": checks["ruleset"],
                    "swept_at": swept_at,
                    "sweep_ok": swept_at is not None and now - swept_at < SWEEP_LATE,
                },
                "webhooks": [_webhook(row) for row in upkeep.endpoints(session, site_id)],
                "repairs": upkeep.jobs(session, CoralComment, site_id),
                "write_backs": upkeep.jobs(session, WriteBack, site_id),
            }

    def unchecked_in_week(self, *, site_id: str, now: datetime) -> int:
        """How many comments were published without a check on the last seven days: said wherever an admin begins."""
        with self.database.read() as session:
            return sum(line.week for line in upkeep.unchecked(session, site_id, now))


def _webhook(row: Row[Any]) -> dict[str, Any]:
    states: Iterable[tuple[str, bool]] = (
        ("off", row.disabled_at is not None),
        ("failing", row.failing > 0),
        ("waiting", row.due > 0),
        ("ok", row.last_ok_at is not None),
    )
    state = next((name for name, holds in states if holds), "unused")
    host = urlsplit(row.url).hostname or ""  # the rest of an address may be a secret of the receiver
    return {**row._mapping, "host": host, "state": state}

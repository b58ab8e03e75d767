"""Published without a check: how often, by whose key. Kept in the database, for all web processes and after a restart."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.storage.models import ApiKey, Unchecked
from moderation.storage.rows import insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow.keys import protocol_lookup

log = telemetry.logger(__name__)
SECONDS = 1.0  # between two writes: a storm of errors is not made worse by a write for each
MOST = 1_000  # lines that wait to be written; keys that nobody has would else fill the memory


@dataclass(frozen=True, slots=True, order=True)
class _Line:
    lookup: str
    protocol: str
    why: str
    day: datetime


class UncheckedCounts:
    """Notes without waiting for anything, since the database may be what failed; a thread of its own writes it down."""

    def __init__(self, database: Database, secret_key: str, now: Callable[[], datetime]) -> None:
        self._database, self._secret_key, self._now = database, secret_key, now
        self._lock = threading.Lock()
        self._noted: dict[_Line, tuple[int, datetime]] = {}
        self._writer: threading.Thread | None = None

    def note(self, *, key: str, protocol: str, why: str) -> None:
        """One more comment of the program with this protocol key, live or not; a key that nobody has counts nowhere."""
        now = self._now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        line = _Line(protocol_lookup(self._secret_key, key), protocol, why, day)
        with self._lock:
            self._add(line, 1, now)
            if self._writer is None or not self._writer.is_alive():  # also after a fork, which copies no thread
                self._writer = threading.Thread(target=self._run, name="unchecked", daemon=True)
                self._writer.start()

    def write(self) -> bool:
        """Writes down what was noted; False where it has to be tried again."""
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return True
        try:
            with self._database.write() as session:
                _store(session, noted)
        except Exception:  # whatever it was: the next round tries again
            telemetry.failures.labels(what="unchecked.write").inc()
            log.exception("unchecked.not_written")
            with self._lock:
                for line, (count, last) in noted.items():
                    self._add(line, count, last)
            return False
        return True

    def _add(self, line: _Line, count: int, at: datetime) -> None:
        before, last = self._noted.get(line, (0, at))
        if before or len(self._noted) < MOST:
            self._noted[line] = before + count, max(last, at)

    def _run(self) -> None:
        while True:
            time.sleep(SECONDS)
            self.write()
            with self._lock:
                if not self._noted:
                    self._writer = None
                    return


def _store(session: Session, noted: dict[_Line, tuple[int, datetime]]) -> None:
    lookups = {line.lookup for line in noted}
    found = select(ApiKey.lookup, ApiKey.site_id, ApiKey.id).where(ApiKey.lookup.in_(lookups))
    owners = {lookup: (site_id, key_id) for lookup, site_id, key_id in session.execute(found)}
    for line in sorted(noted):  # one order everywhere, so that no two writers wait for each other
        if line.lookup not in owners:
            continue
        count, last = noted[line]
        site_id, key_id = owners[line.lookup]
        row = {"site_id": site_id, "key_id": key_id, "protocol": line.protocol, "why": line.why, "day": line.day.date()}
        if not insert_once(session, Unchecked, **row, count=count, last_at=last):
            later = case((Unchecked.last_at < last, last), else_=Unchecked.last_at)
            session.execute(
                update(Unchecked)
                .filter_by(**row)
                .values(count=Unchecked.count + count, last_at=later)
                .execution_options(synchronize_session=False)
            )

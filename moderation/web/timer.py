"""Sweeps from a web process, beside those of the workers' beat: the second place that keeps nothing lying about."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moderation import telemetry

if TYPE_CHECKING:
    from moderation.bootstrap import Application

log = telemetry.logger(__name__)


class SweepTimer:
    """A thread that sweeps every `seconds` and removes what is past its retention every `retain_seconds`."""

    def __init__(self, application: "Application", *, seconds: float, retain_seconds: float) -> None:
        self._application = application
        self._seconds = seconds
        self._retain_seconds = retain_seconds
        self._ended = threading.Event()

    def start(self) -> "SweepTimer":
        """Begin; the first sweep is at once."""
        threading.Thread(target=self._run, name="sweep-timer", daemon=True).start()
        return self

    def stop(self) -> None:
        """No further sweep."""
        self._ended.set()

    def _run(self) -> None:
        retain_at = time.monotonic() + min(self._retain_seconds, 60.0)
        while not self._ended.is_set():
            self._try("sweep", self._application.sweep.tick)
            if time.monotonic() >= retain_at:
                self._try("retain", self._application.sweep.retain)
                retain_at = time.monotonic() + self._retain_seconds
            self._ended.wait(self._seconds)

    def _try(self, what: str, verb: Callable[..., object]) -> None:
        try:
            verb(now=datetime.now(UTC))
        except Exception:  # whatever it was: the next round tries again, and the timer must not end
            telemetry.failures.labels(what=what).inc()
            log.exception("timer.failed", verb=what)

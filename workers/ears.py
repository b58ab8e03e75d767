"""Notices a worker that no longer hears its queues, and ends it, so that whoever started it starts it again.

After a broker was away, or while it still reads its file, a worker of Celery may stay alive, connected and silent for
good (seen here with 5.7 after `BusyLoadingError`; reported as celery#8030, #8091, #10205). Rows and sweep keep the work.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

from moderation import telemetry

LOOK_SECONDS = 2.0
GRACE_SECONDS = 20.0  # to finish what runs; a worker that is deaf to that as well is ended without

log = telemetry.logger(__name__)


class Ears:
    """When this worker last took a message, against what waits for it. `waiting`: does anything, as far as is known?"""

    def __init__(self, waiting: Callable[[], bool], *, seconds: float) -> None:
        self._waiting = waiting
        self._seconds = seconds
        self._unheard_since: float | None = None

    def start(self) -> None:
        """Begin to look; the thread ends with the process."""
        threading.Thread(target=self._watch, name="ears", daemon=True).start()

    def heard(self) -> None:
        """A message was taken."""
        self._unheard_since = None

    def are_deaf(self, now: float) -> bool:
        """Has something waited all the time that a busy worker may need, and none been taken? Seconds, monotonic."""
        if not self._waiting():
            self._unheard_since = None
            return False
        since = self._unheard_since
        if since is None:
            self._unheard_since = now
            return False
        return now - since > self._seconds

    def _watch(self) -> None:
        while not self.are_deaf(time.monotonic()):
            time.sleep(LOOK_SECONDS)
        log.critical("worker.deaf", seconds=self._seconds)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(os.EX_TEMPFAIL)

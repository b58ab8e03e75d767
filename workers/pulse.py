"""The beat of a worker: once a second it writes when it is alive and until when its oldest lease runs.

A thread pool has no time limits of its own, so the supervisor of an embedded service reads this file: a worker that
holds a lease past its end, or that stopped writing, is killed and started again.
"""

import os
import threading
import time
from pathlib import Path

SECONDS = 1.0


def file_of(folder: Path, pid: int) -> Path:
    """Where the worker with this process id writes its beat: two numbers of the monotonic clock, `alive leased_until`."""
    return folder / f"beat-{pid}"


class Pulse:
    """Leases of this process, and the thread that writes them down."""

    def __init__(self, folder: Path, *, lease_seconds: float) -> None:
        self._folder = folder
        self._lease_seconds = lease_seconds
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to write; the thread ends with the process."""
        threading.Thread(target=self._write, name="pulse", daemon=True).start()

    def took(self, task_id: str) -> None:
        """A task began: it may hold its row until the lease is over."""
        with self._lock:
            self._until[task_id] = time.monotonic() + self._lease_seconds

    def gave_back(self, task_id: str) -> None:
        """The task ended."""
        with self._lock:
            self._until.pop(task_id, None)

    def _write(self) -> None:
        descriptor = os.open(file_of(self._folder, os.getpid()), os.O_WRONLY | os.O_CREAT, 0o600)
        while True:
            with self._lock:
                until = min(self._until.values(), default=0.0)
            os.pwrite(descriptor, f"{time.monotonic():18.3f} {until:18.3f}\n".encode(), 0)
            time.sleep(SECONDS)

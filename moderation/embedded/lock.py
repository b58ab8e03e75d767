"""The lock of a data folder: one service at a time, held until the last of its processes is gone."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path


class Taken(Exception):
    """Another service still holds the folder."""


def take(path: Path, *, seconds: float, say: Callable[[str], None]) -> int:
    """An inheritable descriptor that holds the exclusive lock; waits up to `seconds`, saying so; else raises Taken."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + seconds
    told = False
    while not _try(descriptor):
        if not told:
            say(f"Waiting up to {seconds:.0f} s for the last service in {path.parent} to end{_holder(descriptor)} ...")
            told = True
        if time.monotonic() >= end:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise Taken(f"{path.parent} is in use by another service{holder}. Stop it, or choose another folder.")
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(descriptor, True)
    return descriptor


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> str:
    pid = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (process {pid})" if pid.isdigit() else ""

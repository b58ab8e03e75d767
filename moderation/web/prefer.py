"""The Prefer header (RFC 7240): what a caller would like, and the waiting that `wait=N` allows."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WAIT_MAX = 10
_FIRST_PAUSE = 0.01
_LONGEST_PAUSE = 0.1
_DIGITS = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`wait` in seconds (0: do not wait), `ask_first`: ask the writer once where a rule says so."""

    wait: int = 0
    ask_first: bool = False


def parse(header: str) -> Preferences:
    """The preferences that we know; of several the first counts, a malformed or unknown one is passed over (RFC 7240)."""
    given: dict[str, str] = {}
    for item in header.split(","):
        name, _, value = item.split(";")[0].partition("=")
        given.setdefault(name.strip().lower(), value.strip().strip('"'))
    return Preferences(_seconds(given.get("wait", "")), "ask-first" in given)


def _seconds(value: str) -> int:
    """At most WAIT_MAX, however large the number: whoever would wait longer also waits as long as we let him."""
    if not _DIGITS.fullmatch(value):
        return 0
    digits = value.lstrip("0")
    return WAIT_MAX if len(digits) > len(str(WAIT_MAX)) else min(int(digits or 0), WAIT_MAX)


class Slots:
    """At most `count` callers at a time; one more is turned away at once, not queued."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count) if count > 0 else None

    @contextmanager
    def take(self) -> Iterator[bool]:
        """True inside where a slot was free."""
        taken = self._free is not None and self._free.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken and self._free is not None:
                self._free.release()


def wait_until(ready: Callable[[], bool], *, seconds: float) -> bool:
    """Ask `ready` again and again, ever more slowly, for at most `seconds`."""
    end, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while not ready():
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return True

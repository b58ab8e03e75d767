"""The bounded place for synchronous asks, and the rate limit of a key: over the bound we shed, at once and politely."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moderation.errors import TooManyRequests, Unavailable

KEYS_KEPT = 10_000


class Place:
    """At most `slots` judge at a time, `queue` more wait up to `patience` seconds, everyone else is shed."""

    def __init__(self, *, slots: int, queue: int, patience: float) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._queue = threading.BoundedSemaphore(slots + queue)
        self._patience = patience

    @contextmanager
    def enter(self) -> Iterator[float]:
        """Yields the seconds that were spent waiting; raises Unavailable where the place is full."""
        if not self._queue.acquire(blocking=False):
            raise Unavailable("Too many checks are running at the moment; try again in a second.", retry_after=1)
        start = time.monotonic()
        try:
            if not self._slots.acquire(timeout=self._patience):
                raise Unavailable("No check could start in time; try again in a second.", retry_after=1)
            try:
                yield time.monotonic() - start
            finally:
                self._slots.release()
        finally:
            self._queue.release()

    @contextmanager
    def enter_soon(self, seconds: float = 0.0) -> Iterator[bool]:
        """True inside where a slot was free within `seconds` (at once unless given); never raises."""
        free = self._slots.acquire(timeout=seconds)
        try:
            yield free
        finally:
            if free:
                self._slots.release()


class RateLimit:
    """A token bucket for each key: `per_second` on the long run, `burst` at once."""

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rate = per_second
        self._burst = float(burst)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, key: str, count: int = 1) -> None:
        """Take `count` tokens of `key`, or none and raise TooManyRequests with the seconds until there are so many."""
        with self._lock:
            tokens = self._refilled(key)
            if tokens < count:
                raise TooManyRequests(
                    "Too many requests with this key; slow down.", retry_after=math.ceil((count - tokens) / self._rate)
                )
            self._buckets[key] = (tokens - count, self._clock())
            self._buckets.move_to_end(key)
            if len(self._buckets) > KEYS_KEPT:
                self._buckets.popitem(last=False)

    def _refilled(self, key: str) -> float:
        now = self._clock()
        tokens, at = self._buckets.get(key, (self._burst, now))
        return min(self._burst, tokens + (now - at) * self._rate)

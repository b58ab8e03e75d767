"""The bounded place for synchronous asks, and the rate limit of a key: over the bound we shed, at once and politely."""

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
    def enter_now(self) -> Iterator[bool]:
        """True inside where a slot was free at once; never waits, never raises."""
        free = self._slots.acquire(blocking=False)
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

    def spend(self, key: str) -> None:
        """Take one token of `key`, or raise TooManyRequests with the seconds until the next."""
        with self._lock:
            tokens = self._refilled(key)
            if tokens < 1:
                raise TooManyRequests(
                    "Too many requests with this key; slow down.", retry_after=self._seconds_until_one(tokens)
                )
            self._buckets[key] = (tokens - 1, self._clock())
            self._buckets.move_to_end(key)
            if len(self._buckets) > KEYS_KEPT:
                self._buckets.popitem(last=False)

    def _refilled(self, key: str) -> float:
        now = self._clock()
        tokens, at = self._buckets.get(key, (self._burst, now))
        return min(self._burst, tokens + (now - at) * self._rate)

    def _seconds_until_one(self, tokens: float) -> int:
        return max(1, round((1 - tokens) / self._rate))

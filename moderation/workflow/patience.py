"""Calls that nobody waits for longer than he can: what is late goes on by itself, and its caller without it."""

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

AT_ONCE = max(8, 2 * (os.cpu_count() or 1))  # late ones included: where so many are stuck, nobody waits for one more
_Result = TypeVar("_Result")


class NoRoom(TimeoutError):
    """As many calls run as may; this one did not begin."""


class Patience:
    """Runs calls in threads of their own; a process that ends waits for none of them."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._room = threading.BoundedSemaphore(at_once)

    def wait(self, call: Callable[[], _Result], seconds: float) -> _Result:
        """What `call` gives or raises; TimeoutError after `seconds`, NoRoom at once where there is no room."""
        if seconds <= 0:
            raise TimeoutError
        if not self._room.acquire(blocking=False):
            raise NoRoom
        done, said = threading.Event(), _Said()
        threading.Thread(target=self._run, args=(call, said, done), daemon=True).start()
        if not done.wait(seconds):
            raise TimeoutError
        if said.error is not None:
            raise said.error
        result: _Result = said.result
        return result

    def _run(self, call: Callable[[], Any], said: "_Said", done: threading.Event) -> None:
        try:
            said.result = call()
        except Exception as error:
            said.error = error
        finally:
            self._room.release()
            done.set()


class _Said:
    """What a call gave, or how it failed."""

    result: Any = None
    error: Exception | None = None

"""Server processes that end with the test run, also when it is killed."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def start(
    command: Sequence[str], *, log: Path, user: str | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """A child in its own session; on Linux the kernel ends it with us. `user`: only as root."""
    who = pwd.getpwnam(user) if user else None
    with log.open("ab") as out:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
            extra_groups=[] if who else None,
            env=env,
            cwd="/",
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # after the change of user, which clears it; a C call, no lock
        )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def kill(child: "subprocess.Popen[bytes]", number: int = signal.SIGKILL, seconds: float = 10) -> None:
    """Signal the child's whole group and wait for the child."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass
    child.wait(seconds)


def wait_until(true: Callable[[], bool], *, seconds: float, what: str, pause: float = 0.02) -> None:
    """Poll until it holds; fail with `what` when it does not in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

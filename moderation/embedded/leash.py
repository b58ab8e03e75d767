"""The leash of a child: it ends when the supervisor ends, however that ends, on Linux and macOS.

Two holds. On Linux the kernel signals the child when its parent dies. Everywhere a guard process holds the read end of a
pipe whose write end only the supervisor has: the end of the supervisor closes it, and the guard kills every process
group that was named to it. Run by path with the standard library only, so that a child starts fast.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

_PR_SET_PDEATHSIG = 1


class Leash:
    """Starts children that cannot outlive this process. Use from the main thread: the kernel counts threads as parents."""

    def __init__(self, inherit: Sequence[int] = ()) -> None:
        self._inherit = tuple(inherit)  # the lock: free again only when the last child is gone
        self._alive: set[int] = set()
        self._start_guard()

    def spawn(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        output: IO[bytes] | int | None = None,
        error: IO[bytes] | int | None = None,
    ) -> "subprocess.Popen[bytes]":
        """A child in a session of its own, held by both holds before its command runs."""
        stub = [sys.executable, "-I", "-S", __file__, "child", str(self._pipe), str(os.getpid()), *command]
        child = subprocess.Popen(
            stub,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=error,
            pass_fds=(self._pipe, *self._inherit),
            start_new_session=True,
        )
        self._alive.add(child.pid)
        return child

    def gone(self, pid: int) -> None:
        """The child has been waited for: what is left of its group ends too, and the guard forgets it."""
        kill_group(pid)
        self._alive.discard(pid)
        self._tell(f"-{pid}\n")

    def mend(self) -> None:
        """Start the guard again if someone killed it."""
        if self._guard.poll() is None:
            return
        os.close(self._pipe)
        self._start_guard()
        for pid in self._alive:
            self._tell(f"+{pid}\n")

    def close(self) -> None:
        """Let the guard end; whatever is still held ends with it."""
        os.close(self._pipe)
        self._guard.wait()

    def _start_guard(self) -> None:
        reading, self._pipe = os.pipe()
        guard = [sys.executable, "-I", "-S", __file__, "guard", str(reading)]
        self._guard = subprocess.Popen(
            guard, stdin=subprocess.DEVNULL, pass_fds=(reading, *self._inherit), start_new_session=True
        )
        os.close(reading)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # the guard was killed; mend() tells the next one everything
            os.write(self._pipe, line.encode())


def kill_group(pid: int) -> None:
    """SIGKILL to a whole process group, if any of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _child(pipe: int, supervisor: int, command: list[str]) -> None:
    """Take both holds, then become the command."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(BrokenPipeError):  # no guard just now: the next one is told by the supervisor
        os.write(pipe, f"+{os.getpid()}\n".encode())
    os.set_inheritable(pipe, False)  # the command must not hold the pipe open
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and that would be inherited
    if os.getppid() != supervisor:  # it ended before we took hold
        os._exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606  # the supervisor's own command, no shell
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        os._exit(127)


def _guard(reading: int) -> None:
    """Until the pipe closes, remember the groups; then kill them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    held: set[int] = set()
    with open(reading, encoding="ascii") as lines:  # a descriptor, not a path
        for line in lines:
            (held.add if line[0] == "+" else held.discard)(int(line[1:]))
    for pid in held:
        kill_group(pid)


if __name__ == "__main__":
    if sys.argv[1] == "guard":
        _guard(int(sys.argv[2]))
    else:
        _child(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])

"""Keeps parts running: a dead one is started again, one that hangs is killed, and at the end none is left."""

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moderation.embedded.leash import Leash, kill_group

FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
_STEADY_SECONDS = 10.0  # a part that lived this long starts from the first delay again
_LOG_BYTES = 20_000_000
_ERRAND_SECONDS = 5.0


@dataclass(frozen=True)
class Part:
    """One child: what to run, and how to tell that it hangs."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stage: int = 1  # the highest stage stops first
    stop_seconds: float = 10.0
    # pid and its seconds since the start -> why it must be killed
    hangs: Callable[[int, float], str | None] = field(default=lambda _pid, _age: None)
    before: Callable[[int], None] = field(default=lambda _deaths: None)  # deaths in a row -> mend what keeps it down


@dataclass
class _Running:
    part: Part
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY
    deaths: int = 0


class Supervisor:
    """Runs parts in the order given, and stops them by their stages. Main thread only."""

    def __init__(self, leash: Leash, say: Callable[[str], None]) -> None:
        self._leash = leash
        self._say = say
        self._running: list[_Running] = []
        self._errands: list[subprocess.Popen[bytes]] = []
        self._logs_due = 0.0
        self.stopping = 0
        self._wake, writing = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to wake the wait below
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def add(self, part: Part) -> None:
        """Start one more part and keep it running from now on."""
        running = _Running(part)
        self._running.append(running)
        self._start(running)

    def pids(self) -> dict[str, int]:
        """Name of each part that runs → its process."""
        return {each.part.name: each.process.pid for each in self._running if each.process is not None}

    def look(self) -> None:
        """One round: reap, start again what is due, kill what hangs."""
        self._leash.mend()
        now = time.monotonic()
        if now >= self._logs_due:
            self._logs_due = now + 60
            _shorten([each.part.log for each in self._running])
        for each in self._running:
            if each.process is None:
                if now >= each.due:
                    self._start(each)
            elif each.process.poll() is not None:
                self._died(each, now)
            elif why := each.part.hangs(each.process.pid, now - each.started):
                self._say(f"{each.part.name} {why}; it is killed and started again.")
                kill_group(each.process.pid)

    def wait(self, seconds: float) -> None:
        """Sleep, but wake at once for a signal or the death of a child."""
        due = [each.due - time.monotonic() for each in self._running if each.process is None]
        ready, _, _ = select.select([self._wake], [], [], max(0.0, min([seconds, *due])))
        if ready:
            os.read(self._wake, 4096)

    def begin(self, part: Part) -> "subprocess.Popen[bytes]":
        """Start a child that ends by itself and talks to the console; see `status`."""
        child = self._leash.spawn(part.command, environment=part.environment)
        self._errands.append(child)
        return child

    def status(self, child: "subprocess.Popen[bytes]") -> int | None:
        """How such a child ended; None while it runs."""
        if child.poll() is not None and child in self._errands:
            self._errands.remove(child)
            self._leash.gone(child.pid)
        return child.returncode

    def stop(self) -> None:
        """All parts down, stage by stage; each asked, then killed when it does not go. A second signal hurries."""
        hurry = max(self.stopping, 1)
        _end(self._errands, _ERRAND_SECONDS, lambda: self.stopping > hurry)
        for child in self._errands:
            self._leash.gone(child.pid)
        self._errands.clear()
        for stage in sorted({each.part.stage for each in self._running}, reverse=True):
            group = [each for each in self._running if each.part.stage == stage]
            children = [each.process for each in group if each.process is not None]
            _end(children, max(each.part.stop_seconds for each in group), lambda: self.stopping > hurry)
            for child in children:
                self._leash.gone(child.pid)
        self._running.clear()

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping += 1

    def _start(self, each: _Running) -> None:
        each.part.before(each.deaths)
        with each.part.log.open("ab") as log:
            each.process = self._leash.spawn(
                each.part.command, environment=each.part.environment, output=log, error=log
            )
        each.started = time.monotonic()

    def _died(self, each: _Running, now: float) -> None:
        process, each.process = each.process, None
        if process is None:
            return
        self._leash.gone(process.pid)
        if now - each.started >= _STEADY_SECONDS:
            each.delay, each.deaths = FIRST_DELAY, 0
        each.deaths += 1
        each.due = now + each.delay
        self._say(f"{each.part.name} ended ({_how(process.returncode)}); starting it again. Its log: {each.part.log}")
        each.delay = min(each.delay * 2, LONGEST_DELAY)


def _how(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


def _shorten(logs: Sequence[Path]) -> None:
    """Keep at most one old log beside each current one, which its part goes on appending to."""
    for log in logs:
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def _end(children: "Sequence[subprocess.Popen[bytes]]", seconds: float, hurry: Callable[[], bool]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    end = time.monotonic() + seconds
    while any(child.poll() is None for child in children) and time.monotonic() < end and not hurry():
        time.sleep(0.02)
    for child in children:
        kill_group(child.pid)  # also what a child left behind
        child.wait()

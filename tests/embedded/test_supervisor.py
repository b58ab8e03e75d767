"""The supervisor's promises, on real processes: its children end with it, dead ones come back, the lock is waited for."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.servers.processes import wait_until

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a small service over the test's folder; whatever is left is killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def run(patience: float = 0.0) -> "subprocess.Popen[str]":
        service = subprocess.Popen(
            [sys.executable, "-m", "tests.embedded.small_service", str(tmp_path), str(patience)],
            stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        started.append(service)
        return service

    yield run
    for service in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(service.pid, signal.SIGKILL)
        service.wait(10)
        assert service.stdout is not None
        service.stdout.close()


def lines_until(service: "subprocess.Popen[str]", wanted: str) -> list[str]:
    """What it says, up to a line that holds `wanted`."""
    assert service.stdout is not None
    seen: list[str] = []
    for line in service.stdout:
        seen.append(line.strip())
        if wanted in line:
            return seen
    raise AssertionError(f"it ended without saying {wanted!r}: {seen}")


def pids(folder: Path, *, other_than: dict[str, int] | None = None) -> dict[str, int]:
    """The children now; waits until they differ from `other_than`."""

    seen: dict[str, int] = {}

    def two() -> bool:
        """Reads once: what is checked is what is answered."""
        nonlocal seen
        with contextlib.suppress(FileNotFoundError, ValueError):
            seen = dict(json.loads((folder / "pids").read_text()))
        return len(seen) == 2 and seen != other_than

    wait_until(two, seconds=10, what="two children run")
    return seen


def family(service: "subprocess.Popen[str]", least: int) -> list[psutil.Process]:
    """The service with all that descends from it, once there are as many as expected."""

    def all_of_it() -> list[psutil.Process]:
        return [psutil.Process(service.pid), *psutil.Process(service.pid).children(recursive=True)]

    wait_until(lambda: len(all_of_it()) >= least, seconds=10, what=f"{least} processes run")
    return all_of_it()


def gone(processes: list[psutil.Process]) -> bool:
    """Has every one of them ended? (A zombie has.)"""
    left = [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    return not left


def test_kill_of_the_supervisor_leaves_no_child(start: Start, tmp_path: Path) -> None:
    service = start()
    lines_until(service, "ready")
    everyone = family(service, 5)  # itself, guard, two children, one grandchild
    os.kill(service.pid, signal.SIGKILL)
    service.wait(10)
    wait_until(lambda: gone(everyone), seconds=10, what="children end with the supervisor")


def is_guard(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):  # ended meanwhile, or a zombie
        return "guard" in process.cmdline()
    return False


def test_kill_of_guard_and_supervisor_leaves_no_child(start: Start, tmp_path: Path) -> None:
    service = start()
    lines_until(service, "ready")
    everyone = family(service, 5)
    guard = next(each for each in everyone if is_guard(each))
    guard.kill()
    wait_until(lambda: any(is_guard(each) and each.pid != guard.pid for each in family(service, 5)),
               seconds=10, what="another guard stands")  # fmt: skip
    everyone = family(service, 5)
    os.kill(service.pid, signal.SIGKILL)
    wait_until(lambda: gone(everyone), seconds=10, what="children end with the supervisor")


def test_a_dead_child_is_started_again_with_growing_delay(start: Start, tmp_path: Path) -> None:
    service = start()
    lines_until(service, "ready")
    now = pids(tmp_path)
    started = []
    for _ in range(3):
        begin = time.monotonic()
        os.kill(now["plain"], signal.SIGKILL)
        assert "plain ended (SIGKILL)" in lines_until(service, "plain ended")[-1]
        now = pids(tmp_path, other_than=now)
        started.append(time.monotonic() - begin)
    assert started[0] >= 0.2
    assert started[2] >= 0.8  # 0.2, 0.4, 0.8 ...


def test_the_grandchildren_of_a_dead_child_end_before_it_comes_back(start: Start, tmp_path: Path) -> None:
    service = start()
    lines_until(service, "ready")
    everyone = family(service, 5)
    child = pids(tmp_path)["plain"]
    grandchildren = psutil.Process(child).children()
    assert grandchildren and set(grandchildren) <= set(everyone)
    os.kill(child, signal.SIGKILL)
    lines_until(service, "plain ended")
    wait_until(lambda: gone(grandchildren), seconds=10, what="its grandchild ends")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing(start: Start, number: int) -> None:
    service = start()
    lines_until(service, "ready")
    everyone = family(service, 5)
    os.kill(service.pid, number)
    assert service.wait(30) == 0  # one child ignores SIGTERM and has to be killed
    wait_until(lambda: gone(everyone), seconds=5, what="nothing is left")


def test_a_second_start_is_refused_and_says_who_holds_the_folder(start: Start) -> None:
    first = start()
    lines_until(first, "ready")
    second = start()
    said = lines_until(second, "is in use by another service")
    assert "Waiting up to 0 s" in said[0] and f"process {first.pid}" in said[-1]
    assert second.wait(10) == 1


def test_a_new_start_waits_until_the_last_old_child_is_gone(start: Start, tmp_path: Path) -> None:
    first = start()
    lines_until(first, "ready")
    everyone = family(first, 5)
    second = start(15.0)
    lines_until(second, "Waiting up to 15 s")
    os.kill(first.pid, signal.SIGTERM)
    lines_until(second, "ready")
    assert gone([each for each in everyone if each.pid != first.pid])

"""`saboteur.py FOLDER ROLE MODULE ARGUMENTS…`: runs a module of ours as it is, but with steps at which a test may strike.

A step strikes when the file FOLDER/<role>.<step> is there: {how, needle, always}. `needle` must be in what the step was
given or gave; without `always` it strikes once, in whichever process comes first. The product knows nothing of this.
"""

import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import resource
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

# step → (module, class and function, whether it strikes before or after)
STEPS = {
    "web.submitting": ("moderation.workflow.intake", "Intake.submit", "before"),
    "web.submitted": ("moderation.workflow.intake", "Intake.submit", "after"),  # committed, not answered
    "web.sending": ("moderation.adapters.queue", "_Sender._publish", "before"),
    "worker.claimed": ("moderation.workflow.moderate", "Moderate._claim", "after"),
    "worker.judging": ("moderation.workflow.judge", "Judge.assess", "before"),
    "worker.judged": ("moderation.workflow.moderate", "Moderate._judge", "after"),
    "worker.written": ("moderation.storage.ledger", "Ledger.write", "after"),  # all but the COMMIT
    "worker.recorded": ("moderation.workflow.moderate", "Moderate._record_verdict", "after"),
    "courier.answered": ("moderation.adapters.webhook_client", "WebhookClient.send", "after"),
    "publish.written": ("moderation.storage.ledger", "Ledger.write", "after"),
    "publish.published": ("moderation.workflow.rulebook", "Rulebook.publish", "after"),
}


def main() -> None:
    """Patch what the role may be struck at, then become the module."""
    folder, role, module, *arguments = sys.argv[1:]
    for step, (where, name, when) in STEPS.items():
        if step.startswith(f"{role}."):
            _patch(Path(folder) / step, where, name, when)
    _go_on(folder, role)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _patch(order: Path, where: str, name: str, when: str) -> None:
    class_name, _, function = name.partition(".")
    owner = getattr(importlib.import_module(where), class_name)
    real = getattr(owner, function)

    @functools.wraps(real)
    def stepped(*given: Any, **named: Any) -> Any:
        if when == "before":
            _strike(order, (given, named))
            return real(*given, **named)
        answer = real(*given, **named)
        if answer is not None:
            _strike(order, (given, named, answer))
        return answer

    setattr(owner, function, stepped)


def _strike(order: Path, seen: object) -> None:
    try:
        said = json.loads(order.read_text("utf-8"))
        if said["needle"] not in repr(seen):
            return
        if not said["always"]:
            order.rename(f"{order}.struck")
    except FileNotFoundError:  # nobody asked, or another process was first
        return
    with contextlib.suppress(FileExistsError):
        Path(f"{order}.struck").touch()
    _HOW[said["how"]]()


def _memory() -> None:
    """What `ulimit -v` does to an allocation."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, hard))
    try:
        bytearray(1 << 28)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _stop() -> None:
    """Never amid a write of another thread: SQLite would be locked for as long as we sleep."""
    from moderation.storage.unit_of_work import Database

    with contextlib.ExitStack() as turns:
        for database in [one for one in gc.get_objects() if isinstance(one, Database)]:
            turns.enter_context(database._own_turn())
        # To this thread: a signal to the process may reach another one first, and this one would leave its turn meanwhile.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def _late() -> None:
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


_HOW: dict[str, Callable[[], object]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "kill late": _late,
    "stop": _stop,
    "segv": lambda: ctypes.string_at(0),
    "memory": _memory,
    "hang": lambda: time.sleep(3600),
    "slow": lambda: time.sleep(0.5),
}


def _go_on(folder: str, role: str) -> None:
    """Whatever this process becomes or starts, the saboteur comes along."""
    real = os.execv

    def execv(path: str, command: list[str]) -> None:
        real(path, [path, "-P", __file__, folder, role, *command[3:]])  # python -P -m MODULE …

    os.execv = execv  # type: ignore[assignment]
    if role == "up":
        _with_children(folder)


def _with_children(folder: str) -> None:
    from moderation.embedded.parts import Plan

    real = Plan._python

    def python(plan: Plan, name: str, *arguments: str, **named: Any) -> Any:
        part = real(plan, name, *arguments, **named)
        return replace(part, command=(sys.executable, "-P", __file__, folder, name, *arguments))

    Plan._python = python  # type: ignore[method-assign]


if __name__ == "__main__":
    main()

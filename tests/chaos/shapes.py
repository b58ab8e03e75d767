"""The two shapes that chaos is let loose on: the embedded service, and the commands of docker-compose.yml."""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil

from tests.embedded.up import RULES, Up
from tests.end_to_end.compose import Stack
from tests.servers.postgres import Postgres
from tests.servers.processes import free_port
from tests.servers.valkey import Valkey

# Times that a test can wait for: leases and sweeps are settings.
QUICK = {
    "MODERATION_PENDING_SECONDS": "2",
    "MODERATION_SWEEP_SECONDS": "0.5",
    "MODERATION_LEASE_SECONDS": "8",
    "MODERATION_TASK_SOFT_SECONDS": "5",
    "MODERATION_TASK_HARD_SECONDS": "7",
    "MODERATION_JUDGE_SECONDS": "4",
    "MODERATION_DELIVERY_SECONDS": "3",
    "MODERATION_ALLOW_PRIVATE_URLS": "true",
    # Kills are about what is kept, not about scores; tests/end_to_end kills a service that has its models.
    "MODERATION_LEARNED_SCORES": "false",
    "MODERATION_OFF_TOPIC": "false",
}


class Shape(Protocol):
    """A running service that can be hurt."""

    url: str
    key: str
    database_url: str

    def start(self) -> None: ...

    def hurt(self, dice: random.Random) -> str:
        """Kills something; what it was."""
        ...

    def stop(self) -> None: ...


class Embedded:
    """`moderation up`: any process of it, or all of it with a new start."""

    options: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._up = Up(folder)
        self.url, self.key, self.database_url = "", "", ""

    def start(self) -> None:
        """Up and ready."""
        self._up.start(*self.options, **QUICK)
        self.url = f"http://127.0.0.1:{self._up.port}"
        self.key = self._up.credentials()["site_key"]
        self.database_url = f"sqlite:///{self._up.data / 'moderation.sqlite'}"

    def hurt(self, dice: random.Random) -> str:
        """kill -9 of one child, or of the supervisor and all with it."""
        if dice.random() < 0.12:
            self._up.kill()
            self._up.start(*self.options, **QUICK)
            return "supervisor"
        children = self._up.family()[1:]
        victim = dice.choice(children)
        with contextlib.suppress(psutil.NoSuchProcess):
            name = " ".join(victim.cmdline()[-8:])[:60]
            victim.kill()
            return name
        return "nobody"

    def worker(self) -> psutil.Process:
        """The process that checks comments."""
        return self._part(lambda process: "moderate,bulk" in " ".join(process.cmdline()))

    def broker(self) -> psutil.Process:
        """Valkey."""
        return self._part(lambda process: process.name() == "valkey-server")

    def kill_all(self) -> None:
        """kill -9 of the supervisor; its children end with it."""
        self._up.kill()

    def mend(self) -> None:
        """What the person or the machine would start again."""
        process = self._up.process
        if process is None or process.poll() is not None:
            self._up.start(*self.options, **QUICK)

    def _part(self, is_it: Callable[[psutil.Process], bool]) -> psutil.Process:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for process in self._up.family()[1:]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    if is_it(process):
                        return process
            time.sleep(0.1)
        raise AssertionError("that part does not run")

    def stop(self) -> None:
        """All of it down."""
        with contextlib.suppress(Exception):
            self._up.stop()
        self._up.kill()


class Production:
    """Gunicorn, prefork workers, beat, PostgreSQL and Valkey; what dies is started again, as compose would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres, self._valkey = Postgres(), Valkey()
        self._port = free_port()
        self.url, self.key, self.database_url = f"http://127.0.0.1:{self._port}", "", ""
        self._down = threading.Event()
        self.resting: set[str] = set()  # what stays down when it dies

    def start(self) -> None:
        """Up and ready, with a site of its own."""
        import json

        self._postgres.start()
        self._valkey.start()
        self.database_url = self._postgres.new_database()
        self._stack = self._make_stack()
        self._stack.run("migrate")
        self.key = json.loads(self._stack.run("web", "site", "add", "chaos"))["key"]
        self._names = [name for name in self._service_names() if name != "migrate"]
        for name in self._names:
            self._stack.start(name)
        threading.Thread(target=self._restart, daemon=True).start()
        self._wait_until_ready()

    def _make_stack(self) -> Stack:
        return Stack(
            self._folder,
            {"POSTGRES_PASSWORD": "unused", "MODERATION_SECRET_KEY": "chaos-" * 8},
            {
                "postgresql://moderation:unused@database:5432/moderation": self.database_url,
                "redis://broker:6379/0": self._valkey.url,
                "/rules": str(RULES),
            },
            {**QUICK, "MODERATION_WEB_HOST": "127.0.0.1", "MODERATION_WEB_PORT": str(self._port)},
        )

    def hurt(self, dice: random.Random) -> str:
        """kill -9 of one of our processes or a child of it, of Valkey, or an immediate restart of PostgreSQL."""
        chance = dice.random()
        if chance < 0.1:
            self._postgres.restart(hard=True)
            return "postgresql"
        if chance < 0.25:
            self._valkey.kill()
            time.sleep(dice.random())
            self._valkey.start()
            return "valkey"
        name = dice.choice(self._names)
        process = self._stack.running[name]
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            victim = dice.choice(family)
            victim.kill()
            return f"{name} {'child' if victim.pid != process.pid else ''}"
        return "nobody"

    def stop(self) -> None:
        """All of it down."""
        self._down.set()
        time.sleep(0.3)
        self._stack.stop()
        self._valkey.stop()
        self._postgres.stop()

    def worker(self) -> psutil.Process:
        """A process that checks comments: a child of the prefork pool."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(psutil.NoSuchProcess):
                children = psutil.Process(self._stack.running["worker"].pid).children()
                if children:
                    return children[0]
            time.sleep(0.1)
        raise AssertionError("no worker runs")

    def broker(self) -> psutil.Process:
        """Valkey."""
        assert self._valkey.process is not None
        return psutil.Process(self._valkey.process.pid)

    def kill_all(self) -> None:
        """kill -9 of every process, PostgreSQL and Valkey too."""
        self._down.set()
        time.sleep(0.3)
        self._stack.stop()
        self._valkey.kill()
        self._postgres.restart(hard=True)

    def mend(self) -> None:
        """What compose would start again."""
        if self._valkey.process is None or self._valkey.process.poll() is not None:
            self._valkey.start()
        if self._down.is_set():
            self._down.clear()
            for name in self._names:
                self._stack.start(name)
            threading.Thread(target=self._restart, daemon=True).start()
            self._wait_until_ready()

    def _restart(self) -> None:
        while not self._down.wait(0.2):
            for name in self._names:
                if name in self.resting or self._stack.running[name].poll() is None or self._down.is_set():
                    continue
                self._stack.start(name)

    def _service_names(self) -> list[str]:
        from tests.end_to_end.compose import ours

        return list(ours())

    def _wait_until_ready(self) -> None:
        import httpx

        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError("the production shape did not become ready")


SHAPES = {"embedded": Embedded, "production": Production}

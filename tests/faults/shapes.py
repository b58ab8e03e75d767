"""The two shapes with a saboteur in each process and, in production, proxies on their connections."""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import redis

from moderation import bootstrap, config
from tests.chaos.shapes import QUICK, Embedded, Production
from tests.embedded.up import RULES
from tests.end_to_end.compose import Stack
from tests.servers.processes import wait_until
from tests.servers.proxy import Proxy

SABOTEUR = Path(__file__).with_name("saboteur.py")
_WORDS = {"web": "moderation.web.serve", "worker": "moderate,bulk", "courier": "deliver,upkeep"}


class Steps:
    """Where a test says at which named step a process shall be struck, and how (saboteur.py)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def arm(self, step: str, how: str, *, needle: str = "", always: bool = False) -> None:
        """The next process that comes to `step` (with `needle` in its hands) is struck."""
        (self.folder / f"{step}.struck").unlink(missing_ok=True)
        new = self.folder / f"{step}.new"
        new.write_text(json.dumps({"how": how, "needle": needle, "always": always}), "utf-8")
        new.rename(self.folder / step)

    def disarm(self, step: str) -> None:
        """No strike there any more."""
        (self.folder / step).unlink(missing_ok=True)

    def struck(self, step: str) -> bool:
        """Has a process been struck there since it was armed?"""
        return (self.folder / f"{step}.struck").exists()

    def wait(self, step: str, seconds: float = 60) -> None:
        """Until it has."""
        wait_until(lambda: self.struck(step), seconds=seconds, what=f"a process was struck at {step}")

    @contextlib.contextmanager
    def armed(self, step: str, how: str, *, needle: str = "") -> Iterator[None]:
        """Strikes each time, for as long as the block lasts."""
        self.arm(step, how, needle=needle, always=True)
        try:
            yield
        finally:
            self.disarm(step)

    def command(self, role: str) -> list[str]:
        """`python -m moderation` in which `role` can be struck."""
        return [sys.executable, "-P", str(SABOTEUR), str(self.folder), role, "moderation"]


class FaultyEmbedded(Embedded):
    """`moderation up --watch`; its rules folder is its own."""

    name = "embedded"
    options = ("--watch",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.steps = Steps(folder / "steps")
        self._up.command = self.steps.command("up")
        self.rules, self.data = self._up.rules, self._up.data

    def part(self, name: str) -> psutil.Process:
        """The process of one part."""
        return self._part(
            lambda process: _WORDS[name] in " ".join(process.cmdline()) and "leash" not in process.cmdline()
        )

    def supervisor(self) -> psutil.Process:
        """The process that watches over the parts."""
        return self._up.family()[0]

    def log(self, name: str) -> str:
        """What a part has written."""
        return (self.data / "logs" / f"{name}.log").read_text("utf-8", "replace")

    def console(self) -> str:
        """What the person at the console has read."""
        return self._up.console()

    def verb(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """An operator's verb; as role `publish` it can be struck."""
        command = [*self.steps.command("publish"), *arguments, "--data", str(self.data)]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=120)

    def settings(self) -> config.Settings:
        """For verbs in the test's own process."""
        return config.read_folder(self.data, QUICK)

    def valkey(self) -> "redis.Redis":
        """A client of the broker's own; close it."""
        return redis.Redis(unix_socket_path=str(self._up.runtime() / "valkey.sock"), socket_timeout=5)

    def empty_broker(self) -> None:
        """kill -9 of the broker; the one that comes back has lost everything."""
        folder = self.data / "valkey" / "appendonlydir"
        self.broker().kill()
        with contextlib.suppress(OSError):
            for file in folder.iterdir():
                file.unlink()


class FaultyStack(Stack):
    """The stack of the compose file; `moved`: service → addresses that it alone sees differently."""

    steps: Steps
    moved: Mapping[str, Mapping[str, str]]

    def environment(self, name: str) -> dict[str, str]:
        """What the service sees."""
        said = super().environment(name)
        for there, here in self.moved.get(name, {}).items():
            said = {key: value.replace(there, here) for key, value in said.items()}
        return said

    def command(self, name: str) -> list[str]:
        """The service's command, with the saboteur."""
        return [*self.steps.command(name), *super().command(name)[4:]]


class FaultyProduction(Production):
    """Web and worker speak to the broker, and the worker to the database, through proxies of ours."""

    name = "production"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.steps = Steps(folder / "steps")
        self.web_broker, self.worker_broker = Proxy(self._valkey.port), Proxy(self._valkey.port)
        self.worker_database = Proxy(self._postgres.port)
        self.postgres, self.rules = self._postgres, folder / "rules"
        shutil.copytree(RULES, self.rules)

    def _make_stack(self) -> Stack:
        plain = super()._make_stack()
        replaced = {**plain._replaced, "/rules": str(self.rules)}
        stack = FaultyStack(self._folder, plain._env, replaced, plain._changed)
        broker, database = f":{self._valkey.port}/", f":{self._postgres.port}/"
        stack.steps = self.steps
        stack.moved = {
            "web": {broker: f":{self.web_broker.port}/"},
            "worker": {broker: f":{self.worker_broker.port}/", database: f":{self.worker_database.port}/"},
        }
        return stack

    def part(self, name: str) -> psutil.Process:
        """The process of one part (of several processes: the one above)."""
        return psutil.Process(self._stack.running[name].pid)

    def start_one(self, name: str) -> "subprocess.Popen[bytes]":
        """One more process of a service, beside the one that runs; end it."""
        first = self._stack.running[name]
        second = self._stack.start(name)
        self._stack.running[name] = first
        return second

    def log(self, name: str) -> str:
        """What a part has written."""
        return self._stack.log(name)

    def verb(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """An operator's verb; as role `publish` it can be struck."""
        command = [*self.steps.command("publish"), *arguments]
        environment = self._stack.environment("courier")
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/", timeout=120)

    def settings(self) -> config.Settings:
        """For verbs in the test's own process."""
        return config.read(self._stack.environment("courier"))

    def valkey(self) -> "redis.Redis":
        """A client of the broker's own; close it."""
        return self._valkey.client()

    def empty_broker(self) -> None:
        """kill -9 of the broker; the one that comes back has lost everything."""
        self._valkey.kill()
        time.sleep(2)
        with contextlib.suppress(OSError):
            for file in (self._valkey.folder / "appendonlydir").iterdir():
                file.unlink()
        self._valkey.start()

    def stop(self) -> None:
        """All of it down."""
        super().stop()
        for proxy in (self.web_broker, self.worker_broker, self.worker_database):
            proxy.close()


FaultyShape = FaultyEmbedded | FaultyProduction
SHAPES: dict[str, type[FaultyEmbedded] | type[FaultyProduction]] = {
    "embedded": FaultyEmbedded,
    "production": FaultyProduction,
}


@contextlib.contextmanager
def verbs(shape: FaultyShape) -> Iterator[bootstrap.Application]:
    """The verbs over the shape's database, in this process."""
    application = bootstrap.build(shape.settings())
    try:
        yield application
    finally:
        application.close()

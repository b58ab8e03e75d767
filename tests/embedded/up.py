"""`moderation up` as a process of a test: started, asked, killed, started again."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.servers.processes import free_port, wait_until

RULES = Path(__file__).parents[1] / "web" / "rules"
START_SECONDS = 90  # two busy cores; a start takes a few


class Up:
    """One embedded service over a data folder and a rules folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.rules = folder / "rules"
        self.out, self.err = folder / "out", folder / "err"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.command = [sys.executable, "-P", "-m", "moderation"]
        shutil.copytree(RULES, self.rules)

    def start(self, *options: str, **settings: str) -> None:
        """Start it and wait until it says that it is ready."""
        self.begin(*options, **settings)
        self.says("Ready: http://", seconds=START_SECONDS)

    def begin(self, *options: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Start it, no more."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")}
        command = [*self.command, "up", "--port", str(self.port), "--data", str(self.data)]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*command, *options], stdout=out, stderr=err, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/",
                env={**kept, "MODERATION_RULES_DIR": str(self.rules), **settings},
            )  # fmt: skip
        return self.process

    def says(self, wanted: str, *, seconds: float = 30) -> str:
        """Wait for a word on its console; all that it has said."""

        def said() -> bool:
            assert self.process is not None
            found = wanted in self.console()
            assert found or self.process.poll() is None, f"it ended: {self.console()}"
            return found

        wait_until(said, seconds=seconds, what=f"it says {wanted!r}; it said {self.console()!r}")
        return self.console()

    def console(self) -> str:
        """What it wrote to standard error."""
        return self.err.read_text("utf-8", "replace")

    def credentials(self) -> dict[str, str]:
        """What the first start made."""
        found: dict[str, str] = json.loads((self.data / "credentials.json").read_text("utf-8"))
        return found

    def client(self) -> httpx.Client:
        """A site's client with the key of `main`."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=20, trust_env=False,
            headers={"Authorization": f"Bearer {self.credentials()['site_key']}"},
        )  # fmt: skip

    def verb(self, *arguments: str) -> Any:
        """An operator's verb on this service's folder; its JSON."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "moderation", *arguments, "--data", str(self.data)],
            capture_output=True, text=True, cwd="/", timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def family(self) -> list[psutil.Process]:
        """The supervisor and all that descends from it."""
        assert self.process is not None
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def part(self, word: str) -> psutil.Process:
        """The child whose command line holds a word."""
        for process in self.family()[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                if any(word in argument for argument in process.cmdline()):
                    return process
        raise AssertionError(f"no child with {word!r}")

    def runtime(self) -> Path:
        """The temp folder of socket and beats."""
        return Path(json.loads((self.data / "runtime.json").read_text("utf-8")))

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask it to stop; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(40)

    def kill(self) -> None:
        """kill -9 of the supervisor alone."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def gone(processes: list[psutil.Process]) -> bool:
    """Has every one of them ended? (A zombie has.)"""
    for each in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.is_running() and each.status() != psutil.STATUS_ZOMBIE:
                return False
    return True

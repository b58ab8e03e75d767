"""docker-compose.yml without Docker: each of its commands as a plain process with the same environment."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.servers import processes

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def parsed() -> dict[str, Any]:
    """The file, with its anchors merged."""
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found


def ours() -> dict[str, Any]:
    """The services that run our image."""
    return {name: service for name, service in parsed()["services"].items() if service.get("image") == "keepitcivil"}


def filled(value: str, env: Mapping[str, str]) -> str:
    """`${NAME:-default}` and `${NAME:?message}` as compose reads them."""

    def one(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if env.get(name):
            return env[name]
        assert kind != "?", f"{name} must be set: {rest}"
        return rest or ""

    return _VARIABLE.sub(one, value)


class Stack:
    """The services of the file on this machine. `replaced`: what has another address here than in the compose network."""

    def __init__(
        self, folder: Path, env: Mapping[str, str], replaced: Mapping[str, str], changed: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._env, self._replaced, self._changed = env, replaced, changed

    def environment(self, name: str) -> dict[str, str]:
        """What the service sees."""
        said = {key: filled(str(value), self._env) for key, value in ours()[name]["environment"].items()}
        for there, here in self._replaced.items():
            said = {key: value.replace(there, here) for key, value in said.items()}
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder), **said, **self._changed}

    def command(self, name: str) -> list[str]:
        """The image's entry point and the service's command."""
        return [sys.executable, "-P", "-m", "moderation", *map(str, ours()[name]["command"])]

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        """Start one service."""
        child = processes.start(self.command(name), log=self.folder / f"{name}.log", env=self.environment(name))
        self.running[name] = child
        return child

    def run(self, name: str, *arguments: str) -> str:
        """`docker compose run --rm NAME ...`: its output."""
        command = [sys.executable, "-P", "-m", "moderation", *arguments] if arguments else self.command(name)
        done = subprocess.run(command, env=self.environment(name), capture_output=True, text=True, cwd="/", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log(self, name: str) -> str:
        """What a service has written."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End all of it."""
        for child in self.running.values():
            if child.poll() is None:
                processes.kill(child)

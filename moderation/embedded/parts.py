"""Which parts an embedded service has, and with which settings each is started."""

import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from moderation.embedded import credentials, valkey
from moderation.embedded.supervisor import Part

Question = Callable[[], bool]

_PREFIX = "MODERATION_"
_GRACE_SECONDS = 5.0  # past the end of a lease, before the worker is killed
_SILENT_SECONDS = 30.0  # without a beat: it hangs as a whole, or was stopped
_START_SECONDS = 90.0  # for the first beat; a start takes a few on two busy cores
_SETTINGS = "service.json"  # moderation.config.FOLDER_FILE; not imported, so that the supervisor stays small
# The two workers: queues in order of precedence, and how much side by side. Deliveries wait for others, verdicts compute.
_WORKERS = (("worker", "moderate,bulk", 2), ("courier", "deliver,upkeep", 8))


@dataclass(frozen=True)
class Plan:
    """The parts over one data folder, with a runtime folder for socket and beats that is new at each start."""

    host: str
    port: int
    data: Path
    runtime: Path
    valkey: Path

    @property
    def logs(self) -> Path:
        """Where each part writes its log."""
        return self.data / "logs"

    @property
    def socket(self) -> Path:
        """The broker's."""
        return self.runtime / "valkey.sock"

    def own_settings(self) -> dict[str, str]:
        """The settings that an embedded service makes itself; operators' verbs read them from the data folder."""
        given = os.environ.get(f"{_PREFIX}PUBLIC_URL")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104  # compared, not bound
        return {
            f"{_PREFIX}DATABASE_URL": f"sqlite:///{self.data / 'moderation.sqlite'}",
            f"{_PREFIX}BROKER_URL": f"redis+socket://{self.socket}?virtual_host=0",
            f"{_PREFIX}SECRET_KEY": self._secret_key(),
            f"{_PREFIX}PUBLIC_URL": given or f"http://{host}:{self.port}",
            f"{_PREFIX}WEB_HOST": self.host,
            f"{_PREFIX}WEB_PORT": str(self.port),
            f"{_PREFIX}RUN_DIR": str(self.runtime),
            f"{_PREFIX}RULES_DIR": str(self.rules_folder()),
        }

    def write_settings(self) -> None:
        """For `moderation … --data`."""
        credentials.save(self.data, self.own_settings(), _SETTINGS)

    def rules_folder(self) -> Path:
        """MODERATION_RULES_DIR; else the checkout's; else a copy of the shipped rules in the data folder, to edit."""
        given = os.environ.get(f"{_PREFIX}RULES_DIR")
        if given:
            return Path(given).resolve()
        package = Path(__file__).resolve().parents[1]
        if (package.parent / "rules").is_dir() and not (package / "_rules").is_dir():
            return package.parent / "rules"
        own = self.data / "rules"
        if not own.is_dir():
            shutil.copytree(package / "_rules", own, copy_function=shutil.copyfile)
        return own

    def environment(self) -> dict[str, str]:
        """What every child of ours sees: the person's own settings, and ours over them."""
        own = self.own_settings()
        kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in own}
        metrics = self.runtime / "metrics"
        metrics.mkdir(mode=0o700, exist_ok=True)
        return {**kept, **own, "PROMETHEUS_MULTIPROC_DIR": str(metrics), "PYTHONUNBUFFERED": "1"}

    def broker(self) -> Part:
        """Valkey. It stops last: workers give back what they hold."""
        folder = self.data / "valkey"
        return Part(
            "broker",
            valkey.command(self.valkey, self.socket, folder),
            {"PATH": os.environ.get("PATH", "")},
            self.logs / "broker.log",
            stage=0,
            stop_seconds=5.0,
            before=lambda deaths: valkey.set_aside_if_broken(folder, deaths),
        )

    def broker_answers(self) -> bool:
        """PING over its socket."""
        try:
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(1.0)
                asking.connect(str(self.socket))
                asking.sendall(b"PING\r\n")
                return asking.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def web(self) -> Part:
        """The web server, which also sweeps."""
        return self._python("web", "moderation.web.serve")

    def workers(self) -> tuple[Part, ...]:
        """One for verdicts, one for deliveries and upkeep: neither keeps the other waiting."""
        return tuple(
            self._python(
                name, "workers", "worker", "--queues", queues, "--name", name,
                "--pool", "threads", "--concurrency", str(count), hangs=self._hangs,
            )
            for name, queues, count in _WORKERS
        )  # fmt: skip

    def errand(self, name: str) -> Part:
        """A short-lived child of this package: prepare, publish, sample."""
        return self._python(name, f"moderation.embedded.{name}", str(self.data))

    def _python(
        self, name: str, *arguments: str, hangs: Callable[[int, float], str | None] = lambda _pid, _age: None
    ) -> Part:
        command = (sys.executable, "-P", "-m", *arguments)
        return Part(name, command, self.environment(), self.logs / f"{name}.log", hangs=hangs)

    def _hangs(self, pid: int, age: float) -> str | None:
        """Why the worker `pid`, `age` seconds old, has to be killed, from the beat it writes (workers/pulse.py)."""
        try:
            alive, until = map(float, (self.runtime / f"beat-{pid}").read_text(encoding="ascii").split())
        except (OSError, ValueError):
            return "did not get ready" if age > _START_SECONDS else None  # it is starting, or writing just now
        now = time.monotonic()
        if until and now > until + _GRACE_SECONDS:
            return "holds a lease past its end"
        if now - alive > _SILENT_SECONDS:
            return "has not shown life for a while"
        return None

    def _secret_key(self) -> str:
        known = credentials.load(self.data, "secret.json")
        if known is None:
            known = {"secret_key": secrets.token_urlsafe(48)}
            credentials.save(self.data, known, "secret.json")
        return known["secret_key"]

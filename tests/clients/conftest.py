"""One running service for all clients, and the way to run a client in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.redirect import Redirect
from tests.embedded.up import Up

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".clients"
INSTALL_SECONDS = 600
RUN_SECONDS = 120  # a client's own import takes seconds on a busy machine
# Names of hosts that lead here: what internal DNS does in a newsroom. The client itself stays as it is.
PYTHON = """
import json, os, socket, sys
sys.path.append(os.environ["CLIENT"])  # behind the standard library, as where packages are installed
def lead(host, port):
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host == "commentanalyzer.googleapis.com" or (host, port) == ("127.0.0.1", 443): return "127.0.0.1", int(os.environ["TLS_PORT"])
    return ("127.0.0.1" if host.endswith(".localhost") else host), port
find, connect = socket.getaddrinfo, socket.socket.connect
socket.getaddrinfo = lambda host, port, *rest, **named: find(*lead(host, port), *rest, **named)
socket.socket.connect = lambda self, to: connect(self, lead(*to) if isinstance(to, tuple) and len(to) == 2 else to)
URL, PORT, KEY, SITE_KEY = (os.environ[name] for name in ("URL", "PORT", "KEY", "SITE_KEY"))
def say(value): print(json.dumps(value))
"""
NODE = """
const dns = require("dns"), tls = require("tls"), find = dns.lookup, secure = tls.connect;
tls.connect = (options, ...rest) => secure(options.host === "commentanalyzer.googleapis.com"
    ? { ...options, host: "127.0.0.1", port: Number(process.env.TLS_PORT), servername: options.host } : options, ...rest);
dns.lookup = (host, ...rest) => find(host.endsWith(".localhost") ? "127.0.0.1" : host, ...rest);
const { URL: BASE, PORT, KEY, SITE_KEY } = process.env;
const say = (value) => console.log(JSON.stringify(value));
"""
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "NODE_EXTRA_CA_CERTS")
Run = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder belongs to `make test-faults`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(INSTALL_SECONDS + 300))


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder of the clients."""
    subprocess.run(["sh", str(ROOT / "tools" / "clients.sh")], timeout=INSTALL_SECONDS, check=False)
    return FOLDER


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running service."""
    service = Up(tmp_path_factory.mktemp("clients"))
    service.start(MODERATION_OFF_TOPIC="false", MODERATION_LEARNED_SCORES="false")
    yield service
    service.stop()
    service.kill()


@pytest.fixture(scope="session")
def redirect(up: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redirect]:
    """Google's host in front of it."""
    made = Redirect(tmp_path_factory.mktemp("redirect"), up.port)
    yield made
    made.close()


@pytest.fixture(scope="session")
def environment(up: Up, redirect: Redirect) -> dict[str, str]:
    """What a client has to know."""
    return known(up, redirect.port, redirect.certificate)


def known(up: Up, tls_port: int, authority: Path) -> dict[str, str]:
    """The environment of a client: a service, its keys, and who stands for Google's host."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    keys = up.credentials()
    here = {"URL": f"http://127.0.0.1:{up.port}", "PORT": str(up.port), "TLS_PORT": str(tls_port)}
    here |= dict.fromkeys(TRUST, str(authority))
    return {**kept, **here, "KEY": keys["protocol_key"], "SITE_KEY": keys["site_key"]}


@pytest.fixture
def python(installed: Path, environment: dict[str, str]) -> Run:
    """Runs Python code with one client on its path; what it says, one value a line."""

    def run(client: str, code: str) -> list[Any]:
        path = installed / "python" / client
        if not path.is_dir():
            pytest.skip(f"{client} could not be had")
        # Without site-packages: the client's own libraries, and none of ours.
        return _said([sys.executable, "-P", "-S", "-c", PYTHON + code], {**environment, "CLIENT": str(path)}, path)

    return run


@pytest.fixture
def node(installed: Path, environment: dict[str, str]) -> Run:
    """Runs Node code beside one client; what it says."""

    def run(client: str, code: str) -> list[Any]:
        folder = installed / "node"
        if shutil.which("node") is None or not (folder / "node_modules" / client).is_dir():
            pytest.skip(f"{client} could not be had")
        script = f"{NODE}\n(async () => {{ {code} }})().catch((error) => {{ console.error(error); process.exit(1); }});"
        return _said(["node", "-e", script], environment, folder)

    return run


def _said(command: list[str], environment: dict[str, str], folder: Path) -> list[Any]:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=RUN_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]

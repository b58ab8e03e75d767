"""The recipe for programs with Google's host built in, as the guide shows it: a real Caddy in front of the service."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import ROOT, TRUST, Run, known
from tests.embedded.up import Up
from tests.servers.processes import free_port, kill, start, wait_until

CLEAN, HELD = 0.02, 0.92
START_SECONDS = 30
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
ASK = """
import json, urllib.error, urllib.request
HOST = "https://commentanalyzer.googleapis.com"
def ask(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(HOST + path, data, headers), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
def text(text, **more): return {"comment": {"text": text}, "languages": ["en"], "requestedAttributes": {"TOXICITY": {}}, **more}
"""


def recipe(service: int, http: int, https: int) -> str:
    """The Caddyfile of the guide; its ports and the service's are those of the test, and it has no console."""
    page = (ROOT / "docs" / "moving-from-perspective.md").read_text("utf-8")
    found = re.search(r"```caddyfile\n(.*?)```", page, re.DOTALL)
    assert found is not None and all(name in page for name in TRUST)
    own = f"{{\n\thttp_port {http}\n\thttps_port {https}\n\tdefault_bind 127.0.0.1\n\tadmin off\n"
    shown = found[1].replace("127.0.0.1:8000", f"127.0.0.1:{service}")
    assert shown.startswith("{\n") and str(service) in shown
    return shown.replace("{\n", own, 1)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A service as it stands in production: with an address of its own, behind a proxy."""
    service = Up(tmp_path_factory.mktemp("service"))
    service.start(
        MODERATION_OFF_TOPIC="false",
        MODERATION_LEARNED_SCORES="false",
        MODERATION_PUBLIC_URL="https://moderation.example.org",
        MODERATION_TRUSTED_PROXIES="1",
    )
    yield service
    service.stop()
    service.kill()


@pytest.fixture(scope="module")
def environment(installed: Path, up: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a client has to know, with Caddy in the place of Google's host and its authority trusted."""
    program = shutil.which("caddy") or str(installed / "caddy" / "usr" / "bin" / "caddy")
    if not Path(program).exists():
        pytest.skip("Caddy could not be had")
    folder, port = tmp_path_factory.mktemp("caddy"), free_port()
    file, log, root = folder / "Caddyfile", folder / "log", folder / "caddy/pki/authorities/local/root.crt"
    file.write_text(recipe(up.port, free_port(), port), "utf-8")
    process = start(
        [program, "run", "--config", str(file), "--adapter", "caddyfile"],
        log=log, env={"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
    )  # fmt: skip
    try:
        wait_until(
            lambda: "certificate obtained" in log.read_text("utf-8"), seconds=START_SECONDS, what="Caddy is ready"
        )
        trusted = folder / "ca-certificates.crt"
        trusted.write_text((SYSTEM.read_text("utf-8") if SYSTEM.exists() else "") + root.read_text("utf-8"), "utf-8")
        yield known(up, port, trusted)
    finally:
        kill(process)


def test_googles_python_client_with_googles_own_addresses(python: Run) -> None:
    said = python("google-api-python-client", """
from googleapiclient import discovery
own = "https://commentanalyzer.googleapis.com/$discovery/rest?version=v1alpha1"
client = discovery.build("commentanalyzer", "v1alpha1", developerKey=KEY, discoveryServiceUrl=own, static_discovery=False)
say(client._baseUrl)
for text in ("A fair point.", "You numpty."):
    body = {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "languages": ["en"]}
    say(client.comments().analyze(body=body).execute()["attributeScores"]["TOXICITY"]["summaryScore"]["value"])
""")  # fmt: skip
    assert said == ["https://commentanalyzer.googleapis.com/", CLEAN, HELD]


def test_a_client_that_compares_googles_addresses_in_errors(python: Run) -> None:
    said = python("perspective.py", """
import perspective
from perspective.errors import InvalidToken, UnsupportedLanguage
for token, wanted in ((KEY, UnsupportedLanguage), ("wrongwrongwr", InvalidToken)):
    try:
        perspective.Client(token=token).analyze("x", ["TOXICITY"], language="fr")
    except wanted as error:
        say(str(error))
""")  # fmt: skip
    assert said[0] == 'French (fr) is not supported by "TOXICITY" attribute.' and len(said) == 2


def test_a_client_in_node(node: Run) -> None:
    said = node("perspective-api-client", """
const Perspective = require("perspective-api-client");
const found = await new Perspective({ apiKey: KEY }).analyze("You numpty.", { attributes: ["toxicity"] });
say(found.attributeScores.TOXICITY.summaryScore.value);
""")  # fmt: skip
    assert said == [HELD]


def test_the_proxy_changes_no_limit_and_opens_nothing(python: Run) -> None:
    said = python("google-api-python-client", ASK + """
score = "/v1alpha1/comments:analyze"
for body in (text("a fair " * 2925 + "point"), text("a fair " * 2925 + "points"),
             text("Fair.", context={"articleAndParentComment": {"article": {"text": "x" * 3_000_000}}})):
    say(ask(score + "?key=" + KEY, body)[0])
say(ask(score, text("Fair."), **{"X-Goog-Api-Key": KEY, "Cookie": "x=" + "y" * 6000})[0])
say([ask(path)[0] for path in ("/metrics", "/desk/login")])
""")  # fmt: skip
    assert said == [200, 400, 200, 200, [401, 421]]

"""The production set-up as docker-compose.yml describes it, run for real: gunicorn, prefork workers, beat, PostgreSQL."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.end_to_end import compose
from tests.servers.postgres import Postgres
from tests.servers.processes import free_port, wait_until
from tests.servers.valkey import Valkey

pytestmark = pytest.mark.postgres


@pytest.fixture
def stack(tmp_path: Path, postgres_server: Postgres, valkey_server: Valkey) -> Iterator[compose.Stack]:
    """The stack over an empty database and an empty broker; nothing runs yet."""
    valkey_server.flush()
    database = postgres_server.new_database()
    env = {"MODERATION_SECRET_KEY": "k" * 40, "POSTGRES_PASSWORD": "unused"}
    replaced = {
        "postgresql://moderation:unused@database:5432/moderation": database,
        "redis://broker:6379/0": valkey_server.url,
        "/rules": str(compose.ROOT / "rules"),
    }
    stack = compose.Stack(tmp_path, env, replaced, {"MODERATION_WEB_PORT": str(free_port())})
    yield stack
    stack.stop()
    postgres_server.drop(database)


def test_the_file_names_what_the_service_needs() -> None:
    services = compose.parsed()["services"]
    assert {"web", "worker", "courier", "beat", "migrate", "database", "broker"} == set(services)
    queues = [queue for name in ("worker", "courier") for queue in services[name]["command"][2].split(",")]
    assert sorted(queues) == ["bulk", "deliver", "moderate", "upkeep"]
    assert "noeviction" in services["broker"]["command"]


def test_a_comment_goes_through_the_whole_stack(stack: compose.Stack) -> None:
    stack.run("migrate")
    key = json.loads(stack.run("web", "site", "add", "main"))["key"]
    for name in ("web", "worker", "courier", "beat"):
        stack.start(name)
    url = f"http://127.0.0.1:{stack.environment('web')['MODERATION_WEB_PORT']}"
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=15, trust_env=False) as site:
        wait_until(lambda: _ready(site), seconds=60, what="the web server is ready")
        body = {"id": "c1", "text": "A civil remark.", "author": {"id": "r1"}, "story": {"id": "s1", "title": "Roads"}}
        answer = site.post("/v1/comments", json=body, headers={"Prefer": "wait=10"})
        assert answer.status_code in (200, 202), answer.text
        wait_until(lambda: site.get("/v1/comments/c1").json()["status"] != "pending", seconds=60, what="a verdict")
        assert site.get("/v1/comments/c1").json()["status"] == "published"
        wait_until(lambda: "moderation.sweep" in stack.log("courier"), seconds=30, what="beat's sweep reaches a worker")
    for name, child in stack.running.items():
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) in (0, -signal.SIGTERM), f"{name}: {stack.log(name)[-2000:]}"


def _ready(site: httpx.Client) -> bool:
    try:
        return site.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False

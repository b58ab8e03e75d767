"""What people wrote and what opens doors is looked for in every place of a running service where it must not be."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from psutil import NoSuchProcess

from tests.chaos.clients import Receiver
from tests.chaos.told import Told
from tests.embedded.up import Up, gone
from tests.servers.processes import wait_until

pytestmark = pytest.mark.faults  # a whole service with its processes, half a minute on a busy machine

WORDS = {
    what: f"zqcanary{what}qz"
    for what in ("text", "name", "parent", "story", "note", "appeal", "reason", "malformed", "reader", "password", "login",
                 "query", "hook", "metadata", "cookie")
}  # fmt: skip


@dataclass
class Scene:
    """A service that was asked everything, with what it told and what must not be found."""

    up: Up
    answers: list[str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    doors: dict[str, str] = field(default_factory=dict)  # secrets that open something


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Comments, flags, appeals, blocks, log-ins and all kinds of refused requests, with canaries in all of them."""
    up = Up(tmp_path_factory.mktemp("canaries"))
    up.start(MODERATION_ALLOW_PRIVATE_URLS="true", MODERATION_LOG_LEVEL="debug", MODERATION_PENDING_SECONDS="1")
    made = Scene(up)
    known = up.credentials()
    made.doors = {name: known[name] for name in ("site_key", "protocol_key", "webhook_secret", "admin_password")}
    with up.client() as site, Receiver(told := Told(), seed=1, unwell=0) as receiver:
        _use(made, site, receiver)
        _log_in(made, known)
        _refused(made, site, known)
        wait_until(lambda: _told_of(told, "comment.held"), seconds=60, what="the receiver is told", pause=0.1)
        made.received = told.received
    yield made
    everyone = up.family()
    up.kill()
    wait_until(lambda: gone(everyone), seconds=15, what="children end with the supervisor")


def _use(scene: Scene, site: httpx.Client, receiver: Receiver) -> None:
    """What a site does in a day."""
    hook = site.post("/v1/webhooks", json={"url": receiver.url}).json()
    receiver.secret = scene.doors["endpoint"] = hook["secret"]
    site.post("/v1/webhooks", json={"url": f"http://127.0.0.1:9/?token={WORDS['hook']}"})
    comment = {
        "id": "c1", "text": f"You are a numpty, {WORDS['text']}.", "author": {"id": "u1", "name": WORDS["name"]},
        "story": {"id": "s1", "title": WORDS["story"]}, "parent": {"id": "p", "text": WORDS["parent"]},
        "metadata": {"from": WORDS["metadata"]},
    }  # fmt: skip
    worker = scene.up.part("moderate,bulk")
    worker.send_signal(signal.SIGSTOP)  # so that the broker keeps the message for a while
    assert site.post("/v1/comments", json=comment).status_code == 202
    site.post("/v1/comments:batch", content=b'{"id": "c2", "text": "%s", "x"' % WORDS["text"].encode(),
              headers={"Content-Type": "application/x-ndjson"})  # fmt: skip
    scene.answers += [site.post("/v1/judge", json={"text": 5, "story": {"title": [WORDS["text"]]}}).text]
    worker.send_signal(signal.SIGCONT)
    wait_until(lambda: site.get("/v1/comments/c1").json()["status"] == "held", seconds=60, what="held", pause=0.1)
    flag = {"reader": {"id": WORDS["reader"]}, "reason": "spam", "note": WORDS["note"]}
    assert site.post("/v1/comments/c1/flags", json=flag).status_code == 201
    appeal = {"text": WORDS["appeal"], "about": {"comment": "c1"}}
    assert site.post("/v1/authors/u1/appeals", json=appeal).status_code == 201
    assert site.post("/v1/authors/u2/block", json={"reason": WORDS["reason"]}).status_code == 201


def _log_in(scene: Scene, known: dict[str, str]) -> None:
    """At the desk: a wrong password, a wrong name, then the right ones and a look at the list."""
    with httpx.Client(base_url=known["url"], trust_env=False, timeout=20) as desk:
        for login, password in ((known["admin_user"], WORDS["password"]), (WORDS["login"], known["admin_password"])):
            answer = desk.post("/desk/login", data={"login": login, "password": password})
            assert answer.status_code == 401
            scene.answers.append(answer.text.replace(f'value="{WORDS["login"]}"', ""))  # the form keeps the name
        done = desk.post("/desk/login", data={"login": known["admin_user"], "password": known["admin_password"]})
        assert done.status_code == 303
        scene.doors["cookie"] = desk.cookies["desk"]
        assert WORDS["text"] in desk.get("/desk/main/").text  # the one place that shows it


def _refused(scene: Scene, site: httpx.Client, known: dict[str, str]) -> None:
    """Requests that are wrong in every way, with what must not come back in each."""
    bad = '{"text": "' + WORDS["malformed"]
    queries = f"?key={known['protocol_key']}&token={WORDS['query']}"
    asked = [
        site.post("/v1/comments", content=bad),
        site.post("/v1/comments", content=bad, headers={"Content-Type": "application/json"}),
        site.post("/v1/comments", json={"id": 1, "text": [WORDS["malformed"]], "author": WORDS["malformed"]}),
        site.post(f"/v1alpha1/comments:analyze{queries}", json={"comment": {"text": WORDS["text"]}}),
        site.get(f"/v1/events{queries}&limit={WORDS['query']}"),
        site.get(f"/desk/login{queries}", headers={"Accept": "text/html"}),
        site.get(f"/nothing{queries}", headers={"Accept": "text/html", "Cookie": f"desk={WORDS['cookie']}"}),
        site.get("/v1/events", headers={"Authorization": f"Bearer {known['site_key'][:-1]}"}),
        site.get("/v1/events", headers={"Authorization": f"Bearer {known['protocol_key']}"}),
        site.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}),
        site.get("/readyz"),
        site.get("/metrics"),
    ]
    scene.answers += [f"{answer.headers}{answer.text}" for answer in asked]


def _told_of(told: Told, type: str) -> bool:
    return any(post["body"]["type"] == type for post in told.received)


def found(scene: Scene, *places: bytes | str) -> list[str]:
    """The canaries and secrets that are in any of these places."""
    together = b"\n".join(place if isinstance(place, bytes) else place.encode() for place in places)
    return [name for name, value in {**WORDS, **scene.doors}.items() if value.encode() in together]


def contents(folder: Path) -> list[bytes]:
    """Every file below a folder."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_in_no_log(scene: Scene) -> None:
    logs = contents(scene.up.data / "logs")
    assert sum(map(len, logs)) > 1000 and b"worker" in b"".join(logs)
    assert found(scene, *logs, scene.up.console(), scene.up.out.read_bytes()) == []


def test_in_no_list_of_processes(scene: Scene) -> None:
    lines = []
    for process in scene.up.family():
        try:
            lines.append(" ".join(process.cmdline()))
        except NoSuchProcess:
            continue
    assert len(lines) > 4
    assert found(scene, *lines) == []


def test_nowhere_in_the_broker(scene: Scene) -> None:
    written = contents(scene.up.data / "valkey")
    assert b"moderate" in b"".join(written), "the file has every message that ever was"
    with redis.Redis(unix_socket_path=str(scene.up.runtime() / "valkey.sock")) as broker:
        keys = list(broker.scan_iter())
        kept = [broker.dump(key) or b"" for key in keys]
    assert keys
    assert found(scene, *written, *keys, *kept) == []


def test_in_no_refusal_and_no_metric(scene: Scene) -> None:
    assert all(scene.answers) and len(scene.answers) > 10
    assert found(scene, *scene.answers, *contents(scene.up.runtime() / "metrics")) == []


def test_in_no_webhook(scene: Scene) -> None:
    assert scene.received
    assert found(scene, str(scene.received)) == []


def test_the_database_has_words_and_no_door(scene: Scene) -> None:
    stored = [path.read_bytes() for path in scene.up.data.glob("moderation.sqlite*")]
    assert set(found(scene, *stored)) >= {"text", "note", "appeal", "reason"}, "what is looked for can be found"
    signing = {"webhook_secret", "endpoint"}  # a signature needs the secret itself
    assert (set(scene.doors) - signing) & set(found(scene, *stored)) == set()
    assert {"reader", "password", "login", "query", "cookie", "malformed"} & set(found(scene, *stored)) == set()


def test_the_one_file_with_keys_is_its_owners(scene: Scene) -> None:
    file = scene.up.data / "credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    others = [path for path in scene.up.data.rglob("*") if path.is_file() and path != file and path.suffix == ".json"]
    assert others and found(scene, *(path.read_bytes() for path in others)) == []

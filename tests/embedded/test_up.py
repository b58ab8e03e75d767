"""`moderation up` for real: database, Valkey, web server and Celery workers under one supervisor."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.chaos.clients import Receiver
from tests.chaos.told import Told
from tests.embedded.up import Up, gone
from tests.servers.processes import wait_until
from workers.pulse import file_of

STORY = {"id": "s1", "title": "Roads"}
BROKEN = "rules:\n  - id: half-a-rule\n    when:\n      termz: [numpty]\n"
NEW_RULE = """rules:
  - id: second-insult
    category: personal_attack
    state: live
    title: Insults another commenter
    when:
      terms: [blatherskite]
    action: hold
    reason: 'Attacks a person ("{match}").'
    message: It attacks a person.
    examples:
      match: ["You blatherskite."]
      pass: ["A fair point."]
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A service with sample and watching; tests of this module share it and run in order."""
    service = Up(tmp_path_factory.mktemp("up"))
    service.start("--sample", "--watch", MODERATION_PENDING_SECONDS="1", MODERATION_ALLOW_PRIVATE_URLS="true")
    yield service
    everyone = service.family()
    service.kill()
    wait_until(lambda: gone(everyone), seconds=15, what="children end with the supervisor")


def post(site: httpx.Client, id: str, text: str) -> httpx.Response:
    body = {"id": id, "text": text, "author": {"id": f"author-of-{id}"}, "story": STORY}
    return site.post("/v1/comments", json=body, headers={"Prefer": "wait=10"})


def judged(site: httpx.Client, id: str, *, seconds: float = 60) -> dict[str, Any]:
    """The comment, once it has its verdict."""

    def read() -> dict[str, Any]:
        found: dict[str, Any] = site.get(f"/v1/comments/{id}").json()
        return found

    wait_until(lambda: read()["verdict"] is not None, seconds=seconds, what=f"a verdict on {id}", pause=0.1)
    return read()


def test_the_first_start_writes_credentials_for_its_owner_only(up: Up) -> None:
    known = up.credentials()
    expected = {"url", "site", "site_key", "protocol_key", "webhook_secret", "admin_user", "admin_password"}
    assert set(known) == expected
    assert known["site"] == "main" and known["url"] == f"http://127.0.0.1:{up.port}"
    for path in up.data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    said = up.console() + up.out.read_text("utf-8")
    for secret in ("site_key", "protocol_key", "webhook_secret", "admin_password"):
        assert known[secret] not in said  # not a terminal


def test_the_sample_prints_one_line_for_each_comment(up: Up) -> None:
    up.says("comments:", seconds=90)
    lines = up.out.read_text("utf-8").splitlines()
    assert re.search(r"comment +action +category +what matched +ms$", lines[0])
    assert len(lines) == 2 + 50
    assert all(re.search(r" (allow|review|hold|reject) ", line) for line in lines[2:])
    assert {"main", "sample"} == {site["slug"] for site in up.verb("site", "list")}


def test_a_comment_of_main_gets_its_verdict_from_a_worker(up: Up) -> None:
    with up.client() as site:
        assert post(site, "fine", "A fair point.").status_code in (200, 202)
        assert post(site, "insult", "You are a numpty.").status_code in (200, 202)
        assert judged(site, "fine")["status"] == "published"
        assert judged(site, "insult")["status"] == "held"


def test_its_webhooks_can_be_verified_with_the_secret_of_the_credentials(up: Up) -> None:
    told = Told()
    with up.client() as site, Receiver(told, seed=1) as receiver:
        made = site.post("/v1/webhooks", json={"url": receiver.url}).json()
        receiver.secret = up.credentials()["webhook_secret"]
        assert made["secret"] != receiver.secret
        tested = site.post(f"/v1/webhooks/{made['id']}/test").json()
        site.delete(f"/v1/webhooks/{made['id']}")
    assert tested["delivered"] and len(told.received) == 1


def test_doctor_finds_nothing_wrong(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "moderation", "doctor", "--data", str(up.data), "--insult", "You are a numpty."],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"^16 ok in ", done.stdout, re.MULTILINE)


def test_a_saved_rule_goes_live_and_a_broken_one_never_replaces_it(up: Up) -> None:
    extra = up.rules / "20-extra.yaml"
    extra.write_text(NEW_RULE, "utf-8")
    up.says("Rules published for sites main, sample", seconds=60)
    extra.write_text(BROKEN, "utf-8")
    said = up.says("stays with the last good version", seconds=60)
    assert "20-extra.yaml:4:7" in said and "^" in said and "terms" in said
    with up.client() as site:

        def holds() -> bool:  # each process learns of a publication within two seconds
            id = f"new-{holds.__dict__.setdefault('tries', 0)}"
            holds.__dict__["tries"] += 1
            post(site, id, "You blatherskite.")
            return bool(judged(site, id)["status"] == "held")

        wait_until(holds, seconds=30, what="the new rule holds", pause=0.5)


@pytest.mark.parametrize("part", ["worker", "moderation.web.serve", "unixsocket"])
def test_a_killed_part_comes_back_and_nothing_accepted_is_lost(up: Up, part: str) -> None:
    victim = up.part(part)
    before = up.console().count("starting it again")
    with up.client() as site:
        assert post(site, f"before-{part}", "You are a numpty.").status_code in (200, 202)
        os.kill(victim.pid, signal.SIGKILL)
        wait_until(lambda: up.console().count("starting it again") > before, seconds=10, what="it notices")
        wait_until(lambda: _answers(site), seconds=60, what="the web server answers", pause=0.1)
        assert post(site, f"after-{part}", "A fair point.").status_code in (200, 202)
        assert judged(site, f"before-{part}")["status"] == "held"
        assert judged(site, f"after-{part}")["status"] == "published"
    wait_until(lambda: up.part(part).pid != victim.pid, seconds=30, what="another process does its work")


@pytest.mark.faults  # half a minute of silence
def test_a_worker_that_is_stopped_is_replaced_and_its_comment_judged(up: Up) -> None:
    worker = up.part("moderate,bulk")
    wait_until(lambda: file_of(up.runtime(), worker.pid).exists(), seconds=60, what="the worker shows life")
    os.kill(worker.pid, signal.SIGSTOP)
    with up.client() as site:
        site.post(
            "/v1/comments", json={"id": "stopped", "text": "You are a numpty.", "author": {"id": "a"}, "story": STORY}
        )
        up.says("worker has not shown life for a while", seconds=60)
        assert judged(site, "stopped", seconds=90)["status"] == "held"
    assert gone([worker])


@pytest.mark.faults  # fifteen seconds of patience; test_supervisor.py has the same with less
def test_a_second_start_on_the_same_folder_is_refused(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "moderation", "up", "--port", "1", "--data", str(up.data)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Waiting up to 15 s" in done.stderr and "is in use by another service" in done.stderr


def test_it_keeps_what_it_has_over_a_kill_and_ends_without_a_trace(up: Up) -> None:
    everyone, runtime, known = up.family(), up.runtime(), up.credentials()
    up.kill()
    wait_until(lambda: gone(everyone), seconds=15, what="children end with the supervisor")
    assert runtime.exists()  # nobody was left to tidy up
    up.start("--watch")
    assert up.credentials() == known
    assert not runtime.exists()
    with up.client() as site:
        assert site.get("/v1/comments/insult").json()["status"] == "held"
    everyone, runtime = up.family(), up.runtime()
    assert up.stop() == 0
    wait_until(lambda: gone(everyone), seconds=30, what="nothing is left")
    assert not runtime.exists()
    up.start()  # for the tear-down


def _answers(site: httpx.Client) -> bool:
    try:
        return site.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False

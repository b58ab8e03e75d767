"""`moderation doctor` against a running service: every step once well and once not, and nothing left behind."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from standardwebhooks import Webhook
from werkzeug.wrappers import Response

from moderation.cli import cli
from moderation.cli.doctor import _texts
from moderation.cli.doctor_receiver import Post
from moderation.cli.doctor_visit import STEPS
from moderation.engine.ruleset import load
from moderation.workflow.webhooks import make_secret
from tests.cli.doctor import INSULT, Change, Looked, proxy
from tests.docs import pages
from tests.engine.cases import judged
from tests.engine.conftest import shipped_files
from tests.servers.processes import free_port, wait_until
from tests.servers.wsgi import served
from tests.web.conftest import template
from tests.web.service import OPERATOR, RULES, Service, Template, working

__all__ = ["template"]
OF_THE_WEBHOOK = {"webhook is added", "webhook test arrives", "webhook event arrives"}


@pytest.fixture
def idle(template: Template, tmp_path: Path) -> Iterator[Looked]:
    """A service whose workers are away."""
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    made = Looked(template.service(tmp_path / "service", rules_dir=rules))
    with served(made) as made.url:
        yield made
    template.end(made.service)


@pytest.fixture
def looked(idle: Looked) -> Iterator[Looked]:
    """A service that works."""
    with working(idle.service):
        yield idle


def protocol_key(service: Service) -> str:
    app = service.application
    return str(app.keys.add(site_id=service.site_id, kind="protocol", by=OPERATOR, now=app.now())["key"])


def outcomes(stdout: str) -> dict[str, tuple[str, str]]:
    """Of `--json`: step -> result, and what it says."""
    return {one["step"]: (one["result"], one["says"] or "") for one in json.loads(stdout)["steps"]}


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_service_that_keeps_its_promise(looked: Looked) -> None:
    key = protocol_key(looked.service)
    done = looked.doctor("--protocol-key", key)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line[:24].rstrip() for line in lines[:-1]] == [*(step.name for step in STEPS), "cleaned up"]
    assert all(" ok " in line and line.endswith(" ms") for line in lines[:-1]), done.output
    assert lines[-1].startswith(f"{len(STEPS) + 1} ok in ")
    assert "marked: numpty" in done.stderr and "insult-at-commenter: numpty" in done.stderr
    assert done.stderr.count("signature verified") == 2
    assert looked.left() == []
    assert looked.service.key not in done.output and key not in done.output
    assert max(map(len, done.stderr.splitlines())) <= 80


def test_it_can_be_run_again_and_read_by_a_program(looked: Looked) -> None:
    first, second = looked.doctor("--json"), looked.doctor("--json")
    assert first.exit_code == second.exit_code == 0, second.output
    one, two = json.loads(first.stdout), json.loads(second.stdout)
    assert one["ok"] and one["url"] == looked.url and one["story"] != two["story"]
    assert outcomes(second.stdout)["Perspective answers"] == ("skipped", "give --protocol-key to try it")
    assert two["steps"][0].keys() == {"step", "result", "milliseconds", "says"}


def test_the_key_may_come_from_elsewhere(looked: Looked, tmp_path: Path) -> None:
    key, few = looked.service.key, ["--insult", INSULT, "--json"]
    known = {"url": looked.url, "site_key": key, "protocol_key": protocol_key(looked.service)}
    (tmp_path / "credentials.json").write_text(json.dumps(known))
    for words, input in (
        ([looked.url, key], ""), ([looked.url, "-"], f"{key}\n"), (["--data", str(tmp_path)], ""),
    ):  # fmt: skip
        done = CliRunner().invoke(cli, ["doctor", *words, *few], input=input)
        assert done.exit_code == 0, done.output
        asked = outcomes(done.stdout)["Perspective answers"][0]
        assert asked == ("ok" if "--data" in words else "skipped")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "URL: give the address"),
        (["ftp://x", "kic_live_x"], "URL: give the address"),
        (["http://127.0.0.1:99999", "kic_live_x"], "URL: give the address"),
        (["http://me:secret@127.0.0.1:1", "kic_live_x"], "URL: give the address"),
        (["http://127.0.0.1:1"], "KEY: give a key"),
        (["http://127.0.0.1:1", "a35f4b35b6b5"], "--protocol-key"),
        (["http://127.0.0.1:1", "-"], "KEY: give a key"),
        (["http://127.0.0.1:1", "kic_live_x", "--listen", "nowhere"], "--listen: give HOST:PORT"),
        (["http://127.0.0.1:1", "kic_live_x", "--listen", "0.0.0.0:0"], "--listen: that is every address"),
        (["http://127.0.0.1:1", "kic_live_x", "--listen", "192.0.2.1:1"], "--listen: 192.0.2.1:1"),
        (["http://127.0.0.1:1", "kic_live_x", "--public-url", "https://x.example"], "needs --listen"),
        (["--data", "."], "there is no credentials.json"),
    ],
)
def test_what_is_wrong_with_the_call_is_said(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["doctor", *words], input="")
    assert done.exit_code == 2, done.output
    assert says in flat(done.stderr)


def test_nobody_answers() -> None:
    done = CliRunner().invoke(cli, ["doctor", f"http://127.0.0.1:{free_port()}", "kic_live_x", "--json"])
    assert done.exit_code == 1
    found = outcomes(done.stdout)
    assert found["service answers"][0] == "failed" and "Nothing answers at" in found["service answers"][1]
    assert {result for result, _ in found.values()} == {"failed", "skipped"}
    assert found["events are complete"][1] == 'needs "service answers"'


@pytest.mark.faults
@pytest.mark.parametrize(
    ("response", "says"),
    [
        (Response("<h1>nginx</h1>", 502), "answered 502 without JSON"),
        (Response("", 301, {"Location": "https://elsewhere.example/\x1b"}), "leads on to https://elsewhere.example/"),
        (Response('{"status": "fine"}'), "no service of ours"),
        (Response("[]"), "without JSON"),
    ],
)
def test_something_else_answers(response: Response, says: str) -> None:
    with served(response) as url:
        done = CliRunner().invoke(cli, ["doctor", url, "kic_live_x"])
    assert (done.exit_code, says in flat(done.stderr)) == (1, True), done.output
    assert "\x1b" not in done.output


def test_a_wrong_key_and_one_that_may_only_read(looked: Looked) -> None:
    done = looked.doctor("--json", key="kic_live_abcdefgh_nobody")
    assert (done.exit_code, outcomes(done.stdout)["key is valid"][0]) == (1, "failed")
    assert "moderation key list" in outcomes(done.stdout)["key is valid"][1]
    app = looked.service.application
    made = app.keys.add(site_id=looked.service.site_id, kind="live", scope="read", by=OPERATOR, now=app.now())
    found = outcomes(looked.doctor("--json", key=made["key"]).stdout)
    assert found["comment is accepted"][0] == "failed" and "only read" in found["comment is accepted"][1]
    wrong = outcomes(looked.doctor("--json", "--protocol-key", "k00000000000").stdout)
    assert wrong["Perspective answers"][0] == "failed" and "API key not valid" in wrong["Perspective answers"][1]


def test_no_worker_judges(idle: Looked) -> None:
    done = idle.doctor("--json", "--patience", "0.2")
    found = outcomes(done.stdout)
    assert done.exit_code == 1
    assert found["comment is accepted"][0] == "ok" and found["comment is published"][0] == "failed"
    assert "do workers run on the queue moderate" in found["comment is published"][1]
    assert found["webhook event arrives"] == ("skipped", 'needs "comment is published"')
    assert {found[step][0] for step in ("writer is asked first", "webhook test arrives")} == {
        "ok"
    }  # the web alone does
    assert found["cleaned up"][0] == "ok" and idle.left() == []


def test_a_part_that_is_not_well_is_named_with_what_it_means(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked.service.queue, "alive", lambda: False)
    found = outcomes(looked.doctor("--json").stdout)
    assert found["service is ready"][0] == "failed" and "no hint reaches the workers" in found["service is ready"][1]
    assert found["comment is published"][0] == "ok"  # the rest is tried all the same


def test_rules_of_the_site_that_hold_more_or_less_than_the_sample(looked: Looked) -> None:
    done = looked.doctor("--json", "--insult", "A fair point.")
    found = outcomes(done.stdout)
    assert found["writer is asked first"] == ("skipped", "No rule of this site asks the writer first for this text.")
    assert found["insult is held"][0] == "failed" and "--insult" in found["insult is held"][1]
    file = looked.service.application.settings.rules_dir / "10-tests.yaml"
    file.write_text(file.read_text().replace("casinobonus]", "casinobonus, europe]"))
    looked.service.application.rulebook.publish_files(
        site_id=looked.service.site_id, message="no Europe", by=OPERATOR, now=looked.service.application.now()
    )
    looked.service.application.rulebook.forget(looked.service.site_id)
    found = outcomes(looked.doctor("--json").stdout)
    assert found["comment is published"] == (
        "failed", "This site's rules stop a civil comment of a new author: Advertises.",
    )  # fmt: skip
    assert looked.left() == []


def doubled(page: dict[str, Any]) -> Any:
    page["events"] += page["events"][:1]


def backwards(page: dict[str, Any]) -> Any:
    page["events"].reverse()


def cut(page: dict[str, Any]) -> Any:
    page["events"] = page["events"][1:]


def stuck(page: dict[str, Any]) -> Any:
    for event in page["events"]:
        event["data"].get("comment", {})["sequence"] = 7


QUICK = [
    ("POST /v1/comments", lambda body: body | {"spans": []}, "writer is asked first", "no words are marked"),
    ("GET .*/flags", lambda body: body | {"total": 2}, "flag counts once", "2 flags are counted"),
    ("POST .*/decisions", lambda body: body | {"publish": True}, "decision is obeyed", "publish True"),
    ("GET /v1/events", doubled, "events are complete", "twice"),
    ("GET /v1/events", cut, "events are complete", "Expected comment.published, comment.rejected"),
]
MORE = [
    ("GET /readyz", 503, "service is ready", "another shape"),
    ("POST /v1/comments", 503, "comment is accepted", "answered with 503"),
    ("POST /v1/comments", lambda body: body | {"sequence": 99}, "repeat changes nothing", "its sequence"),
    ("POST .*/flags", 500, "flag counts once", "answered with 500"),
    ("POST .*/decisions", 409, "decision is obeyed", "answered with 409"),
    ("GET /v1/events", backwards, "events are complete", "sequence does not grow"),
    ("GET /v1/events", stuck, "events are complete", "sequence does not grow"),
    ("POST /v1alpha1/.*", lambda body: {"attributeScores": {}}, "Perspective answers", "another shape"),
]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("asked", "change", "step", "says"), [*QUICK, *(pytest.param(*one, marks=pytest.mark.faults) for one in MORE)]
)
def test_an_answer_that_is_not_right_fails_its_step(
    looked: Looked, asked: str, change: Change | int, step: str, says: str
) -> None:
    looked.spoiled[asked] = change
    done = looked.doctor("--json", "--protocol-key", protocol_key(looked.service))
    result, said = outcomes(done.stdout)[step]
    assert (done.exit_code, result) == (1, "failed"), done.stdout
    assert says in said
    assert looked.left() == []


def test_a_service_that_refuses_private_addresses_skips_the_webhook(template: Template, tmp_path: Path) -> None:
    strict = Looked(template.service(tmp_path, allow_private_urls=False))
    with served(strict) as strict.url, working(strict.service):
        done = strict.doctor("--json")
        public = strict.doctor("--json", "--listen", "127.0.0.1:0", "--public-url", "https://127.0.0.1/x")
    template.end(strict.service)
    found = outcomes(done.stdout)
    assert done.exit_code == 0
    assert {found[step][0] for step in OF_THE_WEBHOOK} == {"skipped"}
    assert "MODERATION_ALLOW_PRIVATE_URLS=true" in found["webhook is added"][1]
    assert public.exit_code == 1
    assert "Must be on a public address." in outcomes(public.stdout)["webhook is added"][1]


@pytest.mark.faults
@pytest.mark.parametrize("honest", [True, False])
def test_a_proxy_before_the_receiver(looked: Looked, honest: bool) -> None:
    target = f"127.0.0.1:{free_port()}"
    with proxy(f"http://{target}", lambda body: body if honest else body.replace(b":", b": ")) as url:
        done = looked.doctor("--json", "--listen", target, "--public-url", f"{url}/hooks")
    found = outcomes(done.stdout)
    if honest:
        assert done.exit_code == 0, done.output
        assert found["webhook event arrives"] == ("ok", "signature verified")
    else:
        assert (done.exit_code, found["webhook test arrives"][0]) == (1, "failed")
        assert "the signature does not fit" in found["webhook test arrives"][1]
    assert looked.left() == []


@pytest.mark.faults
def test_a_receiver_that_cannot_be_reached(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        elsewhere = stack.enter_context(served(Response("", 500)))
        for public, says in ((closed, "found nobody there"), (elsewhere, "answered 500")):
            found = outcomes(looked.doctor("--json", "--listen", "127.0.0.1:0", "--public-url", public).stdout)
            assert found["webhook test arrives"][0] == "failed" and says in found["webhook test arrives"][1]
    monkeypatch.setattr(looked.service.queue, "deliver", lambda delivery_id: None)
    found = outcomes(looked.doctor("--json", "--patience", "0.5").stdout)
    assert found["webhook test arrives"][0] == "ok" and found["webhook event arrives"][0] == "failed"
    assert "does a worker run on the queue deliver" in found["webhook event arrives"][1]
    assert looked.left() == []


def test_loopback_is_of_no_use_to_a_service_elsewhere() -> None:
    done = CliRunner().invoke(cli, ["doctor", "http://192.0.2.1.invalid", "kic_live_x", "--json"])
    assert done.exit_code == 1
    assert "Nothing answers" in outcomes(done.stdout)["service answers"][1]


def test_what_cannot_be_taken_away_is_named(idle: Looked) -> None:
    idle.spoiled["DELETE .*-1"] = 503
    done = idle.doctor("--json", "--patience", "0.1")
    story, cleaned = json.loads(done.stdout)["story"], outcomes(done.stdout)["cleaned up"]
    assert cleaned == ("failed", f"May be left there, take it away by hand: comment {story}-1.")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.faults)])
def test_who_stops_it_leaves_nothing(idle: Looked, number: int, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "moderation", "doctor", idle.url, "-", "--patience", "60"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=err,
        )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(f"{idle.service.key}\n".encode())
    process.stdin.close()
    wait_until(lambda: b"comment is accepted" in said.read_bytes(), seconds=30, what="it waits for a verdict")
    process.send_signal(number)
    assert process.wait(20) == 1
    assert "stopped                  failed" in said.read_text() and idle.left() == []


def test_the_receiver_believes_what_the_reference_library_signs() -> None:
    secret, now = make_secret(), int(time.time())
    moment = datetime.fromtimestamp(now, UTC)
    signature = Webhook(secret).sign("e1", moment, '{"a": "é"}')
    headers = {"webhook-id": "e1", "webhook-timestamp": str(now), "webhook-signature": f"v1,AAAA {signature}"}
    post = Post(headers, '{"a": "é"}'.encode())
    assert post.why_not(secret, now) is None
    assert post.why_not(make_secret(), now) == "the signature does not fit"
    assert post.why_not(secret, now + 400) == "its time is 400 s away from this machine's clock"
    assert Post({}, b"").why_not(secret, now) == "it has no webhook-timestamp"


@pytest.mark.faults  # compiles the shipped rules
def test_the_sample_is_what_the_shipped_rules_say_of_it() -> None:
    texts, ruleset = _texts(None), load(shipped_files())
    assert [judged(ruleset, text).action for text in (texts.civil, texts.later)] == ["allow", "allow"]
    verdict = judged(ruleset, texts.insult, parent={"text": texts.civil})
    assert verdict.action == "hold" and verdict.ask_first
    assert any(match.spans for match in verdict.matches)


def test_the_page_explains_every_line() -> None:
    page = pages.text(pages.ROOT / "docs" / "operators.md")
    section = page[page.index("## Is all well: doctor") :]
    section = section[: section.index("\n## ")]
    for step in (*STEPS, "cleaned up"):
        name = step if isinstance(step, str) else step.name
        assert f"| {name} |" in section, name
    shown = CliRunner().invoke(cli, ["doctor", "--help"]).stdout
    for option in ("--data", "--listen", "--public-url", "--insult", "--protocol-key", "--json", "DOCTOR_KEY"):
        assert option in section and option in shown, option

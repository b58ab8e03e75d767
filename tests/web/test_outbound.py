"""Addresses that reach this machine, in every field that can hold one: nothing is asked for them, nothing is sent there."""

import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moderation.storage.models import Endpoint, new_id
from moderation.workflow.webhooks import make_secret
from tests.adapters.test_webhook_client import LOOPBACK
from tests.web.service import OPERATOR, RULES, Service, Template

PRIVILEGED = (443, 80)  # listened on where the machine lets us
NAMES = {"canary.example": "127.0.0.1", "six.canary.example": "::1", "mapped.canary.example": "::ffff:127.0.0.1"}


@dataclass
class Canary:
    """Listeners on loopback, and what was looked up and connected to meanwhile."""

    ports: list[int] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connected: list[Any] = field(default_factory=list)

    def urls(self) -> list[str]:
        """Addresses that lead here, or would if anybody followed them."""
        hosts = [*LOOPBACK, *NAMES, socket.gethostname()]
        plain = [f"https://{host}/hook" for host in hosts]
        return plain + [f"{scheme}://{host}:{port}/hook" for scheme in ("https", "http") for host in hosts[:4] for port in self.ports]  # fmt: skip

    @property
    def silent(self) -> bool:
        """Nobody came."""
        return not self.accepted and not self.connected


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    found = Canary()
    real, connect = socket.getaddrinfo, socket.socket.connect

    def look_up(host: Any, *args: Any, **rest: Any) -> Any:
        found.asked.append(str(host))
        return real(NAMES.get(str(host), host), *args, **rest)

    def note(self: socket.socket, address: Any) -> None:
        found.connected.append(address)
        connect(self, address)

    with contextlib.ExitStack() as stack:
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            for port in (0, *PRIVILEGED):
                with contextlib.suppress(OSError):
                    stack.enter_context(_listening(found, host, family, port))
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket.socket, "connect", note)
        yield found


@contextlib.contextmanager
def _listening(canary: Canary, host: str, family: socket.AddressFamily, port: int) -> Iterator[None]:
    listener = socket.create_server((host, port), family=family)
    canary.ports.append(listener.getsockname()[1])

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                canary.accepted.append(listener.getsockname()[1])
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def outside(template: Template, tmp_path: Path) -> Iterator[Service]:
    """A service as it is in production: private addresses are refused."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    made = template.service(tmp_path, allow_private_urls=False, rules_dir=rules, delivery_seconds=2)
    yield made
    template.end(made)


def test_webhooks_are_neither_saved_nor_sent_to_this_machine(outside: Service, canary: Canary) -> None:
    for url in canary.urls():
        answer = outside.post("/v1/webhooks", {"url": url})
        assert answer.status_code in (201, 422), url
        if answer.status_code == 201:  # a name that nobody knows yet
            assert not outside.post(f"/v1/webhooks/{answer.get_json()['id']}/test", {}).get_json()["delivered"]
    with outside.application.database.write() as session:  # saved before, when the name led elsewhere
        session.query(Endpoint).delete()
        session.add_all(_endpoint(outside.site_id, url) for url in canary.urls())
    for webhook in outside.get("/v1/webhooks").get_json()["webhooks"]:
        tried = outside.post(f"/v1/webhooks/{webhook['id']}/test", {}).get_json()
        assert (tried["delivered"], tried["status"]) == (False, None), webhook["url"]
    outside.decided(text="A fair point.")
    assert outside.queue.application is not None
    outside.queue.drain()
    assert canary.silent
    assert "canary.example" in canary.asked


def _endpoint(site_id: str, url: str) -> Endpoint:
    return Endpoint(id=new_id(), site_id=site_id, url=url, types=[], secret=make_secret(), created_at=datetime.now(UTC))


def _publish(service: Service, url: str) -> None:
    """Rule files with the address wherever a file can hold one."""
    rules = service.application.settings.rules_dir
    own = rules / "sites" / "main"
    own.mkdir(parents=True, exist_ok=True)
    (own / "settings.yaml").write_text(f"redress: 'Write to {url} if you like.'\nappeals_contact: 'x {url}'\n")
    (rules / "guidelines.md").write_text(f"# {url}\n\n![x]({url}) [x]({url}) <{url}>\n")
    (rules / "faq.md").write_text(f"# Why?\n\n{url}\n")
    title = f"title: 'Insults at {url}'"
    file = rules / "10-tests.yaml"
    file.write_text((RULES / file.name).read_text().replace("title: Insults another commenter", title))
    service.application.rulebook.publish_files(
        site_id=service.site_id, message=url, by=OPERATOR, now=service.application.now()
    )
    service.application.rulebook.forget(service.site_id)


def _some(canary: Canary) -> list[str]:
    return [*(f"https://{host}/x" for host in (*NAMES, "127.1", "[::1]")), f"http://127.0.0.1:{canary.ports[0]}/x"]


def test_no_other_field_makes_the_service_look_up_or_fetch_anything(outside: Service, canary: Canary) -> None:
    _publish(outside, "https://canary.example/rules")
    for number, url in enumerate(_some(canary)):
        id, link = f"c{number}", f'<a href="{url}">x</a> <img src="{url}"> <iframe src="{url}"></iframe> {url}'
        outside.decided(
            id=id,
            text=f"You numpty. {link}",
            format="html" if number % 2 else "plain",
            author={"id": f"u{number}", "name": url},
            story={"id": id, "title": url, "section": url, "body": link, "byline": [{"name": url}],
                   "people": [{"name": url, "role": "public"}]},
            parent={"id": "p", "text": link, "author_id": "p"},
            metadata={"url": url, "image": url},
        )  # fmt: skip
        outside.send("PUT", f"/v1/stories/{id}", json={"url": url})
        outside.post(f"/v1/comments/{id}/flags", {"reader": {"id": "f"}, "reason": "spam", "note": url})
        outside.post("/v1/judge", {"text": link, "story": {"id": id, "url": url}})
    outside.post("/v1/comments/c0/decisions", {"revision": 1, "decision": "reject", "reason": "spam", "note": url})
    outside.post("/v1/authors/u0/block", {"reason": url})
    assert outside.post("/v1/authors/u0/appeals", {"text": url, "about": {"comment": "c0"}}).status_code == 201
    outside.application.sweep.tick(now=outside.application.now())
    outside.queue.drain()
    assert "canary.example" in outside.get("/v1/comments/c0").get_json()["message"]["appeal_url"]
    assert "canary.example" in outside.get("/v1/guidelines").text
    assert (canary.asked, canary.connected, canary.accepted) == ([], [], [])


def test_the_canary_sings_where_the_operator_lets_webhooks_come_to_this_machine(eager: Service, canary: Canary) -> None:
    for port in canary.ports[:1]:
        made = eager.post("/v1/webhooks", {"url": f"http://canary.example:{port}/hook"}).get_json()
        eager.post(f"/v1/webhooks/{made['id']}/test", {})
    assert canary.asked
    assert canary.connected
    assert canary.accepted

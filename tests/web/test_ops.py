"""Health, readiness, metrics, and the headers that every answer carries."""

from pathlib import Path
from typing import Any

import pytest

from moderation.errors import Unavailable
from moderation.web import answers
from moderation.web.security import HEADERS
from tests.web.service import Service, Template


def test_health(eager: Service) -> None:
    assert eager.get("/healthz", key="").get_json() == {"status": "ok"}


def test_ready(eager: Service) -> None:
    answer = eager.get("/readyz", key="")
    assert answer.status_code == 200
    answers.Readiness.model_validate(answer.get_json())
    assert set(answer.get_json()["checks"]) >= {"database", "broker", "worker", "oldest_pending_s", "ruleset"}


def test_a_broker_that_is_away_only_degrades(eager: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eager.queue, "alive", lambda: False)
    answer = eager.get("/readyz", key="")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")


def test_a_database_that_is_away_is_not_ready(eager: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Any) -> Any:
        raise Unavailable("gone")

    monkeypatch.setattr(type(eager.application.database), "read", read)
    answer = eager.get("/readyz", key="")
    assert (answer.status_code, answer.get_json()["checks"]["database"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.9.9.9", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 401),
        ("10.0.0.1", {}, 401),
        ("8.8.8.8", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("8.8.8.8", {"Authorization": "Bearer metrics-token-of-tests"}, 200),
        ("8.8.8.8", {"Authorization": "Bearer metrics-token-of-test"}, 401),
        ("8.8.8.8", {"Authorization": "Bearer é"}, 401),
        ("8.8.8.8", {"Authorization": "Basic metrics-token-of-tests"}, 401),
        ("", {}, 401),
    ],
)
def test_metrics(eager: Service, address: str, headers: dict[str, str], status: int) -> None:
    answer = eager.client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert (b"moderation_requests" in answer.get_data()) is (status == 200)


def test_requests_are_counted_by_route_not_by_address(eager: Service) -> None:
    eager.get("/v1/comments/somebodys-comment")
    text = eager.client.get("/metrics").get_data(as_text=True)
    assert 'route="/v1/comments/<segment:comment_id>"' in text
    assert "somebodys-comment" not in text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/v1/events"),
        ("GET", "/v1/comments/none"),
        ("POST", "/v1/comments"),
        ("PATCH", "/v1/comments"),
        ("GET", "/nothing"),
        ("GET", "/openapi.json"),
        ("OPTIONS", "/v1/comments"),
        ("HEAD", "/v1/events"),
    ],
)
def test_headers_of_every_answer(plain: Service, method: str, path: str) -> None:
    answer = plain.send(method, path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Server" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_head_and_options(plain: Service) -> None:
    head = plain.send("HEAD", "/v1/events")
    assert (head.status_code, head.get_data()) == (200, b"")
    options = plain.send("OPTIONS", "/v1/comments", key="")
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(template: Template, tmp_path: Path) -> None:
    service = template.service(tmp_path, trusted_proxies=1)
    answer = service.client.get(
        "/metrics", headers={"X-Forwarded-For": "127.0.0.1, 8.8.8.8"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert answer.status_code == 401
    template.end(service)


def test_the_front_door_leads_to_the_desk(plain: Service) -> None:
    answer = plain.get("/", key="")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/")


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/nothing", BROWSER, "text/html; charset=utf-8"),
        ("/nothing", "*/*", "application/problem+json"),
        ("/nothing", "application/json", "application/problem+json"),
        ("/v1/nothing", BROWSER, "application/problem+json"),
        ("/v1/comments/none", BROWSER, "application/problem+json"),
    ],
)
def test_people_get_a_page_and_programs_a_document(plain: Service, path: str, accept: str, kind: str) -> None:
    answer = plain.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (404, kind)


def test_a_page_escapes_what_it_shows(plain: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.web.reference.NotFound.title", "<script>alert(1)</script>")
    answer = plain.get("/problems/x", headers={"Accept": BROWSER})
    assert "<script" not in answer.get_data(as_text=True)
    assert "&lt;script" in answer.get_data(as_text=True)

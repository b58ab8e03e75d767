"""Security headers on every route and every kind of answer, for people and for programs."""

import functools
import io
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from moderation.web import create_app
from tests.web.console.conftest import PASSWORD
from tests.web.service import OPERATOR, Service, Template
from tests.web.two_sites import address

HTTPS = "https://moderation.paper.example"
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
FILES = {"static", "desk.static"}  # of anybody: may be kept
IDS = dict.fromkeys(
    ("site", "item", "decision", "key", "block", "appeal", "comment_id", "story_id", "author_id", "webhook_id", "appeal_id", "rule"),
    "0" * 32,
) | {"site": "main", "filename": "desk.css", "slug": "not_found", "protocol_key": "a" * 12}  # fmt: skip
PERSON = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def service(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that people reach over https, with an account."""
    made = template.service(tmp_path_factory.mktemp("headers"), public_url=HTTPS)
    app = made.application
    for login, site_id in (("admin", made.site_id), ("moderator", made.site_id)):
        app.users.add(login=login, site_id=site_id, role=login, password=PASSWORD, by=OPERATOR, now=app.now())
    yield made
    template.end(made)


class Asker:
    """Somebody who asks over https and looks at the headers of whatever comes back."""

    def __init__(self, service: Service, *, login: str = "", key: str = "", flask: Any = None) -> None:
        self.client = (flask or service.flask).test_client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.csrf, self.seen = "", set[int]()
        if login:
            users, now = service.application.users, service.application.now()
            token = users.log_in(login=login, password=PASSWORD, address="x", now=now)
            user = users.session(token=token, now=now)
            assert user is not None
            self.csrf = user.csrf
            self.client.set_cookie("__Host-desk", token, domain="moderation.paper.example", secure=True)

    def ask(self, method: str, path: str, *, endpoint: str = "", headers: Any = None, **rest: Any) -> TestResponse:
        answer = self.client.open(
            path, method=method, base_url=HTTPS, headers={**self.headers, **(headers or {})}, buffered=True, **rest
        )
        self.seen.add(answer.status_code)
        check(
            answer, f"{answer.status_code} {method} {path}", kept=endpoint in FILES and answer.status_code in (200, 304)
        )
        return answer


def check(answer: TestResponse, told: str, *, kept: bool = False) -> None:
    headers = answer.headers
    for name, value in EXACT.items():
        assert headers.getlist(name) == [value], (told, name)
    assert headers["Strict-Transport-Security"] == "max-age=31536000", told
    assert headers["Cache-Control"] == "no-store" or kept, told
    assert not [name for name, _ in headers if name.startswith("Access-Control") or name in ("Server", "X-Powered-By")]
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'", told
    assert set(policy.values()) <= {"'none'", "'self'"}, told
    assert "script-src" not in policy, "the pages have no script"
    if answer.mimetype == "text/html" and answer.data and answer.status_code not in (302, 303, 308):
        assert policy["base-uri"] == "'none'", told
        assert policy["form-action"] in ("'self'", "'none'"), told


def rules(service: Service) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in service.flask.url_map.iter_rules()
        for method in sorted((rule.methods or set()) | {"PATCH"})
    ]


def test_every_route_for_everybody(service: Service) -> None:
    """200 to 429, as they come: nobody, a visitor in a browser, people of two roles, a site."""
    people = [Asker(service, login=role) for role in ("admin", "moderator")]
    seen: set[int] = set()
    for who in (Asker(service), *people, Asker(service, key=service.key)):
        for method, rule in rules(service):
            if rule.endpoint == "desk.log_out":
                continue
            for headers in ({}, PERSON):
                form = {"csrf": who.csrf} if rule.rule.startswith("/desk") else None
                answer = who.ask(method, address(rule, IDS), endpoint=rule.endpoint, headers=headers, data=form)
                if rule.rule.startswith("/desk") and answer.status_code not in (404, 405, 308):
                    assert "Cookie" in answer.headers["Vary"], rule.rule
        seen |= who.seen
    assert {200, 302, 303, 401, 403, 404, 405, 415} <= seen, seen


def test_every_route_when_something_fails_inside(service: Service) -> None:
    app = create_app(service.application)
    for name, view in app.view_functions.items():
        app.view_functions[name] = functools.wraps(view)(lambda **_: 1 / 0)
    for who in (Asker(service, flask=app), Asker(service, flask=app, login="admin")):
        for method, rule in rules(service):
            if method in (rule.methods or set()) and method != "OPTIONS":
                form = {"csrf": who.csrf} if rule.rule.startswith("/desk") else None
                answer = who.ask(method, address(rule, IDS), headers=PERSON, data=form)
                assert answer.status_code in (500, 303, 403), rule.rule
                assert "ZeroDivision" not in answer.text
        assert 500 in who.seen


def test_answers_that_no_route_gives(service: Service) -> None:
    who, site = Asker(service, login="admin"), Asker(service, key=service.key)
    big = b"csrf=" + b"x" * 70_000
    form = "application/x-www-form-urlencoded"
    assert who.ask("POST", "/desk/main/items/x/decide", data=big, content_type=form, headers=PERSON).status_code == 413
    file = {"csrf": who.csrf, "file": (_zeros(), "x.bin")}
    assert who.ask("POST", "/desk/main/items/x/decide", data=file, headers=PERSON).status_code == 413
    assert site.ask("POST", "/v1/comments", data=b"x" * 300_000, content_type="application/json").status_code == 413
    assert site.ask("POST", "/v1/comments", data=b"{", content_type="application/json").status_code == 400
    assert site.ask("POST", "/v1/comments", json={}).status_code == 422
    assert who.ask("GET", "/desk/main/", headers={"Host": "evil.example"}).status_code == 421
    for path in (
        "/nothing",
        "/desk/nothing/at/all",
        "/v1/nothing",
        "/desk/main/items/%00",
        "/desk/static/none.css",
        "/static/none.css",
        "/%ff",
        "/desk/%ff/",
    ):
        for headers in ({}, PERSON):
            assert who.ask("GET", path, headers=headers).status_code == 404, path
    for _ in range(11):
        last = Asker(service).ask("POST", "/desk/login", data={"login": "x", "password": "y"})
    assert last.status_code == 429


def _zeros() -> Any:
    return io.BytesIO(b"\0" * 100_000)


def test_over_plain_http_nothing_is_promised_about_https(plain: Service) -> None:
    for path in ("/desk/login", "/healthz", "/v1/events"):
        assert "Strict-Transport-Security" not in plain.client.get(path).headers

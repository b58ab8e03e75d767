"""Forms of the desk: only its own pages send them, each has its effect once, and reading changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from moderation.storage.models.base import Base
from tests.web.console.conftest import Desk, add_people
from tests.web.service import Service, Template
from tests.web.two_sites import BODIES, PASSWORD, Caller, TwoSites, address, routes

VOLATILE = {"seen_at", "claimed_until", "last_used_at"}  # when somebody was here last, or how long he has it open
EMPTY = {
    "site": "main",
    "item": "0" * 32,
    "decision": "0" * 32,
    "key": "0" * 32,
    "block": "0" * 32,
    "appeal": "0" * 32,
    "rule": "0" * 32,
    "comment_id": "0" * 32,
}


@pytest.fixture(scope="module")
def sites(template: Template, tmp_path_factory: pytest.TempPathFactory) -> TwoSites:
    """A site with one of everything."""
    return TwoSites(template, tmp_path_factory.mktemp("sites"))


@pytest.fixture
def service(sites: TwoSites, tmp_path: Path) -> Iterator[Service]:
    """A service of this test's own."""
    made = sites.service(tmp_path)
    yield made
    made.application.close()


def contents(service: Service) -> dict[str, list[Any]]:
    """Every row of every table."""
    with service.application.database.read() as session:
        return {
            table.name: sorted(
                repr(row) for row in session.execute(select(*(c for c in table.columns if c.name not in VOLATILE)))
            )
            for table in Base.metadata.sorted_tables
        }


def posts(service: Service) -> list[str]:
    """The address of every form, and of no thing that exists."""
    return [
        address(rule, EMPTY) for method, rule in routes(service) if method == "POST" and rule.rule.startswith("/desk")
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_no_form_is_taken_from_another_page(sites: TwoSites, service: Service, headers: dict[str, str]) -> None:
    asks = Caller(service, login=sites.main.login("admin"))
    asks.headers = headers
    before = contents(service)
    assert {path: asks.ask("POST", path).status_code for path in posts(service)} == dict.fromkeys(posts(service), 403)
    assert contents(service) == before


def test_no_form_is_taken_without_the_token_of_its_session(sites: TwoSites, service: Service) -> None:
    asks, other = (Caller(service, login=sites.main.login(role)) for role in ("admin", "senior"))
    right, before = asks.csrf, contents(service)
    forms = [path for path in posts(service) if path != "/desk/login"]
    for token in ("", "x" * 43, right[:-1], other.csrf, "é"):
        asks.csrf = token
        assert {path: asks.ask("POST", path).status_code for path in forms} == dict.fromkeys(forms, 403), token
    assert contents(service) == before
    asks.csrf, asks.headers = right, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert 403 not in {asks.ask("POST", path).status_code for path in forms if path != "/desk/logout"}


def test_a_login_form_of_another_page_is_not_taken_where_the_browser_says_little(service: Service) -> None:
    """Over plain http a browser sends no Sec-Fetch-Site, and the origin of a hidden frame is "null", as that of our pages."""
    client = service.flask.test_client()
    form = {"login": "admin", "password": PASSWORD}
    assert client.post("/desk/login", data=form, headers={"Origin": "null"}).status_code == 403
    token = client.get("/desk/login").text.split('name="csrf" value="')[1].split('"')[0]
    assert client.post("/desk/login", data=form, headers={"Origin": "null"}).status_code == 403
    assert client.post("/desk/login", data={**form, "csrf": token}, headers={"Origin": "null"}).status_code == 401
    assert service.flask.test_client().post("/desk/login", data=form | {"csrf": ""}, headers={"Origin": "null"}).status_code == 403  # fmt: skip


@pytest.mark.faults
def test_reading_changes_nothing(sites: TwoSites, service: Service) -> None:
    asks = Caller(service, login=sites.main.login("admin"))
    reader = Caller(service, bearer=service.key)
    ids = sites.main.ids_of("admin")
    before = contents(service)
    for method, rule in routes(service):
        if method == "POST" and rule.rule.startswith("/desk"):
            status = asks.ask("GET", address(rule, ids)).status_code
            assert status == 405 or rule.rule in ("/desk/login", "/desk/logout"), rule.rule
        if method == "GET":
            for who in (asks, reader):
                assert who.ask("GET", address(rule, ids)).status_code < 500, rule.rule
                assert who.ask("HEAD", address(rule, ids)).status_code < 500, rule.rule
    assert contents(service) == before


FORMS: dict[str, dict[str, str]] = {
    "desk.decide": {"revision": "1", "decision": "reject", "reason": "spam", "note": "Seen."},
    "desk.decide_found": {"revision": "1", "decision": "reject", "reason": "spam"},
    "desk.block": {"days": "3", "reason": "Advertising."},
    "desk.erase": {"id": "u2"},
}


@pytest.mark.faults
def test_a_form_that_is_sent_twice_has_its_effect_once(sites: TwoSites, tmp_path: Path) -> None:
    first = sites.service(tmp_path / "list")
    rules = [rule for method, rule in routes(first) if method == "POST" and rule.rule.startswith("/desk/<")]
    first.application.close()
    for number, rule in enumerate(rules):
        service = sites.service(tmp_path / str(number))
        asks, form = (
            Caller(service, login=sites.main.login("admin")),
            FORMS.get(rule.endpoint, BODIES.get(rule.endpoint, {})),
        )
        path = address(rule, _ready(sites, service, asks, rule.endpoint))
        form = {**form, **_version(service)} if rule.endpoint == "desk.rollback" else form
        before = contents(service)
        assert asks.ask("POST", path, form).status_code == 303, rule.rule
        once = contents(service)
        assert once != before or rule.endpoint == "desk.release", rule.rule
        again = asks.ask("POST", path, form)
        assert again.status_code in (303, 404, 409), rule.rule
        assert contents(service) == once, rule.rule
        service.application.close()


def _ready(sites: TwoSites, service: Service, asks: Caller, endpoint: str) -> dict[str, str]:
    ids = sites.main.ids_of("admin")
    if endpoint == "desk.unblock":
        assert asks.ask("POST", f"/desk/main/commenters/{ids['key']}/block", FORMS["desk.block"]).status_code == 303
    return ids


def _version(service: Service) -> dict[str, str]:
    versions = service.application.rulebook.versions(site_id=service.site_id)
    return {"version": next(one["version"] for one in versions if not one["in_force"])}


def test_signs_that_no_database_stores_are_answered(strict: Service) -> None:
    add_people(strict)
    browser = Desk(strict).log_in("admin")
    assert browser.client.post("/desk/login", data={"login": "a\0b", "password": "\0"}).status_code == 401
    assert browser.post("/desk/main/rules/rollback", version="\0").status_code == 404
    for _, rule in routes(strict):
        if rule.rule.startswith("/desk/<"):
            for sign in ("%00", "x" * 5000, "%F0%9F%A4%A1", "%ED%A0%80"):
                path = address(rule, {**dict.fromkeys(EMPTY, sign), "site": "main"})
                form = {"csrf": browser.token(), "note": "\0", "reason": "\0", "version": "\0", "answer": "\0"}
                assert browser.get(path).status_code < 500, path
                assert browser.client.post(path, data=form).status_code < 500, path

"""Every route × everybody who can ask × {own site, another's, none}, by the one table of roles; and rights that change."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from moderation.errors import Conflict
from moderation.storage.models import ApiKey, Membership, User
from moderation.web import create_app, roles
from moderation.web.api import ROUTES
from moderation.workflow.users import ROLES
from tests.web.service import OPERATOR, Service, Template
from tests.web.two_sites import BODIES, Caller, TwoSites, address, routes

LET_IN = {200, 201, 202, 204, 302, 303, 409, 422}
SITE_KEYS = {"live key": "full", "test key": "full", "read key": "read"}
CALLERS = ("nobody", "live key", "read key", "protocol key", *ROLES, "stranger", "operator")
MAKES = {f"api.{route.name}" for route in ROUTES if route.creates}  # an id that is not there is made
ENDS = ("desk.log_out", "desk.send_login")  # they change who asks; test_desk.py has them
NOTHING = "0" * 32


@pytest.fixture(scope="module")
def sites(template: Template, tmp_path_factory: pytest.TempPathFactory) -> TwoSites:
    """Both sites on SQLite: the database makes no difference to rights."""
    return TwoSites(template, tmp_path_factory.mktemp("sites"))


@pytest.fixture
def service(sites: TwoSites, tmp_path: Path) -> Iterator[Service]:
    """A service of this test's own."""
    made = sites.service(tmp_path)
    yield made
    made.application.close()


def caller(sites: TwoSites, service: Service, name: str) -> Caller:
    """Somebody by the name that CALLERS gives."""
    keys, now = service.application.keys, service.application.now()
    if name in SITE_KEYS:
        kind = "test" if name == "test key" else "live"
        made = keys.add(site_id=service.site_id, kind=kind, scope=SITE_KEYS[name], by=OPERATOR, now=now)
        return Caller(service, bearer=made["key"])
    if name == "protocol key":
        made = keys.add(site_id=service.site_id, kind="protocol", by=OPERATOR, now=now)
        return Caller(service, bearer=made["key"])
    if name == "operator":
        return Caller(service, bearer="metrics-token-of-tests")
    if name == "stranger":
        return Caller(service, login=sites.other.login("admin"))
    return Caller(service, login=sites.main.login(name) if name in ROLES else "")


def expected(name: str, act: str, rule: Rule, whose: str) -> Callable[[TestResponse], bool]:
    """What the table says that an answer has to be."""
    if roles.may(None, act):
        return lambda answer: answer.status_code not in (401, 403)
    area = rule.endpoint.partition(".")[0]
    if area == "desk":
        return _at_the_desk(name, act, rule, whose)
    if area == "ops":
        return lambda answer: answer.status_code == (200 if roles.may(name, act) else 401)
    if area == "akismet":
        return lambda answer: (answer.status_code, answer.text) == (200, "invalid")  # the key is not where it looks
    if area == "perspective":
        return lambda answer: answer.status_code == 403 and "unregistered callers" in answer.text  # nor here
    if area in ("coral", "coral_webhooks"):
        return lambda answer: answer.status_code == 401  # a protocol key in the address and a signature are asked for
    if name == "protocol key" and roles.may(roles.PROTOCOL, act):
        return _let_in if whose == "own" else _not_there
    if name not in SITE_KEYS:
        return lambda answer: answer.status_code == 401
    if not roles.may(SITE_KEYS[name], act):
        return lambda answer: answer.status_code == 403
    return _let_in if whose == "own" else _not_there


def _at_the_desk(name: str, act: str, rule: Rule, whose: str) -> Callable[[TestResponse], bool]:
    if name not in (*ROLES, "stranger"):
        return lambda answer: answer.status_code == 403 or answer.headers.get("Location") == "/desk/login"
    if "site" not in rule.arguments:
        return _let_in
    if name == "stranger" or whose == "none":
        return _not_there
    if not roles.may(name, act):
        return lambda answer: answer.status_code == 403
    return _not_there if whose == "other" and len(rule.arguments) > 1 else _let_in


def _not_there(answer: TestResponse) -> bool:
    return answer.status_code == 404


def _let_in(answer: TestResponse) -> bool:
    return answer.status_code in LET_IN and answer.headers.get("Location") != "/desk/login"


@pytest.mark.parametrize("name", [*CALLERS, pytest.param("test key", marks=pytest.mark.faults)])  # as the live one
def test_every_route_answers_as_the_table_says(sites: TwoSites, service: Service, name: str) -> None:
    asks, only = caller(sites, service, name), sites.other.ids["only"]
    own = sites.main.ids_of(name)
    other = {**sites.other.ids_of(name), "site": "main", **dict.fromkeys(("comment_id", "story_id", "author_id"), only)}
    wrong = []
    for whose, ids in (("none", dict.fromkeys(own, NOTHING)), ("other", other), ("own", own)):
        for method, rule in routes(service):
            act = roles.act_of(service.flask, rule.endpoint) or ""
            if whose == "other" and rule.endpoint == "desk.rollback":
                continue  # it names nothing of the other site, and would take the paused rule away
            if rule.endpoint in ENDS or (whose != "own" and (not rule.arguments or rule.endpoint in MAKES)):
                continue
            answer = asks.ask(method, address(rule, ids), BODIES.get(rule.endpoint))
            if not expected(name, act, rule, whose)(answer):
                wrong.append((whose, method, rule.rule, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", ["live key", "admin"])
def test_another_sites_id_reads_as_one_that_is_not_there(sites: TwoSites, service: Service, name: str) -> None:
    asks, only = caller(sites, service, name), sites.other.ids["only"]
    foreign = {**sites.other.ids_of(name), **dict.fromkeys(("comment_id", "story_id", "author_id"), only)}
    for method, rule in routes(service):
        if not rule.arguments - {"site", "slug", "filename"} or rule.endpoint in MAKES:
            continue
        body = BODIES.get(rule.endpoint)
        theirs = asks.ask(method, address(rule, {**foreign, "site": "main"}), body)
        nothing = asks.ask(method, address(rule, {**dict.fromkeys(foreign, NOTHING), "site": "main"}), body)
        assert (theirs.status_code, theirs.data) == (nothing.status_code, nothing.data), rule.rule


def test_every_route_has_an_act_and_every_act_a_route_or_the_operator(service: Service) -> None:
    asked = {rule.endpoint: roles.act_of(service.flask, rule.endpoint) for _, rule in routes(service)}
    assert [endpoint for endpoint, act in asked.items() if act not in roles.ACTS] == []
    unasked = set(roles.ACTS) - set(asked.values())
    assert {act for act in unasked if set(roles.ACTS[act]) != {roles.OPERATOR}} == set()


def test_a_route_that_was_forgotten_in_the_table_is_there_for_nobody(service: Service) -> None:
    app: Flask = create_app(service.application)
    app.add_url_rule("/forgotten", view_func=lambda: "secret")
    for headers in ({}, {"Authorization": f"Bearer {service.key}"}):
        answer = app.test_client().get("/forgotten", headers=headers)
        assert (answer.status_code, b"secret" in answer.data) == (404, False)


def test_a_right_that_is_in_no_row_cannot_be_asked_for() -> None:
    for decorate in (roles.open_to_all, lambda act: roles.mark(lambda: None, act)):
        with pytest.raises(ValueError):
            decorate("read all secrets")
    with pytest.raises(ValueError):
        roles.open_to_all("read the queue")
    assert not roles.may("admin", "read all secrets")
    assert not roles.may("write", "store stories")


def test_rights_of_people_are_read_from_their_row_on_each_request(sites: TwoSites, service: Service) -> None:
    main = sites.main
    app = service.application
    asks = caller(sites, service, "senior")
    path = f"/desk/main/commenters/{main.ids['key']}/unblock"
    assert asks.ask("POST", path).status_code == 303
    demoted = update(Membership).where(Membership.site_id == main.site_id, Membership.role == "senior")
    with app.database.write() as session:
        session.execute(demoted.values(role="moderator"))
    assert asks.ask("POST", path).status_code == 403
    assert asks.ask("GET", "/desk/main/").status_code == 200
    with app.database.write() as session:
        session.execute(update(User).where(User.login == main.login("senior")).values(disabled_at=app.now()))
    assert asks.ask("GET", "/desk/main/").headers["Location"] == "/desk/login"
    asks = caller(sites, service, "moderator")
    app.users.remove(login=main.login("moderator"), site_id=main.site_id, by=OPERATOR, now=app.now())
    assert asks.ask("GET", "/desk/main/").headers["Location"] == "/desk/login"


def test_rights_of_keys_are_read_from_their_row_on_each_request(service: Service) -> None:
    def set_row(**values: object) -> None:
        with service.application.database.write() as session:
            session.execute(update(ApiKey).where(ApiKey.lookup == service.key.split("_")[2]).values(**values))

    path, body = "/v1/stories/s", {"title": "Roads"}
    statuses = []
    for options in ({}, {"scope": "read"}, {"scope": "no such scope"}, {"scope": "full"}):
        set_row(options=options)
        statuses.append(service.send("PUT", path, json=body).status_code)
    assert statuses == [201, 403, 403, 200]
    set_row(revoked_at=service.application.now())
    assert service.send("PUT", path, json=body).status_code == 401


@pytest.mark.parametrize(
    ("role", "days", "status"),
    [("senior", "7", 303), ("senior", "8", 403), ("senior", "", 403), ("admin", "30", 303), ("admin", "", 303),
     ("admin", "0", 422), ("admin", "forever", 422), ("admin", "99999", 422)],
)  # fmt: skip
def test_how_long_a_person_may_block(sites: TwoSites, service: Service, role: str, days: str, status: int) -> None:
    path, form = f"/desk/main/commenters/{sites.main.ids['key']}/block", {"days": days, "reason": "spam"}
    assert caller(sites, service, role).ask("POST", path, form).status_code == status
    assert (service.get("/v1/authors/u2").get_json()["block"] is not None) is (status == 303)


def test_a_second_person_agrees_to_the_same_length(sites: TwoSites, service: Service) -> None:
    main = sites.main
    path = f"/desk/main/blocks/{main.ids['block']}/confirm"

    def is_blocked() -> bool:
        return service.get("/v1/authors/u2").get_json()["block"] is not None

    assert caller(sites, service, "moderator").ask("POST", path, {"days": "14"}).status_code == 303
    assert (
        caller(sites, service, "senior").ask("POST", path, {"days": ""}).status_code == 303
    )  # for good: another thing
    assert not is_blocked()
    assert caller(sites, service, "moderator").ask("POST", path, {"days": ""}).status_code == 303
    assert is_blocked()


def test_the_last_admin_neither_goes_nor_is_demoted(sites: TwoSites, service: Service) -> None:
    users, site, now, main = service.application.users, service.site_id, service.application.now(), sites.main
    with pytest.raises(Conflict):
        users.add(login=main.login("admin"), site_id=site, role="moderator", by=OPERATOR, now=now)
    users.add(login=main.login("senior"), site_id=site, role="admin", by=OPERATOR, now=now)
    users.add(login=main.login("admin"), site_id=site, role="moderator", by=OPERATOR, now=now)
    with pytest.raises(Conflict):
        users.remove(login=main.login("senior"), site_id=site, by=OPERATOR, now=now)

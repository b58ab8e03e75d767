"""Two sites with the same names for everything: whatever one of them asks, no byte of the other comes back or changes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, select
from werkzeug.test import TestResponse

from moderation.storage.models import Base, Site
from tests.chaos.clients import Receiver
from tests.chaos.told import Told
from tests.web.service import Service, Template
from tests.web.two_sites import BODIES, Caller, TwoSites, World, address, routes

_LINK = re.compile(
    r'(?:href="|action=")(/desk/[^"#]+?)(?:/(?:open|decide|release|block|unblock|confirm|decline|undo))?"'
)
WITH_MARK = {
    *("/v1/comments", "/v1/stories", "/v1/guidelines", "/v1/webhooks"),
    *("/desk/main/", "/desk/main/items", "/desk/main/commenters", "/desk/main/blocks", "/desk/main/appeals"),
    *("/desk/main/decisions", "/desk/main/rules"),
}


@pytest.fixture(scope="module")
def sites(template: Template, tmp_path_factory: pytest.TempPathFactory) -> TwoSites:
    """Both sites, filled alike."""
    return TwoSites(template, tmp_path_factory.mktemp("sites"))


@pytest.fixture
def service(sites: TwoSites, tmp_path: Path) -> Iterator[Service]:
    """A service of this test's own."""
    made = sites.service(tmp_path)
    yield made
    made.application.close()


class Spy:
    """Asks for one site everything that can be asked, and keeps each answer that tells of the other."""

    def __init__(self, service: Service, own: World, foreign: World) -> None:
        self.service, self.own, self.foreign = service, own, foreign
        self.key = Caller(service, bearer=own.key)
        self.people = {role: Caller(service, login=own.login(role)) for role in ("moderator", "admin")}
        self.nobody = Caller(service)
        self.leaks: list[tuple[str, str, str]] = []
        self.asked = 0

    def callers(self, endpoint: str) -> list[Caller]:
        """Who has a key to this door."""
        return {"api": [self.key], "desk": list(self.people.values())}.get(endpoint.partition(".")[0], [self.nobody])

    def ask(
        self, asks: Caller, method: str, path: str, body: Any = None, forbidden: tuple[str, ...] = ()
    ) -> TestResponse:
        """One request; its answer is searched in all its bytes."""
        answer = asks.ask(method, path, body)
        told = f"{answer.status}\n{answer.headers}\n{answer.get_data(as_text=True)}"
        self.asked += 1
        for secret in (self.foreign.mark, self.foreign.key, *self.foreign.secrets, *forbidden):
            if secret in told:
                self.leaks.append((method, path, secret))
        return answer

    def read_everything(self, forbidden: tuple[str, ...] = ()) -> set[str]:
        """Every route that reads, with own ids, and every page that the desk's pages lead to; the addresses."""
        seen: set[str] = set()
        for method, rule in routes(self.service):
            if method == "GET":
                for asks in self.callers(rule.endpoint):
                    self._follow(asks, address(rule, self.own.ids_of("admin")), seen, forbidden)
        for path in ("/nothing", "/v1/nothing", "/desk/main/nothing", "/v1/events?limit=0", "/v1/events?after=999999"):
            self.ask(self.key, "GET", path, forbidden=forbidden)
        metrics = self.service.client.get("/metrics")  # from this machine
        assert metrics.status_code == 200 and self.foreign.mark not in metrics.text
        return seen

    def _follow(self, asks: Caller, path: str, seen: set[str], forbidden: tuple[str, ...]) -> None:
        waiting = [path]
        while waiting:
            page = waiting.pop().replace("&amp;", "&")
            if page.partition("?")[0] not in seen:
                seen.add(page.partition("?")[0])
                waiting += _LINK.findall(self.ask(asks, "GET", page, forbidden=forbidden).text)

    def ask_with(self, id: str) -> None:
        """Every route that takes an id, with this one in each of its places, in the address and in the body."""
        for method, rule in routes(self.service):
            for name in rule.arguments - {"filename", "slug"}:
                ids = {**self.own.ids_of("admin"), name: id}
                for asks in self.callers(rule.endpoint)[-1:]:
                    self.ask(asks, method, address(rule, ids), BODIES.get(rule.endpoint))
        for path, body in _bodies_with(id):
            self.ask(self.key, "POST", path, body)
        self.ask(self.people["admin"], "POST", f"/desk/{self.own.slug}/rules/rollback", {"version": id})
        self.ask(self.key, "GET", f"/v1/events?after={id}")
        self.service.queue.drain()


def _bodies_with(id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "/v1/authors/u1/appeals", {"text": "Why?", "about": {"block": id}}
    yield "/v1/authors/u1/appeals", {"text": "Why?", "about": {"comment": id}}
    text = {"text": "You are a numpty.", "author": {"id": id}, "story": {"id": id}}
    yield "/v1/comments", {"id": f"by-{id}", **text, "parent": {"id": id, "author_id": id}}


def rows_of(service: Service, world: World) -> dict[str, list[Any]]:
    """All that is stored of a site and of its people, but when its key was last used."""
    found: dict[str, list[Any]] = {}
    with service.application.database.read() as session:
        realm = session.get_one(Site, world.site_id).realm_id
        for name, table in Base.metadata.tables.items():
            owner = next((column for column in ("site_id", "realm_id") if column in table.columns), None)
            if owner:
                own = table.c[owner] == (world.site_id if owner == "site_id" else realm)
                columns = [column for column in table.columns if column.name != "last_used_at"]
                found[name] = sorted(map(repr, session.execute(select(*columns).where(own))))
    return found


def ids_of(service: Service, world: World) -> dict[str, str]:
    """An id of each table of a site: our own where it has one, else the first column that names something."""
    found = {}
    with service.application.database.read() as session:
        realm = session.get_one(Site, world.site_id).realm_id
        for name, table in Base.metadata.tables.items():
            owner = next((column for column in ("site_id", "realm_id") if column in table.columns), None)
            column = table.columns.get("id", table.columns.get("version"))
            if owner and column is not None and isinstance(column.type, String):
                own = table.c[owner] == (world.site_id if owner == "site_id" else realm)
                if id := session.scalar(select(column).where(own).limit(1)):
                    found[name] = id
    return found


def test_what_one_site_reads_is_all_its_own(sites: TwoSites, service: Service) -> None:
    spy = Spy(service, sites.main, sites.other)
    read = spy.read_everything(tuple(ids_of(service, sites.other).values()))
    assert spy.leaks == []
    assert f"/desk/main/items/{sites.main.ids['item']}" in read
    looking_at_itself = Spy(service, sites.main, sites.main)
    looking_at_itself.read_everything()
    found = {path for _, path, secret in looking_at_itself.leaks if secret == sites.main.mark}
    places = {re.sub(r"/[0-9a-f-]{32,36}|/c1|/u1|/s1", "", path) for path in found}
    assert places >= WITH_MARK, "what is looked for can be found"


@pytest.mark.faults  # a thousand requests
@pytest.mark.parametrize("side", ["main", "other"])
def test_no_byte_of_another_site_is_told_or_changed(sites: TwoSites, service: Service, side: str) -> None:
    own, foreign = (sites.main, sites.other) if side == "main" else (sites.other, sites.main)
    spy, ids, before = Spy(service, own, foreign), ids_of(service, foreign), rows_of(service, foreign)
    assert set(ids) >= {"comment", "revision", "verdict", "decision", "strike", "block", "appeal", "event", "endpoint"}
    with Receiver(told := Told(), seed=1, unwell=0) as receiver:
        receiver.secret = spy.key.ask("POST", "/v1/webhooks", {"url": receiver.url}).get_json()["secret"]
        for id in (*ids.values(), foreign.slug, foreign.ids["only"]):
            spy.ask_with(id)
        spy.read_everything()
    assert spy.asked > 500
    assert spy.leaks == []
    assert len(told.received) > 5 and foreign.mark not in str(told.received)
    assert rows_of(service, foreign) == before

"""A desk with people of every role, and a way in."""

import copy
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.workflow.incoming import Actor
from moderation.workflow.users import ROLES
from tests.web.service import Service, Template

PASSWORD = "a long enough password"  # of test accounts


def add_people(service: Service) -> None:
    """An account of each role at `main`, and one at `other`."""
    app = service.application
    other = next(site["id"] for site in app.sites.list() if site["slug"] == "other")
    for login, site_id in [*((role, service.site_id) for role in ROLES), ("stranger", other)]:
        role = login if login in ROLES else "admin"
        app.users.add(login=login, site_id=site_id, role=role, password=PASSWORD, by=Actor("operator"), now=app.now())


class Desk:
    """One service with people, and a way in."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.app = service.application
        self.other_id: str = next(site["id"] for site in self.app.sites.list() if site["slug"] == "other")

    def log_in(self, login: str) -> "Browser":
        """A browser of somebody who is logged in (nobody: of a visitor)."""
        client = self.service.flask.test_client()
        if login != "nobody":
            answer = client.post("/desk/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return Browser(client)

    def item(self, **comment: Any) -> str:
        """A held comment in the queue; the id of its item."""
        self.service.decided(**{"text": "You are a numpty.", **comment})
        lines = self.app.desk.queue(site_id=self.service.site_id, now=self.app.now(), user_id="x")["items"]
        wanted = comment.get("id", "c1")
        return str(next(line["item"]["id"] for line in lines if line["comment"]["id"] == wanted))

    def settle(self) -> None:
        """The five seconds pass."""
        self.app.sweep.tick(now=self.app.now() + timedelta(seconds=6))


class Browser:
    """A browser without script: it sends what forms hold."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **given)

    def post(self, path: str, *, csrf: str | None = None, headers: Any = None, **form: Any) -> TestResponse:
        """A form of the desk, with the token of its pages."""
        token = self.token() if csrf is None else csrf
        return self.client.post(path, data={"csrf": token, **form}, headers=headers)

    def token(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/desk/main/decisions").text)
        found = found or re.search(r'name="csrf" value="([^"]+)"', self.client.get("/desk/other/decisions").text)
        return found.group(1) if found else ""


@pytest.fixture(scope="session")
def staffed(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The database with its people, made once: their passwords take a while to hash."""
    folder = tmp_path_factory.mktemp("staffed")
    service = template.service(folder)
    add_people(service)
    service.application.close()
    made = copy.copy(template)
    made._folder = folder
    return made


@pytest.fixture
def desk(staffed: Template, tmp_path: Path) -> Iterator[Desk]:
    """A fresh desk."""
    service = staffed.service(tmp_path)
    yield Desk(service)
    staffed.end(service)

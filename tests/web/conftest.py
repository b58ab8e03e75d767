"""A real service for each test of the edge, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres
from tests.web.service import Service, Template

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A SQLite database made once."""
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres) -> Template:
    """A PostgreSQL database made once."""
    return Template(tmp_path_factory.mktemp("template"), postgres_server)


@pytest.fixture(params=DATABASES)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A fresh service; its worker runs when the test drains the queue."""
    found: Template = request.getfixturevalue("template" if request.param == "sqlite" else "postgres_template")
    made = found.service(tmp_path)
    yield made
    found.end(made)


@pytest.fixture(scope="module", params=DATABASES)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for a module of tests that change nothing that matters to each other; its worker runs at once."""
    found: Template = request.getfixturevalue("template" if request.param == "sqlite" else "postgres_template")
    made = found.service(tmp_path_factory.mktemp("shared"), eager=True)
    yield made
    found.end(made)


@pytest.fixture
def eager(template: Template, tmp_path: Path) -> Iterator[Service]:
    """A fresh service whose worker runs at once."""
    made = template.service(tmp_path, eager=True)
    yield made
    template.end(made)


@pytest.fixture(scope="module")
def plain(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for a module where the database makes no difference."""
    made = template.service(tmp_path_factory.mktemp("plain"), eager=True)
    yield made
    template.end(made)


@pytest.fixture(scope="module")
def strict(postgres_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for a module on PostgreSQL, which refuses what SQLite would take."""
    made = postgres_template.service(tmp_path_factory.mktemp("strict"), eager=True)
    yield made
    postgres_template.end(made)

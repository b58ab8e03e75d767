"""A real service for each test of the edge."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.service import Service, Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A database made once."""
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def service(template: Template, tmp_path: Path) -> Iterator[Service]:
    """A fresh service; its worker runs when the test drains the queue."""
    made = template.service(tmp_path)
    yield made
    made.application.close()


@pytest.fixture
def eager(template: Template, tmp_path: Path) -> Iterator[Service]:
    """A fresh service whose worker runs at once."""
    made = template.service(tmp_path, eager=True)
    yield made
    made.application.close()


@pytest.fixture(scope="module")
def shared(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for a module of tests that change nothing that matters to each other."""
    made = template.service(tmp_path_factory.mktemp("shared"), eager=True)
    yield made
    made.application.close()

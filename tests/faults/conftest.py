"""One running service of each shape for a module of faults; and the in-process newsroom of the workflow tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.clients import Client, Receiver
from tests.chaos.told import Told
from tests.faults.shapes import SHAPES
from tests.faults.site import Site
from tests.workflow.conftest import (
    database_url,
    moderator,
    newsroom,
    postgres_template,
    settings,
    sqlite_template,
)

__all__ = ["database_url", "moderator", "newsroom", "postgres_template", "settings", "sqlite_template"]
SLOW = 420  # seconds of a test; its own waits end before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder belongs to `make test-faults`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(SLOW))


@pytest.fixture(scope="module", params=["embedded", "production"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of one running service of each shape, for all tests of a module."""
    shape = SHAPES[request.param](tmp_path_factory.mktemp(request.param))
    told = Told()
    try:
        shape.start()
        with Client(shape.url, shape.key) as client, Receiver(told, seed=1) as receiver:
            yield Site(shape, client, told, receiver)
    finally:
        shape.stop()


@pytest.fixture
def embedded(site: Site) -> Site:
    """For what only the embedded shape has."""
    if site.shape.name != "embedded":
        pytest.skip("of the embedded shape")
    return site


@pytest.fixture
def production(site: Site) -> Site:
    """For what only the production shape has."""
    if site.shape.name != "production":
        pytest.skip("of the production shape")
    return site

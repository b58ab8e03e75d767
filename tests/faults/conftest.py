"""One running service of each shape, a site of it for each module of faults; and the in-process newsroom of the workflow tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.clients import Client, Receiver
from tests.chaos.told import Told
from tests.faults.shapes import SHAPES, FaultyShape
from tests.faults.site import Site, new_site
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


@pytest.fixture(scope="session", params=["embedded", "production"])
def shape(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyShape]:
    """One running service of each shape for all of the matrix."""
    made = SHAPES[request.param](tmp_path_factory.mktemp(request.param))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, shape: FaultyShape) -> Iterator[Site]:
    """A site of its own for each module, with a receiver of its webhooks."""
    slug = request.module.__name__.rpartition("_")[2]
    told, key = Told(), new_site(shape, slug)
    with Client(shape.url, key) as client, Receiver(told, seed=1, unwell=0) as receiver:
        yield Site(shape, slug, key, client, told, receiver)


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

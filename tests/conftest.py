"""Servers and databases that any test may ask for. A test that asks for none starts none."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey

gc.set_threshold(50_000)  # with the usual 700 an eighth of the suite's time went into walking what stays anyway

_compile = Rule._compile_builder
_compiled: dict[tuple[object, ...], Any] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    """What Werkzeug makes of a route is the same in every application: a tenth of the suite's time went there."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign, assignment]


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    """One Valkey for the session."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def valkey_url(valkey_server: Valkey) -> str:
    """An empty broker."""
    valkey_server.flush()
    return valkey_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for the session."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def empty_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A database without tables."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)

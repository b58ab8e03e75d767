"""What a log line may hold: events and ids, nothing that a person wrote, nothing that opens a door."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from moderation import telemetry

CANARY = "a canary that a reader wrote"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Our configuration over a buffer; the root logger as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    telemetry.configure("debug", stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def written(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_an_event_carries_its_ids(log: io.StringIO) -> None:
    telemetry.logger("test").info("comment.moderated", comment="c1", revision=2)
    [line] = written(log)
    assert (line["event"], line["comment"], line["revision"], line["level"]) == ("comment.moderated", "c1", 2, "info")


@pytest.mark.parametrize(
    "field", ["text", "note", "name", "password", "key", "cookie", "Authorization", "params", "body"]
)
def test_fields_that_may_hold_a_text_or_a_secret_are_dropped(log: io.StringIO, field: str) -> None:
    telemetry.logger("test").warning("x", **{field: CANARY})
    assert CANARY not in log.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "redis://user:hunter2canary@host:6379/0",
        "postgresql+psycopg://u:hunter2canary@h/d",
        "GET /v1alpha1/comments:analyze?key=hunter2canary HTTP/1.1",
        "Authorization: Bearer hunter2canary",
        "kic_live_abcdefgh_hunter2canary_123456",
        "whsec_hunter2canary",
    ],
)
def test_secrets_are_scrubbed_from_our_values_and_from_libraries(log: io.StringIO, secret: str) -> None:
    telemetry.logger("test").info("x", address=secret)
    logging.getLogger("somebody").warning("talking to %s", secret)
    assert len(written(log)) == 2
    assert "hunter2canary" not in log.getvalue()


def test_an_exception_is_its_type_and_place_not_its_message(log: io.StringIO) -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        telemetry.logger("test").exception("judge.failed", comment="c1")
        logging.getLogger("celery.app.trace").exception(
            "Task %(name)s[%(id)s] raised %(exc)s", {"name": "n", "id": "7", "exc": CANARY}
        )
        logging.getLogger("flask.app").exception("on %s", CANARY)
    assert CANARY not in log.getvalue()
    ours, celerys, flasks = written(log)
    assert (ours["error"], ours["cause"]) == ("RuntimeError", "ValueError")
    assert "test_telemetry.py" in ours["at"][-1]
    assert celerys["id"] == "7"
    assert flasks["event"] == "library.flask.app"


def test_a_newline_in_an_id_forges_no_line(log: io.StringIO) -> None:
    telemetry.logger("test").info("x", comment='c1"}\n{"event": "forged"}')
    assert [line["event"] for line in written(log)] == ["x"]

"""Fuzzers of every door where words come in. A failure prints the input; FUZZ_SECONDS is the time of each of them."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from werkzeug.test import TestResponse

from moderation.adapters import webhook_client
from moderation.adapters.rule_files import RuleFolder
from moderation.engine.evaluate import evaluate
from moderation.engine.examples import run_examples
from moderation.engine.facts import Facts, Submission
from moderation.engine.ruleset import InvalidRuleset, Ruleset, load
from moderation.engine.text import fold
from moderation.errors import MalformedRequest, NotAuthenticated
from moderation.web import fields, idempotency, prefer
from moderation.workflow import events
from tests.fuzz import inputs
from tests.model.service import BASE
from tests.web.conftest import postgres_template, strict
from tests.web.service import Service

__all__ = ["postgres_template", "strict"]
SECONDS = float(os.environ.get("FUZZ_SECONDS", "20"))
BOUND = 2.0  # seconds of the processor for one file of at most 20 kB
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(SECONDS + 400),
]  # making a failure small takes five minutes at most
ROUNDS = settings(
    max_examples=200, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)
)


def fuzz(test: Callable[[], None]) -> None:
    """Runs a test of hypothesis again and again, each time with other input."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        test()


def is_sound(answer: TestResponse) -> None:
    """No failure of ours, and every refusal a problem document."""
    assert answer.status_code < 500, answer.get_data(as_text=True)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        problem = answer.get_json()
        assert (problem["status"], bool(problem["detail"])) == (answer.status_code, True)


def test_bodies(strict: Service) -> None:
    """JSON intake, one by one and in batches, over a database that refuses what it cannot keep."""
    kinds = st.sampled_from(["application/json", "application/json", "application/json; charset=UTF-8"])

    @ROUNDS
    @given(raw=inputs.JSON, kind=kinds)
    def one(raw: bytes, kind: str) -> None:
        is_sound(strict.send("POST", "/v1/comments", data=raw, headers={"Content-Type": kind}))

    @ROUNDS
    @given(lines=st.lists(inputs.JSON, max_size=4))
    def batch(lines: list[bytes]) -> None:
        answer = strict.send(
            "POST", "/v1/comments:batch", data=b"\n".join(lines), headers={"Content-Type": "application/x-ndjson"}
        )
        is_sound(answer)
        for line in answer.get_data().splitlines() if answer.status_code == 200 else ():
            assert json.loads(line)["status"] < 500

    def both() -> None:
        one()
        batch()

    fuzz(both)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for one rule file of each kind."""
    for name in ("lists", "sites/main"):
        (tmp_path / name).mkdir(parents=True)
    yield tmp_path


FILES = (
    "10-fuzz.yaml",
    "lists/insults.yaml",
    "enforcement.yaml",
    "fixtures.yaml",
    "sites/main/settings.yaml",
    "faq.md",
)


def test_rule_files(folder: Path) -> None:
    """A ruleset that works, or mistakes with places inside of the file; nothing else, and not for long."""

    @ROUNDS
    @given(raw=inputs.YAML, name=st.sampled_from((FILES[0], *FILES)))
    def read(raw: bytes, name: str) -> None:
        (folder / name).write_bytes(raw)
        started = time.process_time()
        try:
            _works(load(RuleFolder(folder).read("main"), site="main"))
        except InvalidRuleset as refused:
            _places_are_inside(refused, name, raw)
        finally:
            (folder / name).unlink()
        assert time.process_time() - started < BOUND

    fuzz(read)


def _works(ruleset: Ruleset) -> None:
    assert Ruleset.from_body(ruleset.body).version == ruleset.version
    for text in ("You clodpole.", "x y aab (", ""):
        evaluate(Facts(submission=Submission(text=text), now=BASE), ruleset)
    run_examples(ruleset)


def _places_are_inside(refused: InvalidRuleset, name: str, raw: bytes) -> None:
    assert refused.errors
    assert str(refused)
    lines = re.split("\r\n|\r|\n", raw.decode("utf-8", "replace"))
    for error in refused.errors:
        assert error.file in (name, ".")
        assert 0 <= error.line <= len(lines) + 1, error
        line = lines[error.line - 1] if 0 < error.line <= len(lines) else ""
        assert 0 <= error.column <= len(line) + 1, error


def test_folding() -> None:
    """Every place leads into the text, in order; a range is what its ends are; only what is dropped lies between."""

    @ROUNDS
    @given(text=inputs.TEXTS, format=st.sampled_from(["plain", "plain", "html"]), data=st.data())
    def folded(text: str, format: str, data: st.DataObject) -> None:
        view = fold(text, format)
        spans = [view.span(at, at + 1) for at in range(len(view.text))]
        assert len(view.text) == len(view.lines)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)
        if spans:
            first = data.draw(st.integers(0, len(spans) - 1))
            last = data.draw(st.integers(first, len(spans) - 1))
            assert view.span(first, last + 1) == (spans[first][0], spans[last][1])
            view.hidden_as(first, last + 1)
        for seen, (start, end) in zip(view.text, spans, strict=True):
            written = text[start:end]
            assert not (len(written) == 1 and written.isascii() and written.isalnum()) or written.lower() == seen
        if format == "plain":
            assert fold(view.lines).lines == view.lines
            gaps = {text[end:start] for (_, end), (start, _) in pairwise(spans) if end < start}
            assert all(fold(f"{gap}'").lines == "'" for gap in gaps), gaps  # a backslash goes before a quotation mark

    fuzz(folded)


def quiet(call: Callable[[str], Any], *declared: type[Exception]) -> Callable[[str], None]:
    """A parser that may raise what it declares, and nothing else."""

    def tried(value: str) -> None:
        try:
            call(value)
        except declared:
            pass

    return tried


def signed(secret: str) -> None:
    """A secret that cannot sign is an answer of the sender, not its end."""
    client = webhook_client.WebhookClient(allow_private=True, seconds=0.001)
    answer = client.send(url="http://127.0.0.1:9/", secrets=(secret,), id="id", timestamp=1, body=b"{}")
    assert answer.status is None
    assert answer.error


PARSERS: dict[str, Callable[[str], None]] = {
    "Idempotency-Key": quiet(idempotency.parse, MalformedRequest),
    "Prefer": quiet(prefer.parse),
    "time": quiet(fields.read_time, PydanticCustomError),
    "cursor": quiet(events._position, MalformedRequest),
    "address": quiet(webhook_client.parse),
    "secret": signed,
    "Retry-After": quiet(webhook_client._retry_after),
}
TOLD = ("Authorization", "Idempotency-Key", "Prefer", "Content-Type", "Content-Encoding", "Accept", "X-Forwarded-For")


def test_headers_and_keys(strict: Service) -> None:
    """Parsers of headers, keys, cursors, times, addresses and secrets raise what they declare; requests are answered."""

    def key(value: str) -> None:
        quiet(lambda token: strict.application.keys.authenticate(token=token, now=BASE), NotAuthenticated)(value)
        quiet(lambda token: strict.application.keys.authenticate_protocol(key=token, now=BASE), NotAuthenticated)(value)

    @ROUNDS
    @given(value=inputs.HEADERS, name=st.sampled_from((*PARSERS, "key")))
    def parsed(value: str, name: str) -> None:
        {**PARSERS, "key": key}[name](value)

    @settings(ROUNDS, max_examples=50)
    @given(value=inputs.HEADERS, name=st.sampled_from(TOLD))
    def told(value: str, name: str) -> None:
        header = "".join(char for char in value if char.isprintable() and char < "\u0100")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {strict.key}", name: header}
        is_sound(strict.client.post("/v1/comments", data=inputs.COMMENT, headers=headers))

    def both() -> None:
        parsed()
        told()

    fuzz(both)

"""A fuzzer of Perspective's protocol: whatever a body is made of, the answer has the protocol's shape."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from tests.fuzz import inputs
from tests.fuzz.test_fuzz import ROUNDS, SECONDS, fuzz
from tests.web.conftest import template
from tests.web.service import OPERATOR, Service, Template

__all__ = ["template"]
pytestmark = [pytest.mark.faults, pytest.mark.timeout(SECONDS + 400)]
SEEDS = (
    b'{"comment": {"text": "You numpty. Bye."}, "requestedAttributes": {"TOXICITY": {"scoreThreshold": 0.5}}, "languages": ["en"]}',
    b'{"comment": {"text": "A fair point. \\ud83d\\ude00", "type": 1}, "requested_attributes": {"SPAM": {}}, "spanAnnotations": true}',
    b'{"comment": {"text": "x"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}, "spanScores": [{"begin": 0}]}}}',
    b'{"comment": {"text": "x"}, "context": {"articleAndParentComment": {"article": {"text": "y"}}}, "clientToken": "t"}',
)


@pytest.fixture(scope="module")
def asked(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    made = template.service(tmp_path_factory.mktemp("perspective"), learned_scores=False, off_topic=False)
    app = made.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    key = app.keys.add(site_id=made.site_id, kind="protocol", per_minute=10_000_000, by=OPERATOR, now=app.now())["key"]
    yield made, key
    template.end(made)


def answered(asked: tuple[Service, str], verb: str, raw: bytes) -> dict[str, Any] | None:
    """The body of a good answer; None where the request was refused as the protocol refuses."""
    service, key = asked
    answer = service.client.post(f"/v1alpha1/comments:{verb}", data=raw, query_string={"key": key})
    body: dict[str, Any] = answer.get_json()
    if answer.status_code == 200:
        return body
    assert answer.status_code == 400, (answer.status_code, raw)
    error = body["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"]
    assert error["details"][0]["@type"]
    return None


def test_any_body(asked: tuple[Service, str]) -> None:
    @ROUNDS
    @given(inputs.broken_bytes(SEEDS, inputs.JSON_TOKENS))
    def rounds(raw: bytes) -> None:
        for verb in ("analyze", "suggestscore"):
            answered(asked, verb, raw)

    fuzz(rounds)


def test_spans_of_any_text(asked: tuple[Service, str]) -> None:
    @ROUNDS
    @given(inputs.TEXTS)
    def rounds(text: str) -> None:
        body = {
            "comment": {"text": text},
            "requestedAttributes": {"TOXICITY": {}},
            "languages": ["en"],
            "spanAnnotations": True,
        }
        found = answered(asked, "analyze", json.dumps(body).encode())
        if found is None:
            return
        wide, at = text.encode("utf-16-le"), 0
        for span in found["attributeScores"]["TOXICITY"]["spanScores"]:
            assert at <= span["begin"] < span["end"] <= len(wide) // 2
            wide[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le")
            at = span["end"]

    fuzz(rounds)

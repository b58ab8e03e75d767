"""Requests that the OpenAPI document allows, and such that it does not, against the real application."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from moderation.errors import Conflict
from moderation.web import bounded
from moderation.web.api import ROUTES
from tests.web.service import Service

# The schema cannot say everything: blank texts, bytes of UTF-8 and times to come are refused although it allows them.
LEFT_OUT = [positive_data_acceptance]
# Unknown parameters of a query are passed over, like unknown fields.
UNKNOWN_QUERY = [*LEFT_OUT, negative_data_rejection]


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """Lines of a batch as they are."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


@pytest.fixture(scope="module")
def operations(strict: Service) -> dict[str, Any]:
    """operationId → operation of the served document."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", strict.flask)
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """429 is documented and tested elsewhere; here it would hide what lies behind it."""
    monkeypatch.setattr(bounded.RateLimit, "spend", lambda self, key, count=1: None)


# A batch answers 200 and says on each line what is wrong with it, so nothing that is sent there is refused as a whole.
CASES = [
    (route.name, mode)
    for route in ROUTES
    for mode in GenerationMode
    if (route.name, mode) != ("submitComments", GenerationMode.NEGATIVE)
]


def attack(operations: dict[str, Any], strict: Service, name: str, mode: GenerationMode, examples: int) -> None:
    """Send `examples` requests to one endpoint and hold every answer against the document."""
    left_out = UNKNOWN_QUERY if name == "readEvents" else LEFT_OUT

    @given(case=operations[name].as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def send(case: Any) -> None:
        # Told to the checks as well: else they take the key for one that they made up, and its success for a hole.
        headers = {"Authorization": f"Bearer {strict.key}"}
        answer = case.call(headers=headers)
        # Too large is a refusal too, but not one that the check knows.
        excluded = UNKNOWN_QUERY if answer.status_code == 413 else left_out
        case.validate_response(answer, headers=headers, excluded_checks=excluded)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an endpoint without parameters: nothing can be wrong with it


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "mode"), CASES, ids=lambda part: getattr(part, "value", part))
def test_whatever_is_sent(operations: dict[str, Any], strict: Service, name: str, mode: GenerationMode) -> None:
    attack(operations, strict, name, mode, 4)


@pytest.mark.faults
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "mode"), CASES, ids=lambda part: getattr(part, "value", part))
def test_whatever_is_sent_at_length(
    operations: dict[str, Any], strict: Service, name: str, mode: GenerationMode
) -> None:
    attack(operations, strict, name, mode, 60)


def test_every_operation_is_attacked(operations: dict[str, Any]) -> None:
    """The document holds what the routes are, and each is in the table of cases in every way that makes sense."""
    assert set(operations) == {route.name for route in ROUTES}
    assert {(name, mode) for name in operations for mode in GenerationMode} - set(CASES) == {
        ("submitComments", GenerationMode.NEGATIVE)
    }


def undocumented(self: Any, **given: Any) -> Any:
    raise Conflict("no such conflict is documented")


def unforeseen(self: Any, **given: Any) -> Any:
    raise RuntimeError("a fault of ours")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("guidelines", [undocumented, unforeseen, lambda self, **given: {"title": 5}])
def test_an_answer_that_is_not_documented_fails(
    operations: dict[str, Any], strict: Service, monkeypatch: pytest.MonkeyPatch, guidelines: Any
) -> None:
    monkeypatch.setattr(type(strict.application.rulebook), "guidelines", guidelines)
    with pytest.raises(FailureGroup):
        attack(operations, strict, "getGuidelines", GenerationMode.POSITIVE, 1)

"""Requests that the OpenAPI document allows, and such that it does not, against the real application."""

import json
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from moderation.web import bounded
from moderation.web.api import ROUTES
from tests.web.service import Service

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
# The schema cannot say everything: blank texts, bytes of UTF-8 and times to come are refused although it allows them.
LEFT_OUT = [positive_data_acceptance]


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """Lines of a batch as they are."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


@pytest.fixture(scope="module")
def operations(shared: Service) -> dict[str, Any]:
    """operationId → operation of the served document."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", shared.flask)
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """429 is documented and tested elsewhere; here it would hide what lies behind it."""
    monkeypatch.setattr(bounded.RateLimit, "spend", lambda self, key: None)


# A batch answers 200 and says on each line what is wrong with it, so nothing that is sent there is refused as a whole.
CASES = [
    (route.name, mode)
    for route in ROUTES
    for mode in GenerationMode
    if (route.name, mode) != ("submitComments", GenerationMode.NEGATIVE)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "mode"), CASES, ids=lambda part: getattr(part, "value", part))
def test_whatever_is_sent(operations: dict[str, Any], shared: Service, name: str, mode: GenerationMode) -> None:
    @given(case=operations[name].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def send(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {shared.key}"}, excluded_checks=LEFT_OUT)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an endpoint without parameters: nothing can be wrong with it

"""The API against its model: whatever a site, its moderators, a broker and a clock do, both say the same."""

import os
import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Machine
from tests.model.service import Template
from tests.model.walks import WALKS

SECONDS = float(os.environ.get("MODEL_SECONDS", "30"))  # of each long run, one on each database
STEPS = settings(
    deadline=None,
    database=None,
    print_blob=True,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> type[Machine]:
    """The machine over databases of each kind."""
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    return type("ApiMachine", (Machine,), {"template": Template(tmp_path_factory.mktemp("model"), server)})


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_walks_that_matter(machine: type[Machine], walk: str) -> None:
    made = machine()
    made.begin()
    try:
        for name, given in WALKS[walk]:
            getattr(made, name)(**given)
            made.says_the_same()
    finally:
        made.teardown()


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_the_api_is_its_model(machine: type[Machine]) -> None:
    """A few walks, the same each time; a failing one is shown as it is, making it small would take minutes."""
    short = settings(STEPS, max_examples=3, derandomize=True, phases=[Phase.generate])
    run_state_machine_as_test(machine, settings=short)


@pytest.mark.faults
@pytest.mark.timeout(SECONDS * 2 + 400)  # making a failure small takes five minutes at most
def test_the_api_is_its_model_at_length(machine: type[Machine]) -> None:
    """Other walks each time, for MODEL_SECONDS; all the questions after each step; a failure prints its steps."""
    machine.asks_always = True
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        run_state_machine_as_test(machine, settings=settings(STEPS, max_examples=3, stateful_step_count=50))

"""Processes that die or hang at a named step. Rows 1, 7, 10 and the hanging half of 28."""

import threading
import time

import pytest

from tests.chaos.clients import RUDE
from tests.faults.shapes import FaultyEmbedded, FaultyProduction
from tests.faults.site import Site


@pytest.mark.parametrize(
    ("step", "how"),
    [("web.submitting", "kill"), ("web.submitted", "kill"), ("web.sending", "kill late")],
    ids=["before the INSERT", "after the COMMIT", "after the answer"],
)
def test_row_1_the_web_process_dies_around_the_commit(site: Site, step: str, how: str) -> None:
    """Row 1: a retry with the same key is the same comment, and a hint that was never sent is made up for."""
    id = f"web-{step.partition('.')[2]}"
    site.steps.arm(step, how, needle="" if how == "kill late" else f"'{id}'")
    shown = site.post(id)
    assert (shown["id"], shown["revision"]) == (id, 1)
    site.steps.wait(step)
    assert site.judged(id)["status"] == "published"
    site.drained()


STRIKES = (
    ("worker.claimed", "kill"),
    ("worker.judging", "memory"),
    ("worker.judged", "segv"),
    ("worker.written", "kill"),
    ("worker.recorded", "kill"),
)


def test_row_7_a_worker_dies_at_every_step(site: Site) -> None:
    """Row 7: dead after the claim, the scoring, before and after the COMMIT: judged once, while others flow."""
    with site.load(seed=7, clients=2):
        for step, how in STRIKES:
            site.steps.arm(step, how)
            site.steps.wait(step)
            id = f"flows-{step.partition('.')[2]}"
            site.post(id)
            site.judged(id)
    site.drained()


def test_row_10_comments_that_crash_or_hang_their_check(site: Site) -> None:
    """Rows 10 and 28: five attempts each, then a person with the reason; others are checked meanwhile, nothing loops."""
    with (
        site.steps.armed("worker.judging", "kill", needle="(poison)"),
        site.steps.armed("worker.judged", "hang", needle="(tar)"),
    ):
        site.post("poison", RUDE[0])
        site.post("tar", RUDE[0])
        for number in range(5):
            time.sleep(2)
            site.post(f"beside-poison-{number}")
        _gives_up(site, "poison")
        _gives_up(site, "tar")
    site.drained()


def _gives_up(site: Site, id: str) -> None:
    shown = site.judged(id, seconds=180)
    assert shown["status"] == "held"
    assert shown["verdict"]["reasons"][0]["code"] == "not_judged"
    assert site.attempts(id) == 6  # the sixth is the one that asks a person


def test_the_shapes_are_what_they_say(site: Site) -> None:
    """Guards the rows above: the saboteur is in every process, and threads of ours are not left behind."""
    assert isinstance(site.shape, FaultyEmbedded | FaultyProduction)
    for name in ("web", "worker", "courier"):
        assert "saboteur.py" in " ".join(site.shape.part(name).cmdline())
    assert threading.active_count() < 100

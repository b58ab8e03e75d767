"""Fifteen seconds of chaos on the embedded service in `make test`; both shapes for a minute among the faults."""

from pathlib import Path

import pytest

from tests.chaos.run import run


def test_fifteen_seconds_of_chaos(tmp_path: Path) -> None:
    report = run("embedded", tmp_path, seconds=15, seed=2026)
    assert report.comments > 20, str(report)
    assert not any(report.wrong.values()), str(report)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("shape", ["embedded", "production"])
def test_a_minute_of_chaos(shape: str, tmp_path: Path) -> None:
    report = run(shape, tmp_path, seconds=60, seed=2027)
    assert not any(report.wrong.values()), str(report)

"""Rulesets for the engine's tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.engine.ruleset import Ruleset, load

RULES = Path(__file__).parents[2] / "rules"


def shipped_files() -> dict[str, str]:
    """The shipped rule files by their path."""
    paths = [path for path in RULES.rglob("*") if path.suffix in (".yaml", ".md")]
    return {path.relative_to(RULES).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="session")
def shipped() -> Ruleset:
    """The shipped rules, compiled once."""
    return load(shipped_files())


Make = Callable[..., Ruleset]


@pytest.fixture
def rules_of() -> Make:
    """Rules in YAML (the list below `rules:`) and other files in, a ruleset out."""

    def make(rules: str, **files: str) -> Ruleset:
        lists = {f"lists/{name}.yaml": text for name, text in files.items()}
        return load({"a.yaml": "rules:\n" + rules, **lists})

    return make

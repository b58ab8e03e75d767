"""JSON Schema of the rule format, generated from the shapes that the loader reads with."""

from __future__ import annotations

from typing import Any

from .files import RULE_FILE
from .lists import LIST
from .policy import ENFORCEMENT, FIXTURES, SETTINGS
from .tree import condition_schema


def json_schema() -> dict[str, Any]:
    """The schema of rule files; lists, fixtures, enforcement and settings under $defs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule file of Keep It Civil",
        **RULE_FILE.json(),
        "$defs": {
            "condition": condition_schema(),
            "list": LIST.json(),
            "fixtures": FIXTURES.json(),
            "enforcement": ENFORCEMENT.json(),
            "settings": SETTINGS.json(),
        },
    }

"""Shapes of what is no rule: settings of a site, enforcement, exemptions, fixtures."""

from __future__ import annotations

import copy
from typing import Any

from .conditions.around import MARKS, PERSON_ROLES, ROLES
from .lists import LOCALES
from .schema import BAD, Bad, Choice, Flag, Many, Named, Number, OneOf, Problems, Shape, Some, Table, Text, Whole
from .source import Located
from .staffing import SHIFTS, UNSTAFFED
from .verdict import ATTACKS, CATEGORIES

DEFAULT_SETTINGS: dict[str, Any] = {
    "language": "en",
    "locale": "en-US",
    "edit_hides": False,
    "flags": {"hide_at": 5, "readers": 3},
    "undo_seconds": 5,
    "review_expires_hours": 48,
    "close_after_days": 14,
    "staffed": None,
    "unstaffed": "hold",
    "hours": None,
    "typical": None,
    "redress": None,
    "appeals_contact": None,
    "trusted": {"published": 50, "months": 12},
    "appeal_days": 183,
    "retention": {"published": 12, "rejected": 6, "strikes": 6, "flags": 6, "decisions": 36},
}


class Optional:
    """A shape that may also be null."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def read(self, node: Located, problems: Problems) -> Any:
        return None if node.value is None else self.shape.read(node, problems)

    def json(self) -> dict[str, Any]:
        return {"anyOf": [self.shape.json(), {"type": "null"}]}


SETTINGS = Table(
    {
        "language": Text(10),
        "locale": Choice(LOCALES),
        "edit_hides": Flag(),
        "flags": Table({"hide_at": Whole(1, 1000), "readers": Whole(1, 1000)}),
        "undo_seconds": Whole(0, 60),
        "review_expires_hours": Whole(1, 2000),
        "close_after_days": Optional(Whole(1, 3650)),
        "staffed": Optional(SHIFTS),
        "unstaffed": Choice(UNSTAFFED),
        "hours": Optional(Text(200)),
        "typical": Optional(Text(200)),
        "redress": Optional(Text(2000)),
        "appeals_contact": Optional(Text(200)),
        "trusted": Table({"published": Whole(1, 100_000), "months": Whole(1, 240)}),
        "appeal_days": Whole(1, 3650),
        "retention": Table({kind: Optional(Whole(1, 1200)) for kind in DEFAULT_SETTINGS["retention"]}),
    }
)

NEVER_AUTOMATIC = ("threat", "self_harm", "off_topic", "civility")
_STEP = Table(
    {
        "at": Whole(1, 1000),
        "warn": Flag(),
        "check_first_days": Whole(1, 3650),
        "block_days": Whole(1, 3650),
        "block": Choice(("until_lifted",)),
        "review_after_days": Whole(1, 3650),
    },
    required=("at",),
)
ENFORCEMENT = Table(
    {
        "counts": Choice(("confirmed", "verdict")),
        "blocks": OneOf(
            {str: Choice(("proposed", "automatic")), dict: Named(Choice(("proposed", "automatic")), names=CATEGORIES)}
        ),
        "scope": Choice(("site", "all_sites")),
        "window_days": Whole(1, 3650),
        "ladder": Named(OneOf({str: Choice(("by_a_person",)), list: Many(_STEP, fewest=1)}), names=CATEGORIES),
        "never": Many(Choice(CATEGORIES)),
    },
    required=("counts", "blocks", "scope", "window_days", "ladder"),
)
DEFAULT_ENFORCEMENT: dict[str, Any] = {
    "counts": "confirmed",
    "blocks": "proposed",
    "scope": "site",
    "window_days": 180,
    "ladder": {},
    "never": [],
}

EXEMPTION = Table(
    {
        "author_role": Some(Choice(ROLES)),
        "trusted": Flag(),
        "section": Some(Text(100)),
        "categories": Some(Choice(CATEGORIES)),
        "rules": Some(Text(80)),
    }
)

STORY = Table(
    {
        "id": Text(200),
        "url": Text(2000),
        "title": Text(1000),
        "body": Text(20_000),
        "section": Text(100),
        "language": Text(10),
        "byline": Many(Table({"name": Text(200), "id": Text(200)}, required=("name",))),
        "people": Many(Table({"name": Text(200), "role": Choice(PERSON_ROLES)}, required=("name",))),
        "sensitive": Some(Choice(MARKS)),
        "sensitive_by": Choice(("site", "machine")),
    }
)
AUTHOR = Table(
    {
        "id": Text(200),
        "name": Text(200),
        "role": Choice(ROLES),
        "trusted": Flag(),
        "published": Whole(0, 10_000_000),
        "joined_at": Text(40),
    }
)
FIXTURES = Table({"stories": Named(STORY), "authors": Named(AUTHOR)})

_STORY = OneOf({str: Text(100), dict: STORY})
_AUTHOR = OneOf({str: Text(100), dict: AUTHOR})
EXAMPLE = OneOf(
    {
        str: Text(20_000),
        dict: Table(
            {
                "text": Text(20_000),
                "format": Choice(("plain", "html")),
                "story": _STORY,
                "author": _AUTHOR,
                "parent": OneOf({str: Text(20_000), dict: Table({"text": Text(20_000), "author": _AUTHOR})}),
                "language": Text(10),
                "previous": Many(
                    Table(
                        {
                            "text": Text(20_000),
                            "hours_ago": Number(0, 10_000),
                            "story": Text(200),
                            "same_author": Flag(),
                        },
                        required=("text",),
                    )
                ),
                "attacks": Many(
                    Table(
                        {"category": Choice(ATTACKS), "days_ago": Number(0, 10_000), "story": Text(200)},
                        required=("category",),
                    )
                ),
                "attackers": Whole(0, 10_000),
                "scores": Named(Number(0, 1)),
            },
            required=("text",),
        ),
    }
)
EXAMPLES = Table({"match": Many(EXAMPLE), "pass": Many(EXAMPLE)})


def read_settings(node: Located | None, problems: Problems) -> dict[str, Any]:
    """A settings file in, all settings with defaults out."""
    settings = copy.deepcopy(DEFAULT_SETTINGS)
    if node is None or SETTINGS.read(node, problems) is BAD:
        return settings
    for key, value in node.plain().items():
        settings[key] = {**settings[key], **value} if isinstance(settings[key], dict) else value
    return settings


def read_enforcement(node: Located | None, problems: Problems) -> dict[str, Any]:
    """An enforcement file in, the same as plain values out."""
    if node is None:
        return copy.deepcopy(DEFAULT_ENFORCEMENT)
    if isinstance(ENFORCEMENT.read(node, problems), Bad):
        return {}
    _check_steps(node, problems)
    plain: dict[str, Any] = node.plain()
    return {**DEFAULT_ENFORCEMENT, **plain}


def _check_steps(node: Located, problems: Problems) -> None:
    blocks, ladder = node.value["blocks"], node.value["ladder"]
    if node.value["counts"].value == "verdict" and not _some_automatic(blocks):
        problems.add(node.value["counts"], "counting verdicts needs `blocks: automatic`")
    for category in NEVER_AUTOMATIC if isinstance(blocks.value, dict) else ():
        if category in blocks.value and blocks.value[category].value == "automatic":
            problems.add(blocks.value[category], f"blocks for {category} are never automatic")
    for steps in ladder.value.values():
        if isinstance(steps.value, list):
            _check_ladder(steps, problems)


def _some_automatic(blocks: Located) -> bool:
    plain = blocks.plain()
    return "automatic" in (plain.values() if isinstance(plain, dict) else [plain])


def _check_ladder(steps: Located, problems: Problems) -> None:
    last = 0
    for step in steps.value:
        at = step.value["at"].value
        if at <= last:
            problems.add(step, f"step {at} does not come after step {last}")
        if not {"warn", "check_first_days", "block_days", "block"} & set(step.value):
            problems.add(step, "the step does nothing", expected="warn, check_first_days, block_days or block")
        last = at

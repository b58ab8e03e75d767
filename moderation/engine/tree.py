"""`when`, `unless` and `unless_match` of a rule: located values in, conditions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from .conditions import JOINS, KINDS
from .conditions.base import Build, Condition, Filter, Kind, Option
from .conditions.logic import AllFilter, AnyFilter, Filtered, Not, NotFilter, Overlaps, Whole, all_of, any_of
from .conditions.terms import Terms, settled
from .faults import listed, nearest
from .schema import BAD, Bad, kind_of
from .source import Located


def read_condition(node: Located, build: Build) -> Condition | Bad:
    """A mapping (all of its keys), or a list (any of its items), in; the condition out."""
    if isinstance(node.value, list):
        return _joined(node, build, any_of)
    if not isinstance(node.value, dict) or not node.value:
        return build.problems.add(node, f"a condition is needed here, not {kind_of(node)}", expected=listed(_words()))
    return _mapping(node, build)


def read_filter(node: Located, build: Build) -> Filter | Bad:
    """As read_condition, for unless_match: what a single match may be dropped for."""
    if isinstance(node.value, list):
        parts = [read_filter(child, build) for child in node.value]
        return BAD if any(isinstance(part, Bad) for part in parts) else AnyFilter(cast("Any", tuple(parts)))
    if not isinstance(node.value, dict) or not node.value:
        return build.problems.add(node, f"a filter is needed here, not {kind_of(node)}", expected=listed(_words()))
    return _filter_mapping(node, build)


def condition_schema() -> dict[str, Any]:
    """JSON Schema of a condition; it refers to itself as #/$defs/condition."""
    this = {"$ref": "#/$defs/condition"}
    several = {"anyOf": [{"type": "array", "minItems": 1, "items": this}, this]}
    properties: dict[str, Any] = dict.fromkeys(JOINS, several)
    for name, kind in KINDS.items():
        properties[name] = {"description": kind.doc, **kind.shape.json()}
    table = {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False}
    return {"anyOf": [{"type": "array", "minItems": 1, "items": this}, table]}


def _words() -> tuple[str, ...]:
    return (*JOINS, *KINDS)


def _joined(node: Located, build: Build, join: Callable[[Sequence[Condition]], Condition]) -> Condition | Bad:
    nodes = node.value if isinstance(node.value, list) else [node]
    if not nodes:
        return build.problems.add(node, "at least one condition is needed here")
    if nodes == [node]:
        return _mapping(node, build) if isinstance(node.value, dict) else read_condition(node, build)
    parts = [read_condition(child, build) for child in nodes]
    if any(isinstance(part, Bad) for part in parts):
        return BAD
    return parts[0] if len(parts) == 1 else join(cast("Any", parts))


def _mapping(node: Located, build: Build) -> Condition | Bad:
    known = _known(node, build)
    if known is None:
        return BAD
    parts: list[Any] = [_join(name, child, build) for name, child in node.value.items() if name in JOINS]
    made = {name: _made(name, node.value[name], build) for name in known}
    if any(isinstance(part, Bad) for part in (*parts, *made.values())):
        return BAD
    finders = [_with_options(made[name], known, made, build) for name in known if KINDS[name].role == "finder"]
    filters = [made[name] for name in known if KINDS[name].role == "filter"]
    wholes = [made[name] for name in known if KINDS[name].role == "comment"]
    if any(isinstance(finder, Bad) for finder in finders):
        return BAD
    if not finders and not parts and _needs_finder(known, node, build):
        return BAD
    if parts and not finders and filters:
        finders, parts = [all_of(parts)], []
    return _assembled(finders, filters, [*wholes, *parts], node, build)


def _assembled(
    finders: list[Any], filters: list[Any], wholes: list[Any], node: Located, build: Build
) -> Condition | Bad:
    """Filters act on the finder beside them, else on the joined parts; alone they ask about the comment."""
    if len(finders) > 1:
        return build.problems.add(node, "`terms` and `pattern` in one mapping", hint="put them in a list under `any`")
    if finders and filters:
        finders = [Filtered(finders[0], tuple(filters))]
    elif filters:
        alone = [part for part in filters if hasattr(part, "check")]
        if len(alone) < len(filters):
            return build.problems.add(node, "this filter needs `terms` or `pattern` beside it")
        wholes = [*wholes, *alone]
    parts = [*wholes, *finders]
    return cast("Condition", parts[0]) if len(parts) == 1 else all_of(parts)


def _needs_finder(known: list[str], node: Located, build: Build) -> bool:
    for name in known:
        if KINDS[name].role == "option":
            build.problems.add(node.keys[name], f"`{name}` needs `terms` or `pattern` beside it")
            return True
    return False


def _with_options(finder: Any, known: list[str], made: dict[str, Any], build: Build) -> Any:
    for name in known:
        if KINDS[name].role == "option":
            option = cast("Option", made[name])
            finder = option(finder)
            if isinstance(finder, Bad):
                return BAD
    return settled(finder, build) if isinstance(finder, Terms) else build.numbered(finder)


def _join(name: str, node: Located, build: Build) -> Condition | Bad:
    joins: dict[str, Any] = {"all": all_of, "any": any_of, "not": any_of}
    joined = _joined(node, build, joins[name])
    if isinstance(joined, Bad):
        return BAD
    return Not(joined) if name == "not" else joined


def _known(node: Located, build: Build) -> list[str] | None:
    fine = True
    for name, place in node.keys.items():
        if name not in KINDS and name not in JOINS:
            hint = nearest(name, _words())
            build.problems.add(place, f"unknown condition `{name}`", expected=listed(_words()), hint=hint)
            fine = False
    return [name for name in node.value if name in KINDS] if fine else None


def _made(name: str, node: Located, build: Build) -> Any:
    kind: Kind = KINDS[name]
    value = kind.shape.read(node, build.problems)
    return BAD if value is BAD else kind.make(value, node, build)


def _filter_mapping(node: Located, build: Build) -> Filter | Bad:
    known = _known(node, build)
    if known is None:
        return BAD
    made = {name: _made(name, node.value[name], build) for name in known}
    joined: list[Any] = [_filter_join(name, child, build) for name, child in node.value.items() if name in JOINS]
    if any(isinstance(part, Bad) for part in (*made.values(), *joined)):
        return BAD
    parts: list[Any] = [*joined]
    for name in known:
        role = KINDS[name].role
        if role == "finder":
            parts.append(Overlaps(_with_options(made[name], known, made, build)))
        elif role != "option":
            parts.append(made[name] if role == "filter" else Whole(made[name]))
    return cast("Filter", parts[0]) if len(parts) == 1 else AllFilter(tuple(parts))


def _filter_join(name: str, node: Located, build: Build) -> Filter | Bad:
    nodes = node.value if isinstance(node.value, list) else [node]
    parts = [read_filter(child, build) for child in nodes]
    if any(isinstance(part, Bad) for part in parts):
        return BAD
    filters: Any = tuple(parts)
    if name == "all":
        return AllFilter(filters)
    return NotFilter(AnyFilter(filters)) if name == "not" else AnyFilter(filters)

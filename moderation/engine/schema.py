"""Shapes of values in rule files: each reads a located value and describes itself as JSON Schema."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .faults import RuleError, listed, nearest
from .source import Located

JsonSchema = dict[str, Any]


class Bad:
    """Stands for a value that was refused; the mistake is already noted."""


BAD = Bad()


@dataclass
class Problems:
    """Collects mistakes; knows which rule is being read."""

    errors: list[RuleError] = field(default_factory=list)
    rule: str | None = None

    def add(self, node: Located, message: str, *, expected: str | None = None, hint: str | None = None) -> Bad:
        """Note a mistake at a place."""
        self.errors.append(node.error(message, rule=self.rule, expected=expected, hint=hint))
        return BAD


class Shape(Protocol):
    """What a value may look like."""

    def read(self, node: Located, problems: Problems) -> Any:
        """A located value in, the plain value or BAD out."""

    def json(self) -> JsonSchema:
        """The shape as JSON Schema."""


def kind_of(node: Located) -> str:
    """What a person would call the value."""
    names: list[tuple[type, str]] = [(dict, "a mapping"), (list, "a list"), (bool, "true or false")]
    for kind, name in [*names, (int, "a number"), (float, "a number"), (str, "a text")]:
        if isinstance(node.value, kind):
            return name
    return "nothing"


@dataclass(frozen=True)
class Text:
    """A text of 1 to longest characters; numbers are taken as written."""

    longest: int = 2000

    def read(self, node: Located, problems: Problems) -> Any:
        if isinstance(node.value, bool) or not isinstance(node.value, str | int | float):
            return problems.add(node, f"a text is needed here, not {kind_of(node)}", expected="a text")
        text = str(node.value)
        if not 0 < len(text) <= self.longest:
            return problems.add(node, f"the text must have 1 to {self.longest} characters")
        return text

    def json(self) -> JsonSchema:
        return {"type": ["string", "number"], "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Number:
    """A number between two bounds."""

    low: float = 0
    high: float = 1_000_000
    whole: bool = False

    def read(self, node: Located, problems: Problems) -> Any:
        wanted = f"a {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:g}"
        kinds = (int,) if self.whole else (int, float)
        if isinstance(node.value, bool) or not isinstance(node.value, kinds):
            return problems.add(node, f"a number is needed here, not {kind_of(node)}", expected=wanted)
        if not self.low <= node.value <= self.high:
            return problems.add(node, f"{node.value} is out of range", expected=wanted)
        return node.value

    def json(self) -> JsonSchema:
        return {"type": "integer" if self.whole else "number", "minimum": self.low, "maximum": self.high}


def Whole(low: float = 0, high: float = 1_000_000) -> Number:  # noqa: N802 reads as a shape
    """A whole number between two bounds."""
    return Number(low, high, whole=True)


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, node: Located, problems: Problems) -> Any:
        if isinstance(node.value, bool):
            return node.value
        hint = "YAML 1.2 knows only true and false" if node.value in ("yes", "no", "on", "off") else None
        return problems.add(node, f"not {kind_of(node)}", expected="true or false", hint=hint)

    def json(self) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, node: Located, problems: Problems) -> Any:
        if isinstance(node.value, str) and node.value in self.words:
            return node.value
        shown = node.value if isinstance(node.value, str) else kind_of(node)
        return problems.add(
            node, f"`{shown}` is not known here", expected=listed(self.words), hint=nearest(node.value, self.words)
        )

    def json(self) -> JsonSchema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Many:
    """A list; one alone may stand without brackets if single is set."""

    item: Shape
    single: bool = False
    fewest: int = 0

    def read(self, node: Located, problems: Problems) -> Any:
        if self.single and not isinstance(node.value, list):
            value = self.item.read(node, problems)
            return value if value is BAD else (value,)
        if not isinstance(node.value, list):
            return problems.add(node, f"a list is needed here, not {kind_of(node)}", expected="a list")
        if len(node.value) < self.fewest:
            return problems.add(node, f"at least {self.fewest} needed here")
        values = [self.item.read(child, problems) for child in node.value]
        return BAD if any(value is BAD for value in values) else tuple(values)

    def json(self) -> JsonSchema:
        many: JsonSchema = {"type": "array", "items": self.item.json()}
        if self.fewest:
            many["minItems"] = self.fewest
        return {"anyOf": [self.item.json(), many]} if self.single else many


def Some(item: Shape) -> Many:  # noqa: N802 reads as a shape
    """One or more of a shape; a single one needs no brackets."""
    return Many(item, single=True, fewest=1)


@dataclass(frozen=True)
class Table:
    """A mapping with known keys."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()

    def read(self, node: Located, problems: Problems) -> Any:
        if not isinstance(node.value, dict):
            return problems.add(node, f"a mapping is needed here, not {kind_of(node)}", expected=listed(self.fields))
        before = len(problems.errors)
        self._refuse_others(node, problems)
        known = {key: child for key, child in node.value.items() if key in self.fields}
        read = {key: self.fields[key].read(child, problems) for key, child in known.items()}
        return BAD if len(problems.errors) > before else read

    def _refuse_others(self, node: Located, problems: Problems) -> None:
        for key, place in node.keys.items():
            if key not in self.fields:
                problems.add(
                    place, f"unknown key `{key}`", expected=listed(self.fields), hint=nearest(key, self.fields)
                )
        for key in self.required:
            if key not in node.value:
                problems.add(node, f"`{key}` is missing")

    def json(self) -> JsonSchema:
        properties = {name: shape.json() for name, shape in self.fields.items()}
        schema: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**schema, "required": list(self.required)} if self.required else schema


@dataclass(frozen=True)
class Named:
    """A mapping from free names to one shape."""

    item: Shape
    names: tuple[str, ...] | None = None

    def read(self, node: Located, problems: Problems) -> Any:
        if not isinstance(node.value, dict):
            return problems.add(node, f"a mapping is needed here, not {kind_of(node)}", expected="name: value")
        before = len(problems.errors)
        for key, place in node.keys.items():
            if self.names is not None and key not in self.names:
                problems.add(place, f"unknown `{key}`", expected=listed(self.names), hint=nearest(key, self.names))
        read = {key: self.item.read(child, problems) for key, child in node.value.items()}
        return BAD if len(problems.errors) > before else read

    def json(self) -> JsonSchema:
        schema: JsonSchema = {"type": "object", "additionalProperties": self.item.json()}
        return {**schema, "propertyNames": {"enum": list(self.names)}} if self.names else schema


@dataclass(frozen=True)
class OneOf:
    """Different shapes by the kind of value: mapping, list, flag or the rest."""

    shapes: Mapping[type, Shape]

    def read(self, node: Located, problems: Problems) -> Any:
        for kind in type(node.value).__mro__:
            if kind in self.shapes:
                return self.shapes[kind].read(node, problems)
        wanted = " or ".join(shape.__class__.__name__.lower() for shape in self.shapes.values())
        return problems.add(node, f"not {kind_of(node)}", expected=wanted)

    def json(self) -> JsonSchema:
        return {"anyOf": [shape.json() for shape in self.shapes.values()]}


_KEEPS = {"at_least": operator.ge, "at_most": operator.le, "under": operator.lt, "over": operator.gt}
BOUND_WORDS = tuple(_KEEPS)


def bounds(low: float = 0, high: float = 1_000_000) -> Table:
    """Bounds of a number, as an object with at_least, at_most, under, over."""
    return Table(dict.fromkeys(BOUND_WORDS, Number(low, high)))


def within(value: float, limits: Mapping[str, float]) -> bool:
    """Whether a number keeps bounds."""
    return all(_KEEPS[name](value, limit) for name, limit in limits.items() if name in _KEEPS)

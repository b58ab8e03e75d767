"""YAML 1.2 text to values that know their place. Refuses bombs before anything is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .faults import RuleError

MAX_BYTES = 256_000
MAX_EVENTS = 50_000
MAX_DEPTH = 20

_LINE_END = re.compile(r"\r\n|\r|\n")
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]{1,15}|[0-9]{1,15}(?:\.[0-9]{0,15})?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class Located:
    """A value and its place: dict of Located, list of Located, or a scalar."""

    value: Any
    file: str = ""
    line: int = 0
    column: int = 0
    source_line: str = ""
    keys: dict[str, Located] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def error(self, message: str, *, rule: str | None = None, **more: str | None) -> RuleError:
        """A mistake at this place."""
        return RuleError(self.file, self.line, self.column, rule, message, source_line=self.source_line, **more)


class Refused(Exception):
    """A file that is not read at all; holds the one mistake."""

    def __init__(self, error: RuleError) -> None:
        super().__init__(error.message)
        self.error = error


def from_plain(value: Any, file: str = "") -> Located:
    """A value out of JSON in, the same with (unknown) places out."""
    if isinstance(value, Mapping):
        children = {str(key): from_plain(child, file) for key, child in value.items()}
        return Located(children, file, keys={key: Located(key, file) for key in children})
    if isinstance(value, list | tuple):
        return Located([from_plain(child, file) for child in value], file)
    return Located(value, file)


def read_yaml(text: str, file: str) -> Located:
    """A file's text in, its values with places out; raises Refused."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise Refused(RuleError(file, 0, 0, None, f"the file is larger than {MAX_BYTES // 1000} kB"))
    builder = _Builder(text, file)
    try:
        for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
            if count > MAX_EVENTS:
                raise builder.refusal(event, f"the file has more than {MAX_EVENTS:,} values")
            builder.take(event)
    except MarkedYAMLError as error:
        raise Refused(builder.syntax(error)) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise Refused(RuleError(file, 0, 0, None, f"not YAML: {str(error)[:200]}")) from error
    return builder.root or Located({}, file, 1, 1)


class _Builder:
    """Puts the values together while the events pass, so that nothing is walked twice."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = _LINE_END.split(text)  # as YAML 1.2 counts; splitlines() also ends them at U+2028 and others
        self.file = file
        self.root: Located | None = None
        self.open: list[tuple[Located, Located | None]] = []
        self.documents = 0

    def take(self, event: Event) -> None:
        self._guard(event)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            node = self._located(event, {} if isinstance(event, MappingStartEvent) else [])
            if len(self.open) >= MAX_DEPTH:
                raise self.refusal(event, f"more than {MAX_DEPTH} levels deep")
            self._attach(node, event, opens=True)
        elif isinstance(event, ScalarEvent):
            self._attach(self._located(event, _scalar(event)), event, opens=False)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.open.pop()

    def _guard(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self.refusal(event, "anchors (&) and aliases (*) are not allowed: write the value out")
        if getattr(event, "ctag", None) or getattr(event, "tag", None):
            raise self.refusal(event, "tags (!) are not allowed")
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.refusal(event, "one document per file")

    def _attach(self, node: Located, event: Event, *, opens: bool) -> None:
        if not self.open:
            self.root = node
        elif isinstance(self.open[-1][0].value, list):
            self.open[-1][0].value.append(node)
        elif self.open[-1][1] is None:
            self._key(node, event)
            return
        else:
            parent, key = self.open[-1]
            assert key is not None
            parent.value[key.value] = node
            self.open[-1] = (parent, None)
        if opens:
            self.open.append((node, None))

    def _key(self, node: Located, event: Event) -> None:
        parent = self.open[-1][0]
        if isinstance(node.value, dict | list):
            raise self.refusal(event, "a key must be a word")
        assert isinstance(event, ScalarEvent)
        key = Located(event.value, self.file, node.line, node.column, node.source_line)
        if key.value == "<<":
            raise self.refusal(event, "merge keys (<<) are not allowed: write the values out")
        if key.value in parent.keys:
            raise self.refusal(event, f"`{key.value}` is given twice (first in line {parent.keys[key.value].line})")
        parent.keys[key.value] = key
        self.open[-1] = (parent, key)

    def _located(self, event: Event, value: Any) -> Located:
        mark = event.start_mark
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return Located(value, self.file, mark.line + 1, mark.column + 1, line)

    def refusal(self, event: Event, message: str) -> Refused:
        return Refused(self._located(event, None).error(message))

    def syntax(self, error: MarkedYAMLError) -> RuleError:
        mark = error.problem_mark or error.context_mark
        message = " ".join(str(part) for part in (error.context, error.problem) if part)
        if mark is None:
            return RuleError(self.file, 0, 0, None, f"not YAML: {message}")
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        place = (self.file, mark.line + 1, mark.column + 1, None)
        return RuleError(*place, f"not YAML: {message}", source_line=line, hint=_syntax_hint(line))


def _syntax_hint(line: str) -> str | None:
    if "\t" in line:
        return "indent with blanks, not with tabs"
    if line.count(":") > 1 or '"' in line or "'" in line or "{" in line:
        return "a text with `: `, quotation marks or braces needs quotation marks around it"
    return None


def _scalar(event: ScalarEvent) -> Any:
    text = event.value
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text

"""Regular expressions of rule authors: checked, then searched together in linear time (RE2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2

MAX_LENGTH = 1000
MAX_REPEAT = 100
MAX_PATTERNS = 2000
# No comment holds it: it shows that the set did search, since an exhausted set only says "nothing".
_SENTINEL = "\x00"
_SET_MEMORY = 64 << 20
_ONE_MEMORY = 8 << 20

_REPEAT = re.compile(r"\{(\d+)?(?:(,)(\d*))?\}")
_UNBOUNDED_WIDE = re.compile(r"\{\d+,\}")
_LOOK = re.compile(r"\(\?(?:<?[=!])")
_BACK = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]")
_CLASSES = {"w": r"[\pL\pM\pN_]", "W": r"[^\pL\pM\pN_]", "d": r"\p{Nd}", "D": r"\P{Nd}"}
_IN_CLASS = {"w": r"\pL\pM\pN_", "d": r"\p{Nd}", "D": r"\P{Nd}"}
_WORD_SIGN = re.compile(r"\w")


class BadPattern(ValueError):
    """A pattern that is refused; str() says why, hint how to write it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Pattern:
    """One checked expression; find gives its ranges in a folded text."""

    def __init__(self, source: str) -> None:
        self.source = source
        _refuse(source)
        self.starts_at_word = source.startswith(r"\b")
        self.ends_at_word = source.endswith(r"\b") and not source.endswith(r"\\b")
        inner = source if source.isascii() else source.removeprefix(r"\b").removesuffix(r"\b")
        self.translated = translated(inner)
        try:
            self._compiled = re2.compile(self.translated, _options(_ONE_MEMORY))
        except re2.error as error:
            raise BadPattern(f"RE2 does not take this pattern: {_reason(error)}") from error
        if self._compiled.search("") is not None:
            raise BadPattern("the pattern matches an empty text", "use + in place of *")

    def find(self, text: str) -> list[tuple[int, int]]:
        """A folded text in, the ranges that the pattern matches out."""
        return [found.span() for found in self._compiled.finditer(text) if self._at_words(text, *found.span())]

    def _at_words(self, text: str, start: int, end: int) -> bool:
        """RE2 knows only ASCII words: what stands beyond the edge is looked at here."""
        if self.starts_at_word and start and _WORD_SIGN.match(text[start - 1]):
            return False
        return not (self.ends_at_word and end < len(text) and _WORD_SIGN.match(text[end]))


class PatternSet:
    """All patterns of a ruleset, searched in one pass."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._set = _compiled_set(self._patterns) if self._patterns else None

    def scan(self, text: str) -> dict[int, list[tuple[int, int]]]:
        """A folded text in, the ranges of each pattern that matched out, by its number."""
        found = {index: self._patterns[index].find(text) for index in self._hit(text)}
        return {index: spans for index, spans in found.items() if spans}

    def _hit(self, text: str) -> Sequence[int]:
        if not self._patterns:
            return ()
        hit: list[int] = self._set.Match(text + "\n" + _SENTINEL) if self._set else []
        if len(self._patterns) in hit:
            return [index for index in hit if index < len(self._patterns)]
        return range(len(self._patterns))


def translated(source: str) -> str:
    r"""A pattern in, the same with \w \d \W \D for all scripts out."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(source):
        sign = source[at]
        if sign == "\\" and at + 1 < len(source):
            out.append(_escape(source[at + 1], in_class=in_class))
            at += 2
            continue
        in_class = sign == "[" or (in_class and sign != "]")
        out.append(sign)
        at += 1
    return "".join(out)


def _escape(letter: str, *, in_class: bool) -> str:
    if in_class and letter == "W":
        raise BadPattern(r"\W inside brackets is not taken", r"write \W outside of the brackets")
    return (_IN_CLASS if in_class else _CLASSES).get(letter, "\\" + letter)


def _refuse(source: str) -> None:
    if len(source) > MAX_LENGTH:
        raise BadPattern(f"the pattern has {len(source)} characters; at most {MAX_LENGTH}")
    if _SENTINEL in source or any(0xD800 <= ord(sign) < 0xE000 for sign in source):
        raise BadPattern("the pattern has a character that no comment has")
    if _LOOK.search(source):
        raise BadPattern("look-ahead and look-behind are not taken", "use `unless_match` or `near`")
    if _BACK.search(source):
        raise BadPattern("back-references (\\1) are not taken", "write the words out")
    _refuse_words(source)
    _refuse_gaps(source)


def _refuse_words(source: str) -> None:
    if not source.isascii() and r"\b" in source.removeprefix(r"\b").removesuffix(r"\b"):
        hint = "use `terms` for words, or (?:^|[^\\pL\\pN]) in place of it"
        raise BadPattern(r"\b inside a pattern sees only the letters a to z", hint)
    if r"\B" in source:
        raise BadPattern(r"\B sees only the letters a to z", "use [\\pL\\pN] in place of it")


def _refuse_gaps(source: str) -> None:
    for found in _REPEAT.finditer(source):
        low, comma, high = found.groups()
        most = int(high or low or 0)
        if most > MAX_REPEAT or (comma and not high and int(low or 0) > 10):
            raise BadPattern(f"repeats of more than {MAX_REPEAT} are not taken", "use `near` for words apart")
        wide = source[: found.start()].endswith((".", r"\w", r"\W", r"\S", "]"))
        if wide and most > 30:
            raise BadPattern(f"a gap of {most} characters is too wide", "at most 30; use `near` for words apart")


def _compiled_set(patterns: Sequence[Pattern]) -> re2.Set | None:
    several = re2.Set.SearchSet(_options(_SET_MEMORY))
    try:
        for pattern in patterns:
            several.Add(f"(?m:{pattern.translated})")
        several.Add(_SENTINEL)
        several.Compile()
    except re2.error:
        return None
    return several


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.never_nl = False
    return options


def _reason(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)

"""HTML of a comment editor to the text that a reader sees, with offsets into the given text."""

from __future__ import annotations

import html
import re

from .offsets import Offsets

_BLOCKS = frozenset("p br div li ul ol blockquote tr td th table h1 h2 h3 h4 h5 h6 hr pre section article".split())
_SILENT = frozenset(("script", "style", "template"))
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,15})")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_STOP = re.compile("[<&]")


class _Reader:
    """Walks the source once; every tag, entity and run of text is looked at one time."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.length = 0
        self.offsets = Offsets()
        self.last_close = source.rfind(">")

    def put(self, text: str, origin: int, width: int = 1) -> None:
        self.offsets.jump(self.length, origin, width)
        self.out.append(text)
        self.length += len(text)
        for extra in range(1, len(text) if width > 1 else 0):
            self.offsets.jump(self.length - len(text) + extra, origin, width)

    def read(self) -> None:
        at, end = 0, len(self.source)
        while at < end:
            stop = _STOP.search(self.source, at)
            until = stop.start() if stop else end
            if until > at:
                self.put(self.source[at:until], at)
            at = until if not stop else self.special(until)

    def special(self, at: int) -> int:
        if self.source[at] == "&":
            return self.entity(at)
        if self.source.startswith("<!--", at):
            return self.skip_to("-->", at)
        name = _TAG_NAME.match(self.source, at + 1)
        if not name or self.last_close < at:
            self.put("<", at)
            return at + 1
        return self.tag(at, name.group(1).lower(), closing=self.source[at + 1] == "/")

    def tag(self, at: int, name: str, *, closing: bool) -> int:
        after = self.source.index(">", at) + 1
        if name in _BLOCKS:
            self.put("\n", at, after - at)
        if name in _SILENT and not closing:
            return self.skip_to(f"</{name}", after)
        return after

    def entity(self, at: int) -> int:
        found = _ENTITY.match(self.source, at)
        text = html.unescape(found.group()) if found else ""
        if not found or text == found.group():
            self.put("&", at)
            return at + 1
        self.put(text, at, found.end() - at)
        return found.end()

    def skip_to(self, mark: str, at: int) -> int:
        found = self.source.find(mark, at)
        return len(self.source) if found < 0 else found + (3 if mark == "-->" else 0)


def visible(source: str) -> tuple[str, Offsets]:
    """HTML in, the text without tags and with entities resolved, and its offsets, out."""
    reader = _Reader(source)
    reader.read()
    return "".join(reader.out), reader.offsets

"""The pages for people, and what stands in them: links, code, names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [code for found, code in _BLOCK.findall(text(path)) if found == language]


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return _BLOCK.sub("", text(path))


def spans(path: Path) -> list[str]:
    """What stands between backticks in the prose."""
    return _SPAN.findall(prose(path))


def everything() -> str:
    return "\n".join(map(text, PAGES))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()

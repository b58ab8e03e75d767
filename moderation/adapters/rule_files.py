"""Rule files in a folder: the shipped ones, and one site's own under sites/<slug>/."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from moderation.engine.ruleset import InvalidRuleset, RuleError

_SUFFIXES = (".yaml", ".yml", ".md")


class RuleFolder:
    """Reads rule files below `root` for the rulebook."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, site: str) -> Mapping[str, str]:
        """{path below the root: text}; raises InvalidRuleset naming every file that is not readable UTF-8."""
        texts: dict[str, str] = {}
        errors = []
        for path in self._paths(site):
            name = path.relative_to(self.root).as_posix()
            try:
                texts[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                errors.append(RuleError(name, 1, 1, None, f"cannot be read: {_why(error)}"))
        if errors:
            raise InvalidRuleset(errors)
        return texts

    def digest(self, site: str) -> str:
        """SHA-256 over names and bytes of the files; an unreadable file counts as a change."""
        total = hashlib.sha256()
        for path in self._paths(site):
            try:
                content = path.read_bytes()
            except OSError as error:
                content = repr(error).encode()
            name = path.relative_to(self.root).as_posix().encode()
            total.update(len(name).to_bytes(8, "big") + name + len(content).to_bytes(8, "big") + content)
        return total.hexdigest()

    def _paths(self, site: str) -> Iterator[Path]:
        own = self.root / "sites" / site
        for folder in (self.root, self.root / "lists", own, own / "lists"):
            if folder.is_dir():
                yield from sorted(p for p in folder.iterdir() if p.suffix in _SUFFIXES and not p.name.startswith("."))


def _why(error: Exception) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else (getattr(error, "strerror", None) or "error")

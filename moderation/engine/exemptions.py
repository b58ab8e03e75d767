"""Who is exempt from which rules: policy of the rule files, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .facts import Submission
from .rule import Rule


class Exemption:
    """One entry of `exempt`: what it does not name is as it may be."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        self._roles = _several(plain.get("author_role"))
        self._trusted = plain.get("trusted")
        self._sections = _several(plain.get("section"), folded=True)
        self._categories = _several(plain.get("categories"))
        self._rules = _several(plain.get("rules"))

    def is_for(self, given: Submission) -> bool:
        """Whether it is about this commenter and story."""
        author = given.author
        if self._trusted is not None and author.trusted is not self._trusted:
            return False
        if self._roles is not None and author.role not in self._roles:
            return False
        if self._sections is None:
            return True
        return ((given.story.section if given.story else None) or "").casefold() in self._sections

    def is_from(self, rule: Rule) -> bool:
        """Whether it is from this rule."""
        if self._categories is not None and rule.category not in self._categories:
            return False
        return self._rules is None or rule.id in self._rules


def _several(value: Any, *, folded: bool = False) -> frozenset[str] | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    return frozenset(name.casefold() if folded else name for name in names)

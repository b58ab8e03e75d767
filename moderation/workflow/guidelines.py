"""The editors' guidelines and FAQ with the live rules' public titles, and what changed with the last publication."""

import re
from collections.abc import Mapping
from typing import Any

from moderation.engine.ruleset import Ruleset

_PLACE = re.compile(r"\{\{\s*rules:([a-z_]+)\s*\}\}")


def page(ruleset: Ruleset, before: Ruleset | None) -> dict[str, Any]:
    """{guidelines, faq, rules, changed} of a ruleset; `before` is the one that was in force until then."""
    titles = _public(ruleset)
    return {
        "guidelines": _filled(ruleset.documents.get("guidelines") or "", titles),
        "faq": _filled(ruleset.documents.get("faq") or "", titles),
        "rules": [{"id": id, "category": category, "title": title} for id, (category, title) in titles.items()],
        "changed": _changed(titles, _public(before) if before else titles),
    }


def _public(ruleset: Ruleset) -> dict[str, tuple[str, str]]:
    return {
        rule.id: (rule.category, rule.title)
        for rule in sorted(ruleset.rules, key=lambda rule: (rule.category, rule.id))
        if rule.public and rule.state == "live" and rule.category != "self_harm"  # that is care, no guideline
    }


def _filled(text: str, titles: Mapping[str, tuple[str, str]]) -> str:
    def listed(place: re.Match[str]) -> str:
        mine = [title for category, title in titles.values() if category == place.group(1)]
        return "\n".join(f"- {title}" for title in dict.fromkeys(mine))

    return _PLACE.sub(listed, text)


def _changed(now: Mapping[str, tuple[str, str]], before: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    changes = []
    for id in sorted({*now, *before}):
        what = "added" if id not in before else "removed" if id not in now else "changed"
        if now.get(id) != before.get(id):
            changes.append({"what": what, "title": (now.get(id) or before[id])[1]})
    return changes

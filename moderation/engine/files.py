"""The files of a rules folder: which is what, the shipped ones and a site's own put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from . import perspective_map
from .faults import RuleError, listed, nearest
from .hits import Term
from .lists import CHANGE, changed, in_locale, read_list
from .policy import EXEMPTION, FIXTURES, read_enforcement, read_settings
from .rule import OVERRIDE, RULE
from .schema import BAD, Many, Named, Problems, Table
from .source import Located, Refused, read_yaml
from .tuning import TUNING

DOCUMENTS = ("guidelines", "faq")
LONGEST_DOCUMENT = 200_000
MAX_FILES = 500


class _Later:
    """Read rule by rule, so that one bad rule hides no other."""

    def read(self, node: Located, problems: Problems) -> Any:
        return node if isinstance(node.value, dict) else problems.add(node, "a rule is a mapping")

    def json(self) -> dict[str, Any]:
        return RULE.json()


RULE_FILE = Table(
    {
        "rules": Many(_Later()),
        "overrides": Many(OVERRIDE),
        "lists": Named(CHANGE),
        "exempt": Many(EXEMPTION),
    }
)


@dataclass
class Collected:
    """What stands in the files, put together but not compiled."""

    rules: dict[str, Located] = field(default_factory=dict)
    lists: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    exempt: list[dict[str, Any]] = field(default_factory=list)
    fixtures: dict[str, Any] = field(default_factory=lambda: {"stories": {}, "authors": {}})
    documents: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    enforcement: dict[str, Any] = field(default_factory=dict)


def collect(files: Mapping[str, str], site: str | None, problems: Problems) -> Collected:
    """Texts by path in, the rules of a site out: the shipped files, then the site's own over them."""
    collected = Collected()
    parsed = _parsed(files, site, problems)
    _refuse_unread(files, parsed, problems)
    for path, node in parsed.items():
        if _parent(path) == "lists":
            collected.lists[PurePosixPath(path).stem] = read_list(node, problems)
    rule_files = [(path, node) for path, node in parsed.items() if _is_rule_file(path)]
    for _, node in rule_files:
        RULE_FILE.read(node, problems)
        _add_rules(node, collected, problems)
    for _, node in rule_files:
        _apply(node, collected, problems)
    _add_policy(parsed, collected, problems)
    locale = collected.settings["locale"]
    collected.lists = {name: in_locale(terms, locale) for name, terms in collected.lists.items()}
    _add_documents(files, site, collected)
    return collected


def _parsed(files: Mapping[str, str], site: str | None, problems: Problems) -> dict[str, Located]:
    """Shipped files first, then the site's."""
    parsed: dict[str, Located] = {}
    for path in sorted(files, key=lambda name: (name.startswith("sites/"), name)):
        if not path.endswith((".yaml", ".yml")) or not _belongs(path, site):
            continue
        try:
            parsed[path] = read_yaml(files[path], path)
        except Refused as refused:
            problems.errors.append(refused.error)
    return parsed


def _refuse_unread(files: Mapping[str, str], parsed: dict[str, Located], problems: Problems) -> None:
    if len(files) > MAX_FILES:
        problems.errors.append(RuleError(".", 0, 0, None, f"more than {MAX_FILES} files"))
    for node in parsed.values():
        if not isinstance(node.value, dict):
            problems.add(node, "a rule file is a mapping", expected=listed(RULE_FILE.fields))
    for path in [path for path, node in parsed.items() if not isinstance(node.value, dict)]:
        del parsed[path]


def _belongs(path: str, site: str | None) -> bool:
    return not path.startswith("sites/") or (site is not None and path.startswith(f"sites/{site}/"))


def _parent(path: str) -> str:
    return PurePosixPath(path).parent.name


def _is_rule_file(path: str) -> bool:
    name = PurePosixPath(path).stem
    return _parent(path) != "lists" and name not in ("fixtures", "enforcement", "settings", "tuned", "perspective")


def _children(node: Located, key: str) -> list[Located]:
    """The mappings of a list; what is none was refused by the shape already."""
    child = node.value.get(key)
    items = child.value if child is not None and isinstance(child.value, list) else []
    return [item for item in items if isinstance(item.value, dict)]


def _add_rules(node: Located, collected: Collected, problems: Problems) -> None:
    for rule in _children(node, "rules"):
        id = rule.value.get("id")
        name = str(id.value) if id is not None else f"rule in line {rule.line}"
        first = collected.rules.get(name)
        if first is not None:
            problems.add(id or rule, f"the rule `{name}` is already in {first.file}:{first.line}")
        collected.rules.setdefault(name, rule)


def _apply(node: Located, collected: Collected, problems: Problems) -> None:
    for override in _children(node, "overrides"):
        _override(override, collected, problems)
    changes = node.value.get("lists")
    for name, change in (changes.value if changes and isinstance(changes.value, dict) else {}).items():
        if name not in collected.lists:
            hint = nearest(name, collected.lists)
            problems.add(changes.keys[name], f"there is no list `{name}`", expected=listed(collected.lists), hint=hint)
        else:
            collected.lists[name] = changed(collected.lists[name], change, problems)
    collected.exempt += [child.plain() for child in _children(node, "exempt")]


def _override(node: Located, collected: Collected, problems: Problems) -> None:
    id = node.value.get("id")
    if id is None:
        return
    rule = collected.rules.get(str(id.value))
    if rule is None:
        hint = nearest(id.value, collected.rules)
        problems.add(id, f"there is no rule `{id.value}` to override", expected="the id of a rule", hint=hint)
        return
    for key, value in node.value.items():
        rule.value[key] = value
        rule.keys.setdefault(key, node.keys[key])


def _add_policy(parsed: dict[str, Located], collected: Collected, problems: Problems) -> None:
    last: dict[str, Located] = {}
    for path, node in parsed.items():
        name = PurePosixPath(path).stem
        if _parent(path) != "lists" and name in ("settings", "enforcement", "tuned", "perspective"):
            last[name] = node
        if _parent(path) != "lists" and name == "fixtures" and FIXTURES.read(node, problems) is not BAD:
            for group, fixtures in node.plain().items():
                collected.fixtures[group].update(fixtures or {})
    collected.settings = read_settings(last.get("settings"), problems)
    if "tuned" in last and TUNING.read(last["tuned"], problems) is not BAD:
        collected.settings["tuned"] = last["tuned"].plain()
    if "perspective" in last and (line := perspective_map.read(last["perspective"], problems)) is not None:
        collected.settings["perspective"] = line
    collected.enforcement = read_enforcement(last.get("enforcement"), problems)


def _add_documents(files: Mapping[str, str], site: str | None, collected: Collected) -> None:
    for name in DOCUMENTS:
        for path in (f"{name}.md", f"sites/{site}/{name}.md"):
            if path in files:
                collected.documents[name] = files[path][:LONGEST_DOCUMENT]

"""Tables of the documentation that the code makes. `python -m tests.docs.generated` writes them into the pages."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from moderation.adapters.rule_files import RuleFolder
from moderation.config import shipped_rules
from moderation.engine.policy import DEFAULT_SETTINGS
from moderation.engine.rule import Rule
from moderation.engine.ruleset import Ruleset, load
from moderation.engine.verdict import CATEGORIES
from moderation.storage.models import Base
from moderation.storage.personal import PERSONAL
from moderation.web.roles import ACTS, CALLERS, may

ROOT = Path(__file__).parents[2]
_PLACE = re.compile(r"(<!-- made by code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def shipped() -> Ruleset:
    """The rules that ship, as a site without files of its own has them."""
    return load(RuleFolder(shipped_rules()).read("-"))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    cells = [tuple(head)]
    lines = [cells[0], ("---",) * len(cells[0]), *(tuple(row) for row in rows)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def defaults() -> str:
    """What each shipped rule does."""
    rules = sorted(shipped().rules, key=lambda rule: (CATEGORIES.index(rule.category), rule.id))
    return table(("rule", "category", "state", "action", "", "strike"), (_rule(rule) for rule in rules))


def _rule(rule: Rule) -> tuple[str, ...]:
    besides = [word for word, said in (("asks first", rule.ask_first), ("urgent", rule.urgent)) if said]
    shown = f"{rule.id}: {rule.title}"
    return shown, rule.category, rule.state, rule.action, ", ".join(besides), rule.strike or "-"


def ladder() -> str:
    """The shipped steps of enforcement."""
    policy = shipped().enforcement
    rows = [(category, _steps(steps)) for category, steps in policy["ladder"].items()]
    return table(("confirmed removals for", "what follows"), rows)


def _steps(steps: object) -> str:
    return "a person decides" if not isinstance(steps, list) else "; ".join(f"{s['at']}: {_step(s)}" for s in steps)


def _step(step: dict[str, object]) -> str:
    if step.get("warn"):
        return "warning"
    if "check_first_days" in step:
        return f"checked first for {step['check_first_days']} days"
    if "block_days" in step:
        return f"block of {step['block_days']} days proposed"
    return f"block until lifted proposed, looked at again after {step['review_after_days']} days"


def roles() -> str:
    """Who may do what, of everybody who can ask."""
    names = {"protocol": "protocol key", "read": "read key", "full": "site key"}
    cells = ((act, *(_allowed(caller, act) for caller in CALLERS)) for act in ACTS)
    return table(("act", *(names.get(caller, caller) for caller in CALLERS)), cells)


def _allowed(caller: str, act: str) -> str:
    return ACTS[act].get(caller, "yes" if may(caller, act) else "no")


def personal() -> str:
    """Each column about people."""
    return table(("column", "holds"), ((f"`{column}`", holds) for column, holds in sorted(PERSONAL.items())))


def settings() -> str:
    """Each setting of a site with its default."""
    return table(("setting", "default"), ((f"`{name}`", _yaml(value)) for name, value in DEFAULT_SETTINGS.items()))


def _yaml(value: object) -> str:
    if isinstance(value, dict):
        return "`{" + ", ".join(f"{key}: {item}" for key, item in value.items()) + "}`"
    return "not set" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def tables() -> str:
    """Each table of the database, what it is and whose it is."""
    found = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__table__.name)
    return table(("table", "owner", "what it is"), (_described(mapper.class_) for mapper in found))


def _described(model: type[Base]) -> tuple[str, ...]:
    columns, name = set(model.__table__.columns.keys()), model.__table__.name
    if {"site_id", "realm_id"} <= columns and name != "comment":
        whose = "realm, seen by a site"
    else:
        whose = next((owner for owner in ("site", "newsroom", "realm", "user") if f"{owner}_id" in columns), "all")
    first = (model.__doc__ or "").strip().split("\n")[0]
    return f"`{name}`", whose, first


MAKERS: dict[str, Callable[[], str]] = {
    "defaults": defaults, "ladder": ladder, "roles": roles, "personal": personal, "settings": settings,
    "tables": tables,
}  # fmt: skip


def renewed(page: str) -> str:
    """A page with its tables as the code makes them now."""
    return _PLACE.sub(lambda place: place[1] + MAKERS[place[2]]() + place[3], page)


def pages() -> list[Path]:
    """The pages that have such tables."""
    return [path for path in sorted((ROOT / "docs").glob("*.md")) if _PLACE.search(path.read_text("utf-8"))]


if __name__ == "__main__":
    for path in pages():
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")

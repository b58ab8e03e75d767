"""`moderation rules check, test, kinds, print, diff`: what needs files only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from moderation.cli.judge import compile_rules, rules_folder
from moderation.config import shipped_rules
from moderation.engine.conditions import JOINS, KINDS
from moderation.engine.examples import run_examples
from moderation.engine.json_schema import json_schema
from moderation.engine.ruleset import Rule, Ruleset
from moderation.engine.verdict import CATEGORIES

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_STATES = {"live": "In force", "trial": "In trial (acts on nothing)", "draft": "Drafts", "disabled": "Switched off"}
folder_option = click.option("--rules", "folder", type=_FOLDER, help="Folder; default MODERATION_RULES_DIR.")
site_option = click.option("--site", help="With this site's own files.")


def _ruleset(folder: Path | None, site: str | None) -> Ruleset:
    return compile_rules(folder or rules_folder(), site)


@click.command()
@folder_option
@site_option
def check(folder: Path | None, site: str | None) -> None:
    """Read the rule files and show every mistake with its place."""
    ruleset = _ruleset(folder, site)
    terms = sum(len(terms) for terms in ruleset.lists.values())
    click.echo(f"ok: {len(ruleset.rules)} rules, {len(ruleset.lists)} lists, {terms} terms; version {ruleset.version}")


@click.command()
@folder_option
@site_option
def test(folder: Path | None, site: str | None) -> None:
    """Judge the examples of every rule."""
    ruleset = _ruleset(folder, site)
    failures = run_examples(ruleset)
    for failure in failures:
        click.echo(str(failure))
    count = sum(len(rule.examples) for rule in ruleset.rules)
    click.echo(f"{count - len(failures)} of {count} examples as they should be", err=True)
    if failures:
        raise SystemExit(1)


@click.command()
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the format instead.")
def kinds(schema: bool) -> None:
    """List the words of the rule language."""
    if schema:
        click.echo(json.dumps(json_schema(), indent=1, sort_keys=True))
        return
    click.echo(f"{', '.join(JOINS)}: join conditions; a bare list means any\n")
    for kind in KINDS.values():
        click.echo(f"{kind.name} ({kind.role})\n    {kind.doc}\n    {kind.example}")


@click.command("print")
@folder_option
@site_option
def print_rules(folder: Path | None, site: str | None) -> None:
    """One page in plain language, for people who have to agree to the rules."""
    ruleset = _ruleset(folder, site)
    click.echo(f"Rules {ruleset.version[:12]}{' of ' + site if site else ''}\n")
    for state, title in _STATES.items():
        several = [rule for rule in ruleset.rules if rule.state == state]
        if several:
            click.echo(f"{title}\n{'=' * len(title)}")
        for category in CATEGORIES:
            for rule in several:
                if rule.category == category:
                    click.echo(_in_words(rule))
    _print_enforcement(ruleset)


@click.command()
@click.argument("old", required=False, type=_FOLDER)
@click.argument("new", required=False, type=_FOLDER)
@click.option("--shipped", is_flag=True, help="Compare the shipped rules with MODERATION_RULES_DIR.")
@site_option
def diff(old: Path | None, new: Path | None, shipped: bool, site: str | None) -> None:
    """Show what differs between two folders of rules (OLD NEW; one alone is compared with the rules in use)."""
    if shipped:
        old, new = shipped_rules(), rules_folder()
    elif old is None:
        raise click.UsageError("two folders, one folder, or --shipped")
    before, after = compile_rules(old, site), compile_rules(new or rules_folder(), site)
    lines = differences(before, after)
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("no difference", err=True)
    raise SystemExit(1 if lines else 0)


def differences(old: Ruleset, new: Ruleset) -> list[str]:
    """Two rulesets in, one line for each thing that differs out."""
    lines = []
    before, after = ({rule.id: rule for rule in ruleset.rules} for ruleset in (old, new))
    for id in sorted({*before, *after}):
        lines += _rule_difference(id, before.get(id), after.get(id))
    for name in sorted({*old.lists, *new.lists}):
        was, now = ({term.term for term in ruleset.lists.get(name, ())} for ruleset in (old, new))
        if was != now:
            lines.append(f"~ list {name}: {len(now - was)} terms added, {len(was - now)} removed")
    for part in ("enforcement", "settings", "documents", "exempt", "fixtures"):
        if getattr(old, part) != getattr(new, part):
            lines.append(f"~ {part}")
    return lines


def _rule_difference(id: str, was: Rule | None, now: Rule | None) -> list[str]:
    if was is None or now is None:
        rule, sign = (now, "+") if was is None else (was, "-")
        assert rule is not None
        return [f"{sign} rule {id}: {rule.title} ({rule.state}, {rule.action})"]
    changes = [
        f"{name} {getattr(was, name)} → {getattr(now, name)}"
        for name in ("state", "action", "category", "public", "strike", "ask_first", "urgent", "if_unknown")
        if getattr(was, name) != getattr(now, name)
    ]
    words = [name for name in ("title", "reason", "message") if getattr(was, name) != getattr(now, name)]
    changes += [f"other {name}" for name in words]
    if was.hash != now.hash and was.action == now.action and was.category == now.category:
        changes.append("other conditions or terms")
    return [f"~ rule {id}: {'; '.join(changes)}"] if changes else []


def _in_words(rule: Rule) -> str:
    effects = [_ACTIONS[rule.action]]
    effects += ["the writer is asked first"] if rule.ask_first else []
    effects += ["goes to the top of the desk"] if rule.urgent else []
    effects += [f"counts as {rule.strike} when a person confirms it"] if rule.strike else []
    public = "on the guidelines page" if rule.public else "not on the guidelines page"
    return f"\n{rule.title} [{rule.category}: {rule.id}]\n  {'; '.join(effects)}; {public}.\n  To the writer: {rule.message or '-'}"


_ACTIONS: dict[str, str] = {
    "allow": "published",
    "review": "published and listed for a moderator",
    "hold": "held until a moderator decides",
    "reject": "not published",
}


def _print_enforcement(ruleset: Ruleset) -> None:
    policy: Any = ruleset.enforcement
    click.echo("\nWarnings and blocks\n===================")
    click.echo(f"What counts: {policy['counts']}; blocks are {policy['blocks']}; window {policy['window_days']} days.")
    for category, steps in policy["ladder"].items():
        shown = steps if isinstance(steps, str) else "; ".join(_step(step) for step in steps)
        click.echo(f"  {category}: {shown}")
    click.echo(f"  never: {', '.join(policy['never'])}")


def _step(step: dict[str, Any]) -> str:
    effects = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in step.items() if name != "at")
    return f"at {step['at']}: {effects.replace(' True', '')}"


RULE_COMMANDS: list[click.Command] = [check, test, kinds, print_rules, diff]

"""What pages name exists, and what exists is named: verbs, make targets, settings, endpoints, events, metrics, files."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from prometheus_client.metrics import MetricWrapperBase

from moderation import config, telemetry
from moderation.cli import cli
from moderation.engine.policy import DEFAULT_SETTINGS, SETTINGS
from moderation.engine.rule import OVERRIDE
from moderation.engine.verdict import ATTRIBUTES, CATEGORIES
from moderation.lifecycle import EVENT_TYPES
from moderation.web.api import ROUTES
from tests.docs import pages

DOCS = pages.ROOT / "docs"
README = pages.text(pages.ROOT / "README.md")
MAKEFILE = pages.text(pages.ROOT / "Makefile")
OURS = [path for path in pages.PAGES if path.name not in ("api.md", "settings.md")]


def verbs(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every verb of the command line, as its words."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from verbs(command, (*before, name))
            else:
                yield (*before, name)


VERBS = {" ".join(words) for words in verbs(cli)}
GROUPS = {verb.split()[0] for verb in VERBS if " " in verb}


def test_the_readme_names_every_verb() -> None:
    named = set(re.findall(r"`([a-z ]+)`", README))
    assert not VERBS - named


@pytest.mark.parametrize("path", pages.PAGES, ids=pages.named)
def test_every_verb_that_is_named_exists(path: Path) -> None:
    commands = "\n".join([*pages.blocks(path, "sh"), *pages.spans(path)])
    for first, second in re.findall(r"(?:^|[\s/|])moderation ([a-z]+)(?: ([a-z]+)\b)?", commands, re.MULTILINE):
        assert first in GROUPS or first in VERBS, f"moderation {first} {second}"
        if first in GROUPS and second:
            assert f"{first} {second}" in VERBS, f"moderation {first} {second}"


def test_make_targets() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)`", README)) | set(
        re.findall(r"^make ([a-z-]+)", README, re.MULTILINE)
    )
    assert targets - named == set()
    for path in pages.PAGES:
        for target in re.findall(r"`make ([a-z][a-z-]*)", pages.prose(path)):
            assert target in targets, f"{pages.named(path)}: make {target}"


@pytest.mark.parametrize("path", pages.PAGES, ids=pages.named)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    known = {*config.names(), *(f"{config.PREFIX}{name}_FILE" for name in config.SECRET)}
    for name in re.findall(r"\bMODERATION_[A-Z_]*[A-Z]\b", pages.text(path)):
        assert name in known, name


def test_every_setting_of_a_site_is_explained() -> None:
    page = pages.text(DOCS / "rules.md")
    explained = page[
        page.index("<!-- end -->", page.index("### settings.yaml")) : page.index("## Examples and fixtures")
    ]
    assert set(SETTINGS.fields) == set(DEFAULT_SETTINGS)
    for name in SETTINGS.fields:
        assert re.search(rf"\b{name}\b", explained), name


def test_what_an_override_may_change_is_listed() -> None:
    page = pages.text(DOCS / "rules.md")
    sentence = page[page.index("An override names") : page.index("To change conditions")]
    for name in OVERRIDE.fields:
        assert re.search(rf"\b{name}\b", sentence), name


def test_every_category_and_event_is_named() -> None:
    rules, integrate = pages.text(DOCS / "rules.md"), pages.text(DOCS / "integrate.md")
    for category in CATEGORIES:
        assert f"`{category}`" in rules, category
    for type in EVENT_TYPES:
        assert f"`{type}`" in integrate, type


@pytest.mark.parametrize("path", OURS, ids=pages.named)
def test_every_event_and_attribute_that_is_named_exists(path: Path) -> None:
    for word in pages.spans(path):
        if re.fullmatch(r"(comment|author|appeal|ruleset)\.[a-z]+ed", word):
            assert word in EVENT_TYPES, word
    assert not [w for w in re.findall(r"score: \{(\w+):", pages.text(path)) if w not in ATTRIBUTES]


def endpoints() -> list[re.Pattern[str]]:
    """Each endpoint as a pattern of its address with any id."""
    patterns = [re.sub(r"[<{][^>}]+[>}]", "[^/]+", route.path) for route in ROUTES]
    return [re.compile(f"{route.method} {pattern}") for route, pattern in zip(ROUTES, patterns, strict=True)]


@pytest.mark.parametrize("path", OURS, ids=pages.named)
def test_every_endpoint_that_is_named_exists(path: Path) -> None:
    for named in re.findall(r"\b((?:GET|PUT|POST|DELETE) /v1/[^\s`?]+)", pages.prose(path)):
        assert any(pattern.fullmatch(named) for pattern in endpoints()), named


def test_every_metric_is_named_and_there() -> None:
    page = pages.text(DOCS / "operators.md")
    sentence = page[page.index("Metrics begin with") : page.index("A growing `moderation_swept`")]
    ours = {item._name for item in vars(telemetry).values() if isinstance(item, MetricWrapperBase)}
    short = {name.removeprefix("moderation_") for name in ours}
    assert short - set(re.findall(r"[a-z_]+", sentence)) == set()
    for name in re.findall(r"\bmoderation_[a-z_]+\b", page):
        assert name in ours or name == "moderation_", name


def test_files_that_are_named_exist() -> None:
    for path in OURS:
        for word in pages.spans(path):
            if re.fullmatch(r"(?:docs|rules|moderation|workers|tests|tools|bench)/[\w./-]+\.\w+", word):
                made = word in ("rules/90-mine.yaml",)
                assert made or (pages.ROOT / word).exists(), f"{pages.named(path)}: {word}"


def test_every_module_that_is_run_by_name_exists_and_takes_the_options_shown() -> None:
    for path in pages.PAGES:
        for module, options in re.findall(r"python -m ((?:moderation|bench|tests)[\w.]*)([^`\n]*)", pages.text(path)):
            file = pages.ROOT / module.replace(".", "/")
            found = next((each for each in (file.with_suffix(".py"), file / "__main__.py") if each.exists()), None)
            assert found, f"{pages.named(path)}: {module}"
            for option in re.findall(r"--[a-z-]+", options):
                assert f'"{option}"' in found.read_text("utf-8"), f"{pages.named(path)}: {module} {option}"


PRIVATE = ("/wor" + "k/", "/ro" + "ot/", "/hom" + "e/", "newsroom" + ".md", "house" + ".md", "contract" + ".md")


def test_no_file_names_a_machine_or_papers_that_are_not_here() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=pages.ROOT, check=True)
    for name in listed.stdout.split("\n"):
        path = pages.ROOT / name
        assert not path.is_symlink(), f"{name} points to a place of one machine"
        if path.suffix in {".py", ".txt", ".toml", ".yml", ".yaml", ".md", ".sh", ".html", ".css"} and path.is_file():
            source = path.read_text("utf-8", "replace")
            assert not [word for word in PRIVATE if word in source], name

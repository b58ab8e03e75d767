"""What pages show is tried: rule files are loaded, commands are parsed as the shell and the verbs parse them."""

import contextlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from moderation.adapters.rule_files import RuleFolder
from moderation.cli import cli
from moderation.config import shipped_rules
from moderation.engine.examples import run_examples
from moderation.engine.ruleset import InvalidRuleset, load
from tests.docs import pages

DRAFT = """rules:
  - id: shown
    category: custom
    state: draft
    action: review
    when:
"""


def indented(code: str) -> str:
    return DRAFT + "".join(f"      {line}\n" for line in code.splitlines())


def place(code: str) -> tuple[str, str]:
    """Where a shown file lies, and its text: its first line says, else what it begins with."""
    first = code.splitlines()[0]
    named = re.match(r"# (?:rules/)?([\w./-]+\.yaml)", first)
    if named:
        path = named.group(1)
        return (path if "/" in path or path[0].isdigit() else f"sites/main/{path}"), code
    if first == "# when":
        return "95-shown.yaml", indented(code)
    return ("lists/shown.yaml" if code.startswith("note:") else "sites/main/shown.yaml"), code


def yaml_blocks() -> Iterator[tuple[str, str]]:
    for path in pages.PAGES:
        for number, code in enumerate(pages.blocks(path, "yaml"), 1):
            yield f"{pages.named(path)} block {number}", code


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in yaml_blocks()])
def test_a_shown_file_loads_beside_the_shipped_ones_and_its_examples_hold(code: str) -> None:
    path, written = place(code)
    files = {
        **RuleFolder(shipped_rules()).read("main"),
        path: written.replace("id: insult-at-commenter ", "id: shown "),
    }
    ruleset = load(files, site="main")
    shown = set(re.findall(r"^  - id: ([\w-]+)", files[path], re.MULTILINE))
    failures = [failure for failure in run_examples(ruleset) if any(f"{id}" in str(failure) for id in shown)]
    assert not failures, "\n".join(map(str, failures))


def test_the_mistake_that_is_shown_is_the_one_that_comes() -> None:
    page = pages.ROOT / "docs" / "rules.md"
    shown = next(block for block in pages.blocks(page, "text") if "^" in block)
    good = next(block for block in pages.blocks(pages.ROOT / "README.md", "yaml") if "blatherskite" in block)
    with pytest.raises(InvalidRuleset) as refused:
        load({"90-mine.yaml": good.replace("terms:", "termz:")})
    said = str(refused.value).splitlines()
    kept = [line for line in shown.splitlines() if "expected" not in line]
    assert [line for line in said if "expected" not in line] == kept


def shell_blocks() -> Iterator[tuple[str, str]]:
    for path in pages.PAGES:
        for number, code in enumerate(pages.blocks(path, "sh"), 1):
            yield f"{pages.named(path)} block {number}", code


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in shell_blocks()])
def test_a_shown_command_is_what_a_shell_takes(code: str) -> None:
    done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def commands() -> Iterator[str]:
    """Each `moderation …` of the pages that stands whole: in shell blocks and, with its options, in the prose."""
    for path in pages.PAGES:
        for code in pages.blocks(path, "sh"):
            for line in code.replace("\\\n", " ").splitlines():
                found = re.search(
                    r"(?:^|[\s/])moderation ([^|#>]+)|docker compose run --rm (?:-v \S+ )?web ([^|#>]+)", line
                )
                if found:
                    yield (found[1] or found[2]).strip()
        yield from (
            span.removeprefix("moderation ") for span in pages.spans(path) if re.match(r"moderation .* --", span)
        )


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_a_shown_verb_takes_its_options(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("data", "FOLDER"):
        (tmp_path / name).mkdir()
    (tmp_path / "monday.tar.gz").touch()
    words, command = shlex.split(line), cli
    context = click.Context(cli)
    with contextlib.ExitStack() as stack:
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, line
            command = found  # type: ignore[assignment]
            context = stack.enter_context(click.Context(command, parent=context))
        command.make_context(command.name, words)

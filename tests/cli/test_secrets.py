"""Secrets of other programs: from a file, from standard input or typed unseen, and never repeated."""

import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from moderation.cli import cli, service


@click.command()
@click.option("--secret")
@click.option("--secret-file")
@click.option("--token")
@click.option("--token-file")
def said(secret: str | None, secret_file: str | None, token: str | None, token_file: str | None) -> None:
    """Shows what it was given."""
    click.echo(repr((service.secret("--secret", secret, secret_file), service.secret("--token", token, token_file))))


def run(*words: str, input: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(said, words, input=input)
    return done.exit_code, done.output.strip()


def test_a_line_of_a_file_or_of_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes("wörd two\r\nmore\n".encode())
    assert run() == (0, "(None, None)")
    assert run("--secret", "a", "--token", "b") == (0, "('a', 'b')")
    assert run("--secret-file", str(file)) == (0, "('wörd two', None)")
    assert run("--secret", "a", "--token-file", "-", input="typed") == (0, "('a', 'typed')")
    assert run("--token-file", "-", "--secret-file", "-", input="first\nsecond\n") == (0, "('first', 'second')")


@pytest.mark.parametrize(
    ("words", "input", "says"),
    [
        (["--secret", "a", "--secret-file", "-"], "b\n", "give one of them"),
        (["--secret-file", "-"], "", "1 to 2000 characters"),
        (["--secret-file", "-"], " hunter2\n", "without blanks"),
        (["--secret-file", "-"], "hunter2\x07\n", "--secret-file"),
        (["--secret-file", "-"], "hunter2" * 300 + "\n", "1 to 2000 characters"),
        (["--token-file", "nowhere"], "", "nowhere: No such file"),
        (["--token-file", "latin"], "", "not in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(
    words: list[str], input: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin").write_bytes(b"hunter2\xe9\n")
    status, shown = run(*words, input=input)
    assert status == 2 and says in shown and "hunter2" not in shown


def test_at_a_terminal_it_is_asked_for_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def prompt(words: str, **given: object) -> str:
        asked.append((words, given))
        return "typed"

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert service.secret("--token", None, "-") == "typed"
    assert asked == [("Token", {"hide_input": True, "err": True})]


def test_the_verb_for_keys_takes_them() -> None:
    done = CliRunner().invoke(cli, ["key", "add", "--site", "main", "--secret-file", "-"], input="s\n")
    assert done.exit_code == 2 and "coral kinds" in done.output

"""How an operator's verb finds the service: by the settings, or by the data folder of an embedded one."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from moderation import bootstrap, config

_HERE = Path("data")  # where `make run` keeps it
_NAME_IT = "No service is named here: give --data FOLDER (the folder of `moderation up`), or set what is missing above."
_LONGEST_NAME = 200
_LONGEST_SECRET = 2_000


class Name(click.ParamType[str]):
    """A word or a few for people, of 1 to 200 characters that can be printed."""

    name = "text"

    def __init__(self, longest: int = _LONGEST_NAME) -> None:
        self._longest = longest

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself, or a usage error."""
        if not value.strip() or value != value.strip() or len(value) > self._longest or not value.isprintable():
            self.fail(f"{value[:40]!r}: use 1 to {self._longest} characters without blanks at the ends", param, ctx)
        return value


def secret(option: str, given: str | None, file: str | None) -> str | None:
    """What an option says, or the first line of the file of its other form; nothing where neither is there.

    `-` is the next line of standard input, or what is typed at a terminal, where it is not shown.
    """
    if file is None:
        return given
    option_file = f"{option}-file"
    if given is not None:
        raise click.UsageError(f"{option} and {option_file}: give one of them.")
    said = _line(option_file, file).rstrip("\r\n")
    if not said or said != said.strip() or len(said) > _LONGEST_SECRET or not said.isprintable():
        raise click.UsageError(f"{option_file}: needs 1 to {_LONGEST_SECRET} characters without blanks at the ends.")
    return said


def _line(option: str, file: str) -> str:
    if file == "-" and sys.stdin.isatty():
        typed: str = click.prompt(
            option.removeprefix("--").removesuffix("-file").capitalize(), hide_input=True, err=True
        )
        return typed
    try:
        with click.open_file(file, encoding="utf-8") as lines:
            return str(lines.readline())
    except OSError as error:
        raise click.UsageError(f"{option}: {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{option}: {file}: is not in UTF-8.") from None


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR` on a verb."""
    return click.option(
        "--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder of an embedded service; without it the MODERATION_… settings count, then ./data.",
    )(command)  # fmt: skip


def settings(data: Path | None) -> config.Settings:
    """The service's settings; raises InvalidSettings that says how to name the service."""
    if data is not None:
        return config.read_folder(data)
    try:
        return config.read()
    except config.InvalidSettings as error:
        if config.is_folder(_HERE):
            return config.read_folder(_HERE)
        raise config.InvalidSettings([*error.problems, _NAME_IT]) from None


def production() -> config.Settings:
    """The settings of a part that has no --data; raises InvalidSettings that says how one machine does without."""
    try:
        return config.read()
    except config.InvalidSettings as error:
        hint = "This is a part of a production set-up. On one machine `moderation up` runs all parts and needs no settings."
        raise config.InvalidSettings([*error.problems, hint]) from None


@contextmanager
def application(data: Path | None) -> Iterator[bootstrap.Application]:
    """The verbs, over the service's own database and broker; hints are sent before it ends."""
    built = bootstrap.build(settings(data))
    try:
        yield built
    finally:
        built.close()

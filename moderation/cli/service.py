"""How an operator's verb finds the service: by the settings, or by the data folder of an embedded one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from moderation import bootstrap, config

_HERE = Path("data")  # where `make run` keeps it


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
    except config.InvalidSettings:
        if config.is_folder(_HERE):
            return config.read_folder(_HERE)
        raise


@contextmanager
def application(data: Path | None) -> Iterator[bootstrap.Application]:
    """The verbs, over the service's own database and broker; hints are sent before it ends."""
    built = bootstrap.build(settings(data))
    try:
        yield built
    finally:
        built.close()

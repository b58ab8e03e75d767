"""`moderation up`: the whole service on this machine."""

import os
import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of loopback to serve."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--data", default="data", show_default=True, type=click.Path(path_type=Path, file_okay=False),
              help="Folder for everything it keeps.")  # fmt: skip
@click.option(
    "--sample", is_flag=True, help="Post the sample stories and comments to a site of their own; print verdicts."
)
@click.option("--watch", is_flag=True, help="Publish rule files when they are saved and pass.")
def up(port: int, host: str, data: Path, sample: bool, watch: bool) -> None:
    """Run the embedded service: database, broker, web server and workers under one roof. Ctrl-C ends all of it."""
    options = ["--port", str(port), "--host", host, "--data", str(data)]
    options += ["--sample"] * sample + ["--watch"] * watch
    # Replaced, not imported: the supervisor stays small, and `make run` has it as its own child.
    command = [sys.executable, "-P", "-m", "moderation.embedded", *options]
    os.execv(command[0], command)  # noqa: S606  # no shell

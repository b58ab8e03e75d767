"""The `moderation` command: operators' verbs. Each is loaded when it is called, so that `--help` stays quick."""

import importlib
import sys

import click

from moderation import __version__
from moderation.cli import failures

# verb -> the module and the name of its click command
VERBS = {
    "up": "moderation.cli.up:up",
    "web": "moderation.cli.services:web",
    "worker": "moderation.cli.services:worker",
    "beat": "moderation.cli.services:beat",
    "db": "moderation.cli.services:db",
    "sweep": "moderation.cli.services:sweep",
    "backup": "moderation.cli.backup:backup",
    "restore": "moderation.cli.backup:restore",
    "judge": "moderation.cli.judge:judge",
    "scores": "moderation.cli.judge:scores",
    "import": "moderation.cli.imports:import_comments",
    "export": "moderation.cli.export:export",
    "erase": "moderation.cli.privacy:erase",
    "erased": "moderation.cli.privacy:erased",
    "legal": "moderation.cli.privacy:legal",
    "compare": "moderation.cli.compare:compare",
    "doctor": "moderation.cli.doctor:doctor",
    "model": "moderation.cli.model:model",
    "rules": "moderation.cli.rules:rules",
    "site": "moderation.cli.sites:site",
    "key": "moderation.cli.keys:key",
    "user": "moderation.cli.sites:user",
    "webhook": "moderation.cli.sites:webhook",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of VERBS."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, or None."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{VERBS[cmd_name]} is not a command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="moderation")
def cli() -> None:
    """Keep It Civil: comment moderation for news sites. Results go to stdout, everything else to stderr."""


def main() -> None:
    """Run a verb. Exit status: 0 ok, 1 findings or failure, 2 usage or settings."""
    try:
        cli(prog_name="moderation")
    except BrokenPipeError:
        sys.stderr.close()  # `moderation … | head`: nobody reads on
        sys.exit(1)
    except failures.EXPECTED as error:
        message, status = failures.sentence(error)
        click.echo(message, err=True)
        sys.exit(status)

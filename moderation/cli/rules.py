"""`moderation rules`: the verbs that need only files, and those that move a site's pointer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from moderation.cli import service
from moderation.cli.rules_offline import RULE_COMMANDS
from moderation.cli.sites import OPERATOR, site_option


@click.group()
def rules() -> None:
    """Rule files: check, test, kinds, diff, publish, list, rollback, release, print."""


for _command in RULE_COMMANDS:
    rules.add_command(_command)


@rules.command()
@site_option
@click.option("--message", required=True, help="What changed and why; readers of the history see it.")
@service.data_option
def publish(slug: str, message: str, data: Path | None) -> None:
    """Check the files with their examples and put them into force for a site."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        result = app.rulebook.publish_files(site_id=found["id"], message=message, by=OPERATOR, now=datetime.now(UTC))
        click.echo(json.dumps(result, ensure_ascii=False))


@rules.command("list")
@site_option
@service.data_option
def list_versions(slug: str, data: Path | None) -> None:
    """List the versions that were in force, newest first; * marks the one in force."""
    with service.application(data) as app:
        site_id = app.sites.find(slug=slug)["id"]
        for row in app.rulebook.versions(site_id=site_id):
            mark = "*" if row["in_force"] else " "
            click.echo(f"{mark} {row['version'][:12]}  {row['published_at']}  {row['kind']:8}  {row['message']}")
        for rule, pause in app.safety_limit.pauses(site_id=site_id).items():
            click.echo(f"paused by safety limit: {rule} acts as {pause['acts_as']}; it {pause['reason']}", err=True)


@rules.command()
@site_option
@click.argument("version", required=False)
@service.data_option
def rollback(slug: str, version: str | None, data: Path | None) -> None:
    """Go back to VERSION (its beginning is enough), or to the one before; it stays until somebody publishes."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        result = app.rulebook.rollback(site_id=found["id"], version=version, by=OPERATOR, now=datetime.now(UTC))
        click.echo(json.dumps(result))


@rules.command()
@site_option
@click.argument("rule")
@service.data_option
def release(slug: str, rule: str, data: Path | None) -> None:
    """Let RULE, paused by the safety limit, act again as it says; it is not paused again until it changes."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        click.echo(
            json.dumps(app.safety_limit.release(site_id=found["id"], rule=rule, by=OPERATOR, now=datetime.now(UTC)))
        )

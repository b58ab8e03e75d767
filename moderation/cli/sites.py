"""Operators' verbs for sites, users and webhooks. Secrets are printed once, on stdout, when they are made."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from moderation.cli import service
from moderation.lifecycle import EVENT_TYPES
from moderation.workflow.incoming import Actor
from moderation.workflow.users import ROLES

OPERATOR = Actor("operator")
site_option = click.option("--site", "slug", required=True, metavar="SLUG", help="Which site.")


def now() -> datetime:
    """The time of a verb."""
    return datetime.now(UTC)


def show(result: Any) -> None:
    """A result, as JSON on stdout."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))


@click.group()
def site() -> None:
    """Sites: add, list, remove."""


@site.command("add")
@click.argument("slug")
@click.option("--name", type=service.Name(), help="What people call it.")
@click.option("--newsroom", type=service.Name(), default="default", show_default=True, help="Who owns it.")
@click.option("--realm", type=service.Name(), help="Login system whose people it shares; its own unless named.")
@service.data_option
def add_site(slug: str, name: str | None, newsroom: str, realm: str | None, data: Path | None) -> None:
    """Add a site with the rules in force, and print a key for it."""
    with service.application(data) as app:
        made = app.sites.create(slug=slug, name=name, newsroom=newsroom, realm=realm, by=OPERATOR, now=now())
        key = app.keys.add(site_id=made["id"], kind="live", label="first key", by=OPERATOR, now=now())
        show({**made, "key": key["key"]})


@site.command("list")
@service.data_option
def list_sites(data: Path | None) -> None:
    """List the sites."""
    with service.application(data) as app:
        show(app.sites.list())


@site.command("remove")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@service.data_option
def remove_site(slug: str, yes: bool, data: Path | None) -> None:
    """Remove a site with its comments, verdicts, decisions and blocks. There is no way back but a backup."""
    with service.application(data) as app:
        app.sites.find(slug=slug)
        if not yes:
            click.confirm(f"Remove site {slug} with everything in it?", abort=True, err=True)
        app.sites.remove(slug=slug)
        click.echo(f"removed {slug}", err=True)


@click.group()
def user() -> None:
    """People at the desk: add, list, remove, password, disable, enable."""


@user.command("add")
@click.argument("login", type=service.Name())
@site_option
@click.option("--role", type=click.Choice(ROLES), default="moderator", show_default=True, help="What they may do.")
@service.data_option
def add_user(login: str, slug: str, role: str, data: Path | None) -> None:
    """Add an account, or give one another site or role; a new account's password is printed once."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        show(app.users.add(login=login, site_id=found["id"], role=role, by=OPERATOR, now=now()))


@user.command("list")
@site_option
@service.data_option
def list_users(slug: str, data: Path | None) -> None:
    """List the accounts of a site."""
    with service.application(data) as app:
        show(app.users.list(site_id=app.sites.find(slug=slug)["id"]))


@user.command("remove")
@click.argument("login")
@site_option
@service.data_option
def remove_user(login: str, slug: str, data: Path | None) -> None:
    """Take an account from a site; its sessions end at once."""
    with service.application(data) as app:
        app.users.remove(login=login, site_id=app.sites.find(slug=slug)["id"], by=OPERATOR, now=now())
        click.echo(f"removed {login} from {slug}", err=True)


@user.command("password")
@click.argument("login")
@service.data_option
def new_password(login: str, data: Path | None) -> None:
    """Give an account a new password, printed once; its sessions end at once."""
    with service.application(data) as app:
        show(app.users.set_password(login=login, by=OPERATOR, now=now()))


@user.command("disable")
@click.argument("login")
@service.data_option
def disable_user(login: str, data: Path | None) -> None:
    """Let nobody in with an account, at any site; its sessions end at once."""
    with service.application(data) as app:
        app.users.disable(login=login, by=OPERATOR, now=now())
        click.echo(f"disabled {login}", err=True)


@user.command("enable")
@click.argument("login")
@service.data_option
def enable_user(login: str, data: Path | None) -> None:
    """Let a disabled account in again."""
    with service.application(data) as app:
        app.users.enable(login=login, by=OPERATOR, now=now())
        click.echo(f"enabled {login}", err=True)


@click.group()
def webhook() -> None:
    """Webhooks of a site: add, list, remove, test, replay."""


@webhook.command("add")
@click.argument("url")
@site_option
@click.option("--type", "types", multiple=True, type=click.Choice(EVENT_TYPES), metavar="TYPE",
              help="An event type to send; all unless given. May be repeated.")  # fmt: skip
@service.data_option
def add_webhook(url: str, slug: str, types: tuple[str, ...], data: Path | None) -> None:
    """Add an endpoint; its signing secret is shown only now."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        show(app.webhooks.add(site_id=found["id"], url=url, types=types, by=OPERATOR, now=now()))


@webhook.command("list")
@site_option
@service.data_option
def list_webhooks(slug: str, data: Path | None) -> None:
    """List the endpoints of a site."""
    with service.application(data) as app:
        show(app.webhooks.list(site_id=app.sites.find(slug=slug)["id"]))


@webhook.command("remove")
@click.argument("webhook_id")
@site_option
@service.data_option
def remove_webhook(webhook_id: str, slug: str, data: Path | None) -> None:
    """Remove an endpoint with what was still to be delivered to it."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        app.webhooks.remove(site_id=found["id"], webhook_id=webhook_id, by=OPERATOR, now=now())
        click.echo(f"removed {webhook_id}", err=True)


@webhook.command("test")
@click.argument("webhook_id")
@site_option
@service.data_option
def test_webhook(webhook_id: str, slug: str, data: Path | None) -> None:
    """Send a signed test now; exit status 1 where the receiver did not take it."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        result = app.webhooks.test(site_id=found["id"], webhook_id=webhook_id, by=OPERATOR, now=now())
    show(result)
    if not result["delivered"]:
        raise SystemExit(1)


@webhook.command("replay")
@click.argument("webhook_id")
@site_option
@click.option(
    "--after", type=click.IntRange(min=0), default=0, show_default=True, help="Position in the feed to start behind."
)
@service.data_option
def replay_webhook(webhook_id: str, slug: str, after: int, data: Path | None) -> None:
    """Enable an endpoint again and deliver its events once more."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        again = app.webhooks.replay(site_id=found["id"], webhook_id=webhook_id, after=after, by=OPERATOR, now=now())
        click.echo(f"{again} deliveries are due again", err=True)

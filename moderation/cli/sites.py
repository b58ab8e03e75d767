"""Operators' verbs for sites, keys, users and webhooks. Secrets are printed once, on stdout, when they are made."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from moderation.cli import service
from moderation.lifecycle import EVENT_TYPES
from moderation.workflow.incoming import Actor
from moderation.workflow.keys import LANGUAGES, PROFILES, SCOPES
from moderation.workflow.users import ROLES

OPERATOR = Actor("operator")
site_option = click.option("--site", "slug", required=True, metavar="SLUG", help="Which site.")


def _now() -> datetime:
    return datetime.now(UTC)


def _print(result: Any) -> None:
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
        made = app.sites.create(slug=slug, name=name, newsroom=newsroom, realm=realm, by=OPERATOR, now=_now())
        key = app.keys.add(site_id=made["id"], kind="live", label="first key", by=OPERATOR, now=_now())
        _print({**made, "key": key["key"]})


@site.command("list")
@service.data_option
def list_sites(data: Path | None) -> None:
    """List the sites."""
    with service.application(data) as app:
        _print(app.sites.list())


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
def key() -> None:
    """Keys of a site: add, list, revoke."""


@key.command("add")
@site_option
@click.option(
    "--kind",
    type=click.Choice(["live", "test", "protocol", "coral-phase", "coral-webhook"]),
    default="live",
    show_default=True,
    help="What it opens.",
)
@click.option("--label", type=service.Name(), help="A note for you.")
@click.option("--secret", type=service.Name(), help="The secret that the other side signs with (coral kinds).")
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    default="full",
    show_default=True,
    help="What a live or test key may do: all, or only read.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is good for; without an end unless given.")
@click.option(
    "--languages",
    type=click.Choice(LANGUAGES),
    help="Perspective's protocol: refuse languages that are not scored, or score anyway. Strict unless given.",
)
@click.option("--per-minute", type=click.IntRange(1), help="Perspective's protocol: calls a minute, 6000 unless given.")
@click.option("--profile", type=click.Choice(PROFILES), help="Perspective's protocol as Coral needs it: docs/coral.md.")
@service.data_option
def add_key(
    slug: str,
    kind: str,
    label: str | None,
    secret: str | None,
    scope: str,
    days: int | None,
    languages: str | None,
    per_minute: int | None,
    profile: str | None,
    data: Path | None,
) -> None:
    """Make a key; it is shown only now."""
    if secret and not kind.startswith("coral"):
        raise click.UsageError("--secret is for the coral kinds; the secret of another key is made here.")
    now = _now()
    with service.application(data) as app:
        made = app.keys.add(
            site_id=app.sites.find(slug=slug)["id"],
            kind=kind.replace("-", "_"),
            label=label or "",
            secret=secret,
            scope=scope,
            expires_at=now + timedelta(days=days) if days else None,
            languages=languages,
            per_minute=per_minute,
            profile=profile,
            by=OPERATOR,
            now=now,
        )
        _print(made)


@key.command("list")
@site_option
@service.data_option
def list_keys(slug: str, data: Path | None) -> None:
    """List the keys of a site, without their secrets."""
    with service.application(data) as app:
        _print(app.keys.list(site_id=app.sites.find(slug=slug)["id"]))


@key.command("revoke")
@click.argument("key_id")
@site_option
@service.data_option
def revoke_key(key_id: str, slug: str, data: Path | None) -> None:
    """Close a key from the next request on."""
    with service.application(data) as app:
        app.keys.revoke(site_id=app.sites.find(slug=slug)["id"], key_id=key_id, by=OPERATOR, now=_now())
        click.echo(f"revoked {key_id}", err=True)


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
        _print(app.users.add(login=login, site_id=found["id"], role=role, by=OPERATOR, now=_now()))


@user.command("list")
@site_option
@service.data_option
def list_users(slug: str, data: Path | None) -> None:
    """List the accounts of a site."""
    with service.application(data) as app:
        _print(app.users.list(site_id=app.sites.find(slug=slug)["id"]))


@user.command("remove")
@click.argument("login")
@site_option
@service.data_option
def remove_user(login: str, slug: str, data: Path | None) -> None:
    """Take an account from a site; its sessions end at once."""
    with service.application(data) as app:
        app.users.remove(login=login, site_id=app.sites.find(slug=slug)["id"], by=OPERATOR, now=_now())
        click.echo(f"removed {login} from {slug}", err=True)


@user.command("password")
@click.argument("login")
@service.data_option
def new_password(login: str, data: Path | None) -> None:
    """Give an account a new password, printed once; its sessions end at once."""
    with service.application(data) as app:
        _print(app.users.set_password(login=login, by=OPERATOR, now=_now()))


@user.command("disable")
@click.argument("login")
@service.data_option
def disable_user(login: str, data: Path | None) -> None:
    """Let nobody in with an account, at any site; its sessions end at once."""
    with service.application(data) as app:
        app.users.disable(login=login, by=OPERATOR, now=_now())
        click.echo(f"disabled {login}", err=True)


@user.command("enable")
@click.argument("login")
@service.data_option
def enable_user(login: str, data: Path | None) -> None:
    """Let a disabled account in again."""
    with service.application(data) as app:
        app.users.enable(login=login, by=OPERATOR, now=_now())
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
        _print(app.webhooks.add(site_id=found["id"], url=url, types=types, by=OPERATOR, now=_now()))


@webhook.command("list")
@site_option
@service.data_option
def list_webhooks(slug: str, data: Path | None) -> None:
    """List the endpoints of a site."""
    with service.application(data) as app:
        _print(app.webhooks.list(site_id=app.sites.find(slug=slug)["id"]))


@webhook.command("remove")
@click.argument("webhook_id")
@site_option
@service.data_option
def remove_webhook(webhook_id: str, slug: str, data: Path | None) -> None:
    """Remove an endpoint with what was still to be delivered to it."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        app.webhooks.remove(site_id=found["id"], webhook_id=webhook_id, by=OPERATOR, now=_now())
        click.echo(f"removed {webhook_id}", err=True)


@webhook.command("test")
@click.argument("webhook_id")
@site_option
@service.data_option
def test_webhook(webhook_id: str, slug: str, data: Path | None) -> None:
    """Send a signed test now; exit status 1 where the receiver did not take it."""
    with service.application(data) as app:
        found = app.sites.find(slug=slug)
        result = app.webhooks.test(site_id=found["id"], webhook_id=webhook_id, by=OPERATOR, now=_now())
    _print(result)
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
        again = app.webhooks.replay(site_id=found["id"], webhook_id=webhook_id, after=after, by=OPERATOR, now=_now())
        click.echo(f"{again} deliveries are due again", err=True)

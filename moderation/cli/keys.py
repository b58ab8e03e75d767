"""Operators' verbs for the keys of a site. A secret is printed once, on stdout, when it is made."""

from datetime import timedelta
from pathlib import Path

import click

from moderation.cli import service
from moderation.cli.sites import OPERATOR, now, show, site_option
from moderation.workflow.keys import DEADLINES, LANGUAGES, ON_FAILURE, PROFILES, SCOPES


@click.group()
def key() -> None:
    """Keys of a site: add, list, revoke."""


@key.command("add")
@site_option
@click.option(
    "--kind",
    type=click.Choice(["live", "test", "protocol", "coral-phase", "coral-webhook", "wordpress"]),
    default="live",
    show_default=True,
    help="What it opens.",
)
@click.option("--label", type=service.Name(), help="A note for you.")
@click.option(
    "--secret",
    type=service.Name(),
    help="As --secret-file, but in the command, where others see it in the list of processes.",
)
@click.option(
    "--secret-file",
    metavar="FILE",
    help="A file with the secret that the other side signs with (coral kinds); - asks for it.",
)
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
@click.option(
    "--deadline",
    "deadline_ms",
    type=click.IntRange(*DEADLINES),
    help="Coral's phase: milliseconds to answer in, under the time-out that is set in Coral; 150 unless given.",
)
@click.option(
    "--on-failure",
    type=click.Choice(ON_FAILURE),
    help="Coral's phase: what becomes of a comment that could not be checked in time. Held unless given.",
)
@click.option(
    "--url",
    help="Coral's webhooks: the address of that Coral, to look again at what slipped through. WordPress: of the site.",
)
@click.option(
    "--token",
    type=service.Name(longest=2_000),
    help="As --token-file, but in the command, where others see it in the list of processes.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="With --url. A file with, for Coral's webhooks, the token of its API; for WordPress "
    "USER:APPLICATION_PASSWORD; - asks for it.",
)
@service.data_option
def add_key(
    slug: str,
    kind: str,
    label: str | None,
    secret: str | None,
    secret_file: str | None,
    scope: str,
    days: int | None,
    languages: str | None,
    per_minute: int | None,
    profile: str | None,
    deadline_ms: int | None,
    on_failure: str | None,
    url: str | None,
    token: str | None,
    token_file: str | None,
    data: Path | None,
) -> None:
    """Make a key; it is shown only now."""
    secret, token = service.secret("--secret", secret, secret_file), service.secret("--token", token, token_file)
    if secret and not kind.startswith("coral"):
        raise click.UsageError("--secret is for the coral kinds; the secret of another key is made here.")
    moment = now()
    with service.application(data) as app:
        why = app.webhooks.sender.check(url) if url else None
        if why is not None:
            raise click.UsageError(f"--url: {why}")
        made = app.keys.add(
            site_id=app.sites.find(slug=slug)["id"],
            kind=kind.replace("-", "_"),
            label=label or "",
            secret=secret,
            scope=scope,
            expires_at=moment + timedelta(days=days) if days else None,
            languages=languages,
            per_minute=per_minute,
            profile=profile,
            deadline_ms=deadline_ms,
            on_failure=on_failure,
            url=url,
            token=token,
            by=OPERATOR,
            now=moment,
        )
        show(made)


@key.command("list")
@site_option
@service.data_option
def list_keys(slug: str, data: Path | None) -> None:
    """List the keys of a site, without their secrets."""
    with service.application(data) as app:
        show(app.keys.list(site_id=app.sites.find(slug=slug)["id"]))


@key.command("revoke")
@click.argument("key_id")
@site_option
@service.data_option
def revoke_key(key_id: str, slug: str, data: Path | None) -> None:
    """Close a key from the next request on."""
    with service.application(data) as app:
        app.keys.revoke(site_id=app.sites.find(slug=slug)["id"], key_id=key_id, by=OPERATOR, now=now())
        click.echo(f"revoked {key_id}", err=True)

"""`moderation erase`, `erased` and `legal`: one person's data erased, who was erased, what is kept for legal proceedings."""

import json
from pathlib import Path
from typing import Any

import click

from moderation.cli import service
from moderation.cli.sites import OPERATOR, now, show, site_option


@click.command()
@click.argument("author_id", metavar="AUTHOR")
@site_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@service.data_option
def erase(author_id: str, slug: str, yes: bool, data: Path | None) -> None:
    """Erase the commenter or reader whom the site knows as AUTHOR, at every site of its login system.

    Words, names, ids and what was made from them go, the comments are withdrawn. Counts, decisions without words and the
    audit stay, and a block under a keyed hash until it ends. There is no way back.
    """
    with service.application(data) as app:
        site = app.sites.find(slug=slug)
        found = app.erasure.preview(site_id=site["id"], author_id=author_id)
        click.echo(f"{author_id}: {_told(found)}", err=True)
        if not yes:
            click.confirm("Erase all of it for good?", abort=True, err=True)
        show(app.erasure.erase(site_id=site["id"], author_id=author_id, by=OPERATOR, now=now()))
        click.echo("erased. Backups of before still hold it: see `moderation restore --help`.", err=True)


@click.command()
@service.data_option
def erased(data: Path | None) -> None:
    """List who was erased and when, as JSON lines with ids of ours that name nobody: for `moderation restore --erased`."""
    with service.application(data) as app:
        for one in app.erasure.erased():
            click.echo(json.dumps(one))


def _told(found: dict[str, Any]) -> str:
    what = [
        f"{_many(found['comments'], 'comment')} at {_many(found['sites'], 'site')}",
        _many(found["appeals"], "appeal"),
        f"the notes of {_many(found['flags'], 'flag')}",
    ]
    stays = f"; {_many(found['open_blocks'], 'block')} under a keyed hash until it ends" if found["open_blocks"] else ""
    return f"{', '.join(what)}. Counts and decisions stay{stays}."


def _many(count: int, of: str) -> str:
    return f"{count} {of}{'' if count == 1 else 's'}"


@click.group()
def legal() -> None:
    """What is kept for legal proceedings, whatever its age and whoever asks for its erasure: hold, lift, list."""


_comment_option = click.option("--comment", "comment_id", metavar="ID", help="One comment.")
_author_option = click.option("--author", "author_id", metavar="ID", help="All comments of a commenter.")


@legal.command("hold")
@site_option
@_comment_option
@_author_option
@service.data_option
def hold(slug: str, comment_id: str | None, author_id: str | None, data: Path | None) -> None:
    """Keep a comment, or all of a commenter's, until that is lifted."""
    _set(slug, comment_id, author_id, data, held=True)


@legal.command("lift")
@site_option
@_comment_option
@_author_option
@service.data_option
def lift(slug: str, comment_id: str | None, author_id: str | None, data: Path | None) -> None:
    """Lift that: what is past its time goes within the hour."""
    _set(slug, comment_id, author_id, data, held=False)


@legal.command("list")
@site_option
@service.data_option
def list_held(slug: str, data: Path | None) -> None:
    """List what is kept, and since when."""
    with service.application(data) as app:
        show(app.legal_holds.list(site_id=app.sites.find(slug=slug)["id"]))


def _set(slug: str, comment_id: str | None, author_id: str | None, data: Path | None, *, held: bool) -> None:
    with service.application(data) as app:
        acts: dict[str, Any] = {"site_id": app.sites.find(slug=slug)["id"], "held": held, "by": OPERATOR, "now": now()}
        if comment_id is not None and author_id is None:
            changed = app.legal_holds.of_comment(comment_id=comment_id, **acts)
        elif author_id is not None and comment_id is None:
            changed = app.legal_holds.of_author(author_id=author_id, **acts)
        else:
            raise click.UsageError("Give --comment or --author.")
        said = "kept" if held else "no longer kept"
        click.echo(f"{said} for legal proceedings" if changed else "It was so already.", err=True)

"""`moderation backup` and `moderation restore`: database, rule files and, of an embedded service, its keys, in one file."""

import gzip
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from moderation import __version__, config
from moderation.cli import erased_again, service
from moderation.storage import archive
from moderation.storage.unit_of_work import Database, as_unavailable

_FORMAT = 1
_NO_BACKUP = "This is not a backup of this service, or it is damaged."
_SQLITE_BEGINS = b"SQLite format 3\0"
_OWN_FILES = ("credentials.json", "secret.json", "sample.json")  # of an embedded service's folder


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@service.data_option
def backup(file: Path, data: Path | None) -> None:
    """Write a backup of the running service to FILE (tar.gz, mode 0600).

    It holds comments and, of an embedded service, its secrets: keep it where only you can read it. A production
    service's MODERATION_SECRET_KEY is not in it: keep that as well.
    """
    if not file.absolute().parent.is_dir():
        raise click.ClickException(f"{file.parent}: there is no such folder to write the backup to.")
    settings = service.settings(data)
    folder = _folder(settings, data)
    database = Database(settings.database_url)
    with tempfile.TemporaryDirectory(prefix="keepitcivil-backup-") as name:
        with as_unavailable():
            made = archive.dump(database, Path(name))
        database.close()
        manifest = {"format": _FORMAT, "version": __version__, "made_at": datetime.now(UTC).isoformat(), **made}
        _write(file, manifest, Path(name), settings.rules_dir, folder)
    click.echo(f"{file}: {file.stat().st_size:,} bytes, {made['kind']}, schema {made['schema']}.", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="New folder for an embedded service.")
@click.option(
    "--rules", type=click.Path(path_type=Path, file_okay=False), help="New folder to unpack the rule files to."
)
@click.option(
    "--erased",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What `moderation erased` wrote: erase them again.",
)
def restore(file: Path, data: Path | None, rules: Path | None, erased: Path | None) -> None:
    """Bring a backup back: into --data for an embedded service, else into the empty MODERATION_DATABASE_URL.

    Nothing is ever overwritten. The rules in force come back with the database; --rules unpacks their files too.
    Who was erased since the backup is in it: write `moderation erased > FILE` after each erasure, keep it beside your
    backups, and give it here.
    """
    again = erased_again.read(erased) if erased else []
    with tempfile.TemporaryDirectory(prefix="keepitcivil-restore-") as name:
        unpacked = Path(name)
        _unpack(file, unpacked)
        manifest = _manifest(unpacked)
        database = Database(_embedded(data) if data else service.settings(None).database_url)
        try:
            with as_unavailable():
                archive.load(database, unpacked / "database", manifest)
                done = erased_again.erase_again(database, again) if again else ""
        finally:
            database.close()
        if data is not None:
            _place_keys(unpacked / "folder", data)
        if rules is not None:
            _copy_rules(unpacked / "rules", rules)
    click.echo(
        f"Restored the backup of {manifest['made_at']} (version {manifest['version']}). {done}".rstrip(), err=True
    )
    click.echo(f"Start it: moderation up --data {data}" if data else "Start the service's processes again.", err=True)


def _folder(settings: config.Settings, data: Path | None) -> Path | None:
    """The data folder, where the service is an embedded one."""
    if data is not None:
        return data
    if settings.database_url.startswith("sqlite:///"):
        return Path(settings.database_url.removeprefix("sqlite:///")).parent
    return None


def _write(file: Path, manifest: dict[str, Any], dumped: Path, rules: Path, folder: Path | None) -> None:
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with _removed_unless_done(new), os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as packing:
            said = json.dumps(manifest, indent=2).encode()
            entry = tarfile.TarInfo("manifest.json")
            entry.size = len(said)
            packing.addfile(entry, io.BytesIO(said))
            packing.add(dumped, "database")
            packing.add(rules, "rules")
            for name in _OWN_FILES:
                if folder is not None and (folder / name).is_file():
                    packing.add(folder / name, f"folder/{name}")
        raw.flush()
        os.fsync(raw.fileno())
    new.replace(file)


@contextmanager
def _removed_unless_done(file: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _manifest(unpacked: Path) -> dict[str, Any]:
    """What the backup says of itself, once all that it names is there."""
    try:
        found = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
        if found["format"] > _FORMAT:
            raise click.ClickException("This backup was made by a newer version; restore it with that one.")
        complete = all(found[name] for name in ("version", "made_at", "schema")) and _has_database(unpacked, found)
    except (OSError, ValueError, LookupError, TypeError):
        complete = False
    if not complete:
        raise click.ClickException(_NO_BACKUP)
    return dict(found)


def _has_database(unpacked: Path, found: dict[str, Any]) -> bool:
    folder = unpacked / "database"
    if found["kind"] == "sqlite":
        with (folder / archive.SQLITE_NAME).open("rb") as file:
            return file.read(len(_SQLITE_BEGINS)) == _SQLITE_BEGINS
    return all((folder / f"{table['name']}.copy").is_file() for table in found["tables"])


def _embedded(data: Path) -> str:
    """A new data folder; the url of the database that will be in it."""
    if data.exists() and any(data.iterdir()):
        raise click.ClickException(f"{data} is not empty. A restore never overwrites: name a new folder.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{(data / archive.SQLITE_NAME).resolve()}"


def _place_keys(source: Path, data: Path) -> None:
    """The old service's keys, for their owner only."""
    for name in _OWN_FILES:
        kept = source / name
        if kept.is_file():
            descriptor = os.open(data / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(kept.read_bytes())


def _copy_rules(source: Path, target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty. A restore never overwrites: name a new folder.")
    shutil.copytree(source, target, dirs_exist_ok=True, copy_function=shutil.copyfile)


def _unpack(file: Path, folder: Path) -> None:
    """Plain files inside the folder and nothing else: a backup may have been through other hands."""
    try:
        with gzip.open(file) as raw, tarfile.open(fileobj=raw) as packed:
            for member in packed:
                if member.isfile():
                    _unpack_one(packed, member, folder.resolve())
            while raw.read(1 << 20):
                pass  # the checksum is behind the end, and is looked at only by those who read so far
    except (FileNotFoundError, PermissionError) as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except (tarfile.TarError, EOFError, zlib.error, OSError):
        raise click.ClickException(_NO_BACKUP) from None


def _unpack_one(packed: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = (folder / member.name).resolve()
    content = packed.extractfile(member)
    if not target.is_relative_to(folder) or content is None:
        raise tarfile.TarError("leads outside")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out)

"""`moderation restore --erased`: whoever was erased since the backup is erased again before anybody can see it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from moderation.errors import Conflict
from moderation.storage.unit_of_work import Database
from moderation.workflow.erasure import Erasure
from moderation.workflow.recording import Recorder


@dataclass(frozen=True, slots=True)
class Erased:
    """One line of what `moderation erased` wrote."""

    kind: str
    id: str
    erased_at: datetime


class _NoHints:
    """Nobody runs yet; the sweep finds all that is due once the service is started."""

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None: ...
    def deliver(self, delivery_id: str) -> None: ...
    def repair(self, row_id: str) -> None: ...
    def write_back(self, row_id: str) -> None: ...

    def length(self, queue: str) -> int | None:
        return None

    def alive(self) -> bool:
        return False


def read(file: Path) -> list[Erased]:
    """The lines; a ClickException for a file of another kind, before anything is restored."""
    try:
        found = [_line(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except (ValueError, LookupError, TypeError):
        raise click.ClickException(
            f"{file}: this is not what `moderation erased` writes. Nothing was restored."
        ) from None
    return found


def _line(given: dict[str, str]) -> Erased:
    if given["kind"] not in ("author", "reader"):
        raise ValueError(given["kind"])
    return Erased(given["kind"], given["id"], datetime.fromisoformat(given["erased_at"]))


def erase_again(database: Database, erased: list[Erased]) -> str:
    """Erases those whom the backup still has; what was done, as a sentence."""
    erasure = Erasure(Recorder(database, _NoHints()))
    now, done, held = datetime.now(UTC), 0, []
    for one in erased:
        try:
            done += erasure.repeat(kind=one.kind, id=one.id, erased_at=one.erased_at, now=now)
        except Conflict:
            held.append(one.id)
    left = f" Kept for legal proceedings in the backup and so not erased: {', '.join(held)}." if held else ""
    return f"Erased again: {done} of {len(erased)}; the backup had no more of the others.{left}"

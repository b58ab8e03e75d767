"""DATA/credentials.json: what the first start made, readable by its owner only. Written in one step, or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def path(data: Path) -> Path:
    """Where it lies."""
    return data / "credentials.json"


def load(data: Path, name: str = "credentials.json") -> dict[str, str] | None:
    """What it says, or None while there is none."""
    try:
        found = json.loads((data / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def save(data: Path, values: Mapping[str, str], name: str = "credentials.json") -> None:
    """Replace it, mode 0600 from its first byte on."""
    new = data / f".{name}.new"
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(values), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(data / name)

"""Notices that files of a folder were saved, once they have been quiet for a moment. Cheap enough for every half second."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

QUIET_SECONDS = 2.0
_SUFFIXES = (".yaml", ".yml", ".md")

Marks = Mapping[Path, tuple[int, int, int]]


class FileWatch:
    """Looks at size, time and inode of each file; what the files say is read by those who publish them."""

    def __init__(
        self, folder: Path, *, quiet_seconds: float = QUIET_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._quiet = quiet_seconds
        self._clock = clock
        self._seen = self._look()
        self._changed_at: float | None = None

    def changed(self) -> bool:
        """True once for each change, when nothing more has changed for the quiet time."""
        now, found = self._clock(), self._look()
        if found != self._seen:
            self._seen, self._changed_at = found, now
            return False
        if self._changed_at is None or now - self._changed_at < self._quiet:
            return False
        self._changed_at = None
        return True

    def _look(self) -> Marks:
        marks: dict[Path, tuple[int, int, int]] = {}
        for path in self._folder.rglob("*"):
            if path.suffix not in _SUFFIXES:
                continue
            try:
                status = path.stat()
            except OSError:  # removed between listing and looking: its absence is the change
                continue
            marks[path] = (status.st_size, status.st_mtime_ns, status.st_ino)
        return marks

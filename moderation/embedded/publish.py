"""Rule files were saved: what passes goes live at each site, what does not is shown with file, line and caret."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from moderation.bootstrap import Application
from moderation.embedded import errands
from moderation.workflow.incoming import SYSTEM
from moderation.workflow.rulesets import NoRuleset


def publish(application: Application, _data: Path) -> int:
    """Look at the files of every site; 1 where any was refused."""
    live: dict[str, list[str]] = {}
    refused: dict[tuple[str, ...], list[str]] = {}
    for site in application.sites.list():
        before = _version(application, site["id"])
        watched = application.rulebook.watch(site_id=site["id"], by=SYSTEM, now=datetime.now(UTC))
        if watched.outcome == "published" and watched.version and watched.version != before:
            live.setdefault(watched.version, []).append(site["slug"])
        elif watched.outcome == "refused":
            refused.setdefault(watched.errors, []).append(site["slug"])
    for version, sites in live.items():
        _say(f"Rules published for {_names(sites)}: version {version[:12]}.")
    for errors, sites in refused.items():
        _say("\n\n".join(errors))
        _say(f"Not published: {_names(sites)} stays with the last good version ({_count(errors)} to mend).")
    return 1 if refused else 0


def _version(application: Application, site_id: str) -> str | None:
    try:
        return application.rulebook.current(site_id=site_id).version
    except NoRuleset:
        return None


def _names(sites: list[str]) -> str:
    return "site " + sites[0] if len(sites) == 1 else "sites " + ", ".join(sites)


def _count(errors: tuple[str, ...]) -> str:
    return "1 error" if len(errors) == 1 else f"{len(errors)} errors"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(errands.run(publish))

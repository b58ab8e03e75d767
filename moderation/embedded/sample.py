"""`up --sample`: posts the sample stories' comments to a site of their own, through the HTTP API, and shows the checks."""

import shutil
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx
from ruamel.yaml import YAML

from moderation.bootstrap import Application
from moderation.config import Settings
from moderation.embedded import credentials, errands
from moderation.embedded.prepare import ADMIN, site
from moderation.errors import NotAuthenticated, Unavailable
from moderation.workflow.incoming import SYSTEM

SITE = "sample"
_WAIT_SECONDS = 10
_LATE_AT_MOST = 3
_COLOURS = {"allow": "green", "review": "cyan", "hold": "yellow", "reject": "red"}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    text: str
    action: str
    categories: tuple[str, ...]
    matched: tuple[str, ...]
    milliseconds: float


def sample(application: Application, data: Path) -> int:
    """Post all comments (again: they are stored once) and print one line for each."""
    key = _key(application, data)
    stories = load()
    with httpx.Client(
        base_url=_address(application.settings), headers={"Authorization": f"Bearer {key}"}, timeout=30, trust_env=False
    ) as client:
        rows = list(_post_all(client, stories))
    for line in table(rows, width=shutil.get_terminal_size((140, 24)).columns):
        click.echo(line)
    _say_what_next(application.settings, rows)
    return 0


def load() -> list[dict[str, Any]]:
    """The stories of the sample file with their comments."""
    text = Path(__file__).with_name("sample_stories.yaml").read_text(encoding="utf-8")
    stories: list[dict[str, Any]] = YAML(typ="safe").load(text)["stories"]
    return stories


def table(rows: list[Row], *, width: int) -> Iterator[str]:
    """The rows as aligned text: comment, action, category, what matched, milliseconds."""
    cells = [
        (_flat(r.text), r.action, ", ".join(r.categories), _flat(", ".join(r.matched)), f"{r.milliseconds:.0f}")
        for r in rows
    ]
    category = min(34, max([8, *(len(cell[2]) for cell in cells)]))
    matched = max(12, min(30, (width - category - 18) // 3))
    text = max(20, width - category - matched - 18)
    head = f"{'comment':{text}}  {'action':6}  {'category':{category}}  {'what matched':{matched}}  {'ms':>5}"
    yield head
    yield "-" * len(head)
    for said, action, found, what, took in cells:
        shown = click.style(f"{action:6}", fg=_COLOURS.get(action))
        yield f"{_cut(said, text)}  {shown}  {_cut(found, category)}  {_cut(what, matched)}  {took:>5}"


def _post_all(client: httpx.Client, stories: list[dict[str, Any]]) -> Iterator[Row]:
    comments = [(story, comment) for story in stories for comment in story["comments"]]
    for story in stories:
        fields = {name: value for name, value in story.items() if name not in ("id", "comments")}
        client.put(f"/v1/stories/{story['id']}", json=fields).raise_for_status()
    with click.progressbar(comments, label="Checking the sample comments", file=sys.stderr) as shown:
        late = 0
        for story, comment in shown:
            row = _post(client, story, comment)
            late += row.action == "late"
            yield row
            if late == _LATE_AT_MOST:
                raise Unavailable("The checks do not come: the workers' logs in the data folder say why.")


def _post(client: httpx.Client, story: Mapping[str, Any], comment: Mapping[str, Any]) -> Row:
    author, name = comment["author"]
    body: dict[str, Any] = {
        "id": comment["id"],
        "text": comment["text"],
        "author": {"id": author, "name": name},
        "story": {"id": story["id"]},
    }
    if "parent" in comment:
        body["parent"] = {"id": comment["parent"]}
    begin = time.perf_counter()
    response = client.post("/v1/comments", json=body, headers={"Prefer": f"wait={_WAIT_SECONDS}"})
    response.raise_for_status()
    answer = _verdict(client, comment["id"], response.json())
    verdict = answer.get("verdict") or {"action": "late", "categories": [], "matches": []}
    words = [match["text"] for match in verdict["matches"] if match["state"] == "live" and match.get("text")]
    return Row(
        text=comment["text"],
        action=verdict["action"],
        categories=tuple(verdict["categories"]),
        matched=tuple(dict.fromkeys(words)),
        milliseconds=(time.perf_counter() - begin) * 1000,
    )


def _verdict(client: httpx.Client, id: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The comment with its verdict: as answered, or asked for again where the machine was too busy to wait."""
    end = time.monotonic() + _WAIT_SECONDS
    while answer.get("verdict") is None and time.monotonic() < end:
        time.sleep(0.1)
        response = client.get(f"/v1/comments/{id}")
        response.raise_for_status()
        answer = response.json()
    return answer


def _key(application: Application, data: Path) -> str:
    """A key of the sample site: the one of an earlier start, or a new one; the admin may look at the site as well."""
    now = datetime.now(UTC)
    site_id = site(application, SITE, now)
    known = credentials.load(data, "sample.json")
    if known is not None and _opens(application, known["site_key"], site_id):
        return known["site_key"]
    application.users.add(login=ADMIN, site_id=site_id, role="admin", by=SYSTEM, now=now)
    key = str(application.keys.add(site_id=site_id, kind="live", by=SYSTEM, now=now)["key"])
    credentials.save(data, {"site": SITE, "site_key": key}, "sample.json")
    return key


def _opens(application: Application, key: str, site_id: str) -> bool:
    try:
        return application.keys.authenticate(token=key, now=datetime.now(UTC)).site_id == site_id
    except NotAuthenticated:  # the sample site was removed, or the key taken back
        return False


def _address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.web_host, settings.web_host)  # noqa: S104  # compared
    return f"http://{host}:{settings.web_port}"


def _say_what_next(settings: Settings, rows: list[Row]) -> None:
    counts = Counter(row.action for row in rows)
    total = ", ".join(
        f"{counts[action]} {action}" for action in ("allow", "review", "hold", "reject", "late") if counts[action]
    )
    click.echo(f"\n{len(rows)} comments: {total}.", err=True)
    click.echo(
        f"See them at {settings.public_url}/ (log in as {ADMIN}). `moderation site remove sample` removes this site.",
        err=True,
    )


def _flat(text: str) -> str:
    """One line without anything that could move a terminal's cursor."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _cut(text: str, width: int) -> str:
    """Filled or cut to exactly `width` cells of a terminal."""
    shown, used = "", 0
    for char in text:
        cells = 2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1
        if used + cells > width - (len(shown) < len(text) - 1):
            return shown + "…" + " " * (width - used - 1)
        shown, used = shown + char, used + cells
    return shown + " " * (width - used)


if __name__ == "__main__":
    sys.exit(errands.run(sample))

"""`backup` and `restore` for both shapes: what was there is there again, and nothing is ever overwritten."""

import json
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from moderation import bootstrap, config
from moderation.cli import cli
from moderation.storage.migrations import upgrade
from moderation.workflow.incoming import SYSTEM
from tests import factories
from tests.fakes import FakeQueue
from tests.servers.postgres import Postgres

NOW = datetime.now(UTC)
RULES = Path(__file__).parent / "web" / "rules"


def settings(url: str) -> dict[str, str]:
    """The environment of a service over one database."""
    return {
        "MODERATION_DATABASE_URL": url,
        "MODERATION_BROKER_URL": "redis://127.0.0.1:1/0",
        "MODERATION_SECRET_KEY": "k" * 40,
        "MODERATION_RULES_DIR": str(RULES),
    }


def verb(*arguments: str, env: dict[str, str]) -> tuple[int, str]:
    """An operator's verb: its exit status and what it said."""
    result = CliRunner().invoke(cli, arguments, env=dict.fromkeys(settings("")) | env)
    return result.exit_code, result.output + str(result.exception or "")


def filled(url: str) -> str:
    """A site with one judged comment that no encoding can get wrong silently; the site's id."""
    app = bootstrap.build(config.read(settings(url)), queue=FakeQueue())
    upgrade(app.database)
    site_id = str(app.sites.create(slug="main", by=SYSTEM, now=NOW)["id"])
    text = "tab\tnew\nline \\N \\. quote ' \" numpty 漢字 😂 \u202e"
    app.intake.submit(site_id=site_id, comment=factories.comment(text=text), by=factories.SITE, now=NOW)
    queue = app.queue
    assert isinstance(queue, FakeQueue)
    app.moderate.run(revision_id=queue.revisions.popleft(), now=NOW)
    app.close()
    return site_id


def read(url: str, site_id: str) -> dict[str, object]:
    app = bootstrap.build(config.read(settings(url)), queue=FakeQueue())
    try:
        return {
            "comment": app.queries.comment(site_id=site_id, comment_id="c1"),
            "events": app.events.read(site_id=site_id, after=None),
            "next": app.events.read(site_id=site_id, after=None)["next"],
            "rules": app.rulebook.current(site_id=site_id).version,
        }
    finally:
        app.close()


def goes_on(url: str, site_id: str, *, after: str) -> int:
    """The sequence of the next change, as a reader sees it whose cursor is `after`."""
    app = bootstrap.build(config.read(settings(url)), queue=FakeQueue())
    try:
        app.intake.withdraw(site_id=site_id, comment_id="c1", by=factories.SITE, now=NOW)
        [event] = app.events.read(site_id=site_id, after=after)["events"]
        return int(event["data"]["comment"]["sequence"])
    finally:
        app.close()


def test_an_embedded_service_comes_back_in_a_new_folder(tmp_path: Path) -> None:
    data, file, again = tmp_path / "data", tmp_path / "backup.tar.gz", tmp_path / "again"
    data.mkdir()
    url = f"sqlite:///{data / 'moderation.sqlite'}"
    site_id = filled(url)
    (data / "service.json").write_text(json.dumps(settings(url)))
    (data / "credentials.json").write_text('{"site": "main"}')
    status, said = verb("backup", str(file), "--data", str(data), env={})
    assert status == 0, said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    status, said = verb("restore", str(file), "--data", str(again), "--rules", str(tmp_path / "rules"), env={})
    assert status == 0, said
    assert read(f"sqlite:///{again / 'moderation.sqlite'}", site_id) == read(url, site_id)
    assert (again / "credentials.json").read_text() == '{"site": "main"}'
    assert stat.S_IMODE((again / "credentials.json").stat().st_mode) == 0o600
    assert (tmp_path / "rules" / "10-tests.yaml").read_bytes() == (RULES / "10-tests.yaml").read_bytes()
    status, said = verb("restore", str(file), "--data", str(again), env={})
    assert status == 1 and "not empty" in said
    seen = int(str(read(url, site_id)["next"])) + 50  # a cursor from after the backup
    assert goes_on(f"sqlite:///{again / 'moderation.sqlite'}", site_id, after=str(seen)) > seen


@pytest.mark.postgres
def test_a_production_database_comes_back_in_an_empty_one(tmp_path: Path, postgres_server: Postgres) -> None:
    url, empty = postgres_server.new_database(), postgres_server.new_database()
    file = tmp_path / "backup.tar.gz"
    site_id = filled(url)
    status, said = verb("backup", str(file), env=settings(url))
    assert status == 0, said
    status, said = verb("restore", str(file), env=settings(empty))
    assert status == 0, said
    assert read(empty, site_id) == read(url, site_id)
    status, said = verb("restore", str(file), env=settings(empty))
    assert status == 1 and "not empty" in said
    status, said = verb("restore", str(file), "--data", str(tmp_path / "embedded"), env={})
    assert status == 1 and "postgresql" in said
    for each in (url, empty):
        postgres_server.drop(each)


def test_something_else_is_no_backup(tmp_path: Path) -> None:
    file = tmp_path / "x.tar.gz"
    with tarfile.open(file, "w:gz") as packed:
        packed.add(__file__, "../outside")
    status, said = verb("restore", str(file), "--data", str(tmp_path / "new"), env={})
    assert status == 1 and "not a backup" in said
    assert not (tmp_path / "outside").exists()
    file.write_bytes(b"not a tar file")
    status, said = verb("restore", str(file), "--data", str(tmp_path / "new"), env={})
    assert status == 1 and "not a backup" in said

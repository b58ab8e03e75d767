"""How an embedded service tells that a worker hangs, that files were saved, and that its broker's file is damaged."""

import json
import os
import stat
import time
from pathlib import Path

import pytest

from moderation import config
from moderation.embedded import credentials, valkey
from moderation.embedded.files import FileWatch
from moderation.embedded.parts import Plan
from moderation.embedded.sample import Row, load, table
from workers.pulse import Pulse, file_of


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A plan over empty folders; nothing is started."""
    for name in ("data/logs", "data/valkey", "runtime"):
        (tmp_path / name).mkdir(parents=True)
    return Plan("127.0.0.1", 8000, tmp_path / "data", tmp_path / "runtime", Path("/bin/true"))


def beat(plan: Plan, alive: float, until: float) -> str | None:
    """What the supervisor makes of a beat."""
    file_of(plan.runtime, 7).write_text(f"{alive:18.3f} {until:18.3f}\n", "ascii")
    return plan.workers()[0].hangs(7, 1000)


def test_a_worker_hangs_when_a_lease_is_over_or_it_is_silent(plan: Plan) -> None:
    now = time.monotonic()
    assert plan.workers()[0].hangs(7, 60) is None  # it has not begun to write
    assert plan.workers()[0].hangs(7, 91) == "did not get ready"
    assert beat(plan, now, 0.0) is None
    assert beat(plan, now, now + 60) is None
    assert beat(plan, now, now - 1) is None  # it is just being given back
    assert beat(plan, now, now - 10) == "holds a lease past its end"
    assert beat(plan, now - 60, 0.0) == "has not shown life for a while"


def test_the_beat_of_a_worker_says_until_when_its_oldest_lease_runs(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path, lease_seconds=60)
    pulse.took("a")
    first = time.monotonic()
    pulse.took("b")
    pulse.start()
    file = file_of(tmp_path, os.getpid())
    end = time.monotonic() + 5
    while not (file.exists() and file.read_text("ascii").strip()) and time.monotonic() < end:
        time.sleep(0.01)
    alive, until = map(float, file.read_text("ascii").split())
    assert alive >= first - 1 and until <= first + 60.01  # written with three digits
    pulse.gave_back("a")
    pulse.gave_back("b")
    while float(file.read_text("ascii").split()[1]) and time.monotonic() < end:
        time.sleep(0.05)
    assert float(file.read_text("ascii").split()[1]) == 0.0


def test_a_change_is_told_once_and_only_when_the_files_are_quiet(tmp_path: Path) -> None:
    now = [100.0]
    watch = FileWatch(tmp_path, quiet_seconds=2.0, clock=lambda: now[0])
    rule = tmp_path / "sites" / "main" / "10.yaml"
    rule.parent.mkdir(parents=True)
    assert not watch.changed()
    rule.write_text("rules: []\n", "utf-8")
    (tmp_path / "notes.txt").write_text("not a rule file", "utf-8")
    assert not watch.changed()
    now[0] += 1.5
    rule.write_text("rules: []  # saved again\n", "utf-8")
    assert not watch.changed()
    now[0] += 1.5
    assert not watch.changed()  # quiet for 1.5 s only
    now[0] += 1.0
    assert watch.changed()
    assert not watch.changed()
    rule.unlink()
    assert not watch.changed()
    now[0] += 3.0
    assert watch.changed()


def test_what_a_folder_says_of_its_service_are_valid_settings(plan: Plan) -> None:
    plan.write_settings()
    settings = config.read_folder(plan.data, environ={})
    assert settings.database_url == f"sqlite:///{plan.data / 'moderation.sqlite'}"
    assert config.is_folder(plan.data)
    assert stat.S_IMODE((plan.data / "service.json").stat().st_mode) == 0o600
    assert plan.own_settings() == plan.own_settings()  # one secret key, kept
    with pytest.raises(config.InvalidSettings, match="is not the data folder"):
        config.read_folder(plan.runtime, environ={})


def test_a_persons_own_settings_reach_the_parts_but_not_another_database(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATION_ALLOW_PRIVATE_URLS", "true")
    monkeypatch.setenv("MODERATION_DATABASE_URL", "postgresql://u:p@production/d")
    monkeypatch.setenv("MODERATION_SECRET_KEY_FILE", "/run/secret")
    seen = plan.environment()
    assert seen["MODERATION_ALLOW_PRIVATE_URLS"] == "true"
    assert seen["MODERATION_DATABASE_URL"].startswith("sqlite:///")
    assert "MODERATION_SECRET_KEY_FILE" not in seen


def test_credentials_are_replaced_whole_and_private(tmp_path: Path) -> None:
    credentials.save(tmp_path, {"a": "1"})
    credentials.save(tmp_path, {"a": "2"})
    assert credentials.load(tmp_path) == {"a": "2"}
    assert stat.S_IMODE(credentials.path(tmp_path).stat().st_mode) == 0o600
    credentials.path(tmp_path).write_text("{", "utf-8")
    assert credentials.load(tmp_path) is None


def test_a_broker_that_keeps_dying_starts_with_an_empty_file(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    folder.mkdir()
    (folder / "appendonly.aof").write_bytes(b"damaged")
    for deaths in (0, 1, 2):
        valkey.set_aside_if_broken(folder, deaths)
        assert list(folder.iterdir())
    valkey.set_aside_if_broken(folder, 3)
    assert not list(folder.iterdir())
    assert [path.read_bytes() for path in tmp_path.glob("valkey-damaged-*/*")] == [b"damaged"]


def test_the_sample_has_three_stories_and_about_fifty_comments() -> None:
    stories = load()
    assert [len(story["sensitive"]) if "sensitive" in story else 0 for story in stories] == [0, 3, 1]
    comments = [comment for story in stories for comment in story["comments"]]
    assert len({comment["id"] for comment in comments}) == len(comments) == 50
    known = {comment["id"] for comment in comments}
    assert {comment["parent"] for comment in comments if "parent" in comment} <= known


def test_the_table_is_one_line_for_each_comment_whatever_it_holds() -> None:
    hostile = "line\nbreak \x1b[31m red \u202e reversed " + "wide 漢字 " * 20
    lines = list(table([Row(hostile, "hold", ("profanity",), ("\x1b]0;title\x07",), 12.4)], width=100))
    assert len(lines) == 3
    assert not any(char in lines[2] for char in "\n\x07\u202e")
    assert "\x1b[31m red" not in lines[2] and "\x1b]0" not in lines[2]
    assert json.dumps(lines[2])

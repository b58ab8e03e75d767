"""Operators' verbs that cannot do their work say why, in a line, with an exit status, and never with a traceback."""

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import click
import pytest

from moderation import cli, config
from moderation.storage.migrations import upgrade
from moderation.storage.unit_of_work import Database

RULES = Path(__file__).parents[1] / "web" / "rules"
SQLITE = b"SQLite format 3\0"
WHOLE = {"format": 1, "version": "1", "made_at": "today", "schema": "0001", "kind": "sqlite"}


def environment(url: str, rules: Path = RULES) -> dict[str, str]:
    return {
        "MODERATION_DATABASE_URL": url,
        "MODERATION_BROKER_URL": "redis://127.0.0.1:1/0",
        "MODERATION_SECRET_KEY": "k" * 40,
        "MODERATION_RULES_DIR": str(rules),
    }


class Shell:
    """A shell in an empty folder; `run` gives the exit status and what was said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capsys = monkeypatch, capsys

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def run(self, *arguments: str) -> tuple[int, str]:
        self._patch.setattr(sys, "argv", ["moderation", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(ended.value.code or 0), said.out + said.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in [*config.names(), *(f"{name}_FILE" for name in config.names())]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(monkeypatch, capsys)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a small service with a site `main`."""
    folder = tmp_path / "service"
    folder.mkdir()
    url = f"sqlite:///{folder / 'moderation.sqlite'}"
    (folder / "service.json").write_text(json.dumps(environment(url)))
    database = Database(url)
    upgrade(database)
    database.close()
    return folder


@pytest.fixture
def site(shell: Shell, data: Path) -> str:
    status, said = shell.run("site", "add", "main", "--data", str(data))
    assert status == 0, said
    return str(data)


SAMPLES: dict[str, str] = {"slug": "x", "login": "x", "key_id": "x", "webhook_id": "x", "url": "https://x.example/"}


def verbs_of_a_service() -> list[list[str]]:
    """Every verb with --data that opens a service's database, its required arguments filled in."""
    found = []

    def walk(command: click.Command, words: list[str]) -> None:
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                inner = command.get_command(click.Context(command), name)
                assert inner is not None
                walk(inner, [*words, name])
        elif any("--data" in option.opts for option in command.params) and words[0] not in ("up", "restore", "doctor"):
            found.append([*words, *_required(command)])

    walk(cli.cli, [])
    return found


def _required(command: click.Command) -> list[str]:
    given = []
    for option in command.params:
        if option.required:
            value = SAMPLES.get(option.name or "", "x")
            given += [value] if isinstance(option, click.Argument) else [option.opts[0], value]
    return given


@pytest.mark.parametrize("words", verbs_of_a_service(), ids=" ".join)
def test_a_verb_without_a_service_says_how_to_name_one(shell: Shell, words: list[str]) -> None:
    status, said = shell.run(*words)
    assert status == 2
    assert "MODERATION_DATABASE_URL (or MODERATION_DATABASE_URL_FILE) is not set" in said
    assert "--data FOLDER" in said


@pytest.mark.parametrize("part", ["web", "worker", "beat"])
def test_a_part_of_production_without_settings_names_the_other_way(shell: Shell, part: str) -> None:
    status, said = shell.run(part)
    assert status == 2 and "moderation up" in said


ABOUT_A_SITE = [words for words in verbs_of_a_service() if "--site" in words or words[:2] == ["site", "remove"]]


@pytest.mark.parametrize("words", ABOUT_A_SITE, ids=" ".join)
def test_a_verb_about_what_is_not_there_says_so(shell: Shell, site: str, words: list[str]) -> None:
    status, said = shell.run(*words, "--data", site)
    assert status == 1
    assert "There is no site x" in said


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("webhook add http://x.example/ --site main", 1, "url: Must begin with https://"),
        ("webhook add nonsense --site main", 1, "url: "),
        ("webhook add https://x.example/ --site main --type foo", 2, "comment.published"),
        ("webhook replay x --site main --after -1", 2, "--after"),
        ("webhook test x --site main", 1, "There is no such webhook."),
        ("key revoke x --site main", 1, "There is no such key."),
        ("key add --site main --kind coral-phase", 1, "--secret"),
        ("key add --site main --secret s", 2, "coral kinds"),
        ("user remove x --site main", 1, "There is no account x"),
        ("user password x", 1, "There is no account x"),
        ("user disable x", 1, "There is no account x"),
        ("user enable x", 1, "There is no account x"),
        (f"user add {'x' * 201} --site main", 2, "1 to 200 characters"),
        (f"site add y --realm {'x' * 201}", 2, "1 to 200 characters"),
        ("site add Bad_Name", 1, "cannot be a site's name"),
        ("site add main", 1, "There is a site main already."),
        ("rules rollback --site main ffff", 1, "There is no such earlier version"),
        ("backup nowhere/b.tgz", 1, "nowhere: there is no such folder"),
        ("site list --data nowhere", 2, "nowhere"),
    ],
)
def test_a_wrong_argument_is_named(shell: Shell, site: str, words: str, status: int, says: str) -> None:
    found = shell.run(*words.split(), *([] if "--data" in words else ["--data", site]))
    assert found[0] == status and says in found[1]


def test_rules_that_cannot_be_read_are_shown_and_not_thrown(shell: Shell, data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "rules"
    broken.mkdir()
    (broken / "10-a.yaml").write_text("rulez: []\n")
    url = json.loads((data / "service.json").read_text())["MODERATION_DATABASE_URL"]
    (data / "service.json").write_text(json.dumps(environment(url, broken)))
    status, said = shell.run("site", "add", "main", "--data", str(data))
    assert status == 1 and "10-a.yaml:1:1: unknown key `rulez`" in said


@pytest.mark.parametrize("verb", ["site list", "db upgrade", "sweep", "backup b.tgz"])
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////nowhere/x.sqlite", "unable to open database file"),
        ("sqlite:///junk.sqlite", "file is not a database"),
        ("postgresql://127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_a_database_that_cannot_be_used_says_what_it_said(shell: Shell, verb: str, url: str, says: str) -> None:
    Path("junk.sqlite").write_bytes(b"junk" * 100)
    shell.set(**environment(url))
    status, said = shell.run(*verb.split())
    assert status == 1 and said.startswith("The database cannot be used: ") and says in said
    assert not list(Path().glob("b.tgz*"))


def test_a_database_without_tables_says_how_to_make_them(shell: Shell) -> None:
    shell.set(**environment("sqlite:///new.sqlite"))
    status, said = shell.run("site", "list")
    assert status == 1 and "moderation db upgrade" in said


def packed(**files: bytes) -> Path:
    with tarfile.open("b.tgz", "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return Path("b.tgz")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"manifest.json": b"[]"},
        {"manifest.json": b'{"format": 1}'},
        {"manifest.json": b'{"format": "x"}'},
        {"manifest.json": json.dumps(WHOLE)},
        {"manifest.json": json.dumps(WHOLE), "database__moderation.sqlite": b"junk"},
        {"manifest.json": json.dumps({**WHOLE, "kind": "postgresql", "tables": [{"name": "site", "columns": []}]})},
        {"manifest.json": json.dumps({**WHOLE, "version": None}), "database__moderation.sqlite": SQLITE},
    ],
)
def test_a_broken_backup_is_refused_before_anything_is_made(shell: Shell, files: dict[str, Any]) -> None:
    packed(**{name: content.encode() if isinstance(content, str) else content for name, content in files.items()})
    status, said = shell.run("restore", "b.tgz", "--data", "new")
    assert (status, said) == (1, "Error: This is not a backup of this service, or it is damaged.\n")
    assert not Path("new").exists()


def test_a_newer_backup_and_a_missing_one_are_named(shell: Shell) -> None:
    packed(**{"manifest.json": b'{"format": 2}'})
    assert "newer version" in shell.run("restore", "b.tgz", "--data", "new")[1]
    assert shell.run("restore", "gone.tgz", "--data", "new") == (1, "Error: gone.tgz: No such file or directory\n")


def test_a_backup_that_was_cut_off_is_refused(shell: Shell, site: str) -> None:
    assert shell.run("backup", "b.tgz", "--data", site)[0] == 0
    whole = Path("b.tgz").read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 4):
        Path("b.tgz").write_bytes(whole[:length])
        assert shell.run("restore", "b.tgz", "--data", "new")[0] == 1
        assert not Path("new").exists()


def test_a_restore_without_a_place_says_how_to_name_one(shell: Shell, site: str) -> None:
    assert shell.run("backup", "b.tgz", "--data", site)[0] == 0
    status, said = shell.run("restore", "b.tgz")
    assert status == 2 and "--data FOLDER" in said


def test_a_folder_that_cannot_be_made_is_named(shell: Shell, site: str) -> None:
    assert shell.run("backup", "b.tgz", "--data", site)[0] == 0
    Path("a-file").write_text("x")
    status, said = shell.run("restore", "b.tgz", "--data", "a-file/new")
    assert status == 1 and said == "a-file/new: Not a directory\n"


def test_a_site_without_files_of_its_own_is_said(shell: Shell) -> None:
    status, said = shell.run("rules", "check", "--site", "mian", "--rules", str(RULES))
    assert status == 0 and "the rules for all sites are used" in said

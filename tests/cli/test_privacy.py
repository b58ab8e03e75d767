"""`moderation erase`, `erased`, `legal`, `export --author`, `restore --erased`: as an operator uses them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation import bootstrap, config
from moderation.cli import cli
from tests.cli.test_export import service
from tests.fakes import FakeQueue
from tests.web.conftest import template
from tests.web.service import RULES, Service

__all__ = ["service", "template"]


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=answer)


@pytest.fixture
def filled(service: Service) -> Iterator[Service]:
    """A commenter with a comment that was removed, an appeal and a flag."""
    service.comment(id="c1", text="You numpty.", author={"id": "u7", "name": "Ada"})
    service.comment(id="c2", text="A fair point.", author={"id": "u8"})
    service.post("/v1/comments/c1/decisions", {"revision": 1, "decision": "reject", "reason": "personal_attack"})
    service.post("/v1/authors/u7/appeals", {"text": "Why?", "about": {"comment": "c1"}})
    service.post("/v1/comments/c2/flags", {"reader": {"id": "u7"}, "reason": "uncivil", "note": "look"})
    yield service


def test_erase_says_what_goes_and_asks_first(filled: Service) -> None:
    no = run("erase", "u7", "--site", "main", answer="n\n")
    assert no.exit_code == 1 and "u7: 1 comment at 1 site, 1 appeal, the notes of 1 flag." in no.stderr
    assert filled.get("/v1/comments/c1").status_code == 200
    yes = run("erase", "u7", "--site", "main", "--yes")
    assert yes.exit_code == 0 and json.loads(yes.stdout)["comments"] == 1
    gone = filled.get("/v1/comments/c1")
    assert (gone.status_code, gone.get_json()["code"]) == (410, "erased")
    assert filled.get("/v1/authors/u7").status_code == 404
    listed = [json.loads(line) for line in run("erased").stdout.splitlines()]
    assert [one["kind"] for one in listed] == ["author", "reader"] and "u7" not in str(listed)
    stranger = run("erase", "nobody", "--site", "main", "--yes")
    assert stranger.exit_code == 1


def test_a_legal_hold_is_set_listed_and_lifted(filled: Service) -> None:
    assert run("legal", "hold", "--site", "main").exit_code == 2
    assert "kept" in run("legal", "hold", "--site", "main", "--comment", "c1").stderr
    assert "already" in run("legal", "hold", "--site", "main", "--comment", "c1").stderr
    assert run("legal", "hold", "--site", "main", "--author", "u8").exit_code == 0
    listed = json.loads(run("legal", "list", "--site", "main").stdout)
    assert {kind: [one["id"] for one in rows] for kind, rows in listed.items()} == {
        "comments": ["c1"],
        "commenters": ["u8"],
    }
    for person in ("u7", "u8"):
        refused = run("erase", person, "--site", "main", "--yes")
        assert refused.exit_code == 1
    assert run("legal", "lift", "--site", "main", "--comment", "c1").exit_code == 0
    assert run("erase", "u7", "--site", "main", "--yes").exit_code == 0


def test_a_person_gets_all_that_is_theirs(filled: Service) -> None:
    done = run("export", "--site", "main", "--author", "u7")
    found: dict[str, Any] = json.loads(done.stdout)
    [one] = found["comments"]
    [revision] = one["revisions"]
    assert (found["name"], one["id"], one["site"], one["status"]) == ("Ada", "c1", "main", "rejected")
    assert revision["text"] == "You numpty." and revision["decision"]["reason"] == "personal_attack"
    assert found["appeals"][0]["text"] == "Why?" and found["flags"][0]["note"] == "look"
    assert {one["state"] for one in found["removals"]} == {"confirmed"}
    assert run("export", "--site", "main", "--author", "nobody").exit_code == 1


def test_a_backup_of_before_comes_back_without_who_was_erased_since(filled: Service, tmp_path: Path) -> None:
    backup, listed = tmp_path / "monday.tar.gz", tmp_path / "erased.jsonl"
    assert run("backup", str(backup)).exit_code == 0
    run("erase", "u7", "--site", "main", "--yes")
    listed.write_text(run("erased").stdout)
    again = tmp_path / "again"
    done = run("restore", str(backup), "--data", str(again), "--erased", str(listed))
    assert done.exit_code == 0 and "Erased again: 2 of 2" in done.stderr
    settings = {"DATABASE_URL": f"sqlite:///{again}/moderation.sqlite", "BROKER_URL": "redis://127.0.0.1:1/0",
                "SECRET_KEY": "k" * 40, "RULES_DIR": str(RULES)}  # fmt: skip
    app = bootstrap.build(
        config.read({f"MODERATION_{name}": value for name, value in settings.items()}), queue=FakeQueue()
    )
    records = {one["id"]: one for one in app.exports.comments(site_id=filled.site_id)}
    app.close()
    assert (records["c1"]["text"], records["c1"]["author"]["id"]) == (None, None)
    assert records["c2"]["text"] == "A fair point."
    files = b"".join(path.read_bytes() for path in again.iterdir())
    assert b"A fair point." in files and b"You numpty." not in files, "nor in free pages of the file"


def test_what_is_no_list_of_erasures_restores_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    for content in (
        "u7\n",
        '{"kind": "author"}\n',
        '{"kind": "site", "id": "1", "erased_at": "2026-11-27T00:00:00Z"}\n',
    ):
        wrong.write_text(content)
        done = run("restore", str(tmp_path / "x"), "--data", str(tmp_path / "new"), "--erased", str(wrong))
        assert done.exit_code == 1 and "moderation erased" in done.output
    assert not (tmp_path / "new").exists()

"""`moderation import`: history comes in once and whole, tells nobody, and what is left out is reported with its reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli import cli, imports
from tests.cli.test_export import exported, service
from tests.web.conftest import template
from tests.web.service import Service

__all__ = ["service", "template"]
LINE: dict[str, Any] = {
    "id": "c1",
    "text": "A fair point.",
    "author": {"id": "u1"},
    "story": {"id": "s1"},
    "status": "published",
}


def take(folder: Path, *lines: Any) -> Result:
    file = folder / "history.jsonl"
    file.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))
    return CliRunner().invoke(cli, ["import", str(file), "--site", "main"])


def test_a_comment_is_there_as_it_was_decided_and_nobody_is_told(service: Service, tmp_path: Path) -> None:
    rejected = {**LINE, "id": "c2", "text": "You numpty.", "status": "rejected", "created_at": "2025-03-01T10:00:00Z",
                "parent": {"id": "c1"}, "decision": {"reason": "personal_attack", "at": "2025-03-01T11:00:00Z"}}  # fmt: skip
    before = service.get("/v1/events").get_json()["next"]
    done = take(tmp_path, LINE, rejected, {**LINE, "id": 3, "status": "withdrawn"})
    assert (done.exit_code, "3 taken in, 0 were there, 0 left out" in done.stderr) == (0, True), done.output
    assert service.queue.revisions == service.queue.deliveries == []
    assert service.get(f"/v1/events?after={before}").get_json()["events"] == []
    first, second, third = (service.get(f"/v1/comments/{id}").get_json() for id in ("c1", "c2", "3"))
    assert [(one["status"], one["publish"], one["decided_by"]) for one in (first, second, third)] == [
        ("published", True, "site"), ("rejected", False, "site"), ("withdrawn", False, "site"),
    ]  # fmt: skip
    assert second["decision"]["reason"] == "personal_attack"
    assert service.get("/v1/authors/u1").status_code == 200


def test_a_second_run_changes_nothing(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    lines = [{**LINE, "id": f"c{number}"} for number in range(5)]
    assert "3 taken in" in take(tmp_path, *lines[:3]).stderr
    again = take(tmp_path, *lines, lines[0])  # the last one twice in one file
    assert "2 taken in, 4 were there" in again.stderr
    assert len(exported()) == 5
    service.comment(id="c1", text="You numpty.")  # an edit goes on as ever
    assert service.get("/v1/comments/c1").get_json()["revision"] == 2


def test_what_was_exported_comes_in_elsewhere(service: Service, tmp_path: Path) -> None:
    service.comment(id="c1", story={"id": "s1", "title": "Roads"}, author={"id": "u1", "name": "Ada"})
    service.comment(id="c2", text="Get your casinobonus.", metadata={"device": "phone"})
    lines = exported()
    service.application.sites.remove(slug="main")
    service.application.sites.create(slug="main", by=imports.OPERATOR, now=service.application.now())
    assert take(tmp_path, *lines).exit_code == 0
    kept = ("id", "text", "author", "story", "status", "publish", "created_at", "metadata", "parent", "format")
    assert [{name: one[name] for name in kept} for one in exported()] == [
        {name: one[name] for name in kept} for one in lines
    ]


LEFT_OUT: list[tuple[Any, str]] = [
    (b"{", "not JSON"),
    (b"[]", "not a JSON object"),
    (json.dumps(LINE).encode().replace(b"c1", b"\xff"), "`id` is no id"),
    ({**LINE, "status": "held"}, "not decided: send it to POST /v1/comments"),
    ({**LINE, "status": None}, "not decided: send it to POST /v1/comments"),
    ({**LINE, "status": "spam"}, "`status` is not"),
    ({**LINE, "id": ""}, "`id` is missing"),
    ({**LINE, "id": "a/b"}, "`id` is no id"),
    ({**LINE, "id": "x" * 201}, "`id` is no id"),
    ({**LINE, "author": {}}, "`author.id` is missing"),
    ({**LINE, "author": "Ada"}, "`author` is no object"),
    ({**LINE, "story": {"id": " s"}}, "`story.id` is no id"),
    ({**LINE, "story": {"id": "s1", "section": "x" * 201}}, "`section` has more than 200 bytes"),
    ({**LINE, "text": None}, "`text` is missing"),
    ({**LINE, "text": "x" * 20_481}, "`text` has more than 20,480 bytes"),
    ({**LINE, "text": "a\0b"}, "`text` has more than 20,480 bytes, or a NUL"),
    ({**LINE, "text": "\ud800"}, "`text` holds half a character"),
    ({**LINE, "created_at": "yesterday"}, "`created_at` is no time"),
    ({**LINE, "created_at": "2026-01-01T10:00:00"}, "`created_at` has no zone"),
    ({**LINE, "format": "markdown"}, "`format` is not plain or html"),
    ({**LINE, "metadata": {"a": "\0"}}, "`metadata` holds a NUL"),
]


def test_what_is_left_out_is_named_and_the_rest_comes_in(service: Service, tmp_path: Path) -> None:
    done = take(tmp_path, *(line for line, _ in LEFT_OUT), {**LINE, "id": "good"})
    assert done.exit_code == 1
    assert f"1 taken in, 0 were there, {len(LEFT_OUT)} left out" in done.stderr
    for _, reason in LEFT_OUT:
        assert reason in done.stderr, done.stderr
    assert "no. 4, 5)" in done.stderr
    assert "Traceback" not in done.output
    assert [one["id"] for one in exported()] == ["good"]


def test_a_file_that_is_not_there(service: Service, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["import", str(tmp_path / "none.jsonl"), "--site", "main"])
    assert isinstance(done.exception, FileNotFoundError)  # `main` says it in a line: tests/cli/test_failures.py

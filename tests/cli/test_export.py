"""`moderation export`: every comment once, in order, whole, also where an export goes on; cells that are no formulas."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli import cli
from moderation.workflow import exports
from tests.web.conftest import template
from tests.web.service import RULES, Service, Template

__all__ = ["template"]


@pytest.fixture
def service(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service whose settings stand in the environment."""
    made = template.service(tmp_path, eager=True)
    settings = made.application.settings
    for name, value in {"DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url,
                        "SECRET_KEY": settings.secret_key, "RULES_DIR": str(RULES)}.items():  # fmt: skip
        monkeypatch.setenv(f"MODERATION_{name}", value)
    yield made
    template.end(made)


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["export", "--site", "main", *options])


def exported(*options: str) -> list[dict[str, Any]]:
    done = run(*options)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_comment_with_all_that_became_of_it(service: Service) -> None:
    story = {"id": "s1", "title": "Roads", "url": "https://paper.example/s1", "section": "local"}
    service.comment(id="p1", story=story)
    service.comment(id="c1", text="You numpty.", story=story, parent={"id": "p1"}, author={"id": "u7", "name": "Ada"},
                    created_at="2026-11-01T10:00:00Z", language="en", metadata={"device": "phone"})  # fmt: skip
    service.post("/v1/comments/c1/decisions", {"revision": 1, "decision": "reject", "reason": "personal_attack"})
    parent, found = exported()
    assert (parent["id"], parent["status"], parent["parent"], parent["decision"]) == ("p1", "published", None, None)
    decided_at = found["decision"].pop("at")
    ruleset, scores = found["verdict"].pop("ruleset"), found["verdict"].pop("scores")
    assert decided_at.endswith("Z") and len(ruleset) == 64 and isinstance(scores, dict)
    assert found == {
        "id": "c1", "revision": 1, "text": "You numpty.", "format": "plain", "language": "en",
        "created_at": "2026-11-01T10:00:00.000Z", "author": {"id": "u7", "name": "Ada"}, "story": story,
        "parent": {"id": "p1"}, "status": "rejected", "publish": False, "public": None, "decided_by": "person",
        "verdict": {"action": "hold", "categories": ["personal_attack"], "language": "en"},
        "decision": {"decision": "reject", "reason": "personal_attack"}, "metadata": {"device": "phone"},
    }  # fmt: skip


def test_the_public_text_where_an_edit_was_stopped(service: Service) -> None:
    service.comment(id="c1", text="A fair point.")
    service.comment(id="c1", text="You numpty.")
    [found] = exported()
    assert (found["text"], found["status"], found["publish"]) == ("You numpty.", "held", True)
    assert found["public"] == {"revision": 1, "text": "A fair point."}


def test_page_by_page_in_order_and_going_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 3)
    for number in range(7):
        service.comment(id=f"c{number}", text=f"Point {number}.")
    service.send("POST", "/v1/comments", key=service.other_key, json={
        "id": "theirs", "text": "Another site's.", "author": {"id": "u"}, "story": {"id": "s"}})  # fmt: skip
    assert [one["id"] for one in exported()] == [f"c{number}" for number in range(7)]
    assert [one["id"] for one in exported("--after", "c4")] == ["c5", "c6"]
    assert exported("--after", "c6") == []
    assert run("--after", "theirs").exit_code == 1  # not of this site


def test_a_table_without_formulas(service: Service) -> None:
    service.comment(id="c1", text='=cmd("x"), he said\nand more', author={"id": "u1", "name": "+1"})
    service.comment(id="c2", text="A fair point.")
    done = run("--format", "csv")
    first, second = csv.DictReader(io.StringIO(done.stdout))
    assert (first["text"], first["author_name"]) == ('\'=cmd("x"), he said\nand more', "'+1")
    assert (second["text"], second["publish"], second["action"]) == ("A fair point.", "true", "allow")


def test_what_is_exported_is_judged_again_as_it_is(service: Service) -> None:
    """The lines are what `moderation judge` takes."""
    service.comment(id="c1", text="You numpty.", story={"id": "s1", "title": "Roads"})
    lines = run().stdout
    judged = CliRunner().invoke(cli, ["judge"], input=lines)
    assert json.loads(judged.stdout)["action"] == "hold", judged.output

"""`moderation rules` on a service: what is paused is said, and released."""

import json

from click.testing import CliRunner, Result

from moderation.cli import cli
from moderation.errors import NotFound
from tests.cli.test_export import service
from tests.web.conftest import template
from tests.web.service import Service, pause

__all__ = ["service", "template"]


def rules(*words: str) -> Result:
    return CliRunner().invoke(cli, ["rules", *words, "--site", "main"])


def test_a_paused_rule_is_said_and_released(service: Service) -> None:
    assert rules("list").stderr == ""
    pause(service.application, service.site_id, "insult-at-commenter")
    listed = rules("list")
    assert listed.stderr == (
        "paused by safety limit: insult-at-commenter acts as review; "
        "it stopped 50 of the last 50 comments; the limit is 5 %\n"
    )
    assert len(listed.stdout.splitlines()) == 1
    done = rules("release", "insult-at-commenter")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"rule": "insult-at-commenter", "state": "live"})
    service.application.rulebook.forget(service.site_id)
    assert service.comment(text="You are a numpty.").status_code == 202
    assert service.get("/v1/comments/c1").get_json()["status"] == "held"
    assert isinstance(rules("release", "insult-at-commenter").exception, NotFound)  # `failures` makes words of it

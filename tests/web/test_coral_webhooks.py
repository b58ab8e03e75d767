"""Coral's webhooks at the edge: signatures, repeats, what is taken in, what is passed over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from moderation.storage.models import Story
from tests.web.coral import HOOK_SECRET, PHASE_SECRET, Coral
from tests.web.service import Template

STORY = {"storyID": "story-9", "storyURL": "https://paper.example/bridge", "siteID": "site-1"}
COMMENT = {"commentID": "comment-1", "storyID": "story-9", "siteID": "site-1"}
TYPES = (
    ("STORY_CREATED", STORY),
    ("COMMENT_CREATED", COMMENT),
    ("COMMENT_REPLY_CREATED", {**COMMENT, "ancestorIDs": ["comment-0"]}),
    ("COMMENT_ENTERED_MODERATION_QUEUE", {**COMMENT, "queue": "PENDING", "status": "PREMOD"}),
    ("COMMENT_LEFT_MODERATION_QUEUE", {**COMMENT, "queue": "REPORTED", "status": "APPROVED"}),
    ("SOMETHING_NEW", {}),
)


@pytest.fixture
def coral(template: Template, tmp_path: Path) -> Iterator[Coral]:
    """A fresh service with a secret for webhooks and one for the phase."""
    made = template.service(tmp_path)
    found = Coral(made, "")
    found.key = found.add_key()["key"]
    found.add_key("coral_webhook", secret=HOOK_SECRET)
    found.add_key("coral_phase", secret=PHASE_SECRET)
    yield found
    template.end(made)


def stories(coral: Coral) -> list[tuple[str, str | None]]:
    """Ids and addresses of the stories that are stored."""
    with coral.service.application.database.read() as session:
        return [(one.external_id, one.url) for one in session.scalars(select(Story))]


@pytest.mark.parametrize(("type", "data"), TYPES)
def test_every_event_is_taken(coral: Coral, type: str, data: dict[str, Any]) -> None:
    answer = coral.event(type, data)
    assert (answer.status_code, answer.get_json()) == (200, {})


def test_a_story_is_known_from_then_on(coral: Coral) -> None:
    coral.event("STORY_CREATED", STORY)
    assert stories(coral) == [("story-9", "https://paper.example/bridge")]


def test_an_event_counts_once(coral: Coral) -> None:
    coral.event("STORY_CREATED", STORY)
    coral.service.send("PUT", "/v1/stories/story-9", json={"url": "https://paper.example/new"})
    for _ in range(2):
        assert coral.event("STORY_CREATED", STORY).status_code == 200
    assert stories(coral) == [("story-9", "https://paper.example/new")]
    coral.event("STORY_CREATED", STORY, id="e-2")
    assert stories(coral) == [("story-9", "https://paper.example/bridge")]


@pytest.mark.parametrize("secret", [PHASE_SECRET, "whsec_" + "0" * 64])
def test_another_secret_signs_nothing(coral: Coral, secret: str) -> None:
    assert coral.event("STORY_CREATED", STORY, secrets=(secret,)).status_code == 401
    assert stories(coral) == []


def test_a_secret_of_webhooks_is_replaced_while_both_are_live(coral: Coral) -> None:
    second = "whsec_" + "2" * 64
    coral.add_key("coral_webhook", secret=second)
    for number, secrets in enumerate(((HOOK_SECRET,), (second,), (HOOK_SECRET, second))):
        assert coral.event("STORY_CREATED", STORY, id=f"e-{number}", secrets=secrets).status_code == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"id": "e"}', b'{"id": "", "type": 7, "data": []}', b"\xff"])
def test_what_cannot_be_read_does_not_end_the_webhook(coral: Coral, raw: bytes) -> None:
    assert coral.signed_post("webhooks", raw, secrets=(HOOK_SECRET,)).status_code == 200


def test_an_odd_address_of_a_story_is_left_out(coral: Coral) -> None:
    coral.event("STORY_CREATED", {**STORY, "storyURL": "https://x.example/" + "y" * 3000})
    assert stories(coral) == [("story-9", None)]

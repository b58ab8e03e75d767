"""What the model found in the service, each as the shortest way to it."""

from typing import Any

import pytest

from moderation.errors import Conflict
from moderation.workflow.incoming import Actor
from tests.chaos import invariants
from tests.factories import NOW, SITE, Newsroom, later
from tests.workflow.conftest import (
    ENFORCEMENT,
    database_url,
    moderator,
    newsroom,
    postgres_template,
    settings,
    sqlite_template,
)

__all__ = ["database_url", "moderator", "newsroom", "postgres_template", "settings", "sqlite_template"]
ADMIN = Actor("user", "boss", "admin")


def test_flags_that_nobody_decides_do_not_keep_the_others_open(newsroom: Newsroom, moderator: Any) -> None:
    newsroom.judged()
    newsroom.flag(reader="one")
    newsroom.flag(reader="two", reason="disagree")
    newsroom.decide(by=moderator)
    summary = newsroom.app.flags.summary(site_id=newsroom.site_id, comment_id="c1")
    assert (summary["total"], summary["outcome"]) == (2, "upheld")


def block_by_hand(newsroom: Newsroom, *, hours: float | None) -> str:
    until = later(hours=hours) if hours else None
    made = newsroom.app.authors.block(
        site_id=newsroom.site_id, author_id="reader-1", reason="rude", until=until, by=SITE, now=NOW
    )
    return str(made[0]["id"])


def standing(newsroom: Newsroom, now: Any) -> Any:
    return newsroom.app.authors.standing(site_id=newsroom.site_id, author_id="reader-1", now=now)["block"]


def test_a_block_that_is_over_and_not_yet_swept_stops_no_sweep(newsroom: Newsroom, moderator: Any) -> None:
    """The sweep settles decisions before it ends blocks: one that could not be settled would stop all sweeps for good."""
    files = newsroom.app.rulebook.files.root  # type: ignore[attr-defined]
    (files / "enforcement.yaml").write_text(ENFORCEMENT.replace("blocks: proposed", "blocks: {spam: automatic}"))
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="m", by=SITE, now=NOW)
    newsroom.judged(text="cheappills")
    block_by_hand(newsroom, hours=1)
    newsroom.decide(by=moderator, reason="spam", now=later(hours=2))
    assert standing(newsroom, later(hours=3))["automated"] is True
    told = [one for one in newsroom.event_types() if one.startswith("author.")]
    assert told == ["author.blocked", "author.unblocked", "author.blocked"]


def proposed(newsroom: Newsroom, moderator: Any) -> str:
    """A block of thirty days that the policy proposes."""
    newsroom.judged(text="cheappills")
    newsroom.decide(by=moderator, reason="spam")
    [row] = newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"]
    return str(row["id"])


@pytest.mark.parametrize(("hours", "at"), [(1, 2), (48, 2)])
def test_a_proposed_block_takes_the_place_of_a_shorter_one(
    newsroom: Newsroom, moderator: Any, database_url: str, hours: float, at: float
) -> None:
    block = proposed(newsroom, moderator)
    block_by_hand(newsroom, hours=hours)
    newsroom.app.authors.confirm_block(site_id=newsroom.site_id, block_id=block, by=ADMIN, now=later(hours=at))
    assert standing(newsroom, later(hours=at + 1))["id"] == block
    assert not invariants.in_database(database_url)["Q5 blocks without a cause, a beginning or an end"]


def test_a_proposed_block_never_shortens_one_by_hand(newsroom: Newsroom, moderator: Any) -> None:
    block = proposed(newsroom, moderator)
    by_hand = block_by_hand(newsroom, hours=None)
    with pytest.raises(Conflict, match="longer is in force") as refused:
        newsroom.app.authors.confirm_block(site_id=newsroom.site_id, block_id=block, by=ADMIN, now=later(hours=1))
    assert refused.value.type == "blocked"
    assert standing(newsroom, later(hours=2))["id"] == by_hand


def test_an_undone_decision_on_a_comment_that_was_never_listed_puts_it_before_people(
    newsroom: Newsroom, moderator: Any, database_url: str
) -> None:
    """Decided before its check: the verdict that comes later changes nothing, so it must not be held for nobody."""
    newsroom.post()
    made = newsroom.decide(by=moderator)
    newsroom.drain(later(seconds=7))
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(minutes=1))
    assert newsroom.get()["status"] == "held"
    items = newsroom.app.desk.queue(site_id=newsroom.site_id, now=later(minutes=2), user_id="x")["items"]
    assert [line["comment"]["id"] for line in items] == ["c1"]
    wrong = invariants.in_database(database_url)
    assert not any(wrong.values()), wrong

"""What a site may choose in settings.yaml and enforcement.yaml, seen from outside: hours, patience, appeals, strikes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from moderation.errors import Conflict
from moderation.workflow.incoming import Actor, IncomingAuthor
from tests.factories import NOW, SITE, Newsroom, later
from tests.workflow.conftest import ENFORCEMENT, person

OPERATOR = Actor("operator")
# NOW is a Monday, 12:00 in London.
HOURS = 'staffed: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00", zone: Europe/London}\n'
EVENING = later(hours=8)


def chooses(newsroom: Newsroom, settings: str = "", enforcement: str | None = None) -> None:
    """The site's own files, published."""
    folder = newsroom.app.settings.rules_dir / "sites" / newsroom.slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.yaml").write_text(settings or "{}")
    if enforcement:
        (folder / "enforcement.yaml").write_text(enforcement)
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="ours", by=OPERATOR, now=NOW)


def outcome(shown: dict[str, Any]) -> tuple[str, list[str]]:
    return shown["status"], [reason["code"] for reason in shown["verdict"]["reasons"]]


@pytest.mark.parametrize(
    ("unstaffed", "text", "expected"),
    [
        ("hold", "pshaw", ("held", ["rule", "unstaffed"])),
        ("hold", "A civil remark.", ("published", [])),
        ("check_first", "A civil remark.", ("held", ["check_first"])),
        ("close", "A civil remark.", ("rejected", ["site_closed"])),
        ("close", "cheappills", ("rejected", ["rule"])),
    ],
)
def test_outside_staffed_hours(newsroom: Newsroom, unstaffed: str, text: str, expected: tuple[str, list[str]]) -> None:
    chooses(newsroom, f"{HOURS}unstaffed: {unstaffed}\n")
    assert outcome(newsroom.judged("evening", text=text, now=EVENING)) == expected
    assert newsroom.judged("noon", text="A civil remark.")["status"] == "published"
    assert outcome(newsroom.judged("contempt", text="pshaw", author="other")) == ("published", ["rule"])


def test_the_writer_is_told_when_it_is_open_again(newsroom: Newsroom) -> None:
    chooses(newsroom, f"{HOURS}unstaffed: close\nhours: on weekdays from 9 to 17 h\n")
    message = newsroom.judged(now=EVENING)["message"]
    assert message["title"] == "Comments are closed"
    assert message["text"] == "Comments are closed at this hour. Moderators work on weekdays from 9 to 17 h."


def test_a_late_check_turns_nobody_away_but_what_needs_people_waits(newsroom: Newsroom) -> None:
    chooses(newsroom, f"{HOURS}unstaffed: close\n")
    newsroom.post("civil")
    newsroom.post("contempt", text="pshaw")
    newsroom.drain(EVENING)
    assert newsroom.get("civil")["status"] == "published"
    assert outcome(newsroom.get("contempt")) == ("held", ["rule", "unstaffed"])


def test_a_site_without_hours_is_always_staffed(newsroom: Newsroom) -> None:
    chooses(newsroom, "unstaffed: close\n")
    assert newsroom.judged(now=EVENING)["status"] == "published"


def test_unopened_items_leave_after_the_sites_own_hours(newsroom: Newsroom) -> None:
    newsroom.app.sites.create(slug="weekly", by=OPERATOR, now=NOW)
    chooses(newsroom, "review_expires_hours: 6\n")
    newsroom.judged(text="pshaw")
    assert newsroom.app.sweep.retain(now=later(hours=5))["not_reviewed"] == 0
    assert newsroom.app.sweep.retain(now=later(hours=7))["not_reviewed"] == 1


def test_one_sites_patience_is_not_the_others(newsroom: Newsroom) -> None:
    other = newsroom.app.sites.create(slug="weekly", by=OPERATOR, now=NOW)
    chooses(newsroom, "review_expires_hours: 6\n")
    weekly = Newsroom(newsroom.app, newsroom.queue, newsroom.sender, other)
    weekly.judged(text="pshaw")
    assert newsroom.app.sweep.retain(now=later(hours=47))["not_reviewed"] == 0
    assert newsroom.app.sweep.retain(now=later(hours=49))["not_reviewed"] == 1


def appeal(newsroom: Newsroom, moderator: Actor) -> Callable[..., dict[str, Any]]:
    """A comment that `moderator` removed and its writer's appeal; what answers it."""
    newsroom.judged(text="You clodpole.")
    newsroom.decide(by=moderator)
    made, _, _ = newsroom.app.appeals.open(
        site_id=newsroom.site_id,
        author_id="reader-1",
        text="Why?",
        about={"comment": "c1"},
        by=SITE,
        now=later(minutes=1),
    )

    def answer(by: Actor, now: datetime) -> dict[str, Any]:
        return newsroom.app.appeals.decide(
            site_id=newsroom.site_id, appeal_id=made["id"], granted=False, answer=None, by=by, now=now
        )

    return answer


def test_the_appeals_contact_answers_where_nobody_else_works(newsroom: Newsroom, moderator: Actor) -> None:
    chooses(newsroom, "appeals_contact: ombud@paper.example\n")
    ombud = person(newsroom, "ombud@paper.example", "senior")
    answer = appeal(newsroom, moderator)
    for wait in (timedelta(hours=1), timedelta(days=5)):
        with pytest.raises(Conflict, match=r"ombud@paper\.example answers it"):
            answer(moderator, NOW + wait)
    assert answer(ombud, later(days=5))["state"] == "upheld"


@pytest.mark.parametrize("contact", ["gone@paper.example", "mo"])
def test_a_contact_who_cannot_answer_keeps_nobody_waiting_for_ever(
    newsroom: Newsroom, moderator: Actor, contact: str
) -> None:
    chooses(newsroom, f"appeals_contact: {contact}\n")
    answer = appeal(newsroom, moderator)
    with pytest.raises(Conflict, match="after a day"):
        answer(moderator, later(hours=2))
    assert answer(moderator, later(days=2))["state"] == "upheld"


VERDICTS = ENFORCEMENT.replace("counts: confirmed", "counts: verdict").replace(
    "blocks: proposed", "blocks: {spam: automatic, tragedy_joke: automatic}"
)


def blocked(newsroom: Newsroom, author: str = "reader-1", now: datetime = NOW) -> Any:
    return newsroom.app.authors.standing(site_id=newsroom.site_id, author_id=author, now=now + timedelta(minutes=1))[
        "block"
    ]


def test_where_verdicts_count_the_rules_block_at_once(newsroom: Newsroom, moderator: Actor) -> None:
    chooses(newsroom, enforcement=VERDICTS)
    newsroom.judged("ad", text="cheappills")
    assert blocked(newsroom)["automated"] is True
    assert newsroom.judged("next", now=later(minutes=1))["decided_by"] == "block"
    newsroom.decide("ad", by=moderator, reason="spam", now=later(minutes=2))
    assert newsroom.event_types().count("author.blocked") == 1, "confirming it is no second strike"


def test_a_person_who_disagrees_ends_the_block(newsroom: Newsroom, moderator: Actor) -> None:
    chooses(newsroom, enforcement=VERDICTS)
    newsroom.judged("ad", text="cheappills")
    newsroom.decide("ad", by=moderator, decision="approve", reason="other", now=later(minutes=1))
    assert blocked(newsroom) is None
    assert newsroom.event_types().count("author.unblocked") == 1


def test_a_removal_for_another_reason_and_an_undone_one_end_it_as_well(newsroom: Newsroom, moderator: Actor) -> None:
    chooses(newsroom, enforcement=VERDICTS)
    newsroom.judged("ad", text="cheappills")
    newsroom.decide("ad", by=moderator, reason="off_topic", now=later(minutes=1))
    assert blocked(newsroom) is None
    newsroom.judged("ad2", text="cheappills", author="other")
    made = newsroom.decide("ad2", by=moderator, reason="spam", now=later(minutes=2))
    assert blocked(newsroom, "other") is not None
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(minutes=3))
    assert blocked(newsroom, "other") is None


def test_an_edit_is_no_second_strike_and_a_block_falls_with_any_of_its_strikes(
    newsroom: Newsroom, moderator: Actor
) -> None:
    twice = VERDICTS.replace("spam: [{at: 1,", "spam: [{at: 2,")
    chooses(newsroom, enforcement=twice)
    newsroom.judged("ad", text="cheappills")
    newsroom.judged("ad", text="cheappills, edited", now=later(minutes=1))
    assert blocked(newsroom) is None
    newsroom.judged("ad2", text="cheappills", now=later(minutes=2))
    assert blocked(newsroom, now=later(minutes=2)) is not None
    newsroom.decide("ad", by=moderator, decision="approve", reason="other", revision=2, now=later(minutes=3))
    assert blocked(newsroom, now=later(minutes=3)) is not None, "its first version was spam all the same"


def test_only_categories_with_automatic_blocks_count_at_the_verdict(newsroom: Newsroom) -> None:
    chooses(newsroom, enforcement=VERDICTS)
    for number in range(5):
        newsroom.judged(f"a{number}", text="You clodpole.")
    assert blocked(newsroom) is None
    assert (
        newsroom.app.authors.standing(site_id=newsroom.site_id, author_id="reader-1", now=NOW)["check_first_until"]
        is None
    )


def test_staff_are_never_blocked_by_a_rule(newsroom: Newsroom) -> None:
    chooses(newsroom, enforcement=VERDICTS)
    newsroom.judged("ad", text="cheappills", author=IncomingAuthor(id="editor", role="staff"))
    assert blocked(newsroom, "editor") is None

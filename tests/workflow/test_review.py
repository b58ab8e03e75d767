"""People decide: claims, waiting decisions, undo, strikes, blocks, appeals, flags."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from moderation.errors import Conflict, NotFound
from moderation.workflow.incoming import Actor
from moderation.workflow.review import Review
from moderation.workflow.sweep import Sweep
from tests.factories import NOW, SITE, Newsroom, decision, flag, later
from tests.workflow.conftest import person


def strike(newsroom: Newsroom, moderator: Actor, id: str, text: str = "You clodpole.", **given: str) -> None:
    newsroom.judged(id, text=text)
    newsroom.decide(id, by=moderator, **given)


def standing(newsroom: Newsroom, author: str = "reader-1") -> dict[str, object]:
    return newsroom.app.authors.standing(site_id=newsroom.site_id, author_id=author, now=later(minutes=1))


def test_a_decision_waits_and_then_moves_the_comment(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    newsroom.decide(by=moderator, settle=False)
    assert newsroom.get()["status"] == "held"
    newsroom.app.sweep.tick(now=later(seconds=4))
    assert newsroom.event_types() == ["comment.held"]
    newsroom.app.sweep.tick(now=later(seconds=6))
    shown = newsroom.get()
    assert (shown["status"], shown["decided_by"], shown["decision"]["by"]) == (
        "rejected",
        "person",
        {"role": "moderator"},
    )
    assert newsroom.event_types() == ["comment.held", "comment.rejected", "comment.decided"]
    assert moderator.id not in str(shown) + str(newsroom.events())


def test_a_decision_that_cannot_come_into_force_keeps_back_nothing_else(
    newsroom: Newsroom, moderator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = newsroom.judged("c1", text="You clodpole.") and newsroom.decide("c1", by=moderator, settle=False)
    newsroom.judged("c2", text="You clodpole.")
    newsroom.decide("c2", by=moderator, settle=False)
    settle, swept = Review.settle, []

    def broken(self: Review, *, decision_id: str, now: datetime) -> bool:
        if decision_id == first:
            raise LookupError
        return settle(self, decision_id=decision_id, now=now)

    monkeypatch.setattr(Review, "settle", broken)
    monkeypatch.setattr(Sweep, "_requeue_revisions", lambda self, now: swept.append(now) or 0)
    with pytest.raises(LookupError):
        newsroom.app.sweep.tick(now=later(seconds=6))
    assert [newsroom.get(id)["status"] for id in ("c1", "c2")] == ["held", "rejected"]
    assert swept == [later(seconds=6)]


def test_an_undo_in_time_sends_nothing(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    made = newsroom.decide(by=moderator, settle=False)
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(seconds=2))
    newsroom.app.sweep.tick(now=later(seconds=60))
    assert newsroom.event_types() == ["comment.held"]
    assert len(newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"]) == 1


def test_an_undo_afterwards_goes_back_and_voids_the_strike(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    made = newsroom.decide(by=moderator)
    assert len(standing(newsroom)["strikes"]) == 1  # type: ignore[arg-type]
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(minutes=1))
    assert newsroom.get()["status"] == "held"
    assert standing(newsroom)["strikes"] == []
    assert newsroom.event_types()[-2:] == ["comment.held", "comment.decided"]


def test_of_two_moderators_one_decides(newsroom: Newsroom, moderator: Actor) -> None:
    other = person(newsroom, "jo", "moderator")
    newsroom.judged(text="You clodpole.")

    def decide(by: Actor) -> str:
        try:
            return newsroom.decide(by=by, settle=False)
        except Conflict as error:
            return error.type

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(decide, [moderator, other] * 4))
    assert results.count("decided") == 7


def test_an_open_card_belongs_to_one_moderator_for_five_minutes(newsroom: Newsroom, moderator: Actor) -> None:
    other = person(newsroom, "jo", "moderator")
    newsroom.judged(text="You clodpole.")
    item = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"][0]["item"]["id"]
    claim = newsroom.app.review.claim
    assert claim(site_id=newsroom.site_id, item_id=item, by=moderator, now=NOW)
    assert not claim(site_id=newsroom.site_id, item_id=item, by=other, now=later(minutes=4))
    with pytest.raises(Conflict):
        newsroom.decide(by=other, now=later(minutes=4))
    assert claim(site_id=newsroom.site_id, item_id=item, by=other, now=later(minutes=6))


def test_a_decision_on_an_old_revision_is_refused(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    newsroom.judged(text="You old clodpole.")
    with pytest.raises(Conflict) as error:
        newsroom.decide(by=moderator)
    assert error.value.type == "stale_revision"


def test_an_edit_of_a_rejected_comment_is_at_least_held(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    newsroom.decide(by=moderator)
    shown = newsroom.judged(text="A civil remark.", now=later(minutes=2))
    assert (shown["status"], shown["verdict"]["reasons"]) == (
        "held",
        [{"code": "edit_of_stopped", "text": "A moderator stopped an earlier version of this comment."}],
    )


def test_strikes_of_attacks_lead_to_being_checked_first_and_to_a_proposed_block(
    newsroom: Newsroom, moderator: Actor
) -> None:
    for number in range(3):
        strike(newsroom, moderator, f"a{number}")
    assert standing(newsroom)["check_first_until"] is not None
    assert newsroom.judged("civil", now=later(minutes=1))["status"] == "held"
    for number in range(3, 5):
        strike(newsroom, moderator, f"a{number}")
    assert standing(newsroom)["block"] is None, "a person confirms it first"
    proposed = newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"]
    assert [(one["category"], one["days"]) for one in proposed] == [("personal_attack", 7)]
    newsroom.app.authors.confirm_block(
        site_id=newsroom.site_id, block_id=proposed[0]["id"], by=moderator, now=later(minutes=2)
    )
    shown = newsroom.judged("blocked", now=later(minutes=3))
    assert (shown["status"], shown["decided_by"]) == ("rejected", "block")
    assert shown["verdict"]["reasons"][0]["until"] == "2026-11-30T12:02:00.000Z"
    assert newsroom.event_types().count("author.blocked") == 1


def test_a_block_ends_by_itself_with_one_event(newsroom: Newsroom) -> None:
    newsroom.app.authors.block(
        site_id=newsroom.site_id, author_id="reader-1", reason="spam", until=later(days=1), by=SITE, now=NOW
    )
    for day in (1, 2, 3):
        newsroom.app.sweep.tick(now=later(days=day, seconds=1))
    assert newsroom.event_types() == ["author.blocked", "author.unblocked"]
    assert newsroom.judged(now=later(days=2))["status"] == "published"


def test_a_long_block_needs_a_second_person(newsroom: Newsroom, moderator: Actor) -> None:
    strike(newsroom, moderator, "spam-1", text="cheappills", reason="spam")
    proposed = newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"][0]
    assert proposed["days"] == 30
    confirm = newsroom.app.authors.confirm_block
    for _ in range(2):
        waiting = confirm(site_id=newsroom.site_id, block_id=proposed["id"], by=moderator, now=NOW)
        assert waiting["state"] == "proposed"
    other = person(newsroom, "jo", "moderator")
    assert confirm(site_id=newsroom.site_id, block_id=proposed["id"], by=other, now=NOW)["state"] == "active"


def test_the_same_block_again_changes_nothing(newsroom: Newsroom) -> None:
    def block() -> tuple[dict[str, object], bool, bool]:
        return newsroom.app.authors.block(
            site_id=newsroom.site_id, author_id="never-seen", reason="threats", by=SITE, now=NOW
        )

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: block(), range(8)))
    assert [created for _, created, _ in results].count(True) == 1
    assert newsroom.event_types() == ["author.blocked"]


def test_one_flag_reaches_a_person_and_counts_once(newsroom: Newsroom) -> None:
    newsroom.judged()
    with ThreadPoolExecutor(8) as pool:
        created = [new for _, new, _ in pool.map(lambda _: newsroom.flag(), range(20))]
    assert created.count(True) == 1
    items = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"]
    assert [one["comment"]["flags"]["total"] for one in items] == [1]
    assert newsroom.get()["status"] == "published"


def test_five_readers_hold_a_comment_but_never_undo_a_person(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged("a")
    newsroom.judged("b")
    newsroom.decide("b", by=moderator, decision="approve", reason="other")
    for number in range(6):
        newsroom.flag("a", reader=f"r{number}")
        newsroom.flag("b", reader=f"r{number}")
    assert newsroom.get("a")["status"] == "held"
    assert newsroom.get("b")["status"] == "published"
    assert newsroom.event_types().count("comment.held") == 1


def test_disagreeing_is_no_flag_that_a_person_must_read(newsroom: Newsroom) -> None:
    newsroom.judged()
    newsroom.flag(reason="disagree")
    assert newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"] == []


def test_an_urgent_flag_goes_to_the_top(newsroom: Newsroom) -> None:
    newsroom.judged("a", text="You clodpole.")
    newsroom.judged("b")
    newsroom.flag("b", reason="threat")
    items = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"]
    assert [one["comment"]["id"] for one in items] == ["b", "a"]
    assert "comment.urgent" in newsroom.event_types()


def test_a_flag_on_a_comment_never_seen_stores_it_as_the_site_published_it(newsroom: Newsroom) -> None:
    from tests.factories import comment

    with pytest.raises(NotFound):
        newsroom.flag("unseen")
    newsroom.app.flags.raise_flag(
        site_id=newsroom.site_id, comment_id="unseen", flag=flag(comment=comment("unseen")), by=SITE, now=NOW
    )
    shown = newsroom.get("unseen")
    assert (shown["status"], shown["decided_by"], shown["flags"]["total"]) == ("published", "site", 1)


def test_readers_who_were_never_right_weigh_less(newsroom: Newsroom, moderator: Actor) -> None:
    for number in range(3):
        newsroom.judged(f"c{number}")
        newsroom.flag(f"c{number}", reader="wrong")
        newsroom.decide(f"c{number}", by=moderator, decision="approve", reason="other")
    newsroom.judged("last")
    assert newsroom.flag("last", reader="wrong")[0]["weight"] == 0.25
    assert newsroom.flag("last", reader="new")[0]["weight"] == 1.25


def test_the_list_does_not_move_under_the_hand(newsroom: Newsroom) -> None:
    newsroom.judged("a", text="You clodpole.")
    first = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")
    for id in "bcd":
        newsroom.judged(id, text="You clodpole.")
    again = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x", upto=first["mark"])
    assert [one["comment"]["id"] for one in again["items"]] == ["a"]
    assert (again["new"], again["total"]) == (3, 4)


def test_decisions_from_outside_are_in_force_at_once(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")

    def outside(by: str, **given: str) -> tuple[dict[str, object], bool, bool]:
        said = decision(moderator_id=by, **given)
        return newsroom.app.review.decide_outside(
            site_id=newsroom.site_id, comment_id="c1", decision=said, by=SITE, now=NOW
        )

    shown, created, _ = outside("m1", decision="approve", reason="other")
    assert (shown["status"], created) == ("published", True)
    assert outside("m1", decision="approve", reason="other")[1] is False
    with pytest.raises(Conflict) as error:
        outside("m2")
    assert error.value.type == "decided"
    assert outside("m1")[0]["status"] == "rejected"
    assert newsroom.event_types() == [
        "comment.held", "comment.published", "comment.decided", "comment.rejected", "comment.decided",
    ]  # fmt: skip


def test_an_appeal_is_answered_by_another_person(newsroom: Newsroom, moderator: Actor) -> None:
    other = person(newsroom, "jo", "senior")
    strike(newsroom, moderator, "a", reason="personal_attack")
    newsroom.judged("b", text="You clodpole.")
    newsroom.decide("b", by=other)
    appeals = newsroom.app.appeals

    def ask() -> tuple[dict[str, object], bool, bool]:
        return appeals.open(
            site_id=newsroom.site_id, author_id="reader-1", text="It was a quotation.", about={"comment": "a"},
            by=SITE, now=later(minutes=1),
        )  # fmt: skip

    asked, created, _ = ask()
    assert created
    assert ask()[0]["id"] == asked["id"]
    with pytest.raises(Conflict):
        appeals.decide(
            site_id=newsroom.site_id, appeal_id=asked["id"], granted=True, answer=None, by=moderator, now=later(days=2)
        )
    answered = appeals.decide(
        site_id=newsroom.site_id,
        appeal_id=asked["id"],
        granted=True,
        answer="You are right.",
        by=other,
        now=later(days=2),
    )
    assert answered["state"] == "granted"
    assert newsroom.get("a")["status"] == "published"
    assert [one["comment"]["id"] for one in standing(newsroom)["strikes"]] == ["b"]  # type: ignore[attr-defined]
    assert newsroom.event_types()[-1] == "appeal.decided"


def test_review_items_that_nobody_opened_leave_as_not_reviewed(newsroom: Newsroom) -> None:
    newsroom.judged("light", text="pshaw")
    newsroom.judged("held", text="You clodpole.")
    newsroom.app.sweep.retain(now=NOW + timedelta(hours=49))
    items = newsroom.app.desk.queue(site_id=newsroom.site_id, now=NOW, user_id="x")["items"]
    assert [one["comment"]["id"] for one in items] == ["held"]
    assert newsroom.get("light")["status"] == "published"


def test_an_undo_takes_back_all_that_followed(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged("spam-1", text="cheappills")
    newsroom.flag("spam-1", reader="right", reason="spam")
    made = newsroom.decide("spam-1", by=moderator, reason="spam")
    assert newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"]
    assert newsroom.flag("spam-1", reader="right")[0]["outcome"] == "upheld"
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(minutes=1))
    assert newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"] == []
    assert newsroom.flag("spam-1", reader="right")[0]["outcome"] == "open"
    assert newsroom.get("spam-1")["status"] == "rejected", "back to what the rules said"

"""The safety limit: a new or changed rule that stops too much is paused, and nothing that it stopped is forgotten."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from moderation import telemetry
from moderation.engine import facts as engine
from moderation.engine.evaluate import evaluate
from moderation.errors import NotFound
from moderation.storage.models import AuditRow, Author, Comment, ReviewItem, Revision, RulePause, Story, Strike, Verdict
from moderation.workflow import safety_limit
from moderation.workflow.incoming import Actor
from moderation.workflow.judge import stored_submission
from tests.factories import Newsroom, later
from tests.workflow.test_rulebook import spoil

OPERATOR = Actor("operator")
START = later(days=3)
FIFTY = safety_limit.LEAST_CHECKED
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten comments say enough, but where a test says otherwise: fifty take a while."""
    monkeypatch.setattr(safety_limit, "LEAST_CHECKED", 10)


def publish(newsroom: Newsroom, now: datetime = START, *, id: str = "wide", text: str = "remark", **fields: str) -> str:
    """One more rule beside the tests' own; the version."""
    said = {"category": "custom", "state": "live", "action": "reject", **fields}
    lines = "".join(f"    {name}: {value}\n" for name, value in said.items())
    examples = f'    examples:\n      match: ["A {text}."]\n      pass: ["Well said."]\n'
    rule = f"rules:\n  - id: {id}\n{lines}    reason: Too wide.\n    when: {{terms: [{text}]}}\n{examples}"
    (newsroom.app.settings.rules_dir / f"90-{id}.yaml").write_text(rule)
    found = newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="one more", by=OPERATOR, now=now)
    return str(found["version"])


def post(newsroom: Newsroom, count: int, *, first: int = 0, now: datetime | None = None, **given: Any) -> Counter[str]:
    """So many comments, each of another commenter; what became of them."""
    at, ids = now or START + timedelta(minutes=1), [f"c{number}" for number in range(first, first + count)]
    for id in ids:
        newsroom.post(id, now=at, **{"author": f"reader-{id}", **given})
        newsroom.drain(at)
    return Counter(row.status for row in rows(newsroom, Comment) if row.external_id in ids)


def rows(newsroom: Newsroom, of: Any, **where: Any) -> Sequence[Any]:
    with newsroom.app.database.read() as session:
        return session.query(of).filter_by(**where).all()


def paused(newsroom: Newsroom) -> list[tuple[str, str]]:
    return [(row.rule, row.acts_as) for row in rows(newsroom, RulePause)]


def test_a_rule_that_rejects_everything_holds_after_fifty_comments(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety_limit, "LEAST_CHECKED", FIFTY)
    publish(newsroom, strike="spam")
    assert post(newsroom, 50) == {"rejected": 50}
    assert paused(newsroom) == [("wide", "hold")]
    told = [one["data"]["rule"] for one in newsroom.events() if one["type"] == "rule.paused"]
    assert told == [{"id": "wide", "acts_as": "hold", "stopped": 50, "checked": 50}]
    (audit,) = rows(newsroom, AuditRow, act="rule.paused")
    assert audit.details == {"rule": "wide", "acts_as": "hold", "stopped": 50, "checked": 50, "listed": 50}
    shown = newsroom.judged("after", now=START + timedelta(minutes=2))
    match = shown["verdict"]["matches"][0]
    assert (shown["status"], match["rule"], match["state"], match["action"]) == ("held", "wide", "paused", "hold")
    assert len(rows(newsroom, Strike)) == 50  # those of before; a paused rule proposes none


def test_what_it_rejected_comes_before_people_and_only_they_publish_it(newsroom: Newsroom, moderator: Actor) -> None:
    publish(newsroom)
    post(newsroom, 10)
    listed = rows(newsroom, ReviewItem, closed_at=None)
    assert len(listed) == 10 and {item.rank for item in listed} == {100.0}
    assert {row.status for row in rows(newsroom, Comment)} == {"rejected"}
    at = START + timedelta(minutes=5)
    newsroom.decide("c7", by=moderator, decision="approve", reason="other", now=at)
    assert newsroom.get("c7")["publish"] and not newsroom.get("c8")["publish"]


@once
def test_a_rule_that_still_stops_too_much_as_a_hold_lists_for_review(newsroom: Newsroom) -> None:
    publish(newsroom)
    post(newsroom, 10)
    at = START + timedelta(minutes=2)
    assert post(newsroom, 10, first=50, now=at) == {"held": 10}
    assert sorted(paused(newsroom)) == [("wide", "hold"), ("wide", "review")]
    shown = newsroom.judged("after", now=START + timedelta(minutes=3))
    assert (shown["status"], shown["verdict"]["action"], shown["publish"]) == ("published", "review", True)
    assert shown["verdict"]["reasons"][0]["rule"] == "wide"
    (comment,) = rows(newsroom, Comment, external_id="after")
    assert len(rows(newsroom, ReviewItem, comment_id=comment.id, closed_at=None)) == 1
    post(newsroom, 12, first=200, now=START + timedelta(minutes=4))
    assert len(paused(newsroom)) == 2


@once
def test_a_rule_that_holds_everything_lists_for_review(newsroom: Newsroom) -> None:
    publish(newsroom, action="hold", urgent="true", ask_first="true")
    assert post(newsroom, 11) == {"held": 10, "published": 1}
    assert paused(newsroom) == [("wide", "review")]
    shown = newsroom.judged("after", now=START + timedelta(minutes=2), text="A remark of a clodpole.")
    assert shown["status"] == "held"  # other rules act as before
    assert Counter(newsroom.event_types())["comment.urgent"] == 10


@once
def test_a_changed_rule_is_as_new_and_an_old_one_never_pauses(newsroom: Newsroom) -> None:
    assert post(newsroom, 12, text="You clodpole.") == {"held": 12}  # what the site began with
    publish(newsroom, START + timedelta(hours=1), text="nothing")
    assert post(newsroom, 12, first=100, text="You clodpole.", now=START + timedelta(hours=2)) == {"held": 12}
    publish(newsroom, START + timedelta(hours=3), text="remark")
    next_day = START + timedelta(hours=28)
    assert post(newsroom, 12, first=200, now=next_day) == {"rejected": 12}
    assert paused(newsroom) == []
    publish(newsroom, next_day, text="remark", action="hold")
    post(newsroom, 12, first=300, now=next_day + timedelta(minutes=1))
    assert paused(newsroom) == [("wide", "review")]


@once
def test_a_few_matches_are_chance(newsroom: Newsroom) -> None:
    publish(newsroom)
    post(newsroom, 10, text="Well said.")
    post(newsroom, 4, first=10)
    assert paused(newsroom) == []
    post(newsroom, 1, first=20)
    assert paused(newsroom) == [("wide", "hold")]


@once
def test_one_persons_flood_has_no_rule_paused(newsroom: Newsroom) -> None:
    publish(newsroom)
    post(newsroom, 20, text="Well said.")
    assert post(newsroom, 15, first=20, author="one who floods") == {"rejected": 15}
    assert paused(newsroom) == []
    post(newsroom, 2, first=40)
    assert paused(newsroom) == [("wide", "hold")]


@once
def test_a_rule_about_safety_has_a_wider_limit(newsroom: Newsroom) -> None:
    publish(newsroom, id="careful", text="fire", category="threat", action="hold")
    publish(newsroom, id="plain", text="water", category="custom", action="hold")
    for number in range(5):
        post(newsroom, 6, first=10 * number, text="Well said.")
        post(newsroom, 1, first=10 * number + 7, text="A fire.")
        post(newsroom, 1, first=10 * number + 8, text="A water.")
    assert paused(newsroom) == [("plain", "review")]


def test_what_a_rule_met_in_trial_widens_its_limit(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety_limit, "OWN_LEAST", 20)
    publish(newsroom, START - timedelta(days=1), state="trial")
    for number in range(0, 20, 4):  # a quarter
        at = START - timedelta(hours=2)
        assert post(newsroom, 1, first=number, now=at) == {"published": 1}
        post(newsroom, 3, first=number + 1, now=at, text="Well said.")
    publish(newsroom)
    for number in range(100, 120, 2):  # half: less than three times as much
        post(newsroom, 1, first=number)
        post(newsroom, 1, first=number + 1, text="Well said.")
    assert paused(newsroom) == []
    post(newsroom, 25, first=300)
    assert paused(newsroom) == [("wide", "hold")]


@once
def test_an_admin_releases_a_rule_for_good(newsroom: Newsroom) -> None:
    app, now = newsroom.app, START + timedelta(minutes=2)
    publish(newsroom)
    post(newsroom, 10)
    assert [rule.id for rule in app.safety_limit.paused(site_id=newsroom.site_id)] == ["wide"]
    pause = app.safety_limit.pauses(site_id=newsroom.site_id)["wide"]
    assert pause["reason"] == "stopped 10 of the last 10 comments; the limit is 5 %"
    app.safety_limit.release(site_id=newsroom.site_id, rule="wide", by=OPERATOR, now=now)
    assert app.safety_limit.pauses(site_id=newsroom.site_id) == {}
    assert post(newsroom, 12, first=100, now=now) == {"rejected": 12}
    assert len(paused(newsroom)) == 1
    for rule in ("wide", "rude", "unknown"):
        with pytest.raises(NotFound):
            app.safety_limit.release(site_id=newsroom.site_id, rule=rule, by=OPERATOR, now=now)
    (audit,) = rows(newsroom, AuditRow, act="rule.released")
    assert (audit.by_kind, audit.details) == ("operator", {"rule": "wide"})


@once
def test_a_pause_ends_with_the_rule_as_it_stood_and_comes_back_with_it(newsroom: Newsroom) -> None:
    bad = publish(newsroom)
    post(newsroom, 10)
    now = START + timedelta(minutes=2)
    publish(newsroom, now, id="other", text="nothing")
    assert newsroom.judged("a", now=now)["status"] == "held"  # another rule's change is none of this one
    publish(newsroom, now, text="nothing remarkable")
    assert newsroom.judged("b", now=now)["status"] == "published"
    assert newsroom.judged("c", now=now, text="Nothing remarkable.")["status"] == "rejected"
    newsroom.app.rulebook.rollback(site_id=newsroom.site_id, version=bad, by=OPERATOR, now=now)
    assert newsroom.judged("d", now=now)["status"] == "held"


def test_a_verdict_of_a_paused_rule_can_be_reached_again(newsroom: Newsroom) -> None:
    publish(newsroom)
    post(newsroom, 11)
    with newsroom.app.database.read() as session:
        found = session.query(Verdict, Revision, Comment, Author, Story).join(
            Revision, Revision.id == Verdict.revision_id
        )
        found = found.join(Comment, Comment.id == Revision.comment_id).join(Author, Author.id == Comment.author_id)
        found = found.join(Story, Story.id == Comment.story_id)
        again = [
            (evaluate(engine.from_record(verdict.facts, stored_submission(session, comment, revision, *rest)), rules), verdict)
            for verdict, revision, comment, *rest in found
            if (rules := newsroom.app.rulebook.ruleset(verdict.ruleset))
        ]  # fmt: skip
    assert Counter(verdict.action for _, verdict in again) == {"reject": 10, "hold": 1}
    assert all(str(second.action) == verdict.action for second, verdict in again)


@once
def test_where_no_rule_is_young_nothing_more_is_asked(newsroom: Newsroom) -> None:
    asked: list[str] = []
    newsroom.judged("first", text="You clodpole.", now=START)
    event.listen(newsroom.app.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    newsroom.judged("second", text="You clodpole.", now=START)
    assert asked and not [one for one in asked if "rule_pause" in one or "FROM publication" in one]


@once
def test_what_can_be_compared_with_nothing_is_not_new(newsroom: Newsroom) -> None:
    first = newsroom.app.rulebook.current(site_id=newsroom.site_id).version
    publish(newsroom)
    newer, failed = spoil(newsroom, first), telemetry.failures.labels(what="safety_limit")
    before = failed._value.get()
    assert post(newer, 12) == {"rejected": 12}
    assert (paused(newer), failed._value.get()) == ([], before)
    newer.app.close()


def test_workers_side_by_side_pause_a_rule_once(newsroom: Newsroom) -> None:
    publish(newsroom)
    post(newsroom, 9)
    at = START + timedelta(minutes=1)
    for number in range(8):
        newsroom.post(f"last{number}", now=at, author=f"last-{number}")
    waiting = list(newsroom.queue.revisions)
    newsroom.queue.revisions.clear()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: newsroom.app.moderate.run(revision_id=one, now=at), waiting))
    assert paused(newsroom) == [("wide", "hold")]
    assert newsroom.event_types().count("rule.paused") == 1

"""The questions that chaos and fault runs end with: all zero over sound work, and each finds the damage it is for."""

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from moderation.workflow.incoming import Actor
from tests.chaos.invariants import answers, in_database
from tests.chaos.told import Told, of_clients
from tests.factories import NOW, SITE, Newsroom, later

REVIEWED = "(SELECT id FROM comment WHERE external_id = 'looked')"
# Doubled verdicts, decisions and open items and unknown rules are left out: the tables' own constraints refuse them.
DAMAGES = {
    "Q2 comments that wait for nobody": "UPDATE review_item SET closed_at = opened_at WHERE closed_at IS NULL",
    "Q2 revisions without a verdict": "DELETE FROM verdict WHERE action = 'allow'",
    "Q2 verdicts for review or hold that never reached the list": f"DELETE FROM review_item WHERE comment_id = {REVIEWED}",
    "Q4 strikes that count without a decision in force": "UPDATE strike SET decision_id = NULL WHERE state = 'confirmed'",
    "Q4 decisions that should count once and do not": "UPDATE strike SET state = 'void' WHERE state = 'confirmed'",
    "Q4 flags without their one event, and events without a flag": "DELETE FROM flag WHERE reason = 'disagree'",
    "Q4 flags that reached no person": "UPDATE flag SET reason = 'spam', comment_id = 'none' WHERE reason = 'disagree'",
    "Q4 readers whose record is not their flags": "UPDATE reader SET flags_decided = flags_decided + 1",
    "Q5 blocks without a cause, a beginning or an end": "UPDATE block SET started_at = NULL WHERE state = 'active'",
    "Q6 events without their one delivery": "DELETE FROM delivery WHERE position = (SELECT max(position) FROM delivery)",
    "Q8 comments whose last event is not their status": "UPDATE comment SET status = 'held' WHERE status = 'rejected'",
    "Q8 decided comments without an event": "UPDATE comment SET sequence = 0 WHERE status = 'published'",
    "Q8 events of one change told twice": "UPDATE event SET type = 'comment.held', data = (SELECT data FROM event WHERE type "
    "= 'comment.held' LIMIT 1) WHERE type IN ('comment.rejected', 'comment.held')",
    "Q8 status events without their one audit row": "UPDATE audit SET act = 'x' WHERE act = 'comment.held'",
    "Q8 audit chains that break": "UPDATE audit SET by_role = 'admin' WHERE act = 'author.blocked'",
    "Q9 leases past their end": "UPDATE delivery SET state = 'claimed'",
    "Q7 positions given twice or skipped": "UPDATE position SET last = last + 1",
}


@pytest.fixture
def worked(newsroom: Newsroom) -> Newsroom:
    """A site that has seen a bit of everything, drained."""
    app, site = newsroom.app, newsroom.site_id
    app.webhooks.add(site_id=site, url="https://site.example/hook", by=SITE, now=NOW)
    newsroom.judged("clean", now=later(seconds=10))
    newsroom.judged("looked", text="pshaw", now=later(seconds=10))
    newsroom.judged("held", text="You clodpole.", now=later(seconds=10))
    newsroom.judged("stopped", text="What a clodpole he is.", now=later(seconds=10))
    newsroom.flag("stopped", reader="one", now=later(seconds=11))
    newsroom.flag("clean", reader="two", reason="disagree", now=later(seconds=11))
    desk = Actor("site", "desk", "moderator")
    newsroom.decide("stopped", by=desk, now=later(seconds=20))
    app.authors.block(site_id=site, author_id="reader-9", reason="rude", by=SITE, now=later(seconds=30))
    newsroom.drain(later(seconds=60))
    return newsroom


def test_sound_work_answers_zero_and_each_question_finds_its_damage(worked: Newsroom, database_url: str) -> None:
    assert not any(in_database(database_url).values()), in_database(database_url)
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    for question, damage in DAMAGES.items():
        with Session(engine) as session:  # never committed
            session.execute(text(damage))
            assert answers(session)[question] > 0, question
    engine.dispose()


TOLD = {"id": "e1", "type": "comment.published", "created_at": "2026-11-23T12:00:01.000Z"}
SHOWN = {"id": "c1", "status": "published", "publish": True, "sequence": 3, "updated_at": "2026-11-23T12:00:01.000Z"}
CLIENT_DAMAGES = {
    "Q1 acknowledged comments that are gone": {"comments": {"lost": {}}},
    "Q1 acknowledged flags that are gone": {"flags": ["c1"]},
    "Q1 acknowledged decisions that are gone": {"decisions": ["c1"]},
    "Q1 acknowledged blocks that are gone": {"blocks": ["a1"]},
    "Q1 withdrawn comments that are not": {"withdrawn": {"c1"}},
    "Q6 events that the receiver never got": {"received": []},
    "Q7 events doubled in the feed": {"events": 2},
    "Q7 events of a comment in the wrong order": {"events": 2},
    "Q7 comments whose last event says something else": {"events": []},
    "Q7 sites that obey and end up wrong": {"publish": False},
    "clean comments that did not come out": {"clean": {"lost"}},
}


def _told() -> Told:
    told = {**TOLD, "data": {"comment": {name: SHOWN[name] for name in ("id", "status", "publish", "sequence")}}}
    post = {"id": "e1", "body": {"type": TOLD["type"], "data": told["data"]}}
    return Told(comments={"c1": {}}, clean={"c1"}, events=[told], received=[post], webhook_since="2026-11-23T12:00:00Z")


def test_clients_who_were_told_the_truth_answer_zero() -> None:
    assert not any(of_clients(_told(), {"c1": SHOWN}).values())


@pytest.mark.parametrize("question", CLIENT_DAMAGES)
def test_each_question_about_clients_finds_its_damage(question: str) -> None:
    told, shown = _told(), dict(SHOWN)
    for name, value in CLIENT_DAMAGES[question].items():
        if name == "publish":
            shown["publish"] = value
        else:
            setattr(told, name, told.events * value if isinstance(value, int) else value)
    assert of_clients(told, {"c1": shown})[question] > 0

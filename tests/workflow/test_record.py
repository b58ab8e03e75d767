"""Events, webhooks, audit: told once, in order, to everybody."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from moderation.errors import MalformedRequest, NoLongerKept
from moderation.storage.ledger import seal
from moderation.storage.models import AuditRow, Delivery, Site
from moderation.workflow.incoming import Actor
from moderation.workflow.ports import Answer
from moderation.workflow.webhooks import make_secret
from tests.factories import NOW, SITE, Newsroom, later


def endpoint(newsroom: Newsroom, **given: Any) -> dict[str, Any]:
    return newsroom.app.webhooks.add(
        site_id=newsroom.site_id, url="https://example.org/hook", by=SITE, now=NOW, **given
    )


def states(newsroom: Newsroom) -> list[str]:
    with newsroom.app.database.read() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.position)))


def test_a_reader_beside_many_writers_skips_nothing(newsroom: Newsroom) -> None:
    seen: list[str] = []
    after: str | None = None

    def read() -> None:
        nonlocal after
        page = newsroom.app.events.read(site_id=newsroom.site_id, after=after, limit=7)
        seen.extend(event["id"] for event in page["events"])
        after = page["next"]

    def write(number: int) -> None:
        newsroom.post(f"c{number}")
        newsroom.app.intake.withdraw(site_id=newsroom.site_id, comment_id=f"c{number}", by=SITE, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(write, number) for number in range(60)]
        while not all(one.done() for one in writing):
            read()
        [one.result() for one in writing]
    for _ in range(20):
        read()
    whole = [event["id"] for event in newsroom.events()]
    assert seen == whole
    assert len(whole) == 61  # the withdrawals, and the publication of the rules


def test_the_cursor_is_a_string_and_stays_on_an_empty_page(newsroom: Newsroom) -> None:
    first = newsroom.app.events.read(site_id=newsroom.site_id)
    again = newsroom.app.events.read(site_id=newsroom.site_id, after=first["next"])
    assert (again["events"], again["next"]) == ([], first["next"])
    assert isinstance(first["next"], str)
    with pytest.raises(MalformedRequest):
        newsroom.app.events.read(site_id=newsroom.site_id, after="soon")


def test_events_are_kept_ninety_days(newsroom: Newsroom) -> None:
    newsroom.judged()
    start = newsroom.app.events.read(site_id=newsroom.site_id, limit=1)["next"]
    newsroom.app.sweep.retain(now=later(days=89))
    assert newsroom.app.events.read(site_id=newsroom.site_id, after=start)["events"]
    newsroom.app.sweep.retain(now=later(days=91))
    with pytest.raises(NoLongerKept):
        newsroom.app.events.read(site_id=newsroom.site_id, after=start)
    assert newsroom.app.events.read(site_id=newsroom.site_id)["events"] == []


def test_a_webhook_gets_every_event_once_signed(newsroom: Newsroom) -> None:
    made = endpoint(newsroom)
    newsroom.judged()
    assert [json.loads(sent["body"])["type"] for sent in newsroom.sender.sent] == ["comment.published"]
    sent = newsroom.sender.sent[0]
    assert sent["secrets"] == (made["secret"],)
    Webhook(made["secret"])  # a secret that the standard's own library takes
    event = newsroom.events()[-1]
    assert sent["id"] == event["id"]
    assert states(newsroom) == ["done"]


def test_a_failing_receiver_is_asked_again_later_and_a_gone_one_never(newsroom: Newsroom) -> None:
    made = endpoint(newsroom)
    newsroom.sender.answers.extend([Answer(500), Answer(None, "timeout"), Answer(410)])
    newsroom.judged()
    assert states(newsroom) == ["due"]
    for at in (later(seconds=2), later(seconds=8), later(seconds=400)):
        newsroom.app.sweep.tick(now=at)
        newsroom.drain(at)
    assert len({sent["id"] for sent in newsroom.sender.sent}) == 1
    assert states(newsroom) == ["dead"]
    shown = newsroom.app.webhooks.list(site_id=newsroom.site_id)[0]
    assert (shown["id"], shown["disabled_reason"]) == (made["id"], "gone")
    assert "secret" not in shown


def test_each_endpoint_has_its_own_secret_and_the_sites_chosen_one_verifies_too(newsroom: Newsroom) -> None:
    chosen = make_secret()
    newsroom.app.keys.add(site_id=newsroom.site_id, kind="webhook", secret=chosen, by=SITE, now=NOW)
    one, other = endpoint(newsroom), endpoint(newsroom)
    newsroom.judged()
    assert len({one["secret"], other["secret"], chosen}) == 3
    assert {sent["secrets"] for sent in newsroom.sender.sent} == {(one["secret"], chosen), (other["secret"], chosen)}


def test_a_decision_told_after_its_move_carries_the_new_sequence(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    newsroom.decide(by=moderator)
    events = {event["type"]: event["data"]["comment"]["sequence"] for event in newsroom.events()[1:]}
    assert events["comment.decided"] == events["comment.rejected"] > events["comment.held"]


def test_a_cursor_ahead_of_everything_is_refused(newsroom: Newsroom) -> None:
    last = newsroom.app.events.read(site_id=newsroom.site_id)["next"]
    newsroom.app.events.read(site_id=newsroom.site_id, after=last)
    with pytest.raises(MalformedRequest):
        newsroom.app.events.read(site_id=newsroom.site_id, after="999999999")


def test_types_choose_what_is_sent(newsroom: Newsroom) -> None:
    endpoint(newsroom, types=("author.blocked",))
    newsroom.judged()
    newsroom.app.authors.block(site_id=newsroom.site_id, author_id="reader-1", reason="x", by=SITE, now=NOW)
    newsroom.drain()
    assert [json.loads(sent["body"])["type"] for sent in newsroom.sender.sent] == ["author.blocked"]


def test_one_delivery_at_a_time_in_order(newsroom: Newsroom) -> None:
    endpoint(newsroom)
    for number in range(5):
        newsroom.judged(f"c{number}")
    sequences = [json.loads(sent["body"])["data"]["comment"]["sequence"] for sent in newsroom.sender.sent]
    assert sequences == sorted(sequences)
    assert len(sequences) == 5


def test_a_worker_that_died_after_the_receivers_answer_sends_the_same_id_again(newsroom: Newsroom) -> None:
    endpoint(newsroom)
    newsroom.post()
    newsroom.app.moderate.run(revision_id=newsroom.queue.revisions.popleft(), now=NOW)
    delivery = newsroom.queue.deliveries.popleft()
    assert newsroom.app.webhooks._claim(delivery, NOW) is not None  # sent, and then killed
    newsroom.app.sweep.tick(now=later(seconds=10))
    assert not newsroom.queue.deliveries, "its lease still runs"
    newsroom.app.sweep.tick(now=later(minutes=1))
    newsroom.drain(later(minutes=1))
    assert states(newsroom) == ["done"]


def test_a_workers_death_is_no_answer_of_the_receiver(newsroom: Newsroom) -> None:
    endpoint(newsroom)
    newsroom.post()
    newsroom.app.moderate.run(revision_id=newsroom.queue.revisions.popleft(), now=NOW)
    assert newsroom.app.webhooks._claim(newsroom.queue.deliveries.popleft(), NOW) is not None  # and then killed
    newsroom.sender.answers.append(Answer(503))
    for at in (later(seconds=60), later(seconds=70)):  # the first refusal is answered after 5 s, the second after 300
        newsroom.app.sweep.tick(now=at)
        newsroom.drain(at)
    assert states(newsroom) == ["done"]


def test_the_audit_is_one_unbroken_chain(newsroom: Newsroom) -> None:
    newsroom.judged(text="You clodpole.")
    newsroom.flag()
    with newsroom.app.database.read() as session:
        key = session.get_one(Site, newsroom.site_id).audit_key
        rows = session.scalars(
            select(AuditRow).where(AuditRow.site_id == newsroom.site_id).order_by(AuditRow.position)
        ).all()
    before = ""
    for row in rows:
        told = {
            "by_kind": row.by_kind, "by_id": row.by_id, "by_role": row.by_role, "act": row.act,
            "subject_kind": row.subject_kind, "subject_id": row.subject_id, "details": row.details,
        }  # fmt: skip
        assert row.mac == seal(key, before, row.position, row.at, told)
        before = row.mac
    assert len(rows) >= 2

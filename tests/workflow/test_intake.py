"""Comments in, edits, withdrawals: what is stored once, what is refused, what an event says."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation.errors import Conflict, InvalidFields
from moderation.workflow.incoming import IdempotencyKey
from tests.factories import NOW, SITE, Newsroom, comment, later


def test_a_civil_comment_is_published_with_one_event(newsroom: Newsroom) -> None:
    posted = newsroom.post()
    assert (posted["status"], posted["publish"], posted["sequence"]) == ("pending", False, 0)
    newsroom.drain()
    shown = newsroom.get()
    assert (shown["status"], shown["publish"], shown["decided_by"]) == ("published", True, "rules")
    assert shown["verdict"]["action"] == "allow"
    events = [event for event in newsroom.events() if event["type"].startswith("comment.")]
    assert [event["type"] for event in events] == ["comment.published"]
    assert events[0]["data"]["comment"]["sequence"] == shown["sequence"] > 0
    assert "text" not in events[0]["data"]["comment"]


def test_a_rude_comment_is_held_with_the_words_marked(newsroom: Newsroom) -> None:
    shown = newsroom.judged(text="Oh, you clodpole.")
    assert (shown["status"], shown["publish"]) == ("held", False)
    match = shown["verdict"]["matches"][0]
    assert (match["rule"], match["spans"], match["text"]) == ("rude", [[8, 16]], "clodpole")
    assert match["reason"] == 'Attacks a person ("clodpole").'
    assert "our guideline about attacks on people." in shown["message"]["text"]


def test_the_same_comment_fifty_times_at_once_is_one(newsroom: Newsroom) -> None:
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda _: newsroom.submit().outcome, range(50)))
    assert sorted(outcomes) == ["created"] + ["same"] * 49
    newsroom.drain()
    assert newsroom.event_types() == ["comment.published"]


def test_an_edit_keeps_the_published_revision_public_until_it_is_checked(newsroom: Newsroom) -> None:
    newsroom.judged()
    posted = newsroom.post(text="You clodpole.")
    assert (posted["status"], posted["publish"], posted["revision"]) == ("pending", True, 2)
    newsroom.drain()
    shown = newsroom.get()
    assert (shown["status"], shown["publish"], shown["published_revision"]) == ("held", True, 1)


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        ({"text": "Two", "revision": 1}, "revision_conflict"),
        ({"text": "Other", "author": "somebody-else"}, "comment_conflict"),
        ({"text": "Other", "story": "another-story"}, "comment_conflict"),
        ({"text": "Zero", "revision": 0}, "stale_revision"),
    ],
)
def test_what_contradicts_the_record_is_refused(newsroom: Newsroom, second: dict[str, object], refused: str) -> None:
    newsroom.post(text="One")
    with pytest.raises(Conflict) as error:
        newsroom.post(**second)
    assert error.value.type == refused


def test_an_earlier_text_is_stale_unless_it_comes_with_a_number(newsroom: Newsroom) -> None:
    newsroom.post(text="One")
    newsroom.post(text="Two")
    with pytest.raises(Conflict) as error:
        newsroom.post(text="One")
    assert error.value.type == "stale_revision"
    assert newsroom.post(text="One", revision=3)["revision"] == 3


def test_a_withdrawn_comment_stays_withdrawn(newsroom: Newsroom) -> None:
    newsroom.post()
    taken = newsroom.app.intake.withdraw(site_id=newsroom.site_id, comment_id="c1", by=SITE, now=NOW)
    assert (taken["status"], taken["publish"], taken["sequence"] > 0) == ("withdrawn", False, True)
    newsroom.drain()
    assert newsroom.event_types() == ["comment.withdrawn"]
    assert newsroom.get()["verdict"]["action"] == "allow", "the verdict is on record all the same"
    with pytest.raises(Conflict) as error:
        newsroom.post(text="Again")
    assert error.value.type == "withdrawn"


def test_an_overtaken_revision_is_checked_and_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.post(text="You clodpole.")
    newsroom.post(text="A civil remark.")
    newsroom.drain()
    assert newsroom.event_types() == ["comment.published"]
    assert newsroom.get()["status"] == "published"


def test_an_idempotency_key_belongs_to_one_request(newsroom: Newsroom) -> None:
    first = IdempotencyKey(key="k", route="POST /v1/comments", body_hash="a" * 64)
    assert not newsroom.submit(key=first).replayed
    assert newsroom.submit(key=first).replayed
    other = IdempotencyKey(key="k", route="POST /v1/comments", body_hash="b" * 64)
    with pytest.raises(InvalidFields) as error:
        newsroom.submit("c2", key=other)
    assert error.value.type == "idempotency_mismatch"


def test_a_broker_that_is_down_costs_nothing(newsroom: Newsroom) -> None:
    newsroom.queue.is_down = True
    newsroom.post()
    newsroom.queue.is_down = False
    assert newsroom.app.sweep.tick(now=later(seconds=5))["revisions"] == 0, "its own message may still come"
    assert newsroom.app.sweep.tick(now=later(seconds=11))["revisions"] == 1
    newsroom.drain(later(seconds=12))
    assert newsroom.get()["status"] == "published"


def test_the_sweep_asks_less_and_less_often(newsroom: Newsroom) -> None:
    newsroom.post()
    asked = []
    for second in range(200):
        newsroom.queue.revisions.clear()
        if newsroom.app.sweep.tick(now=later(seconds=second))["revisions"]:
            asked.append(second)
    assert asked == [10, 20, 40, 80, 120, 160]


def test_a_long_queue_is_not_made_longer_and_the_other_goes_on(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.post("live")
    newsroom.submit("imported", bulk=True)
    lengths = {"moderate": 0, "bulk": 1001}
    monkeypatch.setattr(newsroom.queue, "length", lambda name: lengths.get(name, 0))
    assert newsroom.app.sweep.tick(now=later(seconds=61))["revisions"] == 1
    lengths.update(moderate=1001, bulk=0)
    assert newsroom.app.sweep.tick(now=later(seconds=300))["revisions"] == 1
    lengths.update(moderate=1000, bulk=1000)
    assert newsroom.app.sweep.tick(now=later(seconds=900))["revisions"] == 2


def test_a_crashing_comment_reaches_a_person_after_five_attempts(newsroom: Newsroom) -> None:
    newsroom.post()
    revision = newsroom.queue.revisions[0]
    for attempt in range(5):
        at = later(minutes=10 * attempt)
        assert newsroom.app.moderate._claim(revision, at) is not None  # a worker takes it and dies
        assert newsroom.app.moderate._claim(revision, at) is None, "its lease still runs"
    assert newsroom.app.moderate.run(revision_id=revision, now=later(hours=2))
    shown = newsroom.get()
    assert (shown["status"], shown["verdict"]["reasons"][0]["code"]) == ("held", "not_judged")


def test_a_worker_that_slept_past_its_lease_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.post()
    revision = newsroom.queue.revisions[0]
    moderate = newsroom.app.moderate
    old = moderate._claim(revision, NOW)
    assert old is not None
    judged = moderate._judge(old, NOW)
    assert moderate.run(revision_id=revision, now=later(minutes=10))
    assert moderate._record_verdict(old, judged, "", later(minutes=11)) is None
    assert newsroom.event_types() == ["comment.published"]


def test_stories_say_how_their_comments_are_taken(newsroom: Newsroom) -> None:
    from moderation.workflow.incoming import IncomingStory

    for mode, status in (("open", "published"), ("check_first", "held"), ("closed", "rejected")):
        story = IncomingStory(id=mode, comments=mode)  # type: ignore[arg-type]
        newsroom.app.stories.put(site_id=newsroom.site_id, story=story, by=SITE, now=NOW)
        shown = newsroom.judged(f"in-{mode}", story=mode)
        assert (shown["status"], shown["decided_by"]) == (status, "rules" if mode == "open" else "site")


def test_ask_first_asks_once(newsroom: Newsroom) -> None:
    rude = comment(text="You clodpole.")
    submit = newsroom.app.intake.submit
    asked = submit(site_id=newsroom.site_id, comment=rude, by=SITE, now=NOW, ask_first=True)
    assert asked.outcome == "not_submitted"
    assert asked.ask is not None
    assert asked.ask["spans"] == [[4, 12]]
    assert submit(site_id=newsroom.site_id, comment=rude, by=SITE, now=NOW, ask_first=True).outcome == "created"

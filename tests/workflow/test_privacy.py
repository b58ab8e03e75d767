"""Retention by age, erasure of a person, legal holds: what shall be gone is in no column of any table."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from moderation import bootstrap
from moderation.errors import Conflict, NoLongerKept, NotFound
from moderation.storage.models import (
    Appeal,
    Author,
    Base,
    Block,
    Comment,
    Decision,
    Flag,
    Reader,
    Revision,
    RulesetRow,
    Strike,
    Verdict,
)
from moderation.workflow.imports import Decided
from moderation.workflow.incoming import SYSTEM, Actor, IncomingAuthor, IncomingParent
from moderation.workflow.ports import Answer
from moderation.workflow.retention import Retention
from tests.factories import NOW, SITE, Newsroom, comment, later
from tests.workflow.test_site_settings import chooses

OPERATOR = Actor("operator")
MODERATOR, ADMIN = Actor("user", "m" * 32, "senior"), Actor("user", "a" * 32, "admin")
CANARY = "zanzibarquux"
ID = "reader-canaryid"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
YEARS = {"days": 4 * 366}


def columns_with(newsroom: Newsroom, *words: str) -> set[str]:
    """Every column of every table in which one of the words stands, events and deliveries among them."""
    with newsroom.app.database.read() as session:
        return {
            f"{table.name}.{name}"
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table)).mappings()
            for name, value in row.items()
            if any(word.lower() in str(value).lower() for word in words)
        }


def count(newsroom: Newsroom, model: Any) -> int:
    with newsroom.app.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def texts(newsroom: Newsroom, id: str = "c1") -> list[str | None]:
    """The words of all revisions of a comment."""
    with newsroom.app.database.read() as session:
        query = select(Revision.text).join(Comment, Comment.id == Revision.comment_id)
        return list(session.scalars(query.where(Comment.external_id == id).order_by(Revision.number)))


def retain(newsroom: Newsroom, **age: float) -> dict[str, int]:
    return newsroom.app.sweep.retain(now=later(**age))


def erase(newsroom: Newsroom, id: str = ID, now: datetime = NOW) -> dict[str, Any]:
    return newsroom.app.erasure.erase(site_id=newsroom.site_id, author_id=id, by=OPERATOR, now=now)


@pytest.fixture
def full(newsroom: Newsroom) -> Iterator[Newsroom]:
    """A person whose word stands wherever one can: texts, names, a reply to him, notes, an appeal, a block that is over."""
    writer = IncomingAuthor(id=ID, name=f"Jo {CANARY}")
    app, site = newsroom.app, newsroom.site_id
    newsroom.judged("c1", text=f"You clodpole, {CANARY}.", author=writer, metadata={"said": CANARY})
    answered = IncomingParent(id="c1", text=f"You clodpole, {CANARY}.", author_id=ID)
    newsroom.judged("c2", text="I disagree.", author="reader-2", parent=answered)
    newsroom.judged("c3", text=f"Civil words of {CANARY}.", author=writer, parent=IncomingParent(id="c2", text=CANARY))
    newsroom.judged("c3", text=f"Other words of {CANARY}.", author=writer)
    newsroom.judged("c4", text="Civil.", author="reader-2")
    newsroom.flag("c3", note=f"look at {CANARY}")
    newsroom.flag("c4", reader=ID, note=f"says {CANARY}")
    newsroom.decide("c4", by=MODERATOR, decision="approve", reason="other")
    newsroom.decide("c3", by=MODERATOR, decision="approve", reason="other", revision=2, note=f"fine, {CANARY}")
    newsroom.decide("c1", by=MODERATOR, note=f"about {CANARY}")
    told = app.appeals.open(
        site_id=site, author_id=ID, text=f"why, says {CANARY}", about={"comment": "c1"}, by=SITE, now=later(hours=1)
    )
    app.appeals.decide(
        site_id=site, appeal_id=told[0]["id"], granted=False, answer=f"no, {CANARY}", by=ADMIN, now=later(hours=2)
    )
    app.authors.block(site_id=site, author_id=ID, reason=f"for {CANARY}", by=SITE, now=later(hours=3))
    app.authors.unblock(site_id=site, author_id=ID, reason=f"enough, {CANARY}", by=SITE, now=later(hours=4))
    newsroom.drain()
    yield newsroom


@on_sqlite
def test_the_canary_stands_where_it_can(full: Newsroom) -> None:
    """Else the tests below would show nothing."""
    assert columns_with(full, CANARY) == {
        "author.name", "comment.metadata", "revision.text", "revision.author_name", "revision.parent_text",
        "flag.note", "decision.note", "appeal.text", "appeal.answer", "block.reason", "block.end_reason",
    }  # fmt: skip
    assert columns_with(full, ID) == {"author.external_id", "event.data"}


def test_after_erasure_no_column_has_a_word_of_the_person(full: Newsroom) -> None:
    full.app.webhooks.add(site_id=full.site_id, url="https://example.org/", by=SITE, now=NOW)
    before = {model: count(full, model) for model in (Comment, Revision, Verdict, Decision, Flag, Strike, Block)}
    with full.app.database.read() as session:
        author = session.scalars(select(Author).where(Author.external_id == ID)).one()
        hashes = {author.key}
        hashes |= set(session.scalars(select(Revision.text_mac).where(Revision.author_id == author.id)))
        hashes |= set(session.scalars(select(Revision.fingerprint).where(Revision.author_id == author.id)))
    assert columns_with(full, *hashes) > {"author.key", "reader.key", "revision.text_mac", "verdict.facts"}
    told = erase(full, now=later(hours=5))
    assert told == {"comments": 2, "sites": 1, "appeals": 1, "flags": 1, "open_blocks": 0}
    full.drain(later(hours=5))
    assert columns_with(full, CANARY, ID, *hashes) == set()
    assert CANARY not in str(full.sender.sent) and ID not in str(full.sender.sent)
    assert {model: count(full, model) for model in before} == before, "what counts and was decided stays"
    assert full.get("c2")["text"] == "I disagree.", "other people's words stay"
    last = full.events()[-1]["data"]["comment"]
    assert (last["id"], last["publish"], last["author"]) == ("c3", False, {"id": None})


def test_after_their_time_no_column_has_a_word_of_the_person(full: Newsroom) -> None:
    gone = retain(full, days=400)
    assert {what: gone[what] for what in ("texts", "notes", "appeals", "block_reasons", "flags", "strikes")} == {
        "texts": 4, "notes": 2, "appeals": 1, "block_reasons": 1, "flags": 2, "strikes": 1
    }  # fmt: skip
    assert columns_with(full, CANARY) == set()
    assert set(retain(full, days=400).values()) == {0}, "again is as good as once"
    shown = full.get("c1")
    assert (shown["text"], shown["status"], shown["author"]) == (None, "rejected", {"id": ID})
    assert shown["verdict"]["matches"][0]["text"] is None and shown["decision"]["decision"] == "reject"
    assert count(full, Decision) == 3
    gone = retain(full, **YEARS)
    assert (gone["decisions"], gone["verdicts"]) == (3, 5)
    assert full.get("c1")["decision"] is None and full.get("c1")["verdict"] is None


KINDS = {
    "public": (364, 367),
    "removed": (183, 185),
    "spam": (183, 185),
    "taken_back": (183, 185),
    "edited": (423, 427),
}


def test_each_text_goes_after_the_time_of_its_kind(newsroom: Newsroom) -> None:
    newsroom.judged("public")
    newsroom.judged("removed", text="You clodpole.")
    newsroom.decide("removed", by=MODERATOR)
    newsroom.judged("spam", text="cheappills", author="reader-2")
    newsroom.judged("taken_back")
    newsroom.app.intake.withdraw(site_id=newsroom.site_id, comment_id="taken_back", by=SITE, now=NOW)
    newsroom.judged("edited", text="First words.")
    newsroom.judged("edited", text="Second words.", now=later(days=60))
    for days in sorted({day for both in KINDS.values() for day in both}):
        retain(newsroom, days=days)
        shown = {id: "kept" if all(texts(newsroom, id)) else "gone" for id in KINDS if not _between(id, days)}
        assert shown == {id: "kept" if days <= KINDS[id][0] else "gone" for id in shown}, days


def _between(id: str, days: int) -> bool:
    """In these days it depends on the months that it went through."""
    kept, gone = KINDS[id]
    return kept < days < gone


@on_sqlite
def test_sqlite_leaves_no_erased_word_in_its_files(full: Newsroom) -> None:
    path = Path(str(full.app.database.url.database))

    def found() -> bool:
        return any(CANARY.encode() in each.read_bytes() for each in path.parent.glob(f"{path.name}*"))

    assert found()
    erase(full, now=later(hours=5))
    assert not found()
    full.judged("c9", text=f"Words of {CANARY}.", now=later(hours=5))
    assert found()
    retain(full, days=400)
    assert not found()


@on_sqlite
def test_nothing_goes_while_a_person_has_still_to_decide(newsroom: Newsroom) -> None:
    newsroom.judged("held", text="You clodpole.")
    newsroom.judged("flagged")
    newsroom.flag("flagged", note="look")
    newsroom.judged("appealed", text="You clodpole.")
    newsroom.decide("appealed", by=MODERATOR)
    newsroom.app.appeals.open(
        site_id=newsroom.site_id, author_id="reader-1", text="why", about={"comment": "appealed"}, by=SITE, now=NOW
    )
    gone = retain(newsroom, **YEARS)
    assert (gone["texts"], gone["flags"], gone["verdicts"]) == (0, 0, 0)
    for id in ("held", "flagged", "appealed"):
        assert all(texts(newsroom, id)), id
    newsroom.decide("held", by=MODERATOR, now=later(**YEARS))
    assert retain(newsroom, days=4 * 366 + 180)["texts"] == 0, "the time counts from the decision"
    assert retain(newsroom, days=4 * 366 + 190)["texts"] == 1


@on_sqlite
def test_an_edit_that_is_stopped_costs_the_public_text_nothing(newsroom: Newsroom) -> None:
    newsroom.judged(text="Civil words.")
    newsroom.judged(text="You clodpole.", now=later(days=1))
    newsroom.decide(by=MODERATOR, revision=2, now=later(days=1), edit_only=True)
    assert newsroom.get()["publish"]
    retain(newsroom, days=250)
    assert all(texts(newsroom))
    retain(newsroom, days=370)
    assert texts(newsroom) == [None, None]


@on_sqlite
def test_a_repeat_is_known_without_the_text_and_an_edit_begins_anew(newsroom: Newsroom) -> None:
    newsroom.judged(text="Civil words.")
    retain(newsroom, days=400)
    now = later(days=401)
    assert newsroom.submit(text="Civil words.", now=now).outcome == "same"
    assert texts(newsroom) == [None]
    assert newsroom.submit(text="Other words.", now=now).outcome == "revised"
    newsroom.drain(now)
    retain(newsroom, days=500)
    assert texts(newsroom) == [None, "Other words."]
    retain(newsroom, days=800)
    assert texts(newsroom) == [None, None]


@on_sqlite
def test_a_site_chooses_its_months_and_may_keep(newsroom: Newsroom) -> None:
    chooses(newsroom, "retention: {published: 1, rejected: null}\nappeal_days: 10\n")
    newsroom.judged("c1")
    newsroom.judged("c2", text="cheappills", author="reader-2")
    retain(newsroom, days=32)
    assert not any(texts(newsroom, "c1"))
    retain(newsroom, **YEARS)
    assert all(texts(newsroom, "c2"))
    chooses(newsroom, "retention: {published: 1, rejected: 1}\nappeal_days: 90\n")
    before = newsroom.app.sweep.retention.cutoffs(site_id=newsroom.site_id, now=NOW)
    assert before is not None and before.stopped == NOW - timedelta(days=90)


@on_sqlite
@pytest.mark.parametrize("readable", [True, False])
def test_nothing_goes_by_age_at_a_site_whose_rules_do_not_say(newsroom: Newsroom, readable: bool) -> None:
    """Published by a version of before, or refused by this one: what has gone does not come back."""
    newsroom.judged()
    with newsroom.app.database.write() as session:
        row = session.scalars(select(RulesetRow)).one()
        written = json.loads(row.body)
        assert written["settings"].pop("retention")["published"] == 12
        row.body = json.dumps(written if readable else {"rules": "of another form"})
    later_version = bootstrap.build(newsroom.app.settings, queue=newsroom.queue, sender=newsroom.sender)
    if readable:
        assert "retention" not in later_version.rulebook.current(site_id=newsroom.site_id).ruleset.settings
    later_version.sweep.retain(now=later(**YEARS))
    later_version.close()
    assert texts(newsroom) == ["A civil remark."]
    retain(newsroom, **YEARS)
    assert texts(newsroom) == [None]


@on_sqlite
def test_a_strike_stays_while_it_counts_or_a_block_rests_on_it(newsroom: Newsroom) -> None:
    newsroom.judged("c1", text="You clodpole.")
    newsroom.decide("c1", by=MODERATOR)
    newsroom.judged("c2", text="lolcrash", author="reader-2")
    newsroom.decide("c2", by=MODERATOR, reason="tragedy_joke")
    assert retain(newsroom, days=180)["strikes"] == 0
    assert retain(newsroom, days=190)["strikes"] == 1
    with newsroom.app.database.read() as session:
        assert session.scalars(select(Strike.category)).all() == ["tragedy_joke"], "a block for it is proposed"


@on_sqlite
def test_a_name_goes_with_the_last_words_under_it(newsroom: Newsroom) -> None:
    writer = IncomingAuthor(id="reader-1", name="Jo")
    newsroom.judged("c1", author=writer)
    newsroom.judged("c2", author=writer, now=later(days=100))
    names = []
    for days in (380, 480):
        retain(newsroom, days=days)
        with newsroom.app.database.read() as session:
            names.append(session.scalars(select(Author.name)).one())
    assert names == ["Jo", None]


def test_a_long_backlog_goes_in_batches_and_one_run_ends(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.workflow.retention.AT_ONCE", 2)
    for number in range(5):
        newsroom.judged(f"c{number}", author=f"reader-{number}")
    ticks = iter([0.0, 1.0, 99.0])
    short = Retention(newsroom.app.database, newsroom.app.rulebook, clock=lambda: next(ticks, 99.0))
    assert short.run(now=later(days=400))["texts"] == 2
    assert retain(newsroom, days=400)["texts"] == 3


def test_a_legal_hold_stops_age_and_erasure_until_it_is_lifted(full: Newsroom) -> None:
    holds, site = full.app.legal_holds, {"site_id": full.site_id, "by": OPERATOR, "now": NOW}
    assert holds.of_comment(**site, comment_id="c1", held=True)
    assert not holds.of_comment(**site, comment_id="c1", held=True), "twice is once"
    assert [one["id"] for one in holds.list(site_id=full.site_id)["comments"]] == ["c1"]
    retain(full, **YEARS)
    assert CANARY in str(texts(full, "c1")) and texts(full, "c3") == [None, None]
    assert {"revision.text", "decision.note", "appeal.text", "author.name"} <= columns_with(full, CANARY)
    assert count(full, Strike) == 1 and count(full, Decision) == 1
    with pytest.raises(Conflict) as refused:
        erase(full)
    assert (refused.value.type, "c1" in refused.value.detail) == ("legal_hold", True)
    assert full.get("c1")["author"] == {"id": ID}, "nothing was erased"
    assert "legal_hold" not in str(full.get("c1")["history"]), "the site shows this to the writer"
    assert holds.of_comment(**site, comment_id="c1", held=False)
    erase(full, now=later(hours=5))
    assert columns_with(full, CANARY) == set()


@on_sqlite
def test_a_hold_on_a_commenter_keeps_all_of_his(full: Newsroom) -> None:
    holds, site = full.app.legal_holds, {"site_id": full.site_id, "by": OPERATOR, "now": NOW}
    holds.of_author(**site, author_id=ID, held=True)
    before = columns_with(full, CANARY)
    retain(full, **YEARS)
    assert columns_with(full, CANARY) == before
    assert all(texts(full, "c1") + texts(full, "c3"))
    with pytest.raises(Conflict):
        erase(full)
    with pytest.raises(NotFound):
        holds.of_author(**site, author_id="nobody", held=True)


@on_sqlite
def test_an_erased_comment_answers_nobody_and_nothing_brings_it_back(full: Newsroom) -> None:
    erase(full, now=later(hours=5))
    app, site, now = full.app, full.site_id, later(hours=6)
    attempts = [
        lambda: full.get("c3"),
        lambda: full.post("c3", text=f"Again {CANARY}.", author=ID, now=now),
        lambda: full.post("c3", text=f"Other words of {CANARY}.", author=ID, now=now),
        lambda: app.intake.withdraw(site_id=site, comment_id="c3", by=SITE, now=now),
        lambda: full.flag("c3", note=CANARY, now=now),
        lambda: full.decide("c3", by=MODERATOR, revision=2, note=CANARY, now=now),
        lambda: app.flags.summary(site_id=site, comment_id="c3"),
        lambda: app.desk.comment_card(site_id=site, comment_id="c3", now=now),
    ]
    for attempt in attempts:
        with pytest.raises(NoLongerKept) as gone:
            attempt()
        assert gone.value.type == "erased"
    reply = IncomingParent(id="c3", text=f"Other words of {CANARY}.")
    full.judged("c9", text="I disagree.", author="reader-2", parent=reply, now=now)
    assert columns_with(full, CANARY, ID) == set()
    assert app.desk.find(site_id=site, words="", status="withdrawn")["comments"] == []


def test_a_check_that_is_under_way_brings_no_text_back(newsroom: Newsroom) -> None:
    newsroom.post(text=f"You clodpole, {CANARY}.", author=ID)
    moderate = newsroom.app.moderate
    claim = moderate._claim(newsroom.queue.revisions[0], NOW)
    assert claim is not None
    judged = moderate._judge(claim, NOW)
    erase(newsroom, now=later(seconds=1))
    assert moderate._record_verdict(claim, judged, "", later(seconds=2)) is None
    newsroom.drain(later(seconds=3))
    newsroom.app.sweep.tick(now=later(hours=1))
    newsroom.drain(later(hours=1))
    assert columns_with(newsroom, CANARY, ID) == set() and count(newsroom, Verdict) == 0
    assert newsroom.event_types() == ["comment.withdrawn"]


@on_sqlite
def test_a_webhook_that_is_sent_again_names_nobody(newsroom: Newsroom) -> None:
    newsroom.app.webhooks.add(site_id=newsroom.site_id, url="https://example.org/", by=SITE, now=NOW)
    newsroom.sender.answers.append(Answer(500))
    newsroom.judged(text="A civil remark.", author=IncomingAuthor(id=ID, name=CANARY))
    assert ID in str(newsroom.sender.sent)
    erase(newsroom, now=later(seconds=1))
    newsroom.sender.sent.clear()
    for minutes in (1, 2, 10):
        newsroom.app.sweep.tick(now=later(minutes=minutes))
        newsroom.drain(later(minutes=minutes))
    bodies = [json.loads(one["body"]) for one in newsroom.sender.sent]
    assert [body["type"] for body in bodies] == ["comment.withdrawn", "comment.published"]
    assert all(body["data"]["comment"]["author"] == {"id": None} for body in bodies)


def test_writers_beside_an_erasure_bring_nothing_back(newsroom: Newsroom) -> None:
    writer = IncomingAuthor(id=ID, name=CANARY)
    for number in range(3):
        newsroom.post(f"c{number}", text=f"First, {CANARY}.", author=writer)

    def write(number: int) -> None:
        for turn in range(6):
            with suppress(NoLongerKept):
                newsroom.post(f"c{number}", text=f"Edit {turn}, {CANARY}.", author=writer)
                newsroom.flag(f"c{number}", reader=f"r-{turn}", note=CANARY)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(write, number) for number in range(3)]
        jobs.append(pool.submit(erase, newsroom, now=later(seconds=1)))
        for job in jobs:
            job.result(30)
    newsroom.drain(later(seconds=2))
    retain(newsroom, minutes=1)
    assert columns_with(newsroom, CANARY, ID) == set()


@on_sqlite
def test_a_decision_that_waits_falls_and_one_that_is_undone_lists_nothing(full: Newsroom) -> None:
    full.judged("c5", text="You clodpole.", author=ID, now=later(hours=4))
    waits = full.decide("c5", by=MODERATOR, now=later(hours=4), settle=False)
    erase(full, now=later(hours=4, seconds=1))
    full.app.sweep.tick(now=later(hours=5))
    undone = full.app.review.undo(site_id=full.site_id, decision_id=waits, by=MODERATOR, now=later(hours=5))
    assert undone["state"] == "undone"
    assert full.app.desk.queue(site_id=full.site_id, now=later(hours=5), user_id="x")["total"] == 0
    with full.app.database.read() as session:
        assert session.get_one(Decision, waits).effective_at is not None
        assert session.scalar(select(func.count()).select_from(Strike).where(Strike.state == "confirmed")) == 1


@on_sqlite
def test_an_open_block_outlives_the_person_by_a_keyed_hash_until_it_ends(full: Newsroom) -> None:
    app, site = full.app, full.site_id
    app.authors.block(
        site_id=site, author_id=ID, reason=f"for {CANARY}", until=later(days=20), by=SITE, now=later(hours=5)
    )
    assert erase(full, now=later(hours=6))["open_blocks"] == 1
    assert columns_with(full, CANARY) == {"block.reason"}, "why it stands is told while it stands"
    assert app.authors.standing(site_id=site, author_id=ID, now=later(hours=7))["id"] == ID
    back = full.judged("c9", text="Here again.", author=ID, now=later(days=1))
    assert (back["status"], back["decided_by"]) == ("rejected", "block")
    assert next(app.exports.comments(site_id=site))["author"] == {"id": None, "name": None}
    erase(full, now=later(days=2))
    app.sweep.tick(now=later(days=21))
    app.sweep.retain(now=later(days=21))
    assert columns_with(full, CANARY, ID) == set()
    assert full.judged("c10", text="Here again.", author=ID, now=later(days=22))["status"] == "published"
    with app.database.read() as session:
        assert [key for key in session.scalars(select(Author.key)) if key.startswith("erased:")]


def test_an_erasure_that_is_cut_short_is_finished_by_the_hourly_retention(
    full: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(type(full.app.erasure), "_comments", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(full, now=later(hours=5))
    assert "revision.text" in columns_with(full, CANARY)
    assert retain(full, hours=6)["erased"] == 2
    assert columns_with(full, CANARY, ID) == set()
    assert retain(full, hours=7)["erased"] == 0


@on_sqlite
def test_erasing_is_on_record_and_can_be_done_again_on_a_backup(full: Newsroom) -> None:
    with full.app.database.read() as session:
        author = session.scalars(select(Author.id).where(Author.external_id == ID)).one()
        reader = session.scalars(select(Reader.id).join(Flag, Flag.reader_id == Reader.id).where(Flag.note.contains("says"))).one()  # fmt: skip
    again = [
        {"kind": "author", "id": author, "erased_at": later(hours=5)},
        {"kind": "reader", "id": reader, "erased_at": later(hours=5)},
        {"kind": "author", "id": "0" * 32, "erased_at": later(hours=5)},
    ]
    done = [full.app.erasure.repeat(**one, now=later(hours=6)) for one in again]
    assert done == [True, True, False]
    assert columns_with(full, CANARY, ID) == set()
    assert [full.app.erasure.repeat(**one, now=later(hours=7)) for one in again] == [False] * 3
    assert [(one["kind"], one["id"]) for one in full.app.erasure.erased()] == [("author", author), ("reader", reader)]


@on_sqlite
def test_a_person_who_only_flagged_can_be_erased_and_a_stranger_cannot(newsroom: Newsroom) -> None:
    newsroom.judged()
    newsroom.flag(reader=ID, note=f"says {CANARY}")
    assert newsroom.app.erasure.preview(site_id=newsroom.site_id, author_id=ID)["flags"] == 1
    erase(newsroom)
    assert columns_with(newsroom, CANARY) == set() and count(newsroom, Flag) == 1
    with pytest.raises(NotFound):
        erase(newsroom)
    with pytest.raises(NotFound):
        erase(newsroom, "nobody")


@on_sqlite
def test_all_sites_of_one_login_forget_and_other_logins_do_not(newsroom: Newsroom) -> None:
    create = newsroom.app.sites.create
    made = [create(slug=slug, realm="one-login", by=OPERATOR, now=NOW) for slug in ("north", "south")]
    north, south = (Newsroom(newsroom.app, newsroom.queue, newsroom.sender, site) for site in made)
    for site in (north, south, newsroom):
        site.judged(text=f"Words of {CANARY}.", author=ID)
    assert erase(north)["sites"] == 2
    for site in (north, south):
        with pytest.raises(NoLongerKept):
            site.get()
        assert site.event_types()[-1] == "comment.withdrawn"
    assert newsroom.get()["text"] == f"Words of {CANARY}."


@on_sqlite
def test_an_import_brings_no_erased_comment_back(full: Newsroom) -> None:
    erase(full, now=later(hours=5))
    again = Decided(comment=comment("c3", f"Other words of {CANARY}.", author=ID), status="published")
    assert full.app.imports.take(site_id=full.site_id, comments=[again], by=SYSTEM, now=later(hours=6)) == 0
    assert columns_with(full, CANARY, ID) == set()
    assert count(full, Appeal) == 1

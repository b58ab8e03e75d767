"""What is sent again with a few words changed is found, across stories and commenters, by an index."""

import random
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from moderation.config import Settings
from moderation.storage.models import Revision, Verdict, new_id
from moderation.storage.queries import history
from tests.factories import NOW, Newsroom, later

TEXTS = (
    "My cousin earns eight thousand a month from her sofa, and so can you when you write to her agency this week.",
    "My sister earns nine thousand a month from her sofa, and so can you when you write to her agency this week.",
    "My cousin earns eight thousand a month from her sofa!! And so can you when you write to his agency this month.",
)
RULE = """
rules:
  - id: nearly-the-same
    category: spam
    state: live
    title: Nearly the same text again
    when:
      - repeat: {times: {at_least: 3}, by: anyone, likeness: {at_least: 0.3}}
    action: hold
    reason: Nearly the same text.
    message: This text was sent before.
    examples:
      match:
        - text: Write to my agency this week and earn eight thousand a month from your own sofa, as I do.
          previous:
            - {text: "Write to her agency this week and earn nine thousand a month from your own sofa, as I do."}
            - {text: "Write to my agency this day and earn eight thousand a month from your own sofa, as we do."}
      pass: [An ordinary remark.]
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tests' rules with one about texts that are nearly the same."""
    assert settings.rules_dir is not None
    (settings.rules_dir / "60-nearly.yaml").write_text(RULE)
    return settings


def sent(newsroom: Newsroom, number: int, text: str, **given: Any) -> str:
    """A comment of a commenter of its own under a story of its own; its status."""
    comment = newsroom.judged(
        f"c{number}", text=text, author=f"reader-{number}", story=f"story-{number}", now=later(minutes=number), **given
    )
    return str(comment["status"])


def test_the_third_wording_is_held_whoever_sends_it_wherever(newsroom: Newsroom) -> None:
    assert [sent(newsroom, number, text) for number, text in enumerate(TEXTS)] == ["published", "published", "held"]
    with newsroom.app.database.read() as session:
        stored = session.scalars(select(Verdict.facts).order_by(Verdict.created_at.desc())).first()
    assert stored is not None
    assert [(row[2], row[3], row[4] > 0.3) for row in stored["previous"]] == [
        ("story-1", False, True),
        ("story-0", False, True),
    ]
    assert "sofa" not in str(stored)


def test_short_texts_and_others_pass(newsroom: Newsroom) -> None:
    for number in range(6):
        assert sent(newsroom, number, ("I agree.", "I agree!", "Well said, I agree.")[number % 3]) == "published"
    assert sent(newsroom, 7, "The bridge closes for two years, and nobody says who pays for the buses meanwhile.") == (
        "published"
    )


def test_rows_from_before_have_no_sketch_and_go_on(newsroom: Newsroom) -> None:
    for number, words in enumerate(TEXTS[:2]):
        sent(newsroom, number, words)
    nothing = dict.fromkeys(("sketch", "band_1", "band_2", "band_3", "band_4"))
    with newsroom.app.database.write() as session:
        session.execute(update(Revision).values(**nothing))
    assert sent(newsroom, 2, TEXTS[2]) == "published"
    assert sent(newsroom, 3, TEXTS[2]) == "published"
    assert sent(newsroom, 4, TEXTS[2].upper()) == "held"


def test_an_edit_is_no_repeat_of_itself(newsroom: Newsroom) -> None:
    sent(newsroom, 0, TEXTS[0])
    for number, words in enumerate(TEXTS[1:], 2):
        comment = newsroom.judged("c0", text=words, author="reader-0", story="story-0", revision=number, now=NOW)
    assert comment["status"] == "published"


def filled(newsroom: Newsroom) -> None:
    """Some thousand revisions of other texts and other commenters beside the one that is there."""
    chance = random.Random(3)
    with newsroom.app.database.write() as session:
        [known] = session.execute(select(*Revision.__table__.columns)).mappings()
        rows = [
            dict(known)
            | {f"band_{band}": chance.randrange(1 << 27) for band in (1, 2, 3, 4)}
            | {"id": new_id(), "number": number, "author_id": new_id(), "fingerprint": new_id(), "state": "done"}
            for number in range(2, 3000)
        ]
        session.execute(insert(Revision), rows)
        session.execute(text("ANALYZE"))


def test_the_look_up_reads_by_index(newsroom: Newsroom) -> None:
    sent(newsroom, 0, TEXTS[0])
    filled(newsroom)
    statements: list[tuple[str, Any]] = []
    database = newsroom.app.database
    with database.read() as session:
        revision = session.scalars(select(Revision).where(Revision.number == 1)).one()
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
        history.recent(session, revision, since=later(hours=-24), limit=200)
        statement, parameters = statements[-1]
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
    assert "Seq Scan on revision" not in plan
    assert "SCAN revision" not in plan
    for index in ("author_id_received_at", "site_id_fingerprint", "band_1", "band_2", "band_3", "band_4"):
        assert f"ix_revision_{index}" in plan

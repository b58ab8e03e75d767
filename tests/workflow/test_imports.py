"""History that is taken in: there once, counted for its author, shown at the desk, and nobody is told or blocked."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from moderation.storage.models import AuditRow, Comment, Decision, Event, Revision, Strike
from moderation.storage.queries import history
from moderation.workflow.imports import Decided
from moderation.workflow.incoming import Actor
from tests.factories import NOW, Newsroom, comment, later

LAST_YEAR = later(days=-365)


def past(id: str, status: str = "published", at: datetime | None = LAST_YEAR, **given: Any) -> Decided:
    reason = given.pop("reason", None)
    return Decided(comment=comment(id, created_at=at, **given), status=status, reason=reason, decided_at=at)  # type: ignore[arg-type]


def take(newsroom: Newsroom, *comments: Decided) -> int:
    return newsroom.app.imports.take(site_id=newsroom.site_id, comments=comments, by=Actor("operator"), now=NOW)


def count(newsroom: Newsroom, model: Any) -> int:
    with newsroom.app.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_history_counts_for_its_author_and_nothing_follows_from_it(newsroom: Newsroom) -> None:
    events = count(newsroom, Event)
    rejected = [past(f"r{number}", "rejected", text="You clodpole.", reason="personal_attack") for number in range(6)]
    assert take(newsroom, *(past(f"c{number}") for number in range(3)), *rejected) == 9
    with newsroom.app.database.read() as session:
        author = session.scalars(select(Comment.author_id).distinct()).one()
        assert history.published_by(session, author) == 3
        audit = session.scalars(select(AuditRow).where(AuditRow.act == "comments.imported")).one()
        assert (audit.by_kind, audit.details) == ("operator", {"count": 9})
        assert set(session.scalars(select(Revision.state))) == {"done"}
    assert (count(newsroom, Event), count(newsroom, Strike), count(newsroom, Decision)) == (events, 0, 6)
    assert not newsroom.queue.revisions and not newsroom.queue.deliveries
    newsroom.app.sweep.tick(now=later(days=1))
    assert not newsroom.queue.revisions
    standing = newsroom.app.authors.standing(site_id=newsroom.site_id, author_id="reader-1", now=NOW)
    assert standing["block"] is None and not standing["strikes"]


def test_a_repeat_changes_nothing_also_within_one_batch(newsroom: Newsroom) -> None:
    assert take(newsroom, past("c1"), past("c1", text="Other words.")) == 1
    assert take(newsroom, past("c1", "rejected"), past("c2")) == 1
    assert newsroom.get("c1")["text"] == "A civil remark."
    assert newsroom.get("c1")["status"] == "published"


def test_an_edit_of_what_was_rejected_is_at_least_held(newsroom: Newsroom) -> None:
    take(newsroom, past("c1", "rejected", text="Nonsense."))
    newsroom.judged("c1", "A civil remark after all.", now=later(hours=1))
    assert newsroom.get("c1")["status"] == "held"

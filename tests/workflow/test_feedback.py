"""Feedback on texts that left no comment: the last word on each text, no words kept, gone with the site."""

from sqlalchemy import select

from moderation.storage.models import AuditRow, FeedbackRow
from tests.factories import NOW, SITE, Newsroom, later


def tell(newsroom: Newsroom, text: str, value: float, protocol: str = "akismet", **when: float) -> None:
    newsroom.app.feedback.tell(
        site_id=newsroom.site_id, protocol=protocol, text=text, values={"spam": value}, by=SITE,
        now=later(**when) if when else NOW,
    )  # fmt: skip


def rows(newsroom: Newsroom) -> list[FeedbackRow]:
    with newsroom.app.database.read() as session:
        return list(session.scalars(select(FeedbackRow).order_by(FeedbackRow.created_at, FeedbackRow.id)))


def test_the_last_word_on_a_text_counts_for_each_protocol(newsroom: Newsroom) -> None:
    tell(newsroom, "Buy pills.", 1.0)
    tell(newsroom, "Buy pills.", 0.0, hours=1)
    tell(newsroom, "Buy pills.", 1.0, protocol="perspective", hours=2)
    assert [(row.protocol, row.told, row.created_at) for row in rows(newsroom)] == [
        ("akismet", {"spam": 0.0}, later(hours=1)),
        ("perspective", {"spam": 1.0}, later(hours=2)),
    ]


def test_no_words_are_kept_and_the_act_is_on_record(newsroom: Newsroom) -> None:
    tell(newsroom, "Buy pills.", 0.0)
    tell(newsroom, "Buy pills.", 1.0)
    [row] = rows(newsroom)
    assert "pills" not in str(vars(row))
    with newsroom.app.database.read() as session:
        told = select(AuditRow).where(AuditRow.act == "feedback.told").order_by(AuditRow.position)
        first, audit = session.scalars(told)
    assert first.subject_id == audit.subject_id == row.id
    assert (audit.by_kind, audit.by_id, audit.details) == (
        "site",
        SITE.id,
        {"protocol": "akismet", "told": {"spam": 1.0}},
    )


def test_a_removed_site_takes_its_feedback_along(newsroom: Newsroom) -> None:
    tell(newsroom, "Buy pills.", 1.0)
    newsroom.app.sites.remove(slug=newsroom.slug)
    assert rows(newsroom) == []

"""Feedback on texts that left no comment: the last word on each text, no words kept, gone with the site."""

import pytest
from sqlalchemy import select

from moderation.engine.facts import Submission
from moderation.storage.models import AuditRow, FeedbackRow
from moderation.workflow.feedback import Feedback, Remark
from moderation.workflow.ports import Scores
from tests.factories import NOW, SITE, Newsroom, later


def tell(newsroom: Newsroom, text: str, value: float, protocol: str = "akismet", **when: float) -> None:
    newsroom.app.feedback.tell(
        site_id=newsroom.site_id, protocol=protocol, remark=Remark(text, {"spam": value}), by=SITE,
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


class Model:
    """Scores every text alike, or fails."""

    version = "scripted-1"

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        if self._fails:
            raise RuntimeError(submission.text)
        return Scores({"toxicity": 0.7}, {"toxicity": {"source": "scripted", "version": "1"}}, {})


@pytest.mark.parametrize(
    ("model", "attributes", "scores"),
    [
        (Model(), {"toxicity": 1.0}, {"toxicity": 0.7}),
        (Model(), {}, {}),
        (Model(fails=True), {"toxicity": 1.0}, {}),
        (None, {"toxicity": 1.0}, {}),
    ],
)
def test_the_scores_of_the_moment_are_kept_where_they_can_be_had(
    newsroom: Newsroom, model: Model | None, attributes: dict[str, float], scores: dict[str, float]
) -> None:
    verb = Feedback(newsroom.app.feedback.record, model)
    remark = Remark("You fool.", {"TOXICITY": 1.0}, attributes, "en")
    verb.tell(site_id=newsroom.site_id, protocol="perspective", remark=remark, by=SITE, now=NOW)
    [row] = rows(newsroom)
    assert (row.told, row.attributes, row.scores) == ({"TOXICITY": 1.0}, attributes, scores)
    assert bool(row.scored_by) is bool(scores)


def test_a_removed_site_takes_its_feedback_along(newsroom: Newsroom) -> None:
    tell(newsroom, "Buy pills.", 1.0)
    newsroom.app.sites.remove(slug=newsroom.slug)
    assert rows(newsroom) == []

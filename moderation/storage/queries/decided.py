"""Comments with the scores that they had and what became of them: what a site's own reading is fitted to."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from moderation.storage.models import Comment, Decision, FeedbackRow, Flag, Revision, Verdict

STOOD, APPROVED, TOLD = "stood", "approved", "told"
NOTHING: Mapping[str, float] = MappingProxyType({})
MOST = 20_000  # of the newest of each kind


class Row(NamedTuple):
    """The untuned scores, and the reason of a removal, else `approved`, `stood` where nobody objected, or `told`.

    told: what people said that the scores of the attributes should have been.
    """

    at: datetime
    scores: Mapping[str, float]
    reason: str
    told: Mapping[str, float] = NOTHING

    @property
    def is_removed(self) -> bool:
        """A person took it down."""
        return self.reason not in (STOOD, APPROVED, TOLD)


def with_scores(session: Session, *, site_id: str, stood_since: datetime) -> tuple[str, list[Row]]:
    """The version of the model that scored last, and all that it scored, oldest first."""
    decided = session.execute(
        select(Decision.created_at, Decision.decision, Decision.reason, Verdict.scores, Verdict.scored_by)
        .join(Verdict, and_(Verdict.revision_id == Decision.revision_id, Verdict.kind == "live"))
        .where(Decision.site_id == site_id, Decision.state == "in_force", Decision.decision != "hold")
        .order_by(Decision.created_at.desc())
        .limit(MOST)
    ).all()
    stood = session.execute(
        select(Verdict.created_at, Verdict.scores, Verdict.scored_by)
        .join(Revision, Revision.id == Verdict.revision_id)
        .join(Comment, and_(Comment.id == Revision.comment_id, Comment.published_revision == Revision.number))
        .where(
            Comment.site_id == site_id,
            Comment.status == "published",
            Verdict.kind == "live",
            Verdict.action == "allow",
            Verdict.created_at < stood_since,
            ~exists().where(Flag.comment_id == Comment.id),
            ~exists().where(Decision.comment_id == Comment.id),
        )
        .order_by(Verdict.created_at.desc())
        .limit(MOST)
    ).all()
    told = session.scalars(
        select(FeedbackRow).where(FeedbackRow.site_id == site_id).order_by(FeedbackRow.created_at.desc()).limit(MOST)
    ).all()
    several = [
        (Row(row.created_at, _untuned(row), row.reason if row.decision == "reject" else APPROVED), row.scored_by)
        for row in decided
    ]
    several += [(Row(row.created_at, _untuned(row), STOOD), row.scored_by) for row in stood]
    several += [(Row(row.created_at, row.scores, TOLD, row.attributes), row.scored_by) for row in told]
    several.sort(key=lambda each: each[0].at)
    last = next((model for _, scored_by in reversed(several) if (model := model_of(scored_by))), "")
    return last, [row for row, scored_by in several if model_of(scored_by) == last] if last else []


def model_of(scored_by: Mapping[str, Mapping[str, str]]) -> str:
    """Name and version of the model that gave the learned scores; empty where none did."""
    source = scored_by.get("toxicity")
    return f"{source['source'].removesuffix('-first-stage')}-{source['version']}" if source else ""


def _untuned(row: Any) -> dict[str, float]:
    return {name: float(row.scored_by.get(name, {}).get("untuned", score)) for name, score in row.scores.items()}

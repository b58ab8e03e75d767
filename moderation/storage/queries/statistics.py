"""Counts for the desk and for admins."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from moderation.storage.models import Appeal, Block, Comment, Decision, Match, ReviewItem, Verdict

NO_HITS: dict[str, Any] = {"hits": 0, "comments": 0, "rejected": 0, "approved": 0}


def hits_by_rule(session: Session, site_id: str, since: datetime) -> dict[str, dict[str, Any]]:
    """rule id → {hits, comments, rejected, approved}: matches since then, and what people decided on those comments."""
    rows = session.execute(
        select(
            Match.rule,
            func.count(Match.id),
            func.count(func.distinct(Verdict.revision_id)),
            func.count(func.distinct(case((Decision.decision == "reject", Verdict.revision_id)))),
            func.count(func.distinct(case((Decision.decision == "approve", Verdict.revision_id)))),
        )
        .join(Verdict, Verdict.id == Match.verdict_id)
        .outerjoin(Decision, (Decision.revision_id == Verdict.revision_id) & (Decision.state == "in_force"))
        .where(Match.site_id == site_id, Match.created_at >= since, Verdict.kind == "live")
        .group_by(Match.rule)
    )
    return {
        rule: {"hits": hits, "comments": comments, "rejected": rejected, "approved": approved}
        for rule, hits, comments, rejected, approved in rows
    }


def summary(session: Session, site_id: str, now: datetime) -> dict[str, Any]:
    """The numbers on the desk's first line."""
    mine = (ReviewItem.site_id == site_id) & ReviewItem.closed_at.is_(None)
    midnight = now - timedelta(hours=24)
    by_status = session.execute(
        select(Comment.status, func.count())
        .where(Comment.site_id == site_id, Comment.created_at >= midnight)
        .group_by(Comment.status)
    ).all()
    return {
        "waiting": session.scalar(select(func.count()).where(mine)) or 0,
        "urgent": session.scalar(select(func.count()).where(mine, ReviewItem.urgent.is_(True))) or 0,
        "oldest_at": session.scalar(select(func.min(ReviewItem.opened_at)).where(mine)),
        "proposed_blocks": session.scalar(
            select(func.count()).where(Block.site_id == site_id, Block.state == "proposed")
        )
        or 0,
        "appeals": session.scalar(select(func.count()).where(Appeal.site_id == site_id, Appeal.state == "open")) or 0,
        "last_day": {row[0]: row[1] for row in by_status},
    }

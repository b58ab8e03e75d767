"""What the safety limit asks the database: which rules are paused, and how much a rule stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from moderation.storage.models import Match, Publication, Revision, RulePause, Verdict


def in_force(session: Session, site_id: str) -> dict[str, RulePause]:
    """Hash of a rule → its pause at a site; of two the later, which is the milder."""
    rows = session.scalars(
        select(RulePause)
        .where(RulePause.site_id == site_id, RulePause.ended_at.is_(None))
        .order_by(RulePause.created_at, RulePause.id)
    )
    return {row.rule_hash: row for row in rows}


def of_rule(session: Session, site_id: str, rule_hash: str) -> Sequence[RulePause]:
    """All pauses of a rule as it stands, ended ones too."""
    query = select(RulePause).where(RulePause.site_id == site_id, RulePause.rule_hash == rule_hash)
    return session.scalars(query.order_by(RulePause.created_at, RulePause.id)).all()


def moves(session: Session, site_id: str, limit: int) -> Sequence[Row[str, datetime]]:
    """(version, created_at) of the latest moves of the site's pointer, the newest first."""
    return session.execute(
        select(Publication.version, Publication.created_at)
        .where(Publication.site_id == site_id)
        .order_by(Publication.position.desc(), Publication.id.desc())
        .limit(limit)
    ).all()


def checked(session: Session, site_id: str, versions: Sequence[str], since: datetime, limit: int) -> Sequence[Row[Any]]:
    """The latest comments that some versions of the rules checked: comment, revision and author, action, reasons."""
    return session.execute(
        select(
            Revision.comment_id,
            Revision.number,
            Revision.author_id,
            Verdict.action,
            Verdict.reasons,
            Verdict.created_at,
        )
        .join(Revision, Revision.id == Verdict.revision_id)
        .where(
            Verdict.site_id == site_id,
            Verdict.kind == "live",
            Verdict.ruleset.in_(versions),
            Verdict.created_at >= since,
        )
        .order_by(Verdict.created_at.desc())
        .limit(limit)
    ).all()


def earlier(session: Session, site_id: str, rule: str, since: datetime, until: datetime) -> tuple[int, int]:
    """(met, checked): what a rule met in trial or in an earlier form, of the comments from the first that it met on.

    A form that was paused and not released says nothing about how much is right.
    """
    wrong = select(RulePause.rule_hash).where(RulePause.site_id == site_id, RulePause.ended_at.is_(None))
    met, first = session.execute(
        select(func.count(func.distinct(Match.verdict_id)), func.min(Match.created_at)).where(
            Match.site_id == site_id,
            Match.rule == rule,
            Match.created_at >= since,
            Match.created_at < until,
            Match.rule_hash.not_in(wrong),
        )
    ).one()
    if not met:
        return 0, 0
    count = session.scalar(
        select(func.count()).where(
            Verdict.site_id == site_id,
            Verdict.kind == "live",
            Verdict.created_at >= first,
            Verdict.created_at < until,
        )
    )
    return met, count or 0

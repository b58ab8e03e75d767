"""What an operator must see of one site: what was published without a check, what waits, what failed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from moderation.storage.models import (
    ApiKey,
    Comment,
    CoralComment,
    Delivery,
    Endpoint,
    Heartbeat,
    Revision,
    Unchecked,
    Verdict,
    WriteBack,
)


def unchecked(session: Session, site_id: str, now: datetime) -> list[Row[Any]]:
    """(key_id, label, revoked_at, protocol, why, today, week, kept, last_at), the latest first; days are UTC's."""

    def since(days: int) -> Any:
        first = (now - timedelta(days=days)).date()
        return func.sum(case((Unchecked.day > first, Unchecked.count), else_=0))

    last = func.max(Unchecked.last_at).label("last_at")
    by = (Unchecked.key_id, ApiKey.label, ApiKey.revoked_at, Unchecked.protocol, Unchecked.why)
    query = select(*by, since(1).label("today"), since(7).label("week"), since(90).label("kept"), last)
    rows = query.join(ApiKey, ApiKey.id == Unchecked.key_id).where(Unchecked.site_id == site_id).group_by(*by)
    return list(session.execute(rows.order_by(last.desc())))


def pending(session: Session, site_id: str) -> tuple[int, datetime | None]:
    """How many comments have no verdict yet, and since when the oldest of them waits."""
    waiting = (Comment.site_id == site_id) & (Comment.status == "pending")
    query = select(func.count(), func.min(Revision.received_at)).select_from(Comment)
    newest = (Revision.comment_id == Comment.id) & (Revision.number == Comment.latest_revision)
    count, oldest = session.execute(query.join(Revision, newest).where(waiting)).one()
    return count, oldest


def endpoints(session: Session, site_id: str) -> list[Row[Any]]:
    """(id, url, disabled_at, disabled_reason, last_ok_at, due, failing, dead, oldest_at) of each webhook."""
    waiting = Delivery.state.in_(("due", "claimed"))
    counts = [
        func.count(case((waiting, 1))).label("due"),
        func.count(case((waiting & (Delivery.attempts > 0), 1))).label("failing"),
        func.count(case((Delivery.state == "dead", 1))).label("dead"),
        func.min(case((waiting, Delivery.created_at))).label("oldest_at"),
    ]
    of = (Endpoint.id, Endpoint.url, Endpoint.disabled_at, Endpoint.disabled_reason, Endpoint.last_ok_at)
    query = select(*of, *counts).outerjoin(Delivery, Delivery.endpoint_id == Endpoint.id)
    return list(session.execute(query.where(Endpoint.site_id == site_id).group_by(*of).order_by(Endpoint.id)))


def jobs(session: Session, of: type[CoralComment] | type[WriteBack], site_id: str) -> dict[str, int]:
    """state → how many comments to look at again in a Coral, or to tell of a decision."""
    query = select(of.state, func.count()).where(of.site_id == site_id)
    rows = session.execute(query.group_by(of.state)).all()
    return {row[0]: row[1] for row in rows}


def last_verdict(session: Session, site_id: str) -> datetime | None:
    """When a comment of the site last got one."""
    return session.scalar(select(func.max(Verdict.created_at)).where(Verdict.site_id == site_id))


def last_sweep(session: Session) -> datetime | None:
    """When the sweep last ran, wherever."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.part == "sweep"))

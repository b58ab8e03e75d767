"""The record of one commenter as the desk shows it: what counted, what was only proposed, and the latest comments."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import Author, Block, Comment, ReviewItem, Revision, Strike
from moderation.storage.queries import history, lookup
from moderation.workflow import blocks, desk_views
from moderation.workflow.desk_lines import matches_of
from moderation.workflow.present import Presenter

RECENT = 10


def record(session: Session, presenter: Presenter, site_id: str, author_id: str, now: datetime) -> dict[str, Any]:
    """What a site may see of an author (our own id)."""
    author = session.get_one(Author, author_id)
    block = lookup.active_block(session, author_id, site_id, now)
    proposed = session.scalar(
        select(Block).where(Block.author_id == author_id, Block.site_id == site_id, Block.state == "proposed")
    )
    strikes = _strikes(session, site_id, author_id)
    return {
        **desk_views.person(author),
        "joined_at": author.joined_at,
        "role": author.role,
        "legal_hold_at": author.legal_hold_at,
        "erased_at": author.erased_at if author.external_id is None else None,
        "published": history.published_by(session, author_id),
        "check_first_until": author.check_first_until,
        "block": blocks.view(block) if block else None,
        "proposed_block": {**blocks.view(proposed), "days": proposed.days} if proposed else None,
        "removals": [one for one in strikes if one["state"] == "confirmed"],
        "undecided": [one for one in strikes if one["state"] == "proposed"],
        "recent": _recent(session, presenter, site_id, author_id),
    }


def _strikes(session: Session, site_id: str, author_id: str) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Strike, Comment)
        .join(Comment, Comment.id == Strike.comment_id)
        .where(Strike.author_id == author_id, Strike.site_id == site_id, Strike.state != "void")
        .order_by(Strike.created_at.desc())
    ).all()
    items = _items(session, [comment.id for _, comment in rows])
    return [
        {"category": strike.category, "state": strike.state, "at": strike.confirmed_at or strike.created_at,
         "comment": comment.external_id, "item": items.get(comment.id)}
        for strike, comment in rows
    ]  # fmt: skip


def _recent(session: Session, presenter: Presenter, site_id: str, author_id: str) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Comment, Revision)
        .join(Revision, (Revision.comment_id == Comment.id) & (Revision.number == Comment.latest_revision))
        .where(Comment.author_id == author_id, Comment.site_id == site_id, Comment.erased_at.is_(None))
        .order_by(Comment.created_at.desc())
        .limit(RECENT)
    ).all()
    matches = matches_of(session, presenter, [revision for _, revision in rows])
    items = _items(session, [comment.id for comment, _ in rows])
    return [
        {"id": comment.external_id, "status": comment.status, "at": comment.created_at, "text": revision.text,
         "matches": matches.get(revision.id, []), "item": items.get(comment.id)}
        for comment, revision in rows
    ]  # fmt: skip


def _items(session: Session, comment_ids: list[str]) -> dict[str, str]:
    """The latest review item of each comment that ever had one: the page where it can be read."""
    rows = session.execute(
        select(ReviewItem.comment_id, ReviewItem.id)
        .where(ReviewItem.comment_id.in_(comment_ids))
        .order_by(ReviewItem.opened_at, ReviewItem.id)
    )
    return {row.comment_id: row.id for row in rows}

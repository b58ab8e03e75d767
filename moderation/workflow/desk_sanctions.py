"""Blocks and appeals as the desk shows them: with what led to them, and who did what."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.storage.models import Appeal, Author, Block, Comment, Decision, Revision, Strike, User
from moderation.storage.queries import lookup
from moderation.workflow import blocks, desk_record, desk_views
from moderation.workflow.desk_lines import matches_of
from moderation.workflow.present import Presenter

ENDED_LATELY = timedelta(days=30)
MOST_ENDED = 50


def all_blocks(session: Session, presenter: Presenter, site_id: str, now: datetime) -> dict[str, Any]:
    """{proposed, active, ended}: what waits for a person, what is in force, what ended in the last 30 days."""
    rows = session.execute(
        select(Block, Author)
        .join(Author, Author.id == Block.author_id)
        .where(Block.site_id == site_id, Block.state.in_(("proposed", "active")))
        .order_by(Block.created_at)
    ).all()
    ended = session.execute(
        select(Block, Author)
        .join(Author, Author.id == Block.author_id)
        .where(Block.site_id == site_id, Block.ended_at > now - ENDED_LATELY)
        .order_by(Block.ended_at.desc())
        .limit(MOST_ENDED)
    ).all()
    return {
        "proposed": [
            {**_block(session, block, author), "led_to_it": _led_to(session, presenter, block)}
            for block, author in rows
            if block.state == "proposed"
        ],
        "active": [_block(session, block, author) for block, author in rows if block.state == "active"],
        "ended": [_block(session, block, author) for block, author in ended],
    }


def open_appeals(session: Session, presenter: Presenter, site_id: str, now: datetime) -> list[dict[str, Any]]:
    """Open appeals, oldest first, each with what it is about, what was decided there, and the commenter's record."""
    rows = session.execute(
        select(Appeal, Author)
        .join(Author, Author.id == Appeal.author_id)
        .where(Appeal.site_id == site_id, Appeal.state == "open")
        .order_by(Appeal.created_at)
    ).all()
    return [_appeal(session, presenter, appeal, author, now) for appeal, author in rows]


def _block(session: Session, block: Block, author: Author) -> dict[str, Any]:
    return {
        **blocks.view(block),
        "days": block.days,
        "seconded_by": block.seconded_by,
        "created_at": block.created_at,
        "evidence": block.evidence,
        "author": desk_views.person(author),
        "by": who(session, block.by_kind, block.by_id),
        "ended_at": block.ended_at,
        "ended_by": who(session, block.ended_by_kind, block.ended_by_id) if block.ended_at else None,
        "end_reason": block.end_reason,
    }


def who(session: Session, kind: str | None, id: str | None) -> dict[str, str | None]:
    """{kind, name} of the one who acted; only people at the desk have names here."""
    name = session.scalar(select(User.login).where(User.id == id)) if kind == "user" else None
    return {"kind": kind, "name": name}


def _led_to(session: Session, presenter: Presenter, block: Block) -> list[dict[str, Any]]:
    """The removals at this site that a proposed block rests on, the latest first."""
    states = ("confirmed",) if "decision" in block.evidence else ("confirmed", "proposed")
    when = func.coalesce(Strike.confirmed_at, Strike.created_at)
    rows = session.execute(
        select(Strike, Comment, Revision)
        .join(Comment, Comment.id == Strike.comment_id)
        .join(Revision, Revision.id == Strike.revision_id)
        .where(
            Strike.author_id == block.author_id,
            Strike.site_id == block.site_id,
            Strike.category == block.category,
            Strike.state.in_(states),
            when <= block.created_at,
        )
        .order_by(when.desc())
        .limit(block.evidence.get("strikes") or 1)
    ).all()
    matches = matches_of(session, presenter, [revision for _, _, revision in rows])
    return [
        {"id": comment.external_id, "text": revision.text, "matches": matches.get(revision.id, []),
         "at": strike.confirmed_at or strike.created_at}
        for strike, comment, revision in rows
    ]  # fmt: skip


def _appeal(session: Session, presenter: Presenter, appeal: Appeal, author: Author, now: datetime) -> dict[str, Any]:
    comment = session.get(Comment, appeal.comment_id) if appeal.comment_id else None
    block = session.get(Block, appeal.block_id) if appeal.block_id else None
    return {
        "id": appeal.id,
        "text": appeal.text,
        "at": appeal.created_at,
        "author": desk_views.person(author),
        "comment": _comment(session, presenter, comment) if comment else None,
        "block": _of(appeal, _block(session, block, author), block) if block else None,
        "record": desk_record.record(session, presenter, appeal.site_id, author.id, now),
    }


def _of(appeal: Appeal, shown: dict[str, Any], block: Block) -> dict[str, Any]:
    """A block of all sites may be another site's: who works there is not told here."""
    return shown if block.site_id == appeal.site_id else {**shown, "by": {"kind": "other_site", "name": None}}


def _comment(session: Session, presenter: Presenter, comment: Comment) -> dict[str, Any]:
    revision = lookup.latest_revision(session, comment)
    decision = lookup.standing_decision(session, revision.id)
    return {
        "id": comment.external_id,
        "text": revision.text,
        "status": comment.status,
        "matches": matches_of(session, presenter, [revision]).get(revision.id, []),
        "decision": _decision(session, decision) if decision else None,
    }


def _decision(session: Session, decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.decision,
        "reason": decision.reason,
        "note": decision.note,
        "at": decision.created_at,
        "by": who(session, decision.by_kind, decision.by_id),
    }

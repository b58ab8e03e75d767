"""Rows as the pages of the desk show them; they hold text and names."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import Appeal, Author, Block, Comment, Flag, ReviewItem, Story
from moderation.storage.queries import lookup
from moderation.workflow import blocks


def prefilled_reason(comment: dict[str, Any]) -> str:
    """The reason that the decision form starts with: the category of the strictest live match, else of the flags."""
    verdict = comment["verdict"]
    order = {"reject": 3, "hold": 2, "review": 1, "allow": 0}
    matches = [match for match in (verdict["matches"] if verdict else []) if match["state"] == "live"]
    if matches:
        return str(max(matches, key=lambda match: order[match["action"]])["category"])
    counts = comment["flags"]["counts"]
    listed = {reason: count for reason, count in counts.items() if reason != "disagree"}
    return max(listed, key=lambda reason: listed[reason]) if listed else "other"


def item(item: ReviewItem, now: datetime) -> dict[str, Any]:
    held = item.claimed_until is not None and item.claimed_until > now
    return {
        "id": item.id,
        "source": item.source,
        "urgent": item.urgent,
        "opened_at": item.opened_at,
        "closed": item.closed_at is not None,
        "outcome": item.outcome,
        "claimed_by": item.claimed_by if held else None,
        "claimed_until": item.claimed_until if held else None,
    }


def person(author: Author) -> dict[str, Any]:
    return {"key": author.id, "id": author.external_id, "name": author.name}


def name(session: Session, comment: Comment) -> str | None:
    revision = lookup.latest_revision(session, comment)
    return revision.author_name or session.get_one(Author, comment.author_id).name


def story(story: Story) -> dict[str, Any]:
    return {
        "id": story.external_id,
        "url": story.url,
        "title": story.title,
        "body": story.body,
        "section": story.section,
        "sensitive": story.sensitive,
        "comments": story.comments,
        "byline": story.byline,
        "people": story.people,
        "published_at": story.published_at,
    }


def parent(session: Session, comment: Comment) -> dict[str, Any] | None:
    if comment.parent_external_id is None:
        return None
    parent = lookup.find_comment(session, comment.site_id, comment.parent_external_id)
    if parent is None:
        revision = lookup.latest_revision(session, comment)
        return {"id": comment.parent_external_id, "text": revision.parent_text, "name": None, "status": None}
    revision = lookup.latest_revision(session, parent)
    return {
        "id": parent.external_id,
        "text": revision.text,
        "name": name(session, parent),
        "status": parent.status,
        "same_author": parent.author_id == comment.author_id,
    }


def flags(session: Session, comment: Comment) -> list[dict[str, Any]]:
    revision = lookup.latest_revision(session, comment)
    rows = session.scalars(select(Flag).where(Flag.revision_id == revision.id).order_by(Flag.created_at))
    return [{"reason": row.reason, "note": row.note, "weight": row.weight, "at": row.created_at} for row in rows]


def open_appeal(session: Session, comment_id: str) -> dict[str, Any] | None:
    appeal = session.scalar(select(Appeal).where(Appeal.comment_id == comment_id, Appeal.state == "open"))
    return {"id": appeal.id, "text": appeal.text, "at": appeal.created_at} if appeal else None


def waiting(session: Session, comment: Comment) -> dict[str, Any] | None:
    """A decision that was taken but is not in force yet."""
    revision = lookup.latest_revision(session, comment)
    decision = lookup.standing_decision(session, revision.id)
    if decision is None:
        return None
    return {"id": decision.id, "decision": decision.decision, "state": decision.state, "by_id": decision.by_id}


def appeal(session: Session, appeal: Appeal, author: Author) -> dict[str, Any]:
    comment = session.get(Comment, appeal.comment_id) if appeal.comment_id else None
    block = session.get(Block, appeal.block_id) if appeal.block_id else None
    text = lookup.latest_revision(session, comment).text if comment else None
    return {
        "id": appeal.id,
        "text": appeal.text,
        "at": appeal.created_at,
        "author": person(author),
        "comment": {"id": comment.external_id, "text": text, "status": comment.status} if comment else None,
        "block": blocks.view(block) if block else None,
    }

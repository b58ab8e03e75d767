"""All that is stored of one person, for that person: what they wrote, what was decided and why, what followed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import NotFound
from moderation.storage.models import (
    Appeal,
    Author,
    Block,
    Comment,
    Decision,
    Flag,
    Reader,
    Revision,
    Site,
    Story,
    Strike,
    Verdict,
)
from moderation.storage.queries import lookup
from moderation.workflow import blocks
from moderation.workflow.times import rfc3339


def gathered(session: Session, site_id: str, external_id: str) -> dict[str, Any]:
    """The person by the site's id; NotFound for a stranger. What moderators noted and others flagged is not theirs."""
    _, realm = lookup.site_and_realm(session, site_id)
    author = lookup.find_author(session, realm, external_id)
    key = lookup.person_key(realm, external_id)
    reader = session.scalar(select(Reader).where(Reader.realm_id == realm.id, Reader.key == key))
    if author is None and reader is None:
        raise NotFound("Nobody with this id has commented or flagged here.")
    found: dict[str, Any] = {"id": external_id}
    if author is not None:
        found |= _commenter(session, author)
    return found | {"flags": _flags(session, reader) if reader else []}


def _commenter(session: Session, author: Author) -> dict[str, Any]:
    known = {
        "name": author.name,
        "role": author.role,
        "trusted": author.trusted,
        "joined_at": rfc3339(author.joined_at),
        "first_seen_at": rfc3339(author.created_at),
        "check_first_until": rfc3339(author.check_first_until),
    }
    barred = session.scalars(select(Block).where(Block.author_id == author.id).order_by(Block.created_at)).all()
    return known | {
        "comments": _comments(session, author),
        "removals": _strikes(session, author),
        "blocks": [{**blocks.view(one), "ended_at": rfc3339(one.ended_at)} for one in barred],
        "appeals": _appeals(session, author),
    }


def _comments(session: Session, author: Author) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Comment, Site.slug, Story.external_id.label("story"))
        .join(Site, Site.id == Comment.site_id)
        .join(Story, Story.id == Comment.story_id)
        .where(Comment.author_id == author.id, Comment.erased_at.is_(None))
        .order_by(Comment.created_at)
    ).all()
    return [
        {
            "id": row.Comment.external_id,
            "site": row.slug,
            "story": row.story,
            "status": row.Comment.status,
            "created_at": rfc3339(row.Comment.created_at),
            "metadata": row.Comment.metadata_,
            "revisions": _revisions(session, row.Comment),
        }
        for row in rows
    ]


def _revisions(session: Session, comment: Comment) -> list[dict[str, Any]]:
    rows = session.scalars(select(Revision).where(Revision.comment_id == comment.id).order_by(Revision.number)).all()
    return [
        {
            "revision": row.number,
            "text": row.text,
            "name": row.author_name,
            "received_at": rfc3339(row.received_at),
            "check": _check(lookup.live_verdict(session, row.id)),
            "decision": decision_document(lookup.standing_decision(session, row.id)),
        }
        for row in rows
    ]


def _check(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "action": verdict.action,
        "categories": verdict.categories,
        "reasons": verdict.reasons,
        "scores": verdict.scores,
        "at": rfc3339(verdict.created_at),
    }


def decision_document(decision: Decision | None) -> dict[str, Any] | None:
    """{decision, reason, at} of a decision, without who made it and what was noted."""
    if decision is None:
        return None
    return {"decision": decision.decision, "reason": decision.reason, "at": rfc3339(decision.effective_at)}


def _strikes(session: Session, author: Author) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Strike, Comment.external_id)
        .join(Comment, Comment.id == Strike.comment_id)
        .where(Strike.author_id == author.id)
        .order_by(Strike.created_at)
    ).all()
    return [
        {"comment": id, "category": row.category, "state": row.state, "at": rfc3339(row.confirmed_at or row.created_at)}
        for row, id in rows
    ]


def _appeals(session: Session, author: Author) -> list[dict[str, Any]]:
    rows = session.scalars(select(Appeal).where(Appeal.author_id == author.id).order_by(Appeal.created_at)).all()
    return [
        {"text": row.text, "state": row.state, "answer": row.answer, "at": rfc3339(row.created_at),
         "decided_at": rfc3339(row.decided_at)}
        for row in rows
    ]  # fmt: skip


def _flags(session: Session, reader: Reader) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Flag, Comment.external_id)
        .join(Comment, Comment.id == Flag.comment_id)
        .where(Flag.reader_id == reader.id)
        .order_by(Flag.created_at)
    ).all()
    return [{"comment": id, "reason": row.reason, "note": row.note, "at": rfc3339(row.created_at)} for row, id in rows]

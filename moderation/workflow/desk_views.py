"""Rows as the pages of the desk show them; they hold text and names."""

from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.engine.verdict import ACTING
from moderation.storage.models import Appeal, Author, Comment, Flag, ReviewItem, Revision, Story
from moderation.storage.queries import lookup
from moderation.storage.queries.find import FoundComment
from moderation.workflow.gravity import gravity, told_first

STORIES_LOOKED_AT = 100
# What readers report, as the reasons of a decision; "disagree" and "other" say nothing about the comment.
FLAGGED_AS = {"uncivil": "civility", "disagree": None, "other": None}


def prefilled_reason(comment: dict[str, Any]) -> str | None:
    """The reason that the decision form starts with: of what weighs most among the live matches, else of the flags.

    None where nothing fits: a wrong guess would count against the commenter with one click.
    """
    verdict = comment["verdict"]
    matches = [match for match in (verdict["matches"] if verdict else []) if match["state"] in ACTING]
    acting = [(match["action"], match["category"]) for match in matches if match["action"] != "allow"]
    if acting:
        return str(max(acting, key=lambda one: told_first(*one))[1])
    counts: Counter[str] = Counter()
    for said, count in comment["flags"]["counts"].items():
        if category := FLAGGED_AS.get(said, said):
            counts[category] += count
    return max(counts, key=lambda one: (counts[one], gravity("hold", one))) if counts else None


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


NO_ITEM: dict[str, Any] = {
    "id": None, "source": None, "urgent": False, "opened_at": None, "closed": True, "outcome": None,
    "claimed_by": None, "claimed_until": None,
}  # fmt: skip


def found(row: FoundComment, matches: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.comment.external_id,
        "text": row.revision.text,
        "status": row.comment.status,
        "matches": matches,
        "name": row.revision.author_name or row.author_name or row.author_id,
        "story": {"title": row.story_title},
        "at": row.comment.created_at,
    }


def person(author: Author) -> dict[str, Any]:
    return {"key": author.id, "id": author.external_id, "name": author.name}


def name(session: Session, comment: Comment) -> str | None:
    revision = lookup.latest_revision(session, comment)
    return revision.author_name or session.get_one(Author, comment.author_id).name


def story(session: Session, story: Story) -> dict[str, Any]:
    return {
        "id": story.external_id,
        "link": _link(session, story),
        "title": story.title,
        "body": story.body,
        "section": story.section,
        "sensitive": story.sensitive,
        "comments": story.comments,
        "byline": story.byline,
        "people": story.people,
        "published_at": story.published_at,
    }


def _link(session: Session, story: Story) -> str | None:
    """The story's address where it is https and of the host that most of the site's latest stories have."""
    host = _https_host(story.url)
    if host is None:
        return None
    urls = session.scalars(
        select(Story.url)
        .where(Story.site_id == story.site_id, Story.url.is_not(None))
        .order_by(Story.published_at.desc(), Story.id)
        .limit(STORIES_LOOKED_AT)
    )
    hosts = Counter(known for url in urls if (known := _https_host(url)))
    return story.url if hosts[host] == max(hosts.values(), default=0) else None


def _https_host(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
        return parts.hostname if parts.scheme == "https" and not parts.username else None
    except ValueError:
        return None


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
        "name": name(session, parent) if parent.erased_at is None else None,
        "status": parent.status,
        "same_author": parent.author_id == comment.author_id,
    }


def public_text(session: Session, comment: Comment) -> dict[str, Any] | None:
    """What readers see while an edit waits or was stopped; None where that is the latest revision, or nothing."""
    if comment.published_revision in (None, comment.latest_revision):
        return None
    revision = lookup.revision(session, comment.id, comment.published_revision)
    return {"revision": revision.number, "text": revision.text, "flags": flags(session, revision)}


def flags(session: Session, revision: Revision) -> list[dict[str, Any]]:
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

"""What is known of an author's past: counts and fingerprints, no text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from moderation.engine.facts import Submission
from moderation.storage.models import Author, Comment, Revision, Story, Strike, Verdict

STOPPING = ("hold", "reject")  # actions after which a comment is not shown
PUBLISHED_COUNTED = 1000  # rules ask for "fewer than 3", "at least 50": counting further tells nothing


def published_by(session: Session, author_id: str) -> int:
    """How many comments of the author are public (at most 1,000)."""
    some = (
        select(Comment.id)
        .where(Comment.author_id == author_id, Comment.published_revision.is_not(None))
        .limit(PUBLISHED_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


def recent(
    session: Session,
    *,
    site_id: str,
    author_id: str,
    fingerprint: str,
    comment_id: str,
    since: datetime,
    until: datetime,
    limit: int,
) -> list[tuple[datetime, str, str | None, bool]]:
    """(received, fingerprint, story, same author) of other comments: the author's, and anybody's with the same words.

    Newest first; of each comment its latest revision, so that an edit is not a repeat of itself.
    """
    mine = Revision.author_id == author_id
    same_words = and_(Revision.site_id == site_id, Revision.fingerprint == fingerprint)
    rows = session.execute(
        select(Revision.received_at, Revision.fingerprint, Story.external_id, mine.label("same_author"))
        .join(Comment, and_(Comment.id == Revision.comment_id, Comment.latest_revision == Revision.number))
        .join(Story, Story.id == Comment.story_id)
        .where(
            Revision.comment_id != comment_id,
            Revision.received_at >= since,
            Revision.received_at <= until,
            or_(mine, same_words),
        )
        .order_by(Revision.received_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in rows]


def confirmed_strikes(
    session: Session, author_id: str, category: str, site_id: str | None = None
) -> Sequence[datetime]:
    """When the author's strikes of a category were confirmed (at one site, or in the whole realm)."""
    query = select(Strike.confirmed_at).where(
        Strike.author_id == author_id, Strike.state == "confirmed", Strike.category == category
    )
    if site_id is not None:
        query = query.where(Strike.site_id == site_id)
    return [at for at in session.scalars(query) if at is not None]


def counting_strikes(session: Session, author_id: str, category: str, site_id: str | None = None) -> Sequence[datetime]:
    """When strikes began to count where verdicts do: confirmed, or proposed by a verdict that stopped the comment.

    One for each comment, however often it was edited.
    """
    stopped = and_(Strike.state == "proposed", Verdict.action.in_(STOPPING))
    query = (
        select(func.min(Strike.created_at))
        .outerjoin(Verdict, Verdict.id == Strike.verdict_id)
        .where(Strike.author_id == author_id, Strike.category == category)
        .where(or_(Strike.state == "confirmed", stopped))
        .group_by(Strike.comment_id)
    )
    if site_id is not None:
        query = query.where(Strike.site_id == site_id)
    return session.scalars(query).all()


def with_earned_trust(
    session: Session, submission: Submission, author: Author, settings: Mapping[str, Any], now: datetime
) -> Submission:
    """Trust by record: enough published comments and no confirmed strike for long enough (site setting `trusted`)."""
    earned = settings.get("trusted") or {}
    enough = int(earned.get("published", 50))
    if submission.author.trusted or (submission.author.published or 0) < enough:
        return submission
    since = now - timedelta(days=30.4 * float(earned.get("months", 12)))
    struck = select(Strike.id).where(
        Strike.author_id == author.id, Strike.state == "confirmed", Strike.confirmed_at > since
    )
    if session.scalar(struck.limit(1)) is not None:
        return submission
    return replace(submission, author=replace(submission.author, trusted=True))

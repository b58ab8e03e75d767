"""What is known of an author's past: counts and fingerprints, no text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, func, or_, select, union
from sqlalchemy.orm import Session

from moderation.engine.facts import Submission
from moderation.engine.text.sketches import likeness
from moderation.storage.models import Author, Comment, Revision, Story, Strike, Verdict

STOPPING = ("hold", "reject")  # actions after which a comment is not shown
BANDS = ("band_1", "band_2", "band_3", "band_4")
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
    session: Session, revision: Revision, *, since: datetime, limit: int
) -> list[tuple[datetime, str, str | None, bool, float | None]]:
    """(received, fingerprint, story, same author, likeness) of other comments before this one, newest first.

    The author's, and anybody's at the site with the same words or a piece of a long text in common. Of each comment its
    latest revision, so that an edit is not a repeat of itself. Likeness is None where one of the two has no sketch.
    """
    mine = Revision.author_id == revision.author_id
    rows = session.execute(
        select(
            Revision.received_at, Revision.fingerprint, Story.external_id, mine.label("same_author"), Revision.sketch
        )
        .join(Comment, and_(Comment.id == Revision.comment_id, Comment.latest_revision == Revision.number))
        .join(Story, Story.id == Comment.story_id)
        .where(Revision.id.in_(_candidates(revision, since)), Revision.comment_id != revision.comment_id)
        .order_by(Revision.received_at.desc())
        .limit(limit)
    )
    own = revision.sketch
    return [
        (at, known, story, bool(same), likeness(own, other) if own and other else None)
        for at, known, story, same, other in rows
    ]


def _candidates(revision: Revision, since: datetime) -> CompoundSelect[Any]:
    """The author's, those with the same words, those with an equal band: a union, so that each has its own index."""
    here = Revision.site_id == revision.site_id
    ways = [Revision.author_id == revision.author_id, and_(here, Revision.fingerprint == revision.fingerprint)]
    for name in BANDS:
        value = getattr(revision, name)
        if value is not None:
            ways.append(and_(here, getattr(Revision, name) == value))
    day = Revision.received_at.between(since, revision.received_at)
    return union(*(select(Revision.id).where(way, day) for way in ways))


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

"""The open review items of a site in the order in which they need people."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import Author, Comment, ReviewItem, Story


class Row(NamedTuple):
    """An open item with what a line of the list shows."""

    item: ReviewItem
    author_name: str | None
    author_id: str | None
    story_title: str | None
    story_section: str | None


def open_items(session: Session, *, site_id: str, upto: int, source: str | None, limit: int) -> list[Row]:
    """Items opened at or before the site's position `upto`: urgent first, then by rank, then oldest first."""
    query = (
        select(ReviewItem, Author.name, Author.external_id, Story.title, Story.section)
        .join(Comment, Comment.id == ReviewItem.comment_id)
        .join(Author, Author.id == Comment.author_id)
        .join(Story, Story.id == Comment.story_id)
        .where(ReviewItem.site_id == site_id, ReviewItem.closed_at.is_(None), ReviewItem.opened <= upto)
        .order_by(ReviewItem.urgent.desc(), ReviewItem.rank.desc(), ReviewItem.opened, ReviewItem.id)
        .limit(limit)
    )
    if source is not None:
        query = query.where(ReviewItem.source == source)
    return [Row(*row) for row in session.execute(query)]

"""Comments of a site by their words, names and ids."""

from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.storage.models import Author, Comment, Revision, Story


class FoundComment(NamedTuple):
    """A comment with what a line about it shows."""

    comment: Comment
    revision: Revision
    author_name: str | None
    author_id: str | None
    story_title: str | None


def find_comments(
    session: Session, *, site_id: str, words: str, status: str | None, skip: int, limit: int
) -> list[FoundComment]:
    """Latest revisions in which each of the words stands in the text, a name, an id, or the story; newest first.

    Capitals count for letters beyond ASCII on SQLite, which knows no others.
    """
    query = (
        select(Comment, Revision, Author.name, Author.external_id, Story.title)
        .join(Revision, (Revision.comment_id == Comment.id) & (Revision.number == Comment.latest_revision))
        .join(Author, Author.id == Comment.author_id)
        .join(Story, Story.id == Comment.story_id)
        .where(Comment.site_id == site_id, Comment.erased_at.is_(None))
        .order_by(Comment.created_at.desc(), Comment.id)
        .offset(skip)
        .limit(limit)
    )
    if status is not None:
        query = query.where(Comment.status == status)
    places = (
        Revision.text, Revision.author_name, Author.name, Author.external_id, Comment.external_id,
        Story.title, Story.url, Story.external_id,
    )  # fmt: skip
    for word in words.split():
        query = query.where(or_(*(place.icontains(word, autoescape=True) for place in places)))
    return [FoundComment(*row) for row in session.execute(query)]

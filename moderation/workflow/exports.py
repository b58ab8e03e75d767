"""A site's comments on their way out: one plain record for each, in the order in which they came, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import aliased

from moderation.storage.models import Author, Comment, Decision, Revision, Story, Verdict
from moderation.storage.queries import lookup
from moderation.storage.unit_of_work import Database
from moderation.workflow import person_data
from moderation.workflow.times import rfc3339

PAGE = 500
_Found = tuple[Comment, Revision, Author, Story, Verdict, Decision, str | None]  # the last three may be None


@dataclass(frozen=True, slots=True)
class Exports:
    """The verbs that hand out everything of a site."""

    database: Database

    def count(self, *, site_id: str) -> int:
        """How many comments there are."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(Comment).where(Comment.site_id == site_id)) or 0

    def comments(self, *, site_id: str, after: str | None = None) -> Iterator[dict[str, Any]]:
        """Every comment with its latest text and what became of it; `after` is the id of the last one you have.

        No transaction stays open between two pages: what comes in meanwhile is at the end.
        """
        last = ""
        if after is not None:
            with self.database.read() as session:
                last = lookup.comment(session, site_id, after).id
        while True:
            with self.database.read() as session:
                rows = session.execute(_page(site_id, last)).all()
            if not rows:
                return
            yield from map(_record, rows)
            last = rows[-1].Comment.id

    def person(self, *, site_id: str, author_id: str) -> dict[str, Any]:
        """All that is stored of one person, at every site of the login system, by the site's id. Raises NotFound."""
        with self.database.read() as session:
            return person_data.gathered(session, site_id, author_id)


def _page(site_id: str, last: str) -> Select[*_Found]:
    public = aliased(Revision)
    decided = and_(Decision.revision_id == Revision.id, Decision.state == "in_force")
    return (
        select(Comment, Revision, Author, Story, Verdict, Decision, public.text.label("public_text"))
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.number == Comment.latest_revision))
        .join(Author, Author.id == Comment.author_id)
        .join(Story, Story.id == Comment.story_id)
        .outerjoin(Verdict, and_(Verdict.revision_id == Revision.id, Verdict.kind == "live"))
        .outerjoin(Decision, decided)
        .outerjoin(public, and_(public.comment_id == Comment.id, public.number == Comment.published_revision))
        .where(Comment.site_id == site_id, Comment.id > last)
        .order_by(Comment.id)
        .limit(PAGE)
    )


def _record(row: Row[*_Found]) -> dict[str, Any]:
    comment, revision = row.Comment, row.Revision
    is_edited = comment.published_revision not in (None, revision.number)
    return {
        "id": comment.external_id,
        "revision": revision.number,
        "text": revision.text,
        "format": revision.format,
        "language": revision.language,
        "created_at": rfc3339(revision.written_at or revision.received_at),
        "author": _author(row),
        "story": {
            "id": row.Story.external_id,
            "url": row.Story.url,
            "title": row.Story.title,
            "section": row.Story.section,
        },
        "parent": {"id": comment.parent_external_id} if comment.parent_external_id else None,
        "status": comment.status,
        "publish": comment.published_revision is not None,
        "public": {"revision": comment.published_revision, "text": row.public_text} if is_edited else None,
        "decided_by": comment.decided_by,
        "verdict": _verdict(row.Verdict),
        "decision": person_data.decision_document(row.Decision),
        "metadata": comment.metadata_,
    }


def _author(row: Row[*_Found]) -> dict[str, Any]:
    """An erased comment stays nobody's, even where its author is there again under a block."""
    if row.Comment.erased_at is not None:
        return {"id": None, "name": None}
    return {"id": row.Author.external_id, "name": row.Revision.author_name or row.Author.name}


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "action": verdict.action,
        "categories": verdict.categories,
        "scores": verdict.scores,
        "language": verdict.language,
        "ruleset": verdict.ruleset,
    }

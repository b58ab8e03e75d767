"""The lines of the queue, read in a few questions for all of them together: a page of fifty must not ask five hundred."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.engine.facts import Author as Writer
from moderation.engine.facts import Submission
from moderation.storage.models import Comment, Flag, Match, Revision, Verdict
from moderation.storage.queries.review import Row
from moderation.workflow import desk_views
from moderation.workflow.present import Presenter, engine_match, match_view


def lines(
    session: Session, presenter: Presenter, rows: Sequence[Row], now: datetime, user_id: str
) -> list[dict[str, Any]]:
    """One line for each open item: the comment's text, status, matches and flags, its author and story."""
    comments = {row.id: row for row in session.scalars(_of(Comment, [row.item.comment_id for row in rows]))}
    revisions = {
        revision.comment_id: revision
        for revision in session.scalars(
            select(Revision)
            .join(Comment, (Comment.id == Revision.comment_id) & (Comment.latest_revision == Revision.number))
            .where(Comment.id.in_(comments))
        )
    }
    ids = [revision.id for revision in revisions.values()]
    matches = matches_of(session, presenter, revisions.values())
    flags = _flags(session, ids)
    return [
        _line(row, comments[row.item.comment_id], revisions[row.item.comment_id], matches, flags, now, user_id)
        for row in rows
    ]


def _of(model: Any, ids: Sequence[str]) -> Any:
    return select(model).where(model.id.in_(ids))


def matches_of(
    session: Session, presenter: Presenter, revisions: Iterable[Revision]
) -> dict[str, list[dict[str, Any]]]:
    """What the live rules saw in each of several revisions, by the revision's id."""
    by_id = {revision.id: revision for revision in revisions}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(Verdict.revision_id, Verdict.ruleset, Match)
        .join(Match, Match.verdict_id == Verdict.id)
        .where(Verdict.revision_id.in_(by_id), Verdict.kind == "live")
        .order_by(Match.ordinal)
    )
    for revision_id, version, match in rows:
        revision = by_id[revision_id]
        submission = Submission(text=revision.text or "", author=Writer(name=revision.author_name))
        ruleset = presenter.ruleset(session, version)
        found[revision_id].append(match_view(engine_match(match), submission, ruleset))
    return found


def _flags(session: Session, revision_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(Flag.revision_id, Flag.reason, func.count())
        .where(Flag.revision_id.in_(revision_ids))
        .group_by(Flag.revision_id, Flag.reason)
    )
    for revision_id, reason, count in rows:
        counts[revision_id][reason] = count
    return counts


def _line(
    row: Row,
    comment: Comment,
    revision: Revision,
    matches: dict[str, list[dict[str, Any]]],
    flags: dict[str, dict[str, int]],
    now: datetime,
    user_id: str,
) -> dict[str, Any]:
    claimed = row.item.claimed_until is not None and row.item.claimed_until > now
    counts = flags.get(revision.id, {})
    return {
        "item": desk_views.item(row.item, now),
        "comment": {
            "id": comment.external_id,
            "text": revision.text,
            "status": comment.status,
            "matches": matches.get(revision.id, []),
            "flags": {"total": sum(counts.values()), "counts": counts},
        },
        "name": revision.author_name or row.author_name or row.author_id,
        "story": {"title": row.story_title, "section": row.story_section},
        "claimed_by_another": claimed and row.item.claimed_by != user_id,
    }

"""The one way in which a comment's standing changes, and what the record says of it."""

from typing import Any

from moderation.lifecycle import DecidedBy, Standing, event_for
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Comment, Story, Verdict
from moderation.workflow.incoming import Actor
from moderation.workflow.present import comment_data


def standing(comment: Comment) -> Standing:
    """Where a stored comment stands."""
    return Standing(comment.status, comment.published_revision)  # type: ignore[arg-type]  # checked by the table


def move(
    ledger: Ledger,
    comment: Comment,
    after: Standing,
    *,
    decided_by: DecidedBy | None,
    by: Actor,
    revision: int,
    verdict: Verdict | None,
    **details: Any,
) -> bool:
    """Takes `comment` to `after`: the row, its one event, its audit row. False where nothing changed."""
    before = standing(comment)
    if before == after:
        return False
    comment.status, comment.published_revision = after.status, after.published_revision
    comment.decided_by = decided_by
    comment.updated_at = ledger.now
    event = event_for(before, after)
    if event is None:
        return True
    ledger.moved(event, comment, event_data(ledger, comment, revision, verdict))
    ledger.audit(
        by=by,
        act=event,
        subject=("comment", comment.id),
        revision=revision,
        decided_by=decided_by,
        **details,
    )
    return True


def event_data(ledger: Ledger, comment: Comment, revision: int, verdict: Verdict | None) -> dict[str, Any]:
    """What an event about this comment carries."""
    author = ledger.session.get(Author, comment.author_id)
    story = ledger.session.get(Story, comment.story_id)
    return comment_data(
        comment,
        revision=revision,
        verdict=verdict,
        author_id=author.external_id if author else None,
        story_id=story.external_id if story else "",
    )

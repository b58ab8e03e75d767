"""What is past its time at one site. Never: what is kept for legal proceedings, and what a person has still to decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from moderation.storage.models import (
    Appeal,
    Author,
    Block,
    Comment,
    Decision,
    Flag,
    ReviewItem,
    Revision,
    Strike,
    Verdict,
)

OTHER = "other"  # what stands for a block's reason once its words are gone
_OVER = ("lifted", "expired", "declined")
_Id = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Before when something has to be over, so that it goes; None: it is kept."""

    published: datetime | None
    stopped: datetime | None
    flags: datetime | None
    strikes: datetime | None
    decisions: datetime | None


def texts(
    session: Session, site_id: str, before: Cutoffs, *, limit: int, among: Sequence[str] | None = None
) -> Sequence[Row[str, str]]:
    """(id, author) of comments whose words go; with `among` only these, locked and looked at again."""
    found: list[Row[str, str]] = []
    for way in (_public(before.published), *_stopped(before.stopped, before.published)):
        query = (
            select(Comment.id, Comment.author_id)
            .join(Revision, and_(Revision.comment_id == Comment.id, Revision.number == Comment.latest_revision))
            .where(Comment.site_id == site_id, Comment.texts_removed_at.is_(None), way)
            .where(free(Comment.id), ~undecided(Comment.id))
        )
        if among is not None:
            query = query.where(Comment.id.in_(among)).order_by(Comment.id)
            query = query.with_for_update(of=Comment, skip_locked=True)
        else:  # in the order of the index, so that it ends with the first ones found
            query = query.order_by(Comment.created_at).limit(limit - len(found))
        found += session.execute(query).all()
    return found


def _public(before: datetime | None) -> ColumnElement[bool]:
    if before is None:
        return false()
    return and_(Comment.status == "published", Comment.created_at < before, Revision.received_at < before)


def _stopped(before: datetime | None, public_before: datetime | None) -> Iterator[ColumnElement[bool]]:
    """Removed or taken back, or held by a person's decision: the time counts from then, or from the appeal's end."""
    if before is None:
        return
    decided_since = exists().where(
        Decision.comment_id == Comment.id, Decision.state != "undone", Decision.effective_at >= before
    )
    earlier_is_public = Comment.published_revision.is_not(None)
    public_is_old = false() if public_before is None else Revision.received_at < public_before
    over = and_(
        Comment.created_at < before,
        Comment.updated_at < before,
        or_(~earlier_is_public, public_is_old),
        ~decided_since,
        ~_appealed_since(Comment.id, before),
    )
    yield and_(Comment.status == "rejected", over)
    yield and_(Comment.status == "withdrawn", over)
    yield and_(Comment.status == "held", Comment.decided_by == "person", over)


def notes(site_id: str, before: datetime) -> Select[str]:
    """Decisions whose notes go."""
    return select(Decision.id).where(
        Decision.site_id == site_id,
        Decision.note.is_not(None),
        Decision.state != "waiting",
        Decision.effective_at < before,
        ~undecided(Decision.comment_id),
        ~_appealed_since(Decision.comment_id, before),
        free(Decision.comment_id),
    )


def appeals(site_id: str, before: datetime) -> Select[str]:
    """Appeals whose words go."""
    return select(Appeal.id).where(
        Appeal.site_id == site_id,
        Appeal.state != "open",
        Appeal.decided_at < before,
        or_(Appeal.text.is_not(None), Appeal.answer.is_not(None)),
        free(Appeal.comment_id),
        free_author(Appeal.author_id),
    )


def blocks(site_id: str, before: datetime) -> Select[str]:
    """Blocks that are over and whose words go."""
    spoken = or_(Block.end_reason.is_not(None), Block.reason != func.coalesce(Block.category, OTHER))
    return select(Block.id).where(
        Block.site_id == site_id,
        Block.state.in_(_OVER),
        Block.ended_at < before,
        spoken,
        free_author(Block.author_id),
    )


def flags(site_id: str, before: datetime) -> Select[str]:
    """Flags that go."""
    return select(Flag.id).where(
        Flag.site_id == site_id, Flag.created_at < before, ~undecided(Flag.comment_id), free(Flag.comment_id)
    )


def strikes(site_id: str, before: datetime) -> Select[str]:
    """Strikes that go; one on which a block rests stays as long as the block."""
    rests = exists().where(
        Block.author_id == Strike.author_id,
        Block.category == Strike.category,
        Block.state.in_(("proposed", "active")),
    )
    return select(Strike.id).where(
        Strike.site_id == site_id,
        func.coalesce(Strike.confirmed_at, Strike.created_at) < before,
        ~rests,
        free(Strike.comment_id),
    )


def decisions(site_id: str, before: datetime) -> Select[str]:
    """Decisions that go; those on a text that is still kept stay with it."""
    return (
        select(Decision.id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(
            Decision.site_id == site_id,
            Decision.state != "waiting",
            Decision.effective_at < before,
            Comment.texts_removed_at.is_not(None),
            ~undecided(Decision.comment_id),
            free(Decision.comment_id),
        )
    )


def verdicts(site_id: str, before: datetime) -> Select[str, str]:
    """(id, revision) of verdicts that go, as decisions do."""
    return (
        select(Verdict.id, Verdict.revision_id)
        .join(Revision, Revision.id == Verdict.revision_id)
        .join(Comment, Comment.id == Revision.comment_id)
        .where(
            Verdict.site_id == site_id,
            Verdict.created_at < before,
            Comment.texts_removed_at.is_not(None),
            ~undecided(Comment.id),
            free(Comment.id),
        )
    )


def free(comment_id: _Id) -> ColumnElement[bool]:
    """Is neither the comment nor all of its author's kept for legal proceedings?"""
    held, writer = aliased(Comment), aliased(Author)
    return ~exists().where(
        held.id == comment_id,
        held.author_id == writer.id,
        or_(held.legal_hold_at.is_not(None), writer.legal_hold_at.is_not(None)),
    )


def free_author(author_id: _Id) -> ColumnElement[bool]:
    """Is not all of the author's kept for legal proceedings?"""
    writer = aliased(Author)
    return ~exists().where(writer.id == author_id, writer.legal_hold_at.is_not(None))


def undecided(comment_id: _Id) -> ColumnElement[bool]:
    """Does the comment wait for a person: in the list, by an appeal, or until a decision is in force?"""
    item, appeal, decision = aliased(ReviewItem), aliased(Appeal), aliased(Decision)
    return or_(
        exists().where(item.comment_id == comment_id, item.closed_at.is_(None)),
        exists().where(appeal.comment_id == comment_id, appeal.state == "open"),
        exists().where(decision.comment_id == comment_id, decision.state == "waiting"),
    )


def _appealed_since(comment_id: _Id, since: datetime) -> ColumnElement[bool]:
    return exists().where(Appeal.comment_id == comment_id, Appeal.decided_at >= since)

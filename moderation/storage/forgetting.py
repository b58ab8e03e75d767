"""Takes the words of people out of rows and leaves the rows: what counts and what was decided stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarResult, Select, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from moderation.storage.models import Block, Comment, Event, Match, Revision, Verdict
from moderation.storage.queries.aged import OTHER, free
from moderation.storage.queries.history import BANDS
from moderation.storage.rows import counted

# All of a revision that is words of people or follows from them; `text_mac`, by which a repeat is known, apart.
_WORDS: dict[str, Any] = {
    "text": None,
    "author_name": None,
    "parent_text": None,
    "parent_author_key": None,
    "fingerprint": "",
    "sketch": None,
    **dict.fromkeys(BANDS),
}
_LIVE = Verdict.kind == "live"  # no others are stored; the index by revision is of these


def texts(session: Session, comment_ids: Sequence[str], now: datetime) -> None:
    """The words of comments, with all that was made from them, and the copies that came with replies."""
    of = Revision.comment_id.in_(comment_ids)
    counted(session, update(Revision).where(of).values(**_WORDS))
    unjudged = ~exists().where(Verdict.revision_id == Revision.id, _LIVE)  # imported: an id alone is known again
    counted(session, update(Revision).where(of, unjudged).values(text_mac=""))
    facts(session, select(Revision.id).where(of))
    copies = update(Revision).where(Revision.comment_id.in_(replies(comment_ids)), Revision.parent_text.is_not(None))
    counted(session, copies.values(parent_text=None))
    forgotten = update(Comment).where(Comment.id.in_(comment_ids))
    counted(session, forgotten.values(metadata_={}, texts_removed_at=now))


def facts(session: Session, revisions: Select[str]) -> None:
    """What checks rested on: it has keyed hashes of people and texts, and serves nothing without the text."""
    of = select(Verdict.id).where(Verdict.revision_id.in_(revisions), _LIVE)
    counted(session, update(Match).where(Match.verdict_id.in_(of)).values(target_key=None))
    counted(session, update(Verdict).where(Verdict.revision_id.in_(revisions), _LIVE).values(facts={}))


def replies(comment_ids: Sequence[str]) -> Select[str]:
    """Comments that answer these; not those that are kept for legal proceedings as they are."""
    reply, answered = aliased(Comment), aliased(Comment)
    same = (reply.site_id == answered.site_id) & (reply.parent_external_id == answered.external_id)
    return select(reply.id).join(answered, same).where(answered.id.in_(comment_ids), free(reply.id))


def answered_person(session: Session, key: str) -> None:
    """Whom comments answer or attack, where it is the person with this key."""
    answering = Revision.parent_author_key == key
    facts(session, select(Revision.id).where(answering, free(Revision.comment_id)))
    words = update(Revision).where(answering, free(Revision.comment_id))
    counted(session, words.values(parent_text=None, parent_author_key=None))
    counted(session, update(Match).where(Match.target_key == key).values(target_key=None))


def block_reasons(session: Session, block_ids: Select[str]) -> int:
    """Why blocks came and ended, as a person said it; the category stays."""
    said = update(Block).where(Block.id.in_(block_ids))
    return counted(session, said.values(reason=func.coalesce(Block.category, OTHER), end_reason=None))


def person_in_events(session: Session, site_ids: Sequence[str], external_id: str) -> None:
    """The site's id of a commenter, in the events that can still be read or delivered."""
    places = (Event.data[("comment", "author", "id")], Event.data[("author", "id")])
    named = or_(*(place.as_string() == external_id for place in places))
    events: ScalarResult[Event] = session.scalars(select(Event).where(Event.site_id.in_(site_ids), named))
    for event in events:
        event.data = _nameless(event.data)
    session.flush()


def _nameless(data: dict[str, Any]) -> dict[str, Any]:
    shown = {**data, "author": {"id": None}} if "author" in data else dict(data)
    if "author" in shown.get("comment", {}):
        shown["comment"] = {**shown["comment"], "author": {"id": None}}
    return shown

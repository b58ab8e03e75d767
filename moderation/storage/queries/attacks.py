"""Who attacked whom: what moderators removed as attacks on one person, and how many attack him under one story."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from moderation.engine.facts import Attack
from moderation.engine.verdict import ATTACKS
from moderation.storage.models import Comment, Decision, Match, Revision, Story, Verdict

MOST = 50
# What a removal for these says of the person answered even where no rule saw whom it is about; a coarse word does not.
_MEANT_FOR_THE_ANSWERED = frozenset(ATTACKS) - {"vulgarity"}


class _Seen(NamedTuple):
    category: str
    aimed_at: str | None
    target_key: str | None


def confirmed(
    session: Session, *, site_id: str, author_id: str, target_key: str, comment_id: str, since: datetime
) -> tuple[Attack, ...]:
    """The author's other comments since then that a moderator removed as attacks on the person, newest first."""
    rows = session.execute(
        select(
            Comment.created_at,
            Decision.reason,
            Story.external_id.label("story"),
            Verdict.id.label("verdict"),
            Verdict.facts[("parent", "author_key")].as_string().label("answered"),
        )
        .join(Decision, and_(Decision.comment_id == Comment.id, Decision.state == "in_force"))
        .join(Story, Story.id == Comment.story_id)
        .join(Verdict, and_(Verdict.revision_id == Decision.revision_id, Verdict.kind == "live"))
        .where(
            Comment.author_id == author_id,
            Comment.site_id == site_id,
            Comment.id != comment_id,
            Comment.created_at >= since,
            Decision.decision == "reject",
            Decision.reason.in_(ATTACKS),
        )
        .order_by(Comment.created_at.desc())
        .limit(MOST)
    ).all()
    seen = _matches(session, [row.verdict for row in rows])
    return tuple(
        Attack(row.created_at, row.reason, row.story)
        for row in rows
        if _is_on(target_key, row.reason, row.answered, seen[row.verdict])
    )


def attackers(
    session: Session, *, site_id: str, story_id: str, author_id: str, target_key: str, since: datetime
) -> int:
    """How many others the live rules stopped or listed for attacking the person under the story; approved ones are out."""
    approved = (
        select(Decision.id)
        .where(Decision.revision_id == Verdict.revision_id)
        .where(Decision.decision == "approve", Decision.state != "undone")
    )
    query = (
        select(func.count(func.distinct(Comment.author_id)))
        .select_from(Match)
        .join(Verdict, and_(Verdict.id == Match.verdict_id, Verdict.kind == "live"))
        .join(Revision, Revision.id == Verdict.revision_id)
        .join(Comment, Comment.id == Revision.comment_id)
        .where(
            Match.target_key == target_key,
            Match.created_at >= since,
            Match.site_id == site_id,
            Match.state == "live",
            Match.action != "allow",
            Match.category.in_(ATTACKS),
            Comment.story_id == story_id,
            Comment.author_id != author_id,
            ~approved.exists(),
        )
    )
    return session.scalar(query) or 0


def _matches(session: Session, verdict_ids: Sequence[str]) -> dict[str, list[_Seen]]:
    found: dict[str, list[_Seen]] = defaultdict(list)
    query = select(Match.verdict_id, Match.category, Match.aimed_at, Match.target_key)
    for row in session.execute(query.where(Match.verdict_id.in_(verdict_ids))) if verdict_ids else ():
        found[row.verdict_id].append(_Seen(row.category, row.aimed_at, row.target_key))
    return found


def _is_on(target_key: str, reason: str, answered: str | None, matches: Sequence[_Seen]) -> bool:
    """Whether a comment removed for a reason was on a person: by what the rules saw, else by whom it answered."""
    about = [match for match in matches if match.category == reason]
    if any(match.target_key == target_key for match in about):
        return True
    elsewhere = any(match.aimed_at is not None for match in about)
    return answered == target_key and not elsewhere and reason in _MEANT_FOR_THE_ANSWERED

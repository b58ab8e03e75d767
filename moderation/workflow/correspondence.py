"""What the letter about a comment has to know, read from the rows: the finding, the decision, the flags, the block."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.engine import explain
from moderation.engine.rule import Rule
from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import ACTING
from moderation.storage.models import AuditRow, Block, Comment, Decision, Match, Revision, Story, Strike, Verdict
from moderation.workflow import letters
from moderation.workflow.gravity import RANK, told_first


def message(
    session: Session,
    comment: Comment,
    *,
    revision: Revision,
    verdict: Verdict | None,
    decision: Decision | None,
    ruleset: Ruleset | None,
) -> dict[str, str] | None:
    """The letter to the writer as things stand (None: nothing to say)."""
    if comment.status not in ("held", "rejected"):
        return letters.letter(letters.Occasion(status=comment.status))
    found = _found(session, verdict)
    category = _category(found, decision)
    match = next((one for one in found if one.category == category), None)
    rule = ruleset.rule(match.rule) if ruleset and match else None
    story = session.get(Story, comment.story_id)
    return letters.letter(
        letters.Occasion(
            status=comment.status,
            posted_at=comment.created_at,
            story=story.title if story else None,
            was_public=_was_public(session, comment),
            earlier_stays=comment.published_revision is not None,
            decided_by=comment.decided_by,
            found_by=decision.detected_by if decision else "rules",
            flagged=held_by_flags(session, comment),
            codes=[reason["code"] for reason in verdict.reasons] if verdict else [],
            guideline=letters.guideline(category, rule.title if rule and rule.public else None),
            said=_said(rule, match, revision.text or "") if rule and match else _said_by_moderator(decision),
            care=_care(found, category, ruleset),
            second_look_until=_second_look_until(verdict, decision, ruleset),
            block=_block(session, comment, verdict) if comment.decided_by == "block" else None,
            settings=ruleset.settings if ruleset else {},
        )
    )


def held_by_flags(session: Session, comment: Comment) -> bool:
    """Did readers' flags hold it, and has nobody decided since? (`decided_by` is `rules` then as well.)"""
    if comment.status != "held" or comment.decided_by != "rules":
        return False
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.subject_id == comment.id, AuditRow.act == "comment.held")
        .order_by(AuditRow.position.desc())
    )
    # An undo puts the comment back where it was: what held it is told by the row before.
    last = next((row for row in rows if "undone" not in row.details), None)
    return last is not None and last.details.get("cause") == "flagged"


def _found(session: Session, verdict: Verdict | None) -> list[Match]:
    if verdict is None:
        return []
    rows = session.scalars(
        select(Match)
        .where(Match.verdict_id == verdict.id, Match.state.in_(ACTING), Match.action != "allow")
        .order_by(Match.ordinal)
    )
    return sorted(rows, key=lambda match: told_first(match.action, match.category), reverse=True)


def _category(found: Sequence[Match], decision: Decision | None) -> str | None:
    """What the letter is about: the decision's reason; without one, what weighed most among what stopped it."""
    if decision is not None and decision.decision != "approve":
        return decision.reason
    return next((match.category for match in found if RANK[match.action] >= RANK["hold"]), None)


def _said_by_moderator(decision: Decision | None) -> str | None:
    """The note of a decision at the desk for something else: there it is asked for, for the commenter."""
    told = decision is not None and decision.reason == "other" and decision.by_kind == "user"
    return decision.note if decision is not None and told else None


def _said(rule: Rule, match: Match, text: str) -> str | None:
    """The rule's own sentence to the writer; words of the comment come back only where that does no harm."""
    spans = explain.united((start, end) for start, end in match.spans)
    quoted = " … ".join(dict.fromkeys(text[start:end] for start, end in spans[:3]))
    if rule.category in (*explain.SILENT, "self_harm") or not quoted:
        return rule.message.replace(' ("{match}")', "").replace("{match}", "…") if rule.message else None
    return rule.message.replace("{match}", quoted) if rule.message else None


def _care(found: Sequence[Match], category: str | None, ruleset: Ruleset | None) -> str | None:
    """The help text for a writer who may be in danger: of the rule that saw it, or of any where a person did."""
    seen = next((match for match in found if match.category == "self_harm"), None)
    if seen is None and category != "self_harm":
        return None
    rules = [one for one in ruleset.rules if one.category == "self_harm" and one.message] if ruleset else []
    rules.sort(key=lambda one: (seen is None or one.id != seen.rule, one.state != "live"))
    return rules[0].message.replace(' ("{match}")', "").replace("{match}", "…") if rules else letters.CARE


def _second_look_until(verdict: Verdict | None, decision: Decision | None, ruleset: Ruleset | None) -> datetime | None:
    if decision is not None:
        return decision.redress_until
    days = ruleset.settings.get("appeal_days") if ruleset else None
    return verdict.created_at + timedelta(days=days) if verdict and days else None


def _block(session: Session, comment: Comment, verdict: Verdict | None) -> letters.Barred:
    """The block that was in force when the comment came in, as it stands today."""
    at = verdict.created_at if verdict else comment.updated_at
    block = session.scalar(
        select(Block)
        .where(
            Block.author_id == comment.author_id,
            Block.started_at <= at,
            or_(Block.ended_at.is_(None), Block.ended_at >= at),
            or_(Block.scope == "realm", Block.site_id == comment.site_id),
        )
        .order_by(Block.until.is_not(None), Block.until.desc())
        .limit(1)
    )
    if block is None:
        return letters.Barred()
    code = block.category or block.reason
    guideline = letters.guideline(code)
    return letters.Barred(
        until=block.until,
        guideline=guideline,
        reason=None if guideline else block.reason,
        dates=_dates(session, block),
        automated=block.by_kind == "system",
    )


def _dates(session: Session, block: Block) -> list[datetime]:
    """When the comments were written whose removal a proposed block rests on."""
    count = block.evidence.get("strikes")
    if not count or block.category is None:
        return []
    rows = session.scalars(
        select(Comment.created_at)
        .join(Strike, Strike.comment_id == Comment.id)
        .where(
            Strike.author_id == block.author_id,
            Strike.site_id == block.site_id,
            Strike.category == block.category,
            Strike.state == "confirmed",
            Strike.confirmed_at <= block.created_at,
        )
        .order_by(Strike.confirmed_at.desc())
        .limit(count)
    )
    return list(rows)


def _was_public(session: Session, comment: Comment) -> bool:
    query = select(AuditRow.position).where(AuditRow.subject_id == comment.id, AuditRow.act == "comment.published")
    return session.scalar(query.limit(1)) is not None

"""Stored rows in the shapes of the contract: the comment, its verdict, and what events carry of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.engine import explain
from moderation.engine import verdict as engine_verdict
from moderation.engine.facts import Author as Writer
from moderation.engine.facts import Submission
from moderation.engine.ruleset import Ruleset
from moderation.errors import NotFound
from moderation.storage.models import AuditRow, Author, Comment, Decision, Flag, Match, Revision, Story, Verdict
from moderation.storage.queries import lookup
from moderation.workflow import correspondence, letters
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.rulesets import NoRuleset
from moderation.workflow.times import rfc3339


class Presenter:
    """Builds answers from rows; texts of matches are cut out of the revision at read time."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    def comment(self, session: Session, comment: Comment) -> dict[str, Any]:
        """The contract's Comment of a stored row (without links)."""
        revision = lookup.latest_revision(session, comment)
        verdict = lookup.live_verdict(session, revision.id)
        decision = _in_force(session, revision.id)
        author = session.get(Author, comment.author_id)
        story = session.get(Story, comment.story_id)
        ruleset = self.ruleset(session, verdict.ruleset if verdict else None)
        return _shown(
            comment,
            revision.number,
            text=revision.text,
            story=story.external_id if story else None,
            author=author.external_id if author else None,
            verdict=stored_verdict(session, verdict, revision, ruleset),
            decision=_decision(decision),
            message=correspondence.message(
                session, comment, revision=revision, verdict=verdict, decision=decision, ruleset=ruleset
            ),
            flags=flag_counts(session, revision.id),
            history=_history(session, comment),
        )

    def fresh(self, comment: Comment, *, text: str, story: str, author: str) -> dict[str, Any]:
        """The same of a comment that has just come in, of which everything is known without asking."""
        return _shown(
            comment,
            comment.latest_revision,
            text=text,
            story=story,
            author=author,
            verdict=None,
            decision=None,
            message=letters.letter(letters.Occasion(status="pending")),
            flags={"total": 0, "counts": {}},
            history=[],
        )

    def ruleset(self, session: Session, version: str | None) -> Ruleset | None:
        """The rules that a stored verdict names (None: it names none, or we cannot read them any longer)."""
        if version is None:
            return None
        try:
            return self._rulebook.ruleset(version, session)
        except (NotFound, NoRuleset):
            return None


def _shown(
    comment: Comment, revision: int, *, text: str | None, story: str | None, author: str | None, **rest: Any
) -> dict[str, Any]:
    """The contract's order of the contract's names."""
    return {
        "id": comment.external_id,
        "revision": revision,
        "published_revision": comment.published_revision,
        "sequence": comment.sequence,
        "status": comment.status,
        "publish": comment.published_revision is not None,
        "decided_by": comment.decided_by,
        "text": text,
        "verdict": rest["verdict"],
        "decision": rest["decision"],
        "message": rest["message"],
        "flags": rest["flags"],
        "story": {"id": story},
        "author": {"id": author},
        "metadata": comment.metadata_,
        "created_at": rfc3339(comment.created_at),
        "updated_at": rfc3339(comment.updated_at),
        "history": rest["history"],
    }


def stored_verdict(
    session: Session, verdict: Verdict | None, revision: Revision, ruleset: Ruleset | None
) -> dict[str, Any] | None:
    """A stored verdict in the contract's shape."""
    if verdict is None:
        return None
    rows = session.scalars(select(Match).where(Match.verdict_id == verdict.id).order_by(Match.ordinal)).all()
    matches = [engine_match(row) for row in rows]
    submission = Submission(text=revision.text or "", author=Writer(name=revision.author_name))
    return {
        "action": verdict.action,
        "categories": verdict.categories,
        "matches": [_kept(match_view(match, submission, ruleset, verdict), revision) for match in matches],
        "reasons": [reason_view(reason, matches, submission, ruleset) for reason in verdict.reasons],
        "scores": verdict.scores,
        "scored_by": verdict.scored_by,
        "not_assessed": verdict.not_assessed,
        "unknown": verdict.unknown,
        "language": verdict.language,
        "ruleset": verdict.ruleset,
        "engine": verdict.engine,
        "created_at": rfc3339(verdict.created_at),
    }


def _kept(shown: dict[str, Any], revision: Revision) -> dict[str, Any]:
    """A match whose words are gone with the text has none, which is not the same as an empty one."""
    return {**shown, "text": None} if revision.text is None else shown


def match_view(
    match: engine_verdict.Match, submission: Submission, ruleset: Ruleset | None, verdict: Verdict | None = None
) -> dict[str, Any]:
    """One match with its words cut out of what it was found in; without its rules only what the row holds."""
    if ruleset is not None:
        scored = (verdict.scores, verdict.scored_by) if verdict else ()
        return explain.match_document(match, ruleset, submission, *scored)
    return {"rule": match.rule, "category": match.category, "action": match.action, "state": match.state,
            "spans": [list(span) for span in match.spans], "text": None, "reason": match.rule}  # fmt: skip


def reason_view(
    reason: Mapping[str, Any],
    matches: Sequence[engine_verdict.Match],
    submission: Submission,
    ruleset: Ruleset | None,
) -> dict[str, Any]:
    """One stored reason with a sentence for a person."""
    view = dict(reason)
    match = next((one for one in matches if one.rule == reason.get("rule")), None)
    if reason["code"] == "rule" and match is not None and ruleset is not None:
        view["text"] = explain.render(match, ruleset, submission.text, submission)
    else:
        system = letters.SYSTEM_REASONS.get(reason["code"], "")
        view["text"] = explain.TOO_MUCH if reason.get("why") == "too_much" else system
    return view


def reasons_of(verdict: engine_verdict.Verdict) -> list[dict[str, Any]]:
    """The engine's reasons as they are stored and sent: codes and rule ids."""
    return [
        {"code": "rule", "rule": one.rule}
        if one.code == "rule"
        else {"code": "not_judged", "rule": one.rule, "why": one.code}
        for one in verdict.reasons
    ]


def engine_match(row: Match) -> engine_verdict.Match:
    """A stored match as the engine gave it."""
    return engine_verdict.Match(
        rule=row.rule,
        rule_hash=row.rule_hash,
        category=row.category,
        action=row.action,
        state=row.state,
        spans=tuple((start, end) for start, end in row.spans),
        aimed_at=row.aimed_at,
        target=row.target_key,
        hidden_as=row.hidden_as,
        found_in=row.found_in,
    )


def _in_force(session: Session, revision_id: str) -> Decision | None:
    return session.scalar(select(Decision).where(Decision.revision_id == revision_id, Decision.state == "in_force"))


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "decision": decision.decision,
        "reason": decision.reason,
        "decided_at": rfc3339(decision.effective_at),
        "by": {"role": decision.by_role or ("moderator" if decision.by_kind == "user" else decision.by_kind)},
    }


def flag_counts(session: Session, revision_id: str) -> dict[str, Any]:
    """{total, counts}: how many readers flagged a revision, by reason."""
    rows = session.execute(
        select(Flag.reason, func.count()).where(Flag.revision_id == revision_id).group_by(Flag.reason)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    return {"total": sum(counts.values()), "counts": counts}


def _history(session: Session, comment: Comment) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.site_id == comment.site_id, AuditRow.subject_id == comment.id)
        .where(~AuditRow.act.startswith("legal_hold."))  # sites show this to writers
        .order_by(AuditRow.position)
    )
    return [
        {
            "at": rfc3339(row.at),
            "what": row.act,
            "revision": row.details.get("revision"),
            "by": _by(row),
            **({"cause": row.details["cause"]} if row.details.get("cause") else {}),
        }
        for row in rows
    ]


def _by(row: AuditRow) -> str:
    """People appear by role, never by name."""
    if row.by_kind == "user":
        return row.by_role or "moderator"
    return row.details.get("decided_by") or row.by_kind


def comment_data(
    comment: Comment, *, revision: int, verdict: Verdict | None, author_id: str | None, story_id: str
) -> dict[str, Any]:
    """What an event carries of a comment: ids, codes, never text. `sequence` is filled in by the ledger."""
    return {
        "comment": {
            "id": comment.external_id,
            "revision": revision,
            "published_revision": comment.published_revision,
            "sequence": comment.sequence,
            "status": comment.status,
            "publish": comment.published_revision is not None,
            "decided_by": comment.decided_by,
            "action": verdict.action if verdict else None,
            "categories": list(verdict.categories) if verdict else [],
            "reasons": [dict(reason) for reason in verdict.reasons] if verdict else [],
            "story": {"id": story_id},
            "author": {"id": author_id},
        }
    }

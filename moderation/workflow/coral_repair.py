"""Comments that a Coral tells of: what it published without a check is checked now, and Coral is told what the rules stop;
what its moderators decided about a comment that is known here is a decision here as well.

A row holds the state, the attempts and the lease, as a delivery does; what fails is tried again on the same schedule.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from moderation import telemetry
from moderation.errors import Conflict, ModerationError
from moderation.storage.models import CoralComment
from moderation.workflow import coral_graphql as graphql
from moderation.workflow import jobs
from moderation.workflow.coral import AskedComment, CoralPhase, Finding, format_of
from moderation.workflow.coral_door import CoralDoor, way_back
from moderation.workflow.coral_graphql import PublishedComment
from moderation.workflow.coral_reasons import rejection_reason
from moderation.workflow.gravity import is_spam
from moderation.workflow.incoming import SYSTEM, TEXT_BYTES, Actor, IncomingDecision
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor
from moderation.workflow.recording import Recorder
from moderation.workflow.review import Review

log = telemetry.logger(__name__)

CHECK_SECONDS = 20.0
REASON = "other"  # most of its moderators give none; a strike needs one
_DECISIONS: Mapping[str, Literal["approve", "reject"]] = {graphql.APPROVED: "approve", graphql.REJECTED: "reject"}


@dataclass(frozen=True, slots=True)
class _Claim:
    id: str
    site_id: str
    coral_id: str
    token: str


@dataclass(frozen=True, slots=True)
class CoralRepair:
    """The verb of the workers for one comment that a Coral told us of."""

    record: Recorder
    phase: CoralPhase
    door: JsonDoor
    review: Review

    def run(self, *, row_id: str, now: datetime) -> bool:
        """Looks at one comment again if that is due; False where there was nothing to do."""
        claim = self._claim(row_id, now)
        if claim is None:
            return False
        try:
            outcome, error = self._repair(claim, now), None
        except Unreadable as failed:
            outcome, error = None, failed.word
        except ModerationError as failed:  # the check could not be done now
            outcome, error = None, failed.type
        self._finish(claim, outcome, error, now)
        telemetry.repairs.labels(outcome=outcome or "failed").inc()
        return True

    def _repair(self, claim: _Claim, now: datetime) -> str:
        with self.record.database.read() as session:
            way = way_back(session, claim.site_id)
        if way is None:
            return "no_token"
        coral = CoralDoor(self.door, way)
        comment = coral.comment(claim.coral_id)
        if comment is None:
            return "gone"
        if comment.status != graphql.PUBLISHED_UNSEEN:
            return self._note_decision(claim, comment, now)
        found = self._check(claim, comment, now)
        if found.action == "reject":
            latest = coral.comment(claim.coral_id)
            if latest is None:
                return "gone"
            if latest.status != graphql.PUBLISHED_UNSEEN:  # a moderator was faster than the check, and is not overruled
                return self._note_decision(claim, latest, now)
            coral.reject(comment, rejection_reason(found))
            return "rejected"
        if found.action == "hold":
            details = f"Held by Keep It Civil: {', '.join(found.categories) or 'not checked'}"
            coral.report(comment, spam=is_spam(found.categories), details=details)
            return "reported"
        return "clean"

    def _note_decision(self, claim: _Claim, comment: PublishedComment, now: datetime) -> str:
        """What a person decided there; a decision at the desk since, or by another, stands."""
        decision = _DECISIONS.get(comment.status)
        known = self.phase.known(site_id=claim.site_id, asked=_asked(comment))
        if decision is None or comment.decided_by is None or known is None:
            return "decided"
        id, revision = known
        given = IncomingDecision(revision=revision, decision=decision, reason=REASON, moderator_id=comment.decided_by)
        try:
            _, is_new, _ = self.review.decide_outside(
                site_id=claim.site_id, comment_id=id, decision=given, by=Actor("site"), now=now
            )
        except Conflict:
            return "decided"
        return "noted" if is_new else "decided"

    def _check(self, claim: _Claim, comment: PublishedComment, now: datetime) -> Finding:
        if len(comment.body.encode()) > TEXT_BYTES:
            return Finding(action="hold")
        return self.phase.check(
            site_id=claim.site_id,
            asked=_asked(comment),
            digest=hashlib.sha256(f"{claim.coral_id} {comment.revision_id}".encode()).hexdigest(),
            by=SYSTEM,
            now=now,
            seconds=CHECK_SECONDS,
        )

    def _claim(self, row_id: str, now: datetime) -> _Claim | None:
        with self.record.database.write() as session:
            token = jobs.claim(session, CoralComment, row_id, now)
            if token is None:
                return None
            row = session.get_one(CoralComment, row_id)
            return _Claim(row.id, row.site_id, row.coral_id, token)

    def _finish(self, claim: _Claim, outcome: str | None, error: str | None, now: datetime) -> None:
        with self.record.database.write() as session:
            row = session.get(CoralComment, claim.id, with_for_update=True)
            if row is None or row.lease_token != claim.token:
                return
            jobs.finish(row, outcome, error, now)
            if row.state == "dead":
                log.error("coral.repair_gave_up", row=row.id, why=row.last_error)


def _asked(comment: PublishedComment) -> AskedComment:
    return AskedComment(
        text=comment.body,
        format=format_of(comment.body),
        author_id=comment.author_id,
        story_id=comment.story_id,
        story_url=comment.story_url,
        parent_id=comment.parent_id,
    )

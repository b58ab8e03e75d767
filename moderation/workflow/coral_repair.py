"""Comments that a Coral published without a check: checked now, and Coral is told what the rules stop.

A row holds the state, the attempts and the lease, as a delivery does; what fails is tried again on the same schedule.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from moderation import telemetry
from moderation.errors import ModerationError
from moderation.storage.models import ApiKey, CoralComment
from moderation.workflow import coral_graphql as graphql
from moderation.workflow import jobs
from moderation.workflow.coral import AskedComment, CoralPhase, Finding, format_of
from moderation.workflow.coral_graphql import PublishedComment
from moderation.workflow.coral_reasons import rejection_reason
from moderation.workflow.gravity import is_spam
from moderation.workflow.incoming import SYSTEM, TEXT_BYTES
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor
from moderation.workflow.recording import Recorder

log = telemetry.logger(__name__)

CHECK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Claim:
    id: str
    site_id: str
    coral_id: str
    token: str


@dataclass(frozen=True, slots=True)
class _Coral:
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class CoralRepair:
    """The verb of the workers for one comment that a Coral told us of."""

    record: Recorder
    phase: CoralPhase
    door: JsonDoor

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
        coral = self._coral(claim.site_id)
        if coral is None:
            return "no_token"
        comment = graphql.comment(claim.coral_id, self._ask(coral, graphql.question(claim.coral_id)))
        if comment is None:
            return "gone"
        if comment.status != graphql.PUBLISHED_UNSEEN:
            return "decided"
        found = self._check(claim, comment, now)
        if found.action == "reject":
            self._reject(coral, comment, found)
            return "rejected"
        if found.action == "hold":
            details = f"Held by Keep It Civil: {', '.join(found.categories) or 'not checked'}"
            graphql.outcome(self._ask(coral, graphql.report(comment, spam=is_spam(found.categories), details=details)))
            return "reported"
        return "clean"

    def _check(self, claim: _Claim, comment: PublishedComment, now: datetime) -> Finding:
        if len(comment.body.encode()) > TEXT_BYTES:
            return Finding(action="hold")
        asked = AskedComment(
            text=comment.body,
            format=format_of(comment.body),
            author_id=comment.author_id,
            story_id=comment.story_id,
            story_url=comment.story_url,
            parent_id=comment.parent_id,
        )
        return self.phase.check(
            site_id=claim.site_id,
            asked=asked,
            digest=hashlib.sha256(f"{claim.coral_id} {comment.revision_id}".encode()).hexdigest(),
            by=SYSTEM,
            now=now,
            seconds=CHECK_SECONDS,
        )

    def _reject(self, coral: _Coral, comment: PublishedComment, found: Finding) -> None:
        try:
            graphql.outcome(self._ask(coral, graphql.rejection(comment, rejection_reason(found))))
        except Unreadable as failed:
            if failed.word != "graphql_errors":
                raise
            graphql.outcome(self._ask(coral, graphql.rejection(comment, None)))  # an older Coral takes no reason

    def _ask(self, coral: _Coral, body: bytes) -> bytes:
        reply = self.door.post(
            url=coral.url.rstrip("/") + graphql.PATH, authorization=f"Bearer {coral.token}", body=body
        )
        if reply.answer.status is None:
            raise Unreadable(reply.answer.error or "no_answer")
        if reply.answer.status not in (200, 400):  # 400 comes with errors that say more
            raise Unreadable(f"status_{reply.answer.status}")
        return reply.body

    def _coral(self, site_id: str) -> _Coral | None:
        with self.record.database.read() as session:
            row = session.execute(way_back(site_id)).first()
        return _Coral(row.url, row.token) if row else None

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


def way_back(site_id: str) -> Select[str | None, str | None]:
    """Address and token of the site's Coral: of the newest live secret of webhooks that came with both."""
    return (
        select(ApiKey.url, ApiKey.token)
        .where(
            ApiKey.site_id == site_id,
            ApiKey.kind == "coral_webhook",
            ApiKey.revoked_at.is_(None),
            ApiKey.url.is_not(None),
            ApiKey.token.is_not(None),
        )
        .order_by(ApiKey.created_at.desc())
        .limit(1)
    )

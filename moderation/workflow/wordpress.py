"""What people decide here on comments of a WordPress, told there through its REST API; those of a Coral go the same way.

A row holds the state, the attempts and the lease, as for a Coral. What is sent is the state wanted at that moment, so it
does not matter how often it is sent; while one request is out for a comment, no other is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.storage.ledger import Ledger
from moderation.storage.models import ApiKey, Comment, Decision, Revision, WordPressComment, new_id
from moderation.storage.queries import lookup
from moderation.workflow import coral_door, coral_write_back, jobs
from moderation.workflow import wordpress_rest as rest
from moderation.workflow.coral_write_back import CoralWish
from moderation.workflow.gravity import is_spam
from moderation.workflow.incoming import SYSTEM
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor
from moderation.workflow.recording import Recorder

log = telemetry.logger(__name__)

FAILED = {"coral": "coral.write_back_failed", "wordpress": "wordpress.failed"}
GAVE_UP = {"coral": "coral.write_back_gave_up", "wordpress": "wordpress.gave_up"}


@dataclass(frozen=True, slots=True)
class _Claim:
    id: str
    site_id: str
    comment_id: str
    revision: int
    changes: int
    token: str
    since: datetime
    program: Literal["coral", "wordpress"]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Where the comment is, and the status that it shall have."""

    site: str
    token: str
    external_id: str
    status: str


def note(ledger: Ledger, comment: Comment, revision: Revision) -> None:
    """A person here decided `revision`, or took that back: its WordPress or Coral is told, if the site has one and it
    came from there.

    The caller holds the lock of the comment.
    """
    session, now = ledger.session, ledger.now
    if not _has_way_back(session, comment):
        return
    if revision.state == "done" and lookup.live_verdict(session, revision.id) is None:
        return  # imported: its id may be of another program
    row = session.scalar(select(WordPressComment).where(WordPressComment.comment_id == comment.id).with_for_update())
    if row is None:
        row = WordPressComment(id=new_id(), site_id=comment.site_id, comment_id=comment.id, state="done", changes=0)
        session.add(row)
    row.revision, row.attempts, row.created_at = revision.number, 0, now
    row.changes += 1
    if row.state != "claimed":  # else its holder finds that there is more to tell
        row.state, row.due_at, row.done_at = "due", now, None
    ledger.write_backs.append(row.id)


@dataclass(frozen=True, slots=True)
class WordPress:
    """The verb of the workers for one comment that was decided here."""

    record: Recorder
    door: JsonDoor

    def run(self, *, row_id: str, now: datetime) -> bool:
        """Tells the site the state of one comment if that is due; False where there was nothing to do."""
        claim = self._claim(row_id, now)
        if claim is None:
            return False
        try:
            outcome, error = self._tell(claim), None
        except Unreadable as failed:
            outcome, error = None, failed.word
            log.warning(FAILED[claim.program], row=claim.id, why=error)
        self._finish(claim, outcome, error, now)
        telemetry.write_backs.labels(outcome=outcome or "failed").inc()
        return True

    def _tell(self, claim: _Claim) -> str:
        with self.record.database.read() as session:
            found = self._wanted(session, claim)
        if isinstance(found, str):
            return found
        if isinstance(found, CoralWish):
            return coral_write_back.tell(found)
        return self._write(found)

    def _wanted(self, session: Session, claim: _Claim) -> _Wish | CoralWish | str:
        """What is told now, or the word for why nothing."""
        comment = session.get_one(Comment, claim.comment_id)
        if comment.status not in rest.STATUSES or comment.latest_revision != claim.revision:
            return "overtaken"  # withdrawn, or edited: what comes next is no decision of a person here
        decision = lookup.standing_decision(session, lookup.latest_revision(session, comment).id)
        if decision is not None and decision.by_kind == "site":
            return "decided"  # there, since: a newsroom's own moderators are not overruled
        if claim.program == "wordpress":
            return _wish(session, comment, decision)
        coral = coral_door.opened(session, claim.site_id, self.door)
        return coral_write_back.wish(session, coral, comment, decision, claim.since) if coral else "no_key"

    def _write(self, found: _Wish) -> str:
        before = self._ask(found, rest.address_to_read(found.site, found.external_id), b"{}")
        if before is None:
            return "gone"
        if before.status == found.status:
            return "unchanged"
        if before.status == rest.POST_IN_TRASH:  # what is set now would be undone when the post comes back
            raise Unreadable("post_in_trash")
        change = rest.change(found.status, before)
        after = self._ask(found, rest.address_to_change(found.site, found.external_id), change)
        if after is None:
            return "gone"
        if after.status != found.status:
            raise Unreadable("not_changed")
        return "told"

    def _ask(self, wish: _Wish, url: str, body: bytes) -> rest.Standing | None:
        return rest.standing(self.door.post(url=url, authorization=rest.authorization(wish.token), body=body))

    def _claim(self, row_id: str, now: datetime) -> _Claim | None:
        with self.record.database.write() as session:
            token = jobs.claim(session, WordPressComment, row_id, now)
            if token is None:
                return None
            row = session.get_one(WordPressComment, row_id)
            of_coral = coral_write_back.is_of_coral(session.get_one(Comment, row.comment_id).external_id)
            return _Claim(
                row.id,
                row.site_id,
                row.comment_id,
                row.revision,
                row.changes,
                token,
                row.created_at,
                "coral" if of_coral else "wordpress",
            )

    def _finish(self, claim: _Claim, outcome: str | None, error: str | None, now: datetime) -> None:
        with self.record(claim.site_id, now) as ledger:
            row = ledger.session.get(WordPressComment, claim.id, with_for_update=True)
            if row is None or row.lease_token != claim.token:
                return
            jobs.finish(row, outcome, error, now)
            if row.changes != claim.changes:
                row.state, row.due_at, row.attempts, row.done_at = "due", now, 0, None
                ledger.write_backs.append(row.id)
            elif row.state == "dead":
                given_up = GAVE_UP[claim.program]
                log.error(given_up, row=row.id, why=row.last_error)
                ledger.audit(by=SYSTEM, act=given_up, subject=("comment", row.comment_id), why=row.last_error)


def way_back(site_id: str) -> Select[str | None, str | None]:
    """Address of the site's WordPress, and `user:application password` there: of its newest live key of that kind."""
    return (
        select(ApiKey.url, ApiKey.token)
        .where(ApiKey.site_id == site_id, ApiKey.kind == "wordpress", ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        .limit(1)
    )


def _has_way_back(session: Session, comment: Comment) -> bool:
    if coral_write_back.is_of_coral(comment.external_id):
        return session.execute(coral_door.way_back(comment.site_id)).first() is not None
    return rest.is_id(comment.external_id) and session.execute(way_back(comment.site_id)).first() is not None


def _wish(session: Session, comment: Comment, decision: Decision | None) -> _Wish | str:
    key = session.execute(way_back(comment.site_id)).first()
    if key is None:
        return "no_key"
    status = rest.STATUSES[comment.status]
    if comment.status == "rejected":
        if decision is not None and decision.state == "in_force":
            spam = decision.reason == "spam"
        else:
            verdict = lookup.live_verdict(session, lookup.latest_revision(session, comment).id)
            spam = verdict is not None and is_spam(verdict.categories)
        status = rest.SPAM if spam else status
    return _Wish(key.url, key.token, comment.external_id, status)

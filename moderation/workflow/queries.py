"""Reads that entrypoints ask for, in the shapes of the contract."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation.errors import ModerationError
from moderation.storage import migrations
from moderation.storage.models import Comment, Heartbeat, Revision, RulesetPointer, Site
from moderation.storage.queries import lookup
from moderation.storage.unit_of_work import Database
from moderation.workflow.ports import Queue
from moderation.workflow.present import Presenter
from moderation.workflow.rulebook import Rulebook

BEHIND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Queries:
    """Reads about comments."""

    database: Database
    presenter: Presenter

    def comment(self, *, site_id: str, comment_id: str) -> dict[str, Any]:
        """The contract's Comment, or NotFound."""
        with self.database.read() as session:
            return self.presenter.comment(session, lookup.comment(session, site_id, comment_id))

    def is_decided(self, *, site_id: str, comment_id: str) -> bool:
        """Has the comment's latest revision been checked (or taken back)?"""
        with self.database.read() as session:
            status = session.scalar(
                select(Comment.status).where(Comment.site_id == site_id, Comment.external_id == comment_id)
            )
        return status is not None and status != "pending"


@dataclass(frozen=True, slots=True)
class Health:
    """Can this process take comments, and does the rest keep up?"""

    database: Database
    queue: Queue
    rulebook: Rulebook

    def ready(self, *, now: datetime) -> dict[str, Any]:
        """{status: ok, degraded or unavailable, checks}.

        Only the database, its schema and a site without rules make it unavailable; rules that cannot be read here
        degrade it, since comments are taken and held.
        """
        checks = self._stored(now)
        checks["broker"] = "ok" if self.queue.alive() else "unavailable"
        oldest = checks["oldest_pending_s"]
        checks["worker"] = "behind" if oldest is not None and oldest > BEHIND_SECONDS else "ok"
        fatal = checks["database"] != "ok" or checks["ruleset"] == "missing"
        weak = any(checks[part] != "ok" for part in ("broker", "worker", "ruleset"))
        return {"status": "unavailable" if fatal else "degraded" if weak else "ok", "checks": checks}

    def _stored(self, now: datetime) -> dict[str, Any]:
        try:
            with self.database.read() as session:
                session.execute(text("SELECT 1"))
                if migrations.present(self.database) != migrations.newest():
                    return {"database": "migrations missing", "ruleset": "unknown", "oldest_pending_s": None}
                oldest = session.scalar(select(func.min(Revision.received_at)).where(Revision.state != "done"))
                rules = self._rules(session)
                swept = session.scalar(select(Heartbeat.at).where(Heartbeat.part == "sweep"))
        except ModerationError:
            return {"database": "unavailable", "ruleset": "unknown", "oldest_pending_s": None}
        return {
            "database": "ok",
            "ruleset": rules,
            "oldest_pending_s": round((now - oldest).total_seconds(), 1) if oldest else 0.0,
            "swept_s": round((now - swept).total_seconds(), 1) if swept else None,
        }

    def _rules(self, session: Session) -> str:
        without = select(Site.id).where(Site.id.not_in(select(RulesetPointer.site_id))).limit(1)
        if session.scalar(without) is not None:
            return "missing"
        unreadable = [version[:8] for version in self.rulebook.unreadable(session)]
        return f"unreadable: {', '.join(unreadable)}" if unreadable else "ok"

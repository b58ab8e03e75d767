"""The way to the Coral of a site: where it is, with what token, and what is done when it says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation.storage.models import ApiKey
from moderation.workflow import coral_graphql as graphql
from moderation.workflow.coral_graphql import PublishedComment, WrittenComment
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor


@dataclass(frozen=True, slots=True)
class CoralDoor:
    """One Coral, asked by its GraphQL. Raises Unreadable for all that is tried again."""

    door: JsonDoor
    url: str
    token: str

    def comment(self, coral_id: str) -> PublishedComment | None:
        """One comment as it stands there, or None where it is gone."""
        return graphql.comment(coral_id, self._ask(graphql.question(coral_id)))

    def comments_of_author(self, author_id: str) -> list[WrittenComment]:
        """The newest comments of one author."""
        return list(graphql.comments_of_author(self._ask(graphql.question_of_author(author_id))))

    def approve(self, comment: PublishedComment) -> None:
        """Sets the status APPROVED."""
        _changed(self._ask(graphql.approval(comment)), graphql.APPROVED)

    def reject(self, comment: PublishedComment, reason: Mapping[str, Any]) -> None:
        """Sets the status REJECTED. Older versions know no `customReason`, or no reason; some refuse to go without one."""
        plain = {name: value for name, value in reason.items() if name != "customReason"}
        for given in (reason, plain) if plain != reason else (reason,):
            try:
                return _changed(self._ask(graphql.rejection(comment, given)), graphql.REJECTED)
            except Unreadable as failed:
                if failed.word != "graphql_errors":
                    raise
        return _changed(self._ask(graphql.rejection(comment, None)), graphql.REJECTED)

    def report(self, comment: PublishedComment, *, spam: bool, details: str) -> None:
        """Lists it under Reported, where its status is NONE."""
        graphql.outcome(self._ask(graphql.report(comment, spam=spam, details=details)))

    def _ask(self, body: bytes) -> bytes:
        url = self.url.rstrip("/") + graphql.PATH
        reply = self.door.post(url=url, authorization=f"Bearer {self.token}", body=body)
        if reply.answer.status is None:
            raise Unreadable(reply.answer.error or "no_answer")
        if reply.answer.status not in (200, 400):  # 400 comes with errors that say more
            raise Unreadable(f"status_{reply.answer.status}")
        return reply.body


def opened(session: Session, site_id: str, door: JsonDoor) -> CoralDoor | None:
    """The way to the site's Coral, if it gave one."""
    row = session.execute(way_back(site_id)).first()
    return CoralDoor(door, row.url, row.token) if row else None


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


def _changed(raw: bytes, status: str) -> None:
    graphql.outcome(raw)
    if graphql.changed_to(raw) != status:
        raise Unreadable("not_changed")

"""The way to the Coral of a site: where it is, with what token, and what is done when it says no."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from moderation.storage.queries import lookup
from moderation.storage.queries.lookup import WayBack
from moderation.workflow import coral_graphql as graphql
from moderation.workflow.coral_graphql import PublishedComment, WrittenComment
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor

KEY_KIND = "coral_webhook"  # its secret came with address and token
ASKING_SECONDS = 15.0  # then nothing more is asked: with the last answer it stays under the 30 that a task may take


@dataclass(frozen=True, slots=True)
class CoralDoor:
    """One conversation with a Coral by its GraphQL. Raises Unreadable for all that is tried again."""

    door: JsonDoor
    way: WayBack
    began: float = field(default_factory=time.monotonic)

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
        fuller = [reason] if plain == reason else [reason, plain]
        for given in fuller:
            try:
                return self._reject(comment, given)
            except Unreadable as failed:
                if failed.word != "graphql_errors":
                    raise
        return self._reject(comment, None)

    def report(self, comment: PublishedComment, *, spam: bool, details: str) -> None:
        """Lists it under Reported, where its status is NONE."""
        graphql.outcome(self._ask(graphql.report(comment, spam=spam, details=details)))

    def _reject(self, comment: PublishedComment, reason: Mapping[str, Any] | None) -> None:
        _changed(self._ask(graphql.rejection(comment, reason)), graphql.REJECTED)

    def _ask(self, body: bytes) -> bytes:
        if time.monotonic() - self.began > ASKING_SECONDS:
            raise Unreadable("timeout")
        url = self.way.url.rstrip("/") + graphql.PATH
        reply = self.door.post(url=url, authorization=f"Bearer {self.way.token}", body=body)
        if reply.answer.status is None:
            raise Unreadable(reply.answer.error or "no_answer")
        if reply.answer.status not in (200, 400):  # 400 comes with errors that say more
            raise Unreadable(f"status_{reply.answer.status}")
        return reply.body


def way_back(session: Session, site_id: str) -> WayBack | None:
    """Where the site's Coral is, if the site said so."""
    return lookup.way_back(session, site_id, KEY_KIND)


def _changed(raw: bytes, status: str) -> None:
    if graphql.changed_to(raw) != status:
        raise Unreadable("not_changed")

"""What people decide here on comments of a WordPress, told there through its REST API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.storage.models import Comment
from moderation.storage.queries.lookup import WayBack
from moderation.workflow import wordpress_rest as rest
from moderation.workflow.gravity import is_spam
from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import JsonDoor

KEY_KIND = "wordpress"
FAILED, GAVE_UP = "wordpress.failed", "wordpress.gave_up"


@dataclass(frozen=True, slots=True)
class WordPressWish:
    """Which comment it is, and the status that it shall have."""

    external_id: str
    status: str

    def tell(self, door: JsonDoor, way: WayBack, *, since: datetime) -> str:
        """Tells it; the outcome. WordPress does not say when a status was set, so `since` tells nothing."""
        before = _ask(door, way, rest.address_to_read(way.url, self.external_id), b"{}")
        if before is None:
            return "gone"
        if before.status == self.status:
            return "unchanged"
        if before.status == rest.POST_IN_TRASH:  # what is set now would be undone when the post comes back
            raise Unreadable("post_in_trash")
        change = rest.change(self.status, before)
        after = _ask(door, way, rest.address_to_change(way.url, self.external_id), change)
        if after is None:
            return "gone"
        if after.status != self.status:
            raise Unreadable("not_changed")
        return "told"


def is_of(external_id: str) -> bool:
    """Has it the form of an id there? The site sent the comment with the one that WordPress had given it."""
    return rest.is_id(external_id)


def wish(_session: Session, comment: Comment, *, why: Sequence[str]) -> WordPressWish:
    """What the WordPress is told about `comment`."""
    is_thrown_out = comment.status == "rejected" and is_spam(why)
    return WordPressWish(comment.external_id, rest.SPAM if is_thrown_out else rest.STATUSES[comment.status])


def _ask(door: JsonDoor, way: WayBack, url: str, body: bytes) -> rest.Standing | None:
    return rest.standing(door.post(url=url, authorization=rest.authorization(way.token), body=body))

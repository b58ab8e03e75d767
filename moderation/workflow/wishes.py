"""What the site, the story and the past add to the rules' action: each wish names its reason and the least action."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from moderation.engine import staffing
from moderation.storage.models import Author, Comment, Story


def of_the_site(
    settings: Mapping[str, Any],
    *,
    action: str,
    author: Author,
    comment: Comment,
    story: Story,
    received: datetime,
    now: datetime,
) -> list[tuple[str, str]]:
    """(code, least action) of all that applies to a comment on which the rules said `action`."""
    wishes = []
    if _is_closed(story, settings, now):
        wishes.append(("story_closed", "reject"))
    if story.comments == "check_first" or (author.check_first_until or now) > now:
        wishes.append(("check_first", "hold"))
    if comment.person_stopped:
        wishes.append(("edit_of_stopped", "hold"))
    unstaffed = staffing.wish(settings, action=action, received=received, now=now)
    return [*wishes, unstaffed] if unstaffed else wishes


def _is_closed(story: Story, settings: Mapping[str, Any], now: datetime) -> bool:
    if story.comments == "closed":
        return True
    days = settings.get("close_after_days")
    return bool(days and story.published_at and story.published_at + timedelta(days=days) < now)

"""What Coral's external moderation phase is answered: only values of its lists, since one other voids the whole answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.workflow.coral import Finding
from moderation.workflow.coral_reasons import rejection_reason
from moderation.workflow.gravity import is_spam

NO_OPINION: Mapping[str, Any] = {}
HOLD: Mapping[str, Any] = {"status": "SYSTEM_WITHHELD"}
REJECTED, WITHHELD, PREMOD = "REJECTED", "SYSTEM_WITHHELD", "PREMOD"
STATUSES = (REJECTED, WITHHELD, PREMOD)
FLAG_REASONS = ("COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM")
_OF_THE_SITE = ("check_first", "unstaffed", "edit_of_stopped")


def answer(found: Finding) -> dict[str, Any]:
    """The body of the answer; empty where there is no opinion."""
    said: dict[str, Any] = {}
    if found.action == "reject":
        said = {
            "status": REJECTED,
            "moderationAction": {"status": REJECTED, "rejectionReason": rejection_reason(found)},
        }
    elif found.action == "hold":
        by_site = not found.categories and any(code in _OF_THE_SITE for code in found.codes)
        said = {"status": PREMOD if by_site else WITHHELD}
    if found.action in ("review", "hold") and found.categories:
        said["actions"] = [{"actionType": "FLAG", "reason": _flag(found.categories)}]
    if found.by_journalist and found.action in ("allow", "review"):
        said["tags"] = ["STAFF"]
    return said


def _flag(categories: Sequence[str]) -> str:
    toxic, spam = FLAG_REASONS
    return spam if is_spam(categories) else toxic

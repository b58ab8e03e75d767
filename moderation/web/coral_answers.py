"""What Coral's external moderation phase is answered: only values of its lists, since one other voids the whole answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.workflow.coral import Finding
from moderation.workflow.gravity import told_first

NO_OPINION: Mapping[str, Any] = {}
HOLD: Mapping[str, Any] = {"status": "SYSTEM_WITHHELD"}
REJECTED, WITHHELD, PREMOD = "REJECTED", "SYSTEM_WITHHELD", "PREMOD"
STATUSES = (REJECTED, WITHHELD, PREMOD)
FLAG_REASONS = ("COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM")
OTHER = "OTHER"
CODES: Mapping[str, str] = {  # category of ours -> code of a rejection there
    "profanity": "OFFENSIVE",
    "vulgarity": "OFFENSIVE",
    "tragedy_joke": "OFFENSIVE",
    "slur": "HATE_SPEECH",
    "personal_attack": "ABUSIVE",
    "threat": "ABUSIVE",
    "civility": "ABUSIVE",
    "harassment": "HARASSMENT_BULLYING",
    "off_topic": "IRRELEVANT_CONTENT",
    "spam": "SPAM",
}
CUSTOM: Mapping[str, str] = {  # what a moderator reads beside OTHER
    "author_blocked": "The commenter is blocked.",
    "story_closed": "Comments under this story are closed.",
    "site_closed": "Comments are closed at this hour.",
    "legal_risk": "May be against the law.",
    "personal_information": "Private information.",
    "self_harm": "May speak of harming oneself.",
}
HOUSE_RULES = "House rules."
_OF_THE_SITE = ("check_first", "unstaffed", "edit_of_stopped")
_EXPLANATION = 2_000


def answer(found: Finding) -> dict[str, Any]:
    """The body of the answer; empty where there is no opinion."""
    said: dict[str, Any] = {}
    if found.action == "reject":
        said = {"status": REJECTED, "moderationAction": {"status": REJECTED, "rejectionReason": _reason(found)}}
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
    return spam if set(categories) == {"spam"} else toxic


def _reason(found: Finding) -> dict[str, str]:
    of_the_site = next((code for code in found.codes if code in CUSTOM), None)
    gravest = max(found.categories, key=lambda one: told_first("reject", one), default=None)
    code = OTHER if of_the_site else CODES.get(gravest or "", OTHER)
    reason = {"code": code}
    if found.letter:
        reason["detailedExplanation"] = found.letter[:_EXPLANATION]
    if code == OTHER:
        reason["customReason"] = CUSTOM.get(of_the_site or gravest or "", HOUSE_RULES)
    return reason

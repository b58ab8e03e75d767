"""Why a comment is rejected, in the codes of Coral's lists."""

from collections.abc import Mapping

from moderation.workflow.coral import Finding
from moderation.workflow.gravity import told_first

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
    "illegal": "Against the law.",
    "legal_risk": "May be against the law.",
    "personal_information": "Private information.",
    "self_harm": "May speak of harming oneself.",
}
HOUSE_RULES = "House rules."
_EXPLANATION = 2_000


def rejection_reason(found: Finding) -> dict[str, str]:
    """A code, the letter to the writer as its explanation, and a few words where the code is OTHER."""
    of_the_site = next((code for code in found.codes if code in CUSTOM), None)
    gravest = max(found.categories, key=lambda one: told_first("reject", one), default=None)
    code = OTHER if of_the_site else CODES.get(gravest or "", OTHER)
    reason = {"code": code}
    if found.letter:
        reason["detailedExplanation"] = found.letter[:_EXPLANATION]
    if code == OTHER:
        reason["customReason"] = CUSTOM.get(of_the_site or gravest or "", HOUSE_RULES)
    return reason

"""What the writer of a comment is told: short texts by status, in the site's words where it gave some."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moderation.workflow.times import day

SYSTEM_REASONS: dict[str, str] = {
    "author_blocked": "The commenter is blocked.",
    "story_closed": "Comments under this story are closed.",
    "site_closed": "Comments are closed at this hour.",
    "unstaffed": "No moderator works at this hour.",
    "check_first": "Comments here are read by a moderator before they appear.",
    "edit_of_stopped": "A moderator stopped an earlier version of this comment.",
    "flagged": "Several readers flagged this comment.",
    "not_judged": "The automatic check could not be completed.",
}
# What a guideline is about, by category, as it stands in a sentence. Care is no guideline.
GUIDELINES: dict[str, str] = {
    "personal_attack": "attacks on people",
    "harassment": "harassment",
    "slur": "hate and slurs",
    "threat": "threats",
    "tragedy_joke": "jokes about a death or tragedy",
    "profanity": "swearing",
    "vulgarity": "vulgar remarks",
    "civility": "uncivil remarks",
    "off_topic": "keeping to the topic",
    "spam": "advertising and spam",
    "legal_risk": "claims that may be against the law",
    "personal_information": "private information",
    "illegal": "illegal content",
}
CARE_TITLE = "We hope that you are safe"
ASK = "To ask for it, use the way that this site offers, or write to the newsroom: say which comment you mean, and why."
STAYS = "What you wrote before stays as it is."
CARE = (
    "If you are in danger now, please call your emergency number (112 in the European Union). You can talk to somebody "
    "at any hour: in the United Kingdom and Ireland 116 123, in the United States and Canada 988, elsewhere see "
    "findahelpline.com."
)
_LINK = re.compile(r"https://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
_FOUND = {
    "rules": "An automatic check found it, and a moderator decided.",
    "reader": "Readers flagged it, and a moderator decided.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """The block that stopped a comment, as its writer is told of it."""

    until: datetime | None = None
    reason: str | None = None
    guideline: str | None = None
    dates: Sequence[datetime] = ()
    automated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What happened to a comment, as far as its writer is told."""

    status: str
    posted_at: datetime | None = None
    story: str | None = None
    was_public: bool = False
    earlier_stays: bool = False
    decided_by: str | None = None
    found_by: str | None = None
    flagged: bool = False
    codes: Sequence[str] = ()
    guideline: str | None = None
    said: str | None = None
    care: str | None = None
    second_look_until: datetime | None = None
    block: Barred | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def letter(occasion: Occasion) -> dict[str, str] | None:
    """{title, text, appeal_url?} for the writer, or None where there is nothing to say (published, withdrawn)."""
    if occasion.status == "pending":
        return {"title": "Being checked", "text": "Your comment is being checked."}
    if occasion.status == "held":
        title, parts = _held(occasion)
        return _written(CARE_TITLE if occasion.care else title, parts)
    if occasion.status != "rejected":
        return None
    if occasion.decided_by == "block":
        parts = [occasion.care, *_blocked(occasion.block or Barred(), occasion.settings)]
        return _linked(
            _written(CARE_TITLE if occasion.care else "You cannot comment at the moment", parts), occasion.settings
        )
    closed = next((code for code in ("story_closed", "site_closed") if code in occasion.codes), None)
    if closed and occasion.decided_by == "site":
        hours = occasion.settings.get("hours") if closed == "site_closed" else None
        working = f"Moderators work {hours}." if hours else None
        return _written("Comments are closed", [occasion.care, SYSTEM_REASONS[closed], working])
    what = "removed" if occasion.was_public and not occasion.earlier_stays else "not published"
    title = CARE_TITLE if occasion.care else f"Your {_what(occasion)} was {what}"
    return _linked(_written(title, _stopped(what, occasion)), occasion.settings)


def guideline(category: str | None, title: str | None = None) -> str | None:
    """The guideline behind a category, to stand after "our"; of a house rule its title, where that is public."""
    if category == "custom":
        return f'guideline "{title}"' if title and "{match}" not in title else "house rules"
    about = GUIDELINES.get(category or "")
    return f"guideline about {about}" if about else None


def ask(guidelines: Sequence[str]) -> dict[str, str]:
    """What a writer is told once before a text that may break a guideline is taken."""
    return {
        "title": "Please have another look",
        "text": f"The marked words may break our {_named(guidelines)}. "
        "Change them, or post anyway, and a moderator reads it first.",
    }


def _written(title: str, parts: Sequence[str | None]) -> dict[str, str]:
    return {"title": title, "text": " ".join(part for part in parts if part)}


def _linked(message: dict[str, str], settings: Mapping[str, Any]) -> dict[str, str]:
    """With the link of the site's own words about redress, where they hold one."""
    link = _LINK.search(str(settings.get("redress") or ""))
    return {**message, "appeal_url": link.group()} if link else message


def _held(occasion: Occasion) -> tuple[str, list[str | None]]:
    settings = occasion.settings
    if occasion.decided_by == "person":
        title, first = "Held by a moderator", "A moderator has read your comment. It is not shown for now."
    elif occasion.flagged:
        title = "A moderator looks at it"
        first = "Readers flagged your comment. It is not shown until a moderator has looked at it."
    else:
        title, first = "A moderator reads it first", f"A moderator will read your {_what(occasion)} before it appears."
    awaited = occasion.decided_by != "person"
    return title, [
        occasion.care,
        first,
        STAYS if occasion.earlier_stays else None,
        _why_held(occasion),
        f"Moderators work {settings['hours']}." if awaited and settings.get("hours") else None,
        f"Most comments are decided within {settings['typical']}." if awaited and settings.get("typical") else None,
        "You can still edit it.",
    ]


def _why_held(occasion: Occasion) -> str | None:
    if occasion.care or occasion.flagged:
        return None
    if occasion.guideline:
        return f"It may break our {occasion.guideline}."
    return "This is so for every comment here at the moment." if "check_first" in occasion.codes else None


def _stopped(what: str, occasion: Occasion) -> list[str | None]:
    return [
        occasion.care,
        f"{_which(occasion)} was {what}.",
        STAYS if occasion.earlier_stays else None,
        *_why_stopped(occasion),
        _found_and_decided(occasion),
        "This concerns only this comment.",
        f"You can ask for a second look{_until(occasion.second_look_until)}.",
        occasion.settings.get("redress") or ASK,
    ]


def _what(occasion: Occasion) -> str:
    return "edit" if occasion.earlier_stays else "comment"


def _which(occasion: Occasion) -> str:
    when = f" of {day(occasion.posted_at)}" if occasion.posted_at else ""
    return f"Your {_what(occasion)}{when}" + (f' under "{occasion.story}"' if occasion.story else "")


def _why_stopped(occasion: Occasion) -> list[str | None]:
    if occasion.guideline:
        return [f"It breaks our {occasion.guideline}.", occasion.said]
    if occasion.care or occasion.decided_by != "person":
        return []
    if occasion.said:
        return [f"The moderator's reason: {occasion.said.rstrip('.')}."]
    return ["A moderator found that it does not fit our guidelines."]


def _found_and_decided(occasion: Occasion) -> str:
    if occasion.decided_by == "person":
        return _FOUND.get(occasion.found_by or "", "A moderator found it and decided.")
    return "An automatic check found it and decided."


def _until(end: datetime | None) -> str:
    return f" until {day(end)}" if end else ""


def _blocked(block: Barred, settings: Mapping[str, Any]) -> list[str | None]:
    end = _until(block.until) or " until a moderator lifts it"
    days = ", ".join(dict.fromkeys(day(at) for at in sorted(block.dates)))
    return [
        f"You are blocked from commenting{end}.",
        f"It rests on our {block.guideline}." if block.guideline else None,
        f"The reason given: {block.reason.rstrip('.')}." if block.reason else None,
        f"It follows from your comments of {days}." if days else None,
        "This was decided automatically." if block.automated else "A moderator decided this.",
        "You can still read, withdraw your comments, and ask for a second look.",
        settings.get("redress") or ASK,
    ]


def _named(guidelines: Sequence[str]) -> str:
    return " and our ".join(dict.fromkeys(one for one in guidelines if one)) or "guidelines"

"""What the writer of a comment is told: short texts by status, in the site's words where it gave some."""

from collections.abc import Mapping, Sequence
from typing import Any

NEUTRAL_CATEGORIES = frozenset({"slur", "spam", "legal_risk", "personal_information"})

SYSTEM_REASONS: dict[str, str] = {
    "author_blocked": "The commenter is blocked.",
    "story_closed": "Comments under this story are closed.",
    "check_first": "Comments here are read by a moderator before they appear.",
    "edit_of_stopped": "A moderator stopped an earlier version of this comment.",
    "flagged": "Several readers flagged this comment.",
    "not_judged": "The automatic check could not be completed.",
}


def letter(
    *,
    status: str,
    was_public: bool,
    guidelines: Sequence[str],
    messages: Sequence[str],
    codes: Sequence[str],
    decided_by: str | None,
    settings: Mapping[str, Any],
    until: str | None,
) -> dict[str, str] | None:
    """{title, text} for the writer, or None where there is nothing to say (published, withdrawn).

    `guidelines`: titles of the rules that met, `messages`: their sentences, `codes`: reasons of ours.
    """
    if status == "pending":
        return {"title": "Being checked", "text": "Your comment is being checked."}
    if status == "held":
        return {"title": "A moderator reads it first", "text": _held(guidelines, codes, settings)}
    if status != "rejected":
        return None
    if decided_by == "block":
        return {"title": "You cannot comment at the moment", "text": _blocked(until, settings)}
    if "story_closed" in codes:
        return {"title": "Comments are closed", "text": "Comments under this story are closed."}
    title = "Your comment was removed" if was_public else "Your comment was not published"
    return {"title": title, "text": _stopped(title, guidelines, messages, decided_by, settings)}


def ask(guidelines: Sequence[str]) -> dict[str, str]:
    """What a writer is told once before a text that may break a guideline is taken."""
    return {
        "title": "Please have another look",
        "text": f"The marked words may break our guideline{_named(guidelines)}. "
        "Change them, or post anyway, and a moderator reads it first.",
    }


def _held(guidelines: Sequence[str], codes: Sequence[str], settings: Mapping[str, Any]) -> str:
    parts = ["A moderator will read your comment before it appears."]
    if guidelines:
        parts.append(f"It may break our guideline{_named(guidelines)}.")
    elif "check_first" in codes:
        parts.append("This is so for every comment here at the moment.")
    if settings.get("hours"):
        parts.append(f"Moderators work {settings['hours']}.")
    if settings.get("typical"):
        parts.append(f"Most comments are decided within {settings['typical']}.")
    parts.append("You can still edit it.")
    return " ".join(parts)


def _stopped(
    title: str, guidelines: Sequence[str], messages: Sequence[str], decided_by: str | None, settings: Mapping[str, Any]
) -> str:
    parts = [f"{title}."]
    parts += list(messages) if messages else [f"It breaks our guideline{_named(guidelines)}."] if guidelines else []
    found = "A moderator decided this." if decided_by == "person" else "An automatic check decided this."
    parts += [found, "This concerns only this comment. You can ask for a second look."]
    if settings.get("redress"):
        parts.append(str(settings["redress"]))
    return " ".join(parts)


def _blocked(until: str | None, settings: Mapping[str, Any]) -> str:
    end = f"until {until}" if until else "until a moderator lifts it"
    parts = [
        f"You are blocked from commenting {end}.",
        "You can still read, withdraw your comments, and ask for a second look.",
    ]
    if settings.get("redress"):
        parts.append(str(settings["redress"]))
    return " ".join(parts)


def _named(guidelines: Sequence[str]) -> str:
    if not guidelines:
        return ""
    listed = ", ".join(f'"{title}"' for title in dict.fromkeys(guidelines))
    return f" {listed}" if len(set(guidelines)) == 1 else f"s {listed}"

"""Words on the screens: one for each code, and how times and marked texts are shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from moderation.engine.masking import masked
from moderation.engine.verdict import ACTING
from moderation.web.console.signs import mixed, runs, shortened, visible
from moderation.workflow.gravity import gravity

CATEGORIES = {
    "personal_attack": "Attacks a person",
    "harassment": "Harassment",
    "slur": "Slurs and hate",
    "threat": "Threat",
    "tragedy_joke": "Jokes about a tragedy",
    "profanity": "Swearing",
    "vulgarity": "Vulgar",
    "civility": "Uncivil",
    "off_topic": "Off topic",
    "spam": "Spam",
    "legal_risk": "Legal risk",
    "personal_information": "Private information",
    "self_harm": "Self-harm: needs care",
    "illegal": "Illegal content",
    "custom": "House rule",
    "uncivil": "Uncivil",
    "disagree": "Disagrees",
    "other": "Something else",
}
REASONS = tuple(code for code in CATEGORIES if code not in ("uncivil", "disagree"))
STATUSES = {
    "pending": "being checked",
    "published": "published",
    "held": "held",
    "rejected": "removed",
    "withdrawn": "withdrawn",
}
SOURCES = {"rules": "automatic check", "flags": "readers' flags", "site": "checked first", "appeal": "appeal"}
AIMS = {
    "commenter": "another commenter",
    "journalist": "a journalist",
    "person": "a person in the story",
    "private_person": "a private person",
    "public_person": "a public figure",
    "group": "a group",
    "argument": "the argument",
    "self": "the writer",
}
HIDDEN = {
    "look_alikes": "look-alike letters",
    "leet": "digits for letters",
    "zero_width": "invisible characters",
    "spaced": "spaced out",
    "repeated": "repeated letters",
    "masked": "masked letters",
    "full_width": "full-width letters",
}
HISTORY = {
    "comment.published": "published",
    "comment.held": "held",
    "comment.rejected": "removed",
    "comment.withdrawn": "withdrawn",
    "decision.approve": "approved",
    "decision.reject": "removed by decision",
    "decision.hold": "held by decision",
    "decision.undo": "decision taken back",
}
CAUSES = {"flagged": "held by readers' flags"}
ANSWERED_BY = {
    "another": "Another moderator, senior moderator or admin answers it.",
    "contact": "Nobody else worked here lately: the appeals contact, {contact}, answers it.",
    "later": "Nobody else worked here lately: you may answer it a day after it came in.",
}
ACTORS = {"site": "your site", "operator": "an operator", "system": "the policy", "other_site": "another site"}
PROTOCOLS = {"perspective": "Coral, for scores", "coral_phase": "Coral's moderation phase"}
UNCHECKED = {"error": "answered with an error", "late": "answered too late"}
WEBHOOKS = {
    "off": "switched off",
    "failing": "failing, tried again",
    "waiting": "on its way",
    "ok": "delivers",
    "unused": "nothing sent yet",
}
DECIDED = {"approve": "Approved", "hold": "Held", "reject": "Removed"}
FOLDED = frozenset({"slur", "vulgarity"})  # their words are shown masked until asked for

WORDS_FOLDED = 3  # of a phrase


class Piece(NamedTuple):
    """A stretch of a text, and the sentences about it (none: not marked)."""

    text: str
    notes: tuple[str, ...]


def pieces(text: str | None, matches: Sequence[dict[str, Any]]) -> list[Piece]:
    """A comment cut at the ends of all spans, each piece with what was seen in it."""
    if not text:
        return []
    spans = [
        (start, end, note(match))
        for match in matches
        if match.get("found_in", "text") == "text" and acts(match)
        for start, end in match["spans"]
    ]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end) if 0 <= at <= len(text))})
    found = []
    for start, end in pairwise(cuts):
        notes = tuple(dict.fromkeys(said for first, last, said in spans if first <= start and end <= last))
        found.append(Piece(text[start:end], notes))
    return found


def note(match: dict[str, Any]) -> str:
    """What a marked word says when pointed at."""
    said = label(match["category"])
    if match.get("aimed_at"):
        said += f", at {AIMS.get(match['aimed_at'], match['aimed_at'])}"
    if match.get("hidden_as"):
        said += f", {HIDDEN.get(match['hidden_as'], match['hidden_as'])}"
    return said


def folded(text: str | None, matches: Sequence[dict[str, Any]]) -> str | None:
    """The text with severe words masked, or None where there are none to mask."""
    severe = _severe(text or "", matches)
    return masked(text or "", severe) if severe else None


def reason(match: dict[str, Any], text: str | None, matches: Sequence[dict[str, Any]]) -> str:
    """The sentence of a match, with every severe word of the comment masked in it: another rule may have seen it."""
    return masked(match["reason"], _severe(text or "", matches))


def _severe(text: str, matches: Sequence[dict[str, Any]]) -> list[str]:
    """Matched words of the folded categories, as written and as quoted; longer phrases stay, or nothing is understood."""
    found = [
        text[start:end]
        for match in matches
        if match["category"] in FOLDED and match.get("found_in", "text") == "text"
        for start, end in match["spans"]
        if match.get("hidden_as") or len(text[start:end].split()) <= WORDS_FOLDED
    ]
    return [*found, *(" ".join(words.split()) for words in found)]


def excerpt(text: str | None, matches: Sequence[dict[str, Any]], length: int = 300) -> list[Piece]:
    """The beginning of a text for a list, with its marks; severe words are masked instead."""
    masked_text = folded(text, matches)
    if masked_text is not None or not text:
        return [Piece(shortened(masked_text or "(text no longer kept)", length), ())]
    shown, left = [], length
    for piece in pieces(text, matches):
        shown.append(Piece(shortened(piece.text, left), piece.notes))
        left -= visible(piece.text)
        if left <= 0:
            break
    return shown


def ago(at: datetime | str | None, now: datetime) -> str:
    """How long ago, as people say it."""
    if at is None:
        return "never"
    moment = datetime.fromisoformat(at.replace("Z", "+00:00")) if isinstance(at, str) else at
    seconds = (now - moment).total_seconds()
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def day(at: datetime | str | None) -> str:
    """A date with its time, by the clock of the page."""
    if at is None:
        return "—"
    moment = datetime.fromisoformat(at.replace("Z", "+00:00")) if isinstance(at, str) else at
    return moment.astimezone(clock()).strftime("%-d %b %Y, %H:%M")


def clock() -> tzinfo:
    """The zone of this page's times: that of the site's working hours, else UTC."""
    return g.get("zone") or UTC


def zone_of(settings: Mapping[str, Any]) -> tzinfo | None:
    """The zone in which a site names its working hours (`staffed`), where this machine knows it."""
    given: Any = settings.get("staffed")
    shift = given[0] if isinstance(given, list) and given else given
    try:
        return ZoneInfo(str(shift["zone"]))
    except (TypeError, KeyError, ValueError, OSError):
        return None


def actor(one: dict[str, Any] | None) -> str:
    """Who did something, as colleagues are told."""
    return (one["name"] or ACTORS.get(one["kind"] or "", "somebody")) if one else ""


def many(count: int, one: str, several: str | None = None) -> str:
    """A count with its noun."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def label(code: str, *tables: dict[str, str]) -> str:
    """The word for a code."""
    for table in tables or (CATEGORIES,):
        if code in table:
            return table[code]
    return code.replace("_", " ")


def acts(match: dict[str, Any]) -> bool:
    """Whether a match is of a rule that acts: live, also where the safety limit has made it milder."""
    return match["state"] in ACTING


def is_harassment(matches: list[dict[str, Any]]) -> bool:
    """Whether live rules saw an attack that is more than one comment's."""
    return any(match["category"] == "harassment" and acts(match) for match in matches)


def strictest(matches: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Live matches that made something happen, gravest first; then the rest."""
    return sorted(matches, key=lambda match: (acts(match), gravity(match["action"], match["category"])), reverse=True)


def merged(matches: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The matches as lines: those of one category about the same words are one line."""
    found: list[list[dict[str, Any]]] = []
    for match in strictest(matches):
        line = next((line for line in found if _same(line[0], match)), None)
        if line is None:
            found.append([match])
        else:
            line.append(match)
    return found


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    alike = all(one.get(key) == other.get(key) for key in ("category", "state", "found_in"))
    return alike and any(start < last and first < end for start, end in one["spans"] for first, last in other["spans"])


def flags(given: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Readers' flags by reason, each with its count, its notes and when the last came."""
    found: dict[str, dict[str, Any]] = {}
    for flag in given:
        line = found.setdefault(flag["reason"], {"reason": flag["reason"], "count": 0, "notes": []})
        line["count"] += 1
        line["at"] = flag["at"]
        line["notes"] += [flag["note"]] if flag["note"] else []
    return sorted(found.values(), key=lambda line: -line["count"])


def flag_chips(counts: dict[str, int], shown: int = 5) -> tuple[list[tuple[str, int]], int]:
    """The gravest reasons of readers' flags with their counts, and how many more reasons there are."""
    told = [(reason, count) for reason, count in counts.items() if reason != "disagree"]
    told.sort(key=lambda one: (gravity("hold", one[0]), one[1]), reverse=True)
    return told[:shown], max(0, len(told) - shown)


def register(desk: Blueprint) -> None:
    """Makes the words known to the templates."""
    filters: dict[str, Callable[..., Any]] = {
        "ago": ago,
        "day": day,
        "excerpt": excerpt,
        "label": label,
        "runs": runs,
        "mixed": mixed,
    }
    for name, function in filters.items():
        desk.add_app_template_filter(function, f"desk_{name}")
    desk.add_app_template_test(acts, "desk_acts")

"""A verdict in words: for the moderator, for the writer, and as the document of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .facts import NOTHING, Facts, Submission
from .ruleset import Ruleset
from .verdict import ACTING, Match, Reason, Verdict

LONGEST_QUOTE = 60
TOO_MUCH = "It has more listed or disguised words than the rules look at: a person has to look."
SILENT = frozenset(("slur", "spam", "legal_risk", "personal_information"))


def render(match: Match, ruleset: Ruleset, text: str, submission: Submission | None = None) -> str:
    """A match in, one sentence for the moderator out, with the words that were matched."""
    rule = ruleset.rule(match.rule)
    sentence = (rule.reason or rule.title) if rule else match.rule
    words = matched_text(match, text, submission)
    if not words:  # the rule is about the whole comment: there is nothing to quote
        sentence = sentence.replace(' ("{match}")', "")
    return sentence.replace("{match}", words or "…")  # nothing to quote, or the text is no longer kept


def matched_text(match: Match, text: str, submission: Submission | None = None) -> str:
    """The words of a match as written, shortened."""
    if match.found_in == "name":
        return _short((submission.author.name if submission else None) or "")
    return " … ".join(dict.fromkeys(_short(text[start:end]) for start, end in united(match.spans)[:3]))


def united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in, the same in order with those that overlap made one out: nothing is quoted twice."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def message(verdict: Verdict, ruleset: Ruleset, text: str = "") -> str:
    """A verdict in, what the strictest rule says to the writer out (without words of silent categories)."""
    for match in verdict.matches:
        rule = ruleset.rule(match.rule)
        if rule and rule.message and match.state in ACTING and match.action != "allow":
            quoted = "" if match.category in SILENT else matched_text(match, text)
            return rule.message.replace("{match}", quoted)
    return ""


def as_document(verdict: Verdict, ruleset: Ruleset, facts: Facts) -> dict[str, Any]:
    """A verdict in, the document of the contract out, with the matched text cut out of the comment."""
    given, scored = facts.submission, (facts.scores, facts.scored_by)
    return {
        "action": verdict.action.value,
        "categories": list(verdict.categories),
        "matches": [match_document(match, ruleset, given, *scored) for match in verdict.matches],
        "reasons": [_reason_document(reason, verdict, ruleset, given) for reason in verdict.reasons],
        "unknown": [{"rule": one.rule, "what": one.what} for one in verdict.unknown],
        "scores": dict(facts.scores),
        "scored_by": {name: dict(source) for name, source in facts.scored_by.items()},
        "not_assessed": dict(facts.not_assessed),
        "language": verdict.language,
        "ruleset": verdict.ruleset,
        "engine": verdict.engine,
    }


def match_document(
    match: Match,
    ruleset: Ruleset,
    given: Submission,
    scores: Mapping[str, float] = NOTHING,
    scored_by: Mapping[str, Mapping[str, str]] = NOTHING,
) -> dict[str, Any]:
    """A match in, its entry in the document out; scores that its rule asks for with the model that gave them."""
    document: dict[str, Any] = {
        "rule": match.rule,
        "category": match.category,
        "action": match.action,
        "state": match.state,
        "spans": [list(span) for span in match.spans],
        "text": matched_text(match, given.text, given),
        "reason": render(match, ruleset, given.text, given),
    }
    optional = {"aimed_at": match.aimed_at, "hidden_as": match.hidden_as}
    document |= {key: value for key, value in optional.items() if value}
    rule = ruleset.rule(match.rule)
    asked = [name for name in rule.scores if name in scores] if rule else ()
    if asked:
        document["scores"] = {name: {"score": scores[name], **scored_by.get(name, {})} for name in asked}
    return document | ({"found_in": "name"} if match.found_in == "name" else {})


def reason_text(reason: Reason, verdict: Verdict, ruleset: Ruleset, given: Submission) -> str:
    """A reason in, its sentence for the moderator out."""
    rule = ruleset.rule(reason.rule or "")
    title = rule.title if rule else reason.rule or ""
    if reason.code == "rule_failed":
        return f"The check “{title}” failed: a person has to look."
    if reason.code == "rule_unknown":
        return f"“{title}” could not be decided: a person has to look."
    if reason.code == "too_much":
        return TOO_MUCH
    match = next((match for match in verdict.matches if match.rule == reason.rule), None)
    return render(match, ruleset, given.text, given) if match else title


def _reason_document(reason: Reason, verdict: Verdict, ruleset: Ruleset, given: Submission) -> dict[str, Any]:
    code = "rule" if reason.code == "rule" else "not_judged"
    document = {"code": code, "text": reason_text(reason, verdict, ruleset, given)}
    return document | ({"rule": reason.rule} if reason.rule else {})


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"

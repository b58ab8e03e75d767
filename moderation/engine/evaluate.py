"""Facts and a ruleset in, a verdict out. Pure; what fails or runs out of time becomes an action for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from . import ENGINE_VERSION
from .conditions.base import NO, Outcome
from .facts import Facts
from .look import Found, Look
from .rule import Rule
from .ruleset import Ruleset
from .text.language import Language
from .verdict import ACTING, RANK, Action, Match, Reason, Unknown, Verdict

MOST_SPANS = 50


def evaluate(facts: Facts, ruleset: Ruleset, *, deadline: Callable[[], bool] | None = None) -> Verdict:
    """Judge one comment. deadline() is true when time is up: rules left then count as failed."""
    look = Look(facts, ruleset.matchers, deadline)
    exemptions = [one for one in ruleset.exempt if one.is_for(facts.submission)]
    matches: list[Match] = []
    unsure: list[tuple[Rule, Outcome]] = []
    failed: list[Rule] = []
    for rule in _due(look, ruleset):
        try:
            look.check_time()
            outcome = judge_rule(rule, look)
            if outcome.truth is False or any(one.is_from(rule) for one in exemptions):
                continue
            if outcome.truth:
                matches += _matches(rule, outcome, look)
        except Exception:  # any fault of a condition becomes work for people, never a silent allow
            failed.append(rule)
            continue
        if outcome.unknown:
            unsure.append((rule, outcome))
    return _verdict(look, ruleset, matches, unsure, failed, is_cut=_is_cut(look))


def _due(look: Look, ruleset: Ruleset) -> Sequence[Rule]:
    """The rules that may be true, as they may act now; all that run where that cannot be told, so that each fails by itself."""
    paused = look.facts.paused
    try:
        look.check_time()
        rules: Sequence[Rule] = ruleset.gates.opened_by(look.signs)
    except Exception:
        rules = ruleset.gates.rules
    if not paused:
        return rules
    return [rule.paused(paused[rule.hash]) if rule.hash in paused else rule for rule in rules]


def _is_cut(look: Look) -> bool:
    """Whether a text has more listed or disguised words than are looked at; what fails has its own reason."""
    try:
        return look.text.is_cut
    except Exception:
        return False


def judge_rule(rule: Rule, look: Look) -> Outcome:
    """One rule on one comment, whatever its state."""
    outcome = rule.when.check(look, rule.unless_match)
    if rule.unless is None or outcome.truth is False:
        return outcome
    exception = rule.unless.check(look)
    if exception.truth:
        return NO
    return outcome if exception.truth is False else Outcome(None, unknown=(*outcome.unknown, *exception.unknown))


def is_exempt(rule: Rule, look: Look, ruleset: Ruleset) -> bool:
    """Whether an exemption of the ruleset takes this comment out of the rule."""
    return any(one.is_for(look.given) and one.is_from(rule) for one in ruleset.exempt)


def _matches(rule: Rule, outcome: Outcome, look: Look) -> Iterable[Match]:
    """One match for each aim and disguise."""
    groups: dict[tuple[str | None, str | None, str | None, str], list[Found]] = {}
    for found in outcome.found:
        aim = look.aim(found)
        groups.setdefault((aim.at, aim.target, found.hidden_as, found.where), []).append(found)
    if not groups:
        yield Match(rule.id, rule.hash, rule.category, rule.action, rule.state)
    for (at, target, hidden, where), several in groups.items():
        spans = _spans(several, look) if where == "text" else ()
        about = (rule.id, rule.hash, rule.category, rule.action, rule.state)
        yield Match(*about, spans, at, target, hidden, where)


def _spans(several: list[Found], look: Look) -> tuple[tuple[int, int], ...]:
    """Where the evidence stands in the writer's text, without the comma or blank that a pattern ends with."""
    view = look.text.view
    lengths = [len(view.text[found.start : found.end].rstrip(" ,;:")) for found in several]
    ends = [found.start + length if length else found.end for found, length in zip(several, lengths, strict=True)]
    places = {view.span(found.start, end) for found, end in zip(several, ends, strict=True)}
    return tuple(sorted(places))[:MOST_SPANS]


def _verdict(
    look: Look,
    ruleset: Ruleset,
    matches: list[Match],
    unsure: list[tuple[Rule, Outcome]],
    failed: list[Rule],
    *,
    is_cut: bool,
) -> Verdict:
    live = _in_order([m for m in matches if m.state in ACTING], ruleset) if matches else []
    others = sorted((m for m in matches if m.state not in ACTING), key=lambda m: m.rule) if matches else []
    acting = _acting(live, unsure, failed, is_cut=is_cut)
    hit = {match.rule: rule for match in live if match.state == "live" and (rule := ruleset.rule(match.rule))}
    language = _language(look)
    return Verdict(
        action=Action(acting[0][0]) if acting else Action.ALLOW,
        categories=tuple(dict.fromkeys([match.category for match in live if match.action != "allow"])),
        matches=(*live, *others),
        reasons=tuple(dict.fromkeys([reason for _, reason in acting])),
        unknown=tuple([Unknown(rule.id, what) for rule, outcome in unsure for what in dict.fromkeys(outcome.unknown)]),
        language=language.code if language else None,
        language_sure=bool(language and language.sure),
        ruleset=ruleset.version,
        engine=ENGINE_VERSION,
        urgent=any(rule.urgent for rule in hit.values()),
        ask_first=tuple([id for id, rule in hit.items() if rule.ask_first]),
        strikes=tuple(dict.fromkeys([rule.strike for rule in hit.values() if rule.strike])),
        failed=tuple([rule.id for rule in failed]),
    )


def _in_order(live: list[Match], ruleset: Ruleset) -> list[Match]:
    """The strictest first; of these, words before scores: what a list names is the better reason to read."""
    return sorted(live, key=lambda match: (-RANK[match.action], match.rule in ruleset.gates.scored, match.rule))


def _acting(
    live: list[Match], unsure: list[tuple[Rule, Outcome]], failed: list[Rule], *, is_cut: bool
) -> list[tuple[str, Reason]]:
    """What asks for an action, the strictest first."""
    acting = [(rule.if_failed, Reason("rule_failed", rule.id)) for rule in failed if rule.state in ACTING]
    acting += [
        (rule.if_unknown, Reason("rule_unknown", rule.id))
        for rule, _ in unsure
        if rule.if_unknown and rule.state in ACTING
    ]
    acting += [(match.action, Reason("rule", match.rule)) for match in live]
    acting += [("hold", Reason("too_much"))] if is_cut else []
    return sorted([pair for pair in acting if pair[0] != "allow"], key=lambda pair: -RANK[pair[0]])


def _language(look: Look) -> Language | None:
    try:
        return look.language
    except Exception:  # the verdict stands without a language
        return None

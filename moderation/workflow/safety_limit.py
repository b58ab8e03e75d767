"""The safety limit: a new or changed rule that stops too many comments is paused at its site until somebody looks.

A pause takes a rule one step down: where it rejected it holds, where it held it lists for review. What rejected and then
still stops too much as a hold goes down the second step. So nothing that the rule was right about appears unseen at once,
and nothing that it was wrong about waits in hundreds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from moderation import telemetry
from moderation.engine.rule import Rule
from moderation.errors import NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, RulePause, new_id
from moderation.storage.queries import lookup, pauses
from moderation.storage.queries.history import STOPPING
from moderation.storage.rows import insert_once
from moderation.workflow import queue_items
from moderation.workflow.incoming import SYSTEM, Actor
from moderation.workflow.judge import Judged
from moderation.workflow.recording import Recorder
from moderation.workflow.rulebook import Published, Rulebook
from moderation.workflow.rulesets import NoRuleset

YOUNG = timedelta(hours=24)  # how long after a change a rule can be paused
LEAST_CHECKED = 50  # comments before anything can be said
LEAST_STOPPED = 5  # fewer are chance
LOOKED_AT = 500  # the latest comments, of which the share is taken
SHARE = 0.05
SAFETY_SHARE = 0.20  # of rules whose silence costs more than a full queue
SAFETY = frozenset(("threat", "self_harm", "personal_information", "legal_risk"))
OWN_SHARE = 3  # times what the rule met before: in trial, or in an earlier form
OWN_DAYS = timedelta(days=7)
OWN_LEAST = 200  # comments before that figure says anything
MOVES = 50  # publications looked at to find what was in force a day ago
FORMS = 8  # versions compiled to find since when a rule stands as it does

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class _Young:
    """A live rule in a form that was not in force a day ago, since when, and the versions that have it."""

    rule: Rule
    since: datetime
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Count:
    """What a rule stopped of the latest comments."""

    checked: int
    stopped: Sequence[Row[Any]]
    limit: float

    @property
    def in_words(self) -> str:
        return f"stopped {len(self.stopped)} of the last {self.checked} comments; the limit is {self.limit * 100:.0f} %"


@dataclass(frozen=True, slots=True)
class SafetyLimit:
    """The verbs around pauses."""

    record: Recorder
    rulebook: Rulebook
    _known: dict[str, tuple[tuple[str, datetime], tuple[_Young, ...]]] = field(default_factory=dict)
    _own: dict[tuple[str, str, datetime], float] = field(default_factory=dict)

    def watch(self, *, site_id: str, judged: Judged, now: datetime) -> None:
        """After a check was recorded: pauses a young rule that stopped this comment as it stops too many.

        Asks the database nothing where none did. The comment's check stands whatever fails here.
        """
        if str(judged.verdict.action) not in STOPPING or now - judged.rules.published_at >= YOUNG:
            return
        try:
            reasons = [(reason.rule, reason.code) for reason in judged.verdict.reasons]
            for young in self._young(site_id, judged.rules, now):
                rule = _as_it_acts(young.rule, judged.rules.paused)
                if now - young.since < YOUNG and any(_stops(rule, *reason) for reason in reasons):
                    self._look(site_id, young, now)
        except Exception as error:
            telemetry.failures.labels(what="safety_limit").inc()
            log.error("safety_limit.failed", site=site_id, error=type(error).__name__)

    def paused(self, *, site_id: str) -> list[Rule]:
        """The paused ones of the rules in force."""
        try:
            published = self.rulebook.current(site_id=site_id)
        except NoRuleset:
            return []
        return [rule for rule in published.ruleset.rules if rule.state == "live" and rule.hash in published.paused]

    def pauses(self, *, site_id: str) -> dict[str, dict[str, Any]]:
        """{acts_as, reason, at} of the paused ones of the rules in force, by the rule's id."""
        rules = self.paused(site_id=site_id)
        with self.record.database.read() as session:
            rows = pauses.in_force(session, site_id) if rules else {}
        return {
            rule.id: {"acts_as": row.acts_as, "reason": row.reason, "at": row.created_at}
            for rule in rules
            if (row := rows.get(rule.hash)) is not None
        }

    def release(self, *, site_id: str, rule: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Lets a paused rule act again as it says; as it stands it is not paused again. NotFound if it is not paused."""
        found = self.rulebook.current(site_id=site_id).ruleset.rule(rule)
        with self.record(site_id, now) as ledger:
            rows = pauses.of_rule(ledger.session, site_id, found.hash) if found else ()
            open_ones = [row for row in rows if row.ended_at is None]
            if not open_ones:
                raise NotFound("There is no such paused rule at this site.")
            for row in open_ones:
                row.ended_at = now
            ledger.audit(by=by, act="rule.released", subject=("rule_pause", open_ones[-1].id), rule=rule)
        self.rulebook.forget(site_id)
        return {"rule": rule, "state": "live"}

    def _young(self, site_id: str, published: Published, now: datetime) -> tuple[_Young, ...]:
        key = (published.version, published.published_at)
        known = self._known.get(site_id)
        if known is None or known[0] != key:
            known = self._known[site_id] = (key, tuple(self._find_young(site_id, published, now)))
        return known[1]

    def _find_young(self, site_id: str, published: Published, now: datetime) -> Iterator[_Young]:
        """Compared with what was in force a day ago, else with what a site began with: that was chosen as a whole.

        What this version of the software cannot read can be compared with nothing: then no rule counts as new.
        """
        with self.record.database.read() as session:
            rows = pauses.moves(session, site_id, MOVES)
        before = next((row for row in rows if now - row.created_at >= YOUNG), rows[-1])
        old = self._live(before.version)
        if old is None:
            return
        new = [rule for rule in published.ruleset.rules if rule.state == "live" and rule.hash not in old]
        since = {rule.hash: [rows[0]] for rule in new}
        standing = set(since)
        for row in rows[1:FORMS] if new else ():
            standing &= self._live(row.version) or set()
            if not standing:
                break
            for rule_hash in standing:
                since[rule_hash].append(row)
        for rule in new:
            moves = since[rule.hash]
            yield _Young(rule, moves[-1].created_at, tuple({row.version for row in moves}))

    def _live(self, version: str) -> set[str] | None:
        try:
            return {rule.hash for rule in self.rulebook.ruleset(version).rules if rule.state == "live"}
        except NoRuleset:
            return None

    def _look(self, site_id: str, young: _Young, now: datetime) -> None:
        rule, since = young.rule, young.since
        with self.record.database.read() as session:
            rows = pauses.of_rule(session, site_id, rule.hash)
            if any(row.ended_at is not None or row.acts_as == "review" for row in rows):
                return
            known = {row.rule_hash: row.acts_as for row in rows}
            since = max([since, *(row.created_at for row in rows)])
            checked = pauses.checked(session, site_id, young.versions, since, LOOKED_AT)
        if rows:  # what came before the first step says nothing about it
            checked = [row for row in checked if row.created_at > since]
        count = self._count(site_id, young, _as_it_acts(rule, known), checked)
        if count is not None:
            is_first = not rows and "reject" in (rule.action, rule.if_unknown)
            self._pause(site_id, rule, "hold" if is_first else "review", count, now)

    def _count(self, site_id: str, young: _Young, rule: Rule, rows: Sequence[Row[Any]]) -> _Count | None:
        """What `rule` stopped, if it is too much: of the comments, and of the commenters, or one could have it paused."""
        rows = [row for row in rows if all(reason["code"] != "author_blocked" for reason in row.reasons)]
        stopped = [row for row in rows if any(_stops(rule, *_code(reason)) for reason in row.reasons)]
        if len(rows) < LEAST_CHECKED or len(stopped) < LEAST_STOPPED:
            return None
        writers = len({row.author_id for row in stopped}) / len({row.author_id for row in rows})
        share = min(len(stopped) / len(rows), writers)
        limit = SAFETY_SHARE if rule.category in SAFETY else SHARE
        if share <= limit:
            return None
        limit = max(limit, OWN_SHARE * self._own_share(site_id, young))
        return _Count(len(rows), stopped, limit) if share > limit else None

    def _own_share(self, site_id: str, young: _Young) -> float:
        key = (site_id, young.rule.id, young.since)
        if key not in self._own:
            with self.record.database.read() as session:
                met, checked = pauses.earlier(session, site_id, young.rule.id, young.since - OWN_DAYS, young.since)
            self._own[key] = met / checked if checked >= OWN_LEAST else 0.0
        return self._own[key]

    def _pause(self, site_id: str, rule: Rule, acts_as: str, count: _Count, now: datetime) -> None:
        id = new_id()
        numbers = {"acts_as": acts_as, "stopped": len(count.stopped), "checked": count.checked}
        with self.record(site_id, now) as ledger:
            is_new = insert_once(
                ledger.session,
                RulePause,
                id=id,
                site_id=site_id,
                rule=rule.id,
                rule_hash=rule.hash,
                acts_as=acts_as,
                reason=count.in_words,
                created_at=now,
                ended_at=None,
            )
            if not is_new:
                return  # another worker was faster
            listed = _list_rejected(ledger, count.stopped)
            ledger.told("rule.paused", {"rule": {"id": rule.id, **numbers}})
            ledger.audit(
                by=SYSTEM, act="rule.paused", subject=("rule_pause", id), rule=rule.id, **numbers, listed=listed
            )
        self.rulebook.forget(site_id)
        telemetry.rules_paused.labels(acts_as=acts_as).inc()
        log.warning("rule.paused", site=site_id, rule=rule.id, **numbers)


def _as_it_acts(rule: Rule, paused: Mapping[str, str]) -> Rule:
    return rule.paused(paused[rule.hash]) if rule.hash in paused else rule


def _stops(rule: Rule, id: str | None, code: str) -> bool:
    """Is this reason the rule's, and does it stop a comment? What failed is not the rule's doing."""
    action = {"rule": rule.action, "rule_unknown": rule.if_unknown}.get(code)
    return id == rule.id and action in STOPPING


def _code(reason: Mapping[str, Any]) -> tuple[str | None, str]:
    """A stored reason as the engine named it."""
    return reason.get("rule"), str(reason["why"] if reason["code"] == "not_judged" else reason["code"])


def _list_rejected(ledger: Ledger, rows: Sequence[Row[Any]]) -> int:
    """Puts what the rules rejected before people: whether it is published after all is theirs to say."""
    numbers = {row.comment_id: row.number for row in rows if row.action == "reject"}
    listed = 0
    for id in sorted(numbers):
        comment: Comment = lookup.lock_comment(ledger.session, id)
        is_rules = comment.status == "rejected" and comment.decided_by == "rules"
        if is_rules and comment.latest_revision == numbers[id]:
            listed += queue_items.open_or_raise(ledger, comment, source="rules", rank=queue_items.RANKS["held"])
    return listed

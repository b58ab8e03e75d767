"""What a decision brings about: the comment moves, strikes count or fall, a block is proposed, flags are settled."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from moderation import enforcement, lifecycle
from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import ACTING
from moderation.errors import NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Comment, Decision, Flag, Match, Reader, Revision, Strike, Verdict
from moderation.storage.queries import history, lookup
from moderation.workflow import strikes, verdict_strikes, write_backs
from moderation.workflow.blocks import propose, take_back
from moderation.workflow.incoming import Actor
from moderation.workflow.moves import event_data, move, standing
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.rulesets import NoRuleset

EDIT_ONLY = "edit_not_shown"  # restriction: what was public before stays


@dataclass(frozen=True, slots=True)
class Consequences:
    """Puts a decision into force, or takes it back. The caller holds the locks of author and comment."""

    rulebook: Rulebook

    def take_effect(self, ledger: Ledger, decision: Decision, comment: Comment) -> None:
        """The decision is in force from now on; on an overtaken or withdrawn revision it is only on record."""
        session = ledger.session
        revision = session.get_one(Revision, decision.revision_id)
        verdict = lookup.live_verdict(session, revision.id)
        standing_now = comment.status != "withdrawn" and comment.latest_revision == revision.number
        seen = _seen_beside(ledger, comment, revision) if standing_now else None
        decision.state = "in_force"
        decision.before = {
            "status": comment.status,
            "published_revision": comment.published_revision,
            "decided_by": comment.decided_by,
            "person_stopped": comment.person_stopped,
            "seen_revision_id": seen,
        }
        by = Actor(decision.by_kind, decision.by_id, decision.by_role)  # type: ignore[arg-type]  # ours, as stored
        if standing_now:
            after = lifecycle.decided(
                standing(comment),
                revision=revision.number,
                decision=decision.decision,
                edit_only=decision.restriction == EDIT_ONLY,
            )
            comment.person_stopped = decision.decision != "approve"
            moved = move(
                ledger,
                comment,
                after,
                decided_by="person",
                by=by,
                revision=revision.number,
                verdict=verdict,
                decision=decision.id,
                reason=decision.reason,
            )
            if not moved:
                comment.decided_by = "person"
            if by.kind != "site":  # what the newsroom decided elsewhere, it knows
                write_backs.note(ledger, comment, revision, since=decision.created_at)
        data = event_data(ledger, comment, revision.number, verdict)
        said = {"decision": decision.decision, "reason": decision.reason, "undone": False}
        ledger.told("comment.decided", {**data, "decision": said}, comment)
        self._settle_strikes(ledger, decision, comment, verdict)
        _settle_flags(ledger, decision)

    def reverse(self, ledger: Ledger, decision: Decision, comment: Comment, by: Actor) -> None:
        """Takes back a decision that was in force: strikes fall, and the comment goes back to where it stood."""
        session = ledger.session
        revision = session.get_one(Revision, decision.revision_id)
        verdict = lookup.live_verdict(session, revision.id)
        self.void(ledger, decision, comment, by)
        if comment.status != "withdrawn" and comment.latest_revision == revision.number:
            before = decision.before
            comment.person_stopped = bool(before["person_stopped"])
            back = lifecycle.Standing(_settled(before["status"]), before["published_revision"])
            move(
                ledger,
                comment,
                back,
                decided_by=before["decided_by"],
                by=by,
                revision=revision.number,
                verdict=verdict,
                undone=decision.id,
            )
            comment.decided_by = before["decided_by"]
            write_backs.note(ledger, comment, revision, since=ledger.now)
        data = event_data(ledger, comment, revision.number, verdict)
        said = {"decision": decision.decision, "reason": decision.reason, "undone": True}
        ledger.told("comment.decided", {**data, "decision": said}, comment)

    def void(self, ledger: Ledger, decision: Decision, comment: Comment, by: Actor) -> None:
        """All that followed from a decision for author and readers falls with it; the comment stays where it is."""
        counted = ledger.session.scalars(
            select(Strike).where(Strike.decision_id == decision.id, Strike.state == "confirmed")
        ).all()
        for strike in counted:
            strike.state, strike.voided_at = "void", ledger.now
        ledger.session.flush()
        if counted:
            _end_check_first(ledger, comment, by)
        take_back(ledger, comment.author_id, decision.id, by)
        verdict_strikes.recheck(ledger, comment.author_id, by)
        _reopen_flags(ledger, decision)

    def _settle_strikes(self, ledger: Ledger, decision: Decision, comment: Comment, verdict: Verdict | None) -> None:
        category = self._strike_category(ledger, decision, verdict)
        policy = self._policy(ledger, verdict)
        _void_others(ledger, decision, comment, category, policy)
        if not category:
            return
        at_verdict = policy.counts_at_verdict(category)
        counted_before = at_verdict and verdict_strikes.has_counted(ledger, decision.revision_id, category)
        strike = _confirmed_strike(ledger, decision, comment, category)
        if counted_before:
            return
        ledger.session.flush()
        times_of = history.counting_strikes if at_verdict else history.confirmed_strikes
        times = times_of(
            ledger.session, comment.author_id, category, comment.site_id if policy.scope == "site" else None
        )
        measure = enforcement.measure(policy, category=category, strikes=times, now=ledger.now)
        if measure is not None:
            propose(ledger, comment, measure, cause={"strike": strike.id, "decision": decision.id})

    def _policy(self, ledger: Ledger, verdict: Verdict | None) -> enforcement.Policy:
        try:
            return enforcement.policy(self._ruleset(ledger, verdict).enforcement)
        except (NoRuleset, NotFound):
            return enforcement.policy({})

    def _strike_category(self, ledger: Ledger, decision: Decision, verdict: Verdict | None) -> str:
        """The strike follows the decision's reason: the rule's own where its category is the reason, else the reason."""
        if decision.decision != "reject":
            return ""
        try:
            ruleset = self._ruleset(ledger, verdict)
        except (NoRuleset, NotFound):
            return ""
        policy = self._policy(ledger, verdict)
        proposed = [strike for strike in self._of_matches(ledger, verdict, ruleset, decision.reason) if strike]
        category = proposed[0] if proposed else decision.reason
        return category if policy.strikes_for(category) else ""

    def _of_matches(self, ledger: Ledger, verdict: Verdict | None, ruleset: Ruleset, reason: str) -> list[str | None]:
        if verdict is None:
            return []
        rows = ledger.session.scalars(
            select(Match).where(Match.verdict_id == verdict.id, Match.category == reason, Match.state.in_(ACTING))
        )
        return [rule.strike for row in rows if (rule := ruleset.rule(row.rule)) is not None]

    def _ruleset(self, ledger: Ledger, verdict: Verdict | None) -> Ruleset:
        if verdict is not None and verdict.ruleset:
            try:
                return self.rulebook.ruleset(verdict.ruleset, ledger.session)
            except NoRuleset:
                pass  # too old for this version of the software: the site's present rules say what follows
        return self.rulebook.current(site_id=ledger.site_id).ruleset


def _void_others(
    ledger: Ledger, decision: Decision, comment: Comment, category: str, policy: enforcement.Policy
) -> None:
    """Proposed strikes that the decision does not bear out; blocks that rested on them end."""
    fallen = ledger.session.execute(
        update(Strike)
        .where(Strike.revision_id == decision.revision_id, Strike.state == "proposed", Strike.category != category)
        .values(state="void", voided_at=ledger.now)
        .returning(Strike.category)
        .execution_options(synchronize_session="fetch")
    ).all()
    if any(policy.counts_at_verdict(one.category) for one in fallen):
        by = Actor(decision.by_kind, decision.by_id, decision.by_role)  # type: ignore[arg-type]  # ours, as stored
        _end_check_first(ledger, comment, by)
        verdict_strikes.recheck(ledger, comment.author_id, by)


def _end_check_first(ledger: Ledger, comment: Comment, by: Actor) -> None:
    """Being checked first came from a count of strikes; with one fewer it ends, and the next strike counts anew."""
    author = ledger.session.get_one(Author, comment.author_id)
    if author.check_first_until is not None:
        author.check_first_until = None
        ledger.audit(by=by, act="author.check_first_ended", subject=("author", author.id))


def _settled(status: Any) -> Any:
    """A comment that was pending when a person decided has been judged or will be; until then it is held."""
    return "held" if status == "pending" else status


def _confirmed_strike(ledger: Ledger, decision: Decision, comment: Comment, category: str) -> Strike:
    strikes.propose(ledger, comment, revision_id=decision.revision_id, category=category)
    strike = ledger.session.execute(
        select(Strike)
        .where(Strike.revision_id == decision.revision_id, Strike.category == category)
        .execution_options(populate_existing=True)
    ).scalar_one()
    strike.state, strike.decision_id = "confirmed", decision.id
    strike.confirmed_at, strike.voided_at = ledger.now, None
    return strike


def _seen_beside(ledger: Ledger, comment: Comment, revision: Revision) -> str | None:
    """The earlier text that readers see while an edit waits, or saw until their flags took it down."""
    earlier = (
        select(Revision.id)
        .where(Revision.comment_id == comment.id, Revision.number < revision.number)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    if comment.published_revision is not None:
        return ledger.session.scalar(earlier.where(Revision.number == comment.published_revision))
    flagged = select(Flag.revision_id).where(
        Flag.comment_id == comment.id, Flag.state == "open", Flag.reason != "disagree"
    )
    return ledger.session.scalar(earlier.where(Revision.id.in_(flagged)))


def _settle_flags(ledger: Ledger, decision: Decision) -> None:
    """Flags were right where the text did not stay; each reader's record follows."""
    for revision_id, upheld in _flagged(decision):
        _count_flags(ledger, revision_id, "open", "upheld" if upheld else "declined", +1, int(upheld))


def _reopen_flags(ledger: Ledger, decision: Decision) -> None:
    for revision_id, upheld in _flagged(decision):
        _count_flags(ledger, revision_id, "upheld" if upheld else "declined", "open", -1, -int(upheld))


def _flagged(decision: Decision) -> list[tuple[str, bool]]:
    """The texts whose flags a decision settles, and whether they were right; who approves an edit says nothing of before."""
    own = (decision.revision_id, decision.decision != "approve")
    beside = decision.before.get("seen_revision_id") if decision.decision != "approve" else None
    return [own, (beside, decision.restriction != EDIT_ONLY)] if beside else [own]


def _count_flags(ledger: Ledger, revision_id: str, before: str, after: str, decided: int, upheld: int) -> None:
    rows = ledger.session.scalars(
        select(Flag)
        .where(Flag.revision_id == revision_id, Flag.state == before, Flag.reason != "disagree")
        .order_by(Flag.reader_id)
    ).all()
    for flag in rows:
        flag.state = after
        ledger.session.execute(
            update(Reader)
            .where(Reader.id == flag.reader_id)
            .values(
                flags_decided=Reader.flags_decided + decided,
                flags_upheld=Reader.flags_upheld + upheld,
            )
            .execution_options(synchronize_session="fetch")
        )

"""Moderates one pending revision: claim, judge, record in one transaction. Safe to be told of twice, late, or never."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from moderation import lifecycle, telemetry
from moderation.enforcement import policy
from moderation.engine import ENGINE_VERSION
from moderation.engine import facts as engine
from moderation.engine.verdict import RANK
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Comment, Match, Revision, Story, Verdict, new_id
from moderation.storage.queries import history, lookup
from moderation.storage.rows import counted
from moderation.storage.unit_of_work import Database
from moderation.workflow import queue_items, strikes, verdict_strikes, wishes
from moderation.workflow.incoming import SYSTEM
from moderation.workflow.judge import Judge, Judged, past_of, stored_submission
from moderation.workflow.moves import event_data, move, standing
from moderation.workflow.present import reasons_of
from moderation.workflow.recording import Recorder
from moderation.workflow.rulesets import NoRuleset
from moderation.workflow.safety_limit import SafetyLimit
from moderation.workflow.times import rfc3339

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    revision_id: str
    token: str
    site_id: str
    comment_id: str
    author_id: str
    number: int
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The action after what the site, the block and the past of the comment add to the rules' action."""

    action: str
    decided_by: lifecycle.DecidedBy
    reasons: list[dict[str, Any]]
    list_for_review: bool


@dataclass(frozen=True, slots=True)
class Moderate:
    """The verb of the workers; lease and attempts live in the row."""

    database: Database
    record: Recorder
    judge: Judge
    limit: SafetyLimit
    lease_seconds: float = 90.0
    judge_seconds: float = 10.0
    attempts: int = 5  # after so many crashes a person looks at the comment instead

    def run(self, *, revision_id: str, now: datetime) -> bool:
        """Checks one revision; False where there was nothing to do (done already, or another holds it)."""
        claim = self._claim(revision_id, now)
        if claim is None:
            return False
        judged, failed = None, ""
        if claim.attempts > self.attempts:
            failed = "crashed"
            log.error("moderate.gave_up", revision=revision_id, attempts=claim.attempts)
        else:
            try:
                judged = self._judge(claim, now)
            except NoRuleset as none:
                failed = none.why
            except LookupError:
                return False
        stored = self._record_verdict(claim, judged, failed, now)
        if judged is not None:
            self.limit.watch(site_id=claim.site_id, judged=judged, now=now)
            telemetry.judge_seconds.observe(judged.milliseconds / 1000)
        telemetry.verdicts.labels(action=stored or "stale").inc()
        if stored is not None:
            telemetry.wait_seconds.observe((now - claim.received_at).total_seconds())
        return stored is not None

    def _claim(self, revision_id: str, now: datetime) -> _Claim | None:
        token = new_id()
        with self.database.write() as session:
            taken = session.execute(
                update(Revision)
                .where(
                    Revision.id == revision_id,
                    or_(Revision.state == "waiting", (Revision.state == "claimed") & (Revision.lease_until < now)),
                )
                .values(
                    state="claimed",
                    lease_token=token,
                    lease_until=now + timedelta(seconds=self.lease_seconds),
                    attempts=Revision.attempts + 1,
                )
                .returning(
                    Revision.site_id,
                    Revision.comment_id,
                    Revision.author_id,
                    Revision.number,
                    Revision.received_at,
                    Revision.attempts,
                )
                .execution_options(synchronize_session=False)
            ).one_or_none()
        return None if taken is None else _Claim(revision_id, token, *taken)

    def _judge(self, claim: _Claim, now: datetime) -> Judged:
        rules = self.judge.rulebook.current(site_id=claim.site_id)
        with self.database.read() as session:
            revision, comment, author, story = session.execute(
                select(Revision, Comment, Author, Story)
                .join(Comment, Comment.id == Revision.comment_id)
                .join(Author, Author.id == Comment.author_id)
                .join(Story, Story.id == Comment.story_id)
                .where(Revision.id == claim.revision_id)
            ).one()
            submission = stored_submission(session, comment, revision, author, story)
            submission = history.with_earned_trust(session, submission, author, rules.ruleset.settings, now)
            past = past_of(session, comment, revision, author, submission.parent)
        return self.judge.assess(
            site_id=claim.site_id, submission=submission, past=past, now=now, seconds=self.judge_seconds
        )

    def _record_verdict(self, claim: _Claim, judged: Judged | None, failed: str, now: datetime) -> str | None:
        with self.record(claim.site_id, now) as ledger:
            session = ledger.session
            author = lookup.lock_author(session, claim.author_id)
            comment = lookup.lock_comment(session, claim.comment_id)
            story = session.get_one(Story, comment.story_id)
            done = counted(
                session,
                update(Revision)
                .where(Revision.id == claim.revision_id, Revision.lease_token == claim.token)
                .values(state="done", lease_token=None, lease_until=None),
            )
            if not done:
                log.warning("moderate.stale_lease", revision=claim.revision_id)
                return None
            outcome = self._outcome(ledger, claim, judged, failed, author, comment, story)
            verdict = _store(ledger, claim, judged, outcome)
            overtaken = comment.latest_revision != claim.number or comment.status != "pending"
            if not overtaken:
                self._apply(ledger, comment, claim, verdict, judged, outcome)
            return outcome.action

    def _outcome(
        self,
        ledger: Ledger,
        claim: _Claim,
        judged: Judged | None,
        failed: str,
        author: Author,
        comment: Comment,
        story: Story,
    ) -> _Outcome:
        block = lookup.active_block(ledger.session, author.id, ledger.site_id, ledger.now)
        if block is not None:
            reason = {"code": "author_blocked", "until": rfc3339(block.until)}
            return _Outcome("reject", "block", [reason], False)
        action = str(judged.verdict.action) if judged else "allow"  # not judged: raised to hold below
        reasons = reasons_of(judged.verdict) if judged else []
        by: lifecycle.DecidedBy = "rules"
        settings = judged.rules.ruleset.settings if judged else {}
        wanted = wishes.of_the_site(
            settings, action=action, author=author, comment=comment, story=story,
            received=claim.received_at, now=ledger.now,
        )  # fmt: skip
        for code, least in wanted:
            if RANK[least] > RANK[action]:
                action, by = least, "site"
                reasons.append({"code": code})
        if RANK[action] < RANK["hold"] and (judged is None or "classifier" in judged.failed):
            action, by = "hold", "rules"
            reasons.append({"code": "not_judged", "why": failed or "failed"})
        return _Outcome(action, by, reasons, action in ("review", "hold"))

    def _apply(
        self,
        ledger: Ledger,
        comment: Comment,
        claim: _Claim,
        verdict: Verdict,
        judged: Judged | None,
        outcome: _Outcome,
    ) -> None:
        settings = judged.rules.ruleset.settings if judged else {}
        after = lifecycle.judged(
            standing(comment),
            revision=claim.number,
            action=outcome.action,
            person_stopped=comment.person_stopped,
            edit_hides=bool(settings.get("edit_hides", False)),
        )
        move(
            ledger,
            comment,
            after,
            decided_by=outcome.decided_by,
            by=SYSTEM,
            revision=claim.number,
            verdict=verdict,
            action=outcome.action,
            verdict_id=verdict.id,
        )
        urgent = bool(judged and judged.verdict.urgent and outcome.decided_by != "block")
        if urgent:
            ledger.told("comment.urgent", event_data(ledger, comment, claim.number, verdict), comment)
        if outcome.list_for_review:
            rank = "urgent" if urgent else "held" if outcome.action == "hold" else "review"
            source = "site" if outcome.decided_by == "site" else "rules"
            queue_items.open_or_raise(ledger, comment, source=source, rank=queue_items.RANKS[rank], urgent=urgent)
        else:
            queue_items.close(ledger, comment.id, "checked_again", spare="flags")
        if judged and outcome.decided_by != "block":
            _propose_strikes(ledger, comment, claim, verdict, judged)


def _store(ledger: Ledger, claim: _Claim, judged: Judged | None, outcome: _Outcome) -> Verdict:
    said = judged.verdict if judged else None
    row = Verdict(
        id=new_id(),
        site_id=ledger.site_id,
        revision_id=claim.revision_id,
        action=outcome.action,
        ruleset=said.ruleset if said else None,
        engine=said.engine if said else ENGINE_VERSION,
        model=judged.model if judged else None,
        categories=list(said.categories) if said else [],
        reasons=outcome.reasons,
        unknown=[{"rule": one.rule, "what": one.what} for one in said.unknown] if said else [],
        scores=dict(judged.facts.scores) if judged else {},
        scored_by={name: dict(source) for name, source in judged.facts.scored_by.items()} if judged else {},
        not_assessed=dict(judged.facts.not_assessed) if judged else {},
        language=said.language if said else None,
        facts=engine.to_record(judged.facts) if judged else {},
        milliseconds=judged.milliseconds if judged else 0.0,
        created_at=ledger.now,
    )
    ledger.session.add(row)
    ledger.session.flush()
    for ordinal, match in enumerate(said.matches if said else ()):
        ledger.session.add(
            Match(
                id=new_id(),
                site_id=ledger.site_id,
                verdict_id=row.id,
                ordinal=ordinal,
                rule=match.rule,
                rule_hash=match.rule_hash,
                state=match.state,
                category=match.category,
                action=match.action,
                spans=[list(span) for span in match.spans],
                aimed_at=match.aimed_at,
                target_key=match.target,
                hidden_as=match.hidden_as,
                found_in=match.found_in,
                created_at=ledger.now,
            )
        )
    return row


def _propose_strikes(ledger: Ledger, comment: Comment, claim: _Claim, verdict: Verdict, judged: Judged) -> None:
    """Strikes that the rules propose; they count when a person confirms them, or now where the site chose so."""
    allowed = policy(judged.rules.ruleset.enforcement)
    stopped = str(judged.verdict.action) in history.STOPPING
    for category in filter(allowed.strikes_for, judged.verdict.strikes):
        strike = strikes.propose(
            ledger, comment, revision_id=claim.revision_id, category=category, verdict_id=verdict.id
        )
        if strike and stopped and allowed.counts_at_verdict(category):
            verdict_strikes.count(ledger, comment, allowed, category=category, strike=strike, verdict=verdict.id)

"""Questions to the database whose answer must be zero once the work has drained (reliability.md, Q1 to Q10)."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from moderation.enforcement import policy
from moderation.lifecycle import STATUS_EVENTS
from moderation.storage.archive import RESTORE_STEP
from moderation.storage.ledger import seal
from moderation.storage.models import (
    AuditRow,
    Block,
    Decision,
    Delivery,
    Endpoint,
    Event,
    Flag,
    Match,
    Reader,
    ReviewItem,
    RulesetPointer,
    RulesetRow,
    Site,
    Strike,
    Verdict,
)
from tests.chaos.told import Told, of_clients

__all__ = ["Told", "answers", "in_database", "of_clients", "undelivered", "waiting"]
SLACK = timedelta(seconds=30)  # two acts that overlap carry times in either order
QUESTIONS = {
    "Q2 comments that wait for nobody": """
        SELECT count(*) FROM comment c WHERE
          (c.status = 'pending' AND NOT EXISTS (
             SELECT 1 FROM revision r WHERE r.comment_id = c.id AND r.number = c.latest_revision AND r.state <> 'done'))
          OR (c.status = 'held' AND coalesce(c.decided_by, '') <> 'person' AND NOT EXISTS (
             SELECT 1 FROM review_item i WHERE i.comment_id = c.id AND i.closed_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.comment_id = c.id AND d.state = 'waiting'))""",
    "Q2 revisions without a verdict": """
        SELECT count(*) FROM revision r JOIN comment c ON c.id = r.comment_id
        WHERE r.state <> 'done' OR (NOT EXISTS (
          SELECT 1 FROM verdict v WHERE v.revision_id = r.id AND v.kind = 'live') AND r.attempts > 0)""",
    "Q2 verdicts for review or hold that never reached the list": """
        SELECT count(*) FROM verdict v JOIN revision r ON r.id = v.revision_id JOIN comment c ON c.id = r.comment_id
        WHERE v.kind = 'live' AND v.action IN ('review', 'hold') AND r.number = c.latest_revision
          AND c.status <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM review_item i WHERE i.comment_id = c.id)
          AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.revision_id = r.id)""",
    "Q3 revisions with more than one live verdict": """
        SELECT count(*) FROM (SELECT revision_id FROM verdict WHERE kind = 'live'
          GROUP BY revision_id HAVING count(*) > 1) AS doubled""",
    "Q3 revisions with more than one decision that stands": """
        SELECT count(*) FROM (SELECT revision_id FROM decision WHERE state <> 'undone'
          GROUP BY revision_id HAVING count(*) > 1) AS doubled""",
    "Q3 comments with more than one open review item": """
        SELECT count(*) FROM (SELECT comment_id FROM review_item WHERE closed_at IS NULL
          GROUP BY comment_id HAVING count(*) > 1) AS doubled""",
    "Q4 strikes that count without a decision in force": """
        SELECT count(*) FROM strike s WHERE s.state = 'confirmed' AND NOT EXISTS (
          SELECT 1 FROM decision d WHERE d.id = s.decision_id AND d.state = 'in_force' AND d.decision = 'reject')""",
    "Q8 comments whose last event is not their status": """
        SELECT count(*) FROM comment c WHERE c.sequence > 0 AND c.status <> 'pending' AND NOT EXISTS (
          SELECT 1 FROM event e WHERE e.site_id = c.site_id AND e.position = c.sequence
            AND e.type = 'comment.' || c.status)""",
    "Q8 decided comments without an event": """
        SELECT count(*) FROM comment c WHERE c.sequence = 0 AND c.status <> 'pending'""",
    "Q9 leases past their end": """
        SELECT (SELECT count(*) FROM revision WHERE state = 'claimed') + (SELECT count(*) FROM delivery
          WHERE state = 'claimed') + (SELECT count(*) FROM decision WHERE state = 'waiting')""",
    "Q10 verdicts of unknown rules": """
        SELECT count(*) FROM verdict v WHERE v.ruleset IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM ruleset r WHERE r.version = v.ruleset)""",
}


def in_database(url: str) -> dict[str, int]:
    """The answers of all questions; drained and sound means all zero."""
    engine = create_engine(url)
    with Session(engine) as session:
        found = answers(session)
    engine.dispose()
    return found


def answers(session: Session) -> dict[str, int]:
    """The same, within a session."""
    found = {name: int(session.scalar(text(question)) or 0) for name, question in QUESTIONS.items()}
    sites = session.scalars(select(Site)).all()
    return found | {
        "Q4 decisions that should count once and do not": _strikes_missing(session),
        "Q4 flags without their one event, and events without a flag": _flags_untold(session),
        "Q4 flags that reached no person": _flags_unlisted(session),
        "Q4 readers whose record is not their flags": _readers_miscounted(session),
        "Q5 blocks without a cause, a beginning or an end": sum(_unsound_blocks(session)),
        "Q6 events without their one delivery": _undelivered_events(session),
        "Q7 positions given twice or skipped": sum(_gaps(session, site) for site in sites),
        "Q8 events of one change told twice": _doubled_changes(session),
        "Q8 status events without their one audit row": _changes_unaudited(session),
        "Q8 audit chains that break": sum(not _unbroken(session, site) for site in sites),
    }


def _strikes_missing(session: Session) -> int:
    """Each decision in force that removed a comment for a reason that counts has confirmed exactly one strike."""
    confirmed = Counter(session.scalars(select(Strike.decision_id).where(Strike.state == "confirmed")))
    rows = session.execute(
        select(Decision.id, Decision.reason, Decision.revision_id, Decision.site_id).where(
            Decision.state == "in_force", Decision.decision == "reject"
        )
    )
    wrong = 0
    for decision, reason, revision, site in rows:
        counts = reason if policy(_content(session, revision, site)["enforcement"]).strikes_for(reason) else None
        own = _strike_of_rule(session, revision, site, reason)
        wrong += confirmed[decision] != (1 if counts or own else 0)
    return wrong


def _content(session: Session, revision_id: str, site_id: str) -> dict[str, Any]:
    """The ruleset that a revision was checked by, else the one in force, as it was stored."""
    version = session.scalar(select(Verdict.ruleset).where(Verdict.revision_id == revision_id, Verdict.kind == "live"))
    version = version or session.scalar(select(RulesetPointer.version).where(RulesetPointer.site_id == site_id))
    content: dict[str, Any] = json.loads(session.get_one(RulesetRow, version).body)
    return content


def _strike_of_rule(session: Session, revision_id: str, site_id: str, reason: str) -> bool:
    content = _content(session, revision_id, site_id)
    strikes = {rule["id"]: rule.get("strike") for rule in content["rules"]}
    matched = session.scalars(
        select(Match.rule)
        .join(Verdict, Verdict.id == Match.verdict_id)
        .where(Verdict.revision_id == revision_id, Verdict.kind == "live", Match.category == reason)
        .where(Match.state == "live")
    )
    allowed = policy(content["enforcement"])
    return any(strikes.get(rule) and allowed.strikes_for(strikes[rule]) for rule in matched)


def _flags_untold(session: Session) -> int:
    flags = Counter(session.scalars(select(Flag.site_id)))
    told = Counter(session.scalars(select(Event.site_id).where(Event.type == "comment.flagged")))
    return sum(abs(flags[site] - told[site]) for site in flags | told)


def _flags_unlisted(session: Session) -> int:
    """One reader's flag reaches a person: an item of its comment was open when it came, or still is."""
    items: dict[str, list[ReviewItem]] = {}
    for item in session.scalars(select(ReviewItem)):
        items.setdefault(item.comment_id, []).append(item)
    flags = session.scalars(select(Flag).where(Flag.reason != "disagree"))
    return sum(
        not any(i.closed_at is None or i.closed_at + SLACK >= flag.created_at for i in items.get(flag.comment_id, []))
        for flag in flags
    )


def _readers_miscounted(session: Session) -> int:
    flags = session.execute(select(Flag.reader_id, Flag.state).where(Flag.reason != "disagree")).all()
    decided = Counter(reader for reader, state in flags if state != "open")
    upheld = Counter(reader for reader, state in flags if state == "upheld")
    return sum(
        (reader.flags_decided, reader.flags_upheld) != (decided[reader.id], upheld[reader.id])
        for reader in session.scalars(select(Reader))
    )


def _unsound_blocks(session: Session) -> Iterator[bool]:
    """A block that began was told and audited once, and once more at its end; one that the policy proposed has a strike."""
    told = {type: Counter(_of_events(session, type, "block")) for type in ("author.blocked", "author.unblocked")}
    acts: dict[str, Counter[str]] = {}
    for row in session.scalars(select(AuditRow).where(AuditRow.subject_kind == "author")):
        acts.setdefault(row.act, Counter())[row.details.get("block", "")] += 1
    strikes = set(session.scalars(select(Strike.id)))
    for block in session.scalars(select(Block)):
        began, ended = block.started_at is not None, block.state in ("lifted", "expired")
        yield told["author.blocked"][block.id] < began or acts.get("author.blocked", Counter())[block.id] != began
        yield told["author.unblocked"][block.id] < ended
        yield ended and acts.get(f"block.{block.state}", Counter())[block.id] != 1
        yield block.state == "active" and (not began or _is_over(block.until))
        yield "strike" in block.evidence and block.evidence["strike"] not in strikes
        yield block.scope == "site" and max(told["author.blocked"][block.id], told["author.unblocked"][block.id]) > 1


def _is_over(until: datetime | None) -> bool:
    return until is not None and until + SLACK < datetime.now(UTC)


def _of_events(session: Session, type: str, what: str) -> Iterator[str]:
    for data in session.scalars(select(Event.data).where(Event.type == type)):
        yield data[what]["id"]


def _undelivered_events(session: Session) -> int:
    """Every event has one delivery for each endpoint that was there, asks for its type, and was not disabled."""
    deliveries = _count_rows(session, select(Delivery.event_id, Delivery.endpoint_id))
    wrong = sum(count - 1 for count in deliveries.values())
    for endpoint in session.scalars(select(Endpoint).where(Endpoint.disabled_at.is_(None))):
        events = session.execute(
            select(Event.id, Event.type).where(
                Event.site_id == endpoint.site_id, Event.created_at > endpoint.created_at + SLACK / 30
            )
        )
        wrong += sum(
            (id, endpoint.id) not in deliveries for id, type in events if not endpoint.types or type in endpoint.types
        )
    return wrong


def _doubled_changes(session: Session) -> int:
    """Two events of a comment that follow each other never tell the same: exactly one for each change."""
    last: dict[tuple[str, str], tuple[Any, ...]] = {}
    doubled = 0
    events = select(Event).where(Event.type.in_(STATUS_EVENTS)).order_by(Event.site_id, Event.position)
    for event in session.scalars(events):
        comment = event.data["comment"]
        key, change = (event.site_id, comment["id"]), (event.type, comment["revision"], comment["publish"])
        doubled += last.get(key) == change
        last[key] = change
    return doubled


def _changes_unaudited(session: Session) -> int:
    told = _count_rows(session, select(Event.site_id, Event.type).where(Event.type.in_(STATUS_EVENTS)))
    acts = _count_rows(session, select(AuditRow.site_id, AuditRow.act).where(AuditRow.act.in_(STATUS_EVENTS)))
    return sum(abs(told[key] - acts[key]) for key in told | acts)


def _count_rows(session: Session, rows: Any) -> Counter[tuple[str, str]]:
    return Counter((one, other) for one, other in session.execute(rows))


def _unbroken(session: Session, site: Site) -> bool:
    before = ""
    for row in session.scalars(select(AuditRow).filter_by(site_id=site.id).order_by(AuditRow.position)):
        told = {
            name: getattr(row, name)
            for name in ("by_kind", "by_id", "by_role", "act", "subject_kind", "subject_id", "details")
        }
        at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
        if row.mac != seal(site.audit_key, before, row.position, at, told):
            return False
        before = row.mac
    return True


def _gaps(session: Session, site: Site) -> int:
    """Every number up to the last belongs to exactly one event or audit row, but for the steps of restores."""
    positions = "SELECT position FROM event WHERE site_id = :s UNION ALL SELECT position FROM audit WHERE site_id = :s"
    given = [position for (position,) in session.execute(text(positions), {"s": site.id})]
    last = session.scalar(text("SELECT last FROM position WHERE site_id = :s"), {"s": site.id}) or 0
    return (last - len(given)) % RESTORE_STEP + len(given) - len(set(given))


def waiting(url: str) -> int:
    """Revisions and decisions that still have to be dealt with."""
    return _count(
        url,
        "SELECT (SELECT count(*) FROM revision WHERE state <> 'done')"
        " + (SELECT count(*) FROM decision WHERE state = 'waiting')",
    )


def undelivered(url: str) -> int:
    """Deliveries that are neither done nor dead."""
    return _count(url, "SELECT count(*) FROM delivery WHERE state IN ('due', 'claimed')")


def _count(url: str, question: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(question)).scalar_one())
    finally:
        engine.dispose()

"""Questions to the database whose answer must be zero once the work has drained, and the same of what clients were told."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from moderation.storage.ledger import seal
from moderation.storage.models import AuditRow, Site

QUESTIONS = {
    "Q2 comments that wait for nobody": """
        SELECT count(*) FROM comment c WHERE
          (c.status = 'pending' AND NOT EXISTS (
             SELECT 1 FROM revision r WHERE r.comment_id = c.id AND r.number = c.latest_revision AND r.state <> 'done'))
          OR (c.status = 'held' AND c.decided_by <> 'person' AND NOT EXISTS (
             SELECT 1 FROM review_item i WHERE i.comment_id = c.id AND i.closed_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.comment_id = c.id AND d.state = 'waiting'))""",
    "Q2 revisions without a verdict": """
        SELECT count(*) FROM revision r JOIN comment c ON c.id = r.comment_id
        WHERE r.state <> 'done' OR (NOT EXISTS (
          SELECT 1 FROM verdict v WHERE v.revision_id = r.id AND v.kind = 'live') AND c.decided_by <> 'site')""",
    "Q3 revisions with more than one live verdict": """
        SELECT count(*) FROM (SELECT revision_id FROM verdict WHERE kind = 'live'
          GROUP BY revision_id HAVING count(*) > 1) AS doubled""",
    "Q3 comments with more than one open review item": """
        SELECT count(*) FROM (SELECT comment_id FROM review_item WHERE closed_at IS NULL
          GROUP BY comment_id HAVING count(*) > 1) AS doubled""",
    "Q4 strikes that count without a decision in force": """
        SELECT count(*) FROM strike s WHERE s.state = 'confirmed' AND NOT EXISTS (
          SELECT 1 FROM decision d WHERE d.id = s.decision_id AND d.state = 'in_force' AND d.decision = 'reject')""",
    "Q5 blocks in force without a beginning": """
        SELECT count(*) FROM block b WHERE b.state = 'active' AND (b.started_at IS NULL OR NOT EXISTS (
          SELECT 1 FROM audit a WHERE a.act = 'author.blocked' AND a.subject_id = b.author_id))""",
    "Q6 events without a delivery for an endpoint that was there": """
        SELECT count(*) FROM event e JOIN endpoint p ON p.site_id = e.site_id AND p.created_at < e.created_at
        WHERE p.disabled_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM delivery d WHERE d.event_id = e.id AND d.endpoint_id = p.id)""",
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


@dataclass
class Told:
    """What clients were told: comments acknowledged, events read from the feed, posts that a receiver got."""

    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    clean: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    webhook_since: str | None = None


def in_database(url: str) -> dict[str, int]:
    """The answers of all questions, and the audit chains that break; drained and sound means all zero."""
    engine = create_engine(url)
    with Session(engine) as session:
        found = {name: int(session.scalar(text(question)) or 0) for name, question in QUESTIONS.items()}
        found["Q8 audit chains that break"] = sum(not _unbroken(session, site) for site in session.query(Site))
        found["Q7 positions given twice or skipped"] = sum(_gaps(session, site) for site in session.query(Site))
    engine.dispose()
    return found


def of_clients(told: Told, now_shown: dict[str, dict[str, Any] | None]) -> dict[str, int]:
    """What clients were told, against what the API shows now (comment id → the comment, or None)."""
    ids = Counter(event["id"] for event in told.events)
    last: dict[str, dict[str, Any]] = {}
    wrong_order = 0
    for event in told.events:
        comment = event["data"].get("comment")
        if comment and event["type"].split(".")[1] in ("published", "held", "rejected", "withdrawn"):
            wrong_order += comment["sequence"] <= last.get(comment["id"], {"sequence": 0})["sequence"]
            last[comment["id"]] = comment
    received = {post["id"] for post in told.received}
    expected = {event["id"] for event in told.events if told.webhook_since and event["created_at"] > told.webhook_since}
    return {
        "Q1 acknowledged comments that are gone": sum(now_shown.get(id) is None for id in told.comments),
        "Q6 events that the receiver never got": len(expected - received),
        "Q7 events doubled in the feed": sum(count - 1 for count in ids.values()),
        "Q7 events of a comment in the wrong order": wrong_order,
        "Q7 comments whose last event says something else": sum(
            _differs(last.get(id), shown) for id, shown in now_shown.items() if shown is not None
        ),
        "Q7 bodies of one event that differ": _differing_bodies(told.received),
        "clean comments that did not come out": sum(
            not (now_shown.get(id) or {}).get("publish") for id in told.clean - told.withdrawn
        ),
    }


def _differs(event: dict[str, Any] | None, shown: dict[str, Any]) -> bool:
    if event is None:
        return shown["status"] != "pending"
    return (event["status"], event["publish"], event["sequence"]) != (
        shown["status"], shown["publish"], shown["sequence"],
    )  # fmt: skip


def _differing_bodies(received: list[dict[str, Any]]) -> int:
    bodies: dict[str, set[str]] = {}
    for post in received:
        bodies.setdefault(post["id"], set()).add(json.dumps(post["body"], sort_keys=True))
    return sum(len(each) > 1 for each in bodies.values())


def _unbroken(session: Session, site: Site) -> bool:
    before = ""
    for row in session.query(AuditRow).filter_by(site_id=site.id).order_by(AuditRow.position):
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
    """Every number up to the last belongs to exactly one event or audit row."""
    given = [
        position
        for (position,) in session.execute(
            text(
                "SELECT position FROM event WHERE site_id = :s UNION ALL SELECT position FROM audit WHERE site_id = :s"
            ),
            {"s": site.id},
        )
    ]
    last = session.scalar(text("SELECT last FROM position WHERE site_id = :s"), {"s": site.id}) or 0
    return abs(last - len(given)) + len(given) - len(set(given))


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


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

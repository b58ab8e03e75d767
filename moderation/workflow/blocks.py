"""Blocks as rows: proposed by the policy, started, ended; every start and end is told to all sites that it concerns."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.enforcement import Measure
from moderation.errors import Conflict
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Block, Comment, Site, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow.incoming import SYSTEM, Actor
from moderation.workflow.times import rfc3339


def propose(ledger: Ledger, comment: Comment, measure: Measure, *, cause: dict[str, Any]) -> None:
    """Carries out what the policy says after a strike that counts; a block waits for a person unless it is automatic.

    `cause`: the strike, and the decision (or the verdict) that made it count. Staff and moderators are never blocked.
    """
    author = ledger.session.get_one(Author, comment.author_id)
    if measure.kind == "check_first":
        author.check_first_until = ledger.now + timedelta(days=measure.days or 0)
    if measure.kind != "block":
        _audit(ledger, SYSTEM, f"author.{measure.kind}", author.id, category=measure.category, **cause)
        return
    if author.role in ("staff", "moderator"):
        return
    if lookup.active_block(ledger.session, author.id, ledger.site_id, ledger.now) is not None:
        return
    block = _insert(ledger, author, measure, cause)
    if block is not None and measure.automatic:
        start(ledger, block, by=SYSTEM)


def _insert(ledger: Ledger, author: Author, measure: Measure, cause: dict[str, Any]) -> Block | None:
    id = new_id()
    review = measure.review_after_days
    inserted = insert_once(
        ledger.session,
        Block,
        id=id,
        realm_id=author.realm_id,
        site_id=ledger.site_id,
        author_id=author.id,
        scope=measure.scope,
        state="proposed",
        category=measure.category,
        reason=measure.category,
        evidence={"strikes": measure.strikes, **cause},
        days=measure.days,
        review_at=ledger.now + timedelta(days=review) if review else None,
        created_at=ledger.now,
        by_kind="system",
    )
    return ledger.session.get_one(Block, id) if inserted else None


def start(ledger: Ledger, block: Block, *, by: Actor) -> None:
    """A block is in force from now on; a shorter one makes room. Raises Conflict where a longer one is in force."""
    until = block.until if block.days is None else ledger.now + timedelta(days=block.days)
    _make_room(ledger, block, until, by)
    block.state, block.started_at, block.until = "active", ledger.now, until
    block.by_kind, block.by_id, block.by_role = by.kind, by.id, by.role
    _tell(ledger, block, "author.blocked")
    _audit(ledger, by, "author.blocked", block.author_id, block=block.id, category=block.category)


def _make_room(ledger: Ledger, block: Block, until: datetime | None, by: Actor) -> None:
    """An author has one active block of a scope at a site; one that is over counts as active until the sweep sees it."""
    others = select(Block).where(
        Block.author_id == block.author_id,
        Block.site_id == block.site_id,
        Block.scope == block.scope,
        Block.state == "active",
        Block.id != block.id,
    )
    for other in ledger.session.scalars(others).all():
        if other.until is not None and other.until <= ledger.now:
            end(ledger, other, state="expired", by=SYSTEM)
        elif other.until is None or (until is not None and other.until >= until):
            raise Conflict("A block that lasts as long or longer is in force.", type="blocked")
        else:
            end(ledger, other, state="lifted", by=by, reason="replaced")
    ledger.session.flush()


def end(ledger: Ledger, block: Block, *, state: str, by: Actor, reason: str | None = None) -> None:
    """A block is over (lifted, expired) or will not come (declined)."""
    was = block.state
    block.state, block.ended_at, block.end_reason = state, ledger.now, reason
    block.ended_by_kind, block.ended_by_id = by.kind, by.id
    if was == "active":
        _tell(ledger, block, "author.unblocked")
    _audit(ledger, by, f"block.{state}", block.author_id, block=block.id)


def take_back(ledger: Ledger, author_id: str, decision_id: str, by: Actor) -> None:
    """What a decision brought upon an author goes with the decision when it is undone."""
    rows = ledger.session.scalars(
        select(Block).where(Block.author_id == author_id, Block.state.in_(("proposed", "active")))
    ).all()
    for block in rows:
        if block.evidence.get("decision") == decision_id:
            state = "lifted" if block.state == "active" else "declined"
            end(ledger, block, state=state, by=by, reason="the decision behind it was taken back")


def view(block: Block) -> dict[str, Any]:
    """A block as the API shows it: who decided stays here."""
    return {
        "id": block.id,
        "scope": block.scope,
        "state": block.state,
        "category": block.category,
        "reason": block.reason,
        "since": rfc3339(block.started_at),
        "until": rfc3339(block.until),
        "automated": block.by_kind == "system",
    }


def _tell(ledger: Ledger, block: Block, type: str) -> None:
    author = ledger.session.get_one(Author, block.author_id)
    data = {"author": {"id": author.external_id}, "block": _told(block)}
    ledger.told(type, data)
    if block.scope == "realm":
        for site_id in _other_sites(ledger.session, block):
            ledger.beside(site_id).told(type, data)


def _told(block: Block) -> dict[str, Any]:
    return {"id": block.id, "scope": block.scope, "category": block.category, "until": rfc3339(block.until)}


def _other_sites(session: Session, block: Block) -> list[str]:
    query = select(Site.id).where(Site.realm_id == block.realm_id, Site.id != block.site_id).order_by(Site.id)
    return list(session.scalars(query))


def _audit(ledger: Ledger, by: Actor, act: str, author_id: str, **details: Any) -> None:
    ledger.audit(by=by, act=act, subject=("author", author_id), **details)

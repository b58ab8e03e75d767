"""Authors: their standing, blocks by hand, proposed blocks confirmed or declined, unblocking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.enforcement import BLOCK_DAYS_ALONE, needs_second_person
from moderation.errors import Conflict, NotAllowed, NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import Author, Block, Comment, Strike, new_id
from moderation.storage.queries import history, lookup
from moderation.storage.rows import counted, insert_once
from moderation.workflow import blocks, people
from moderation.workflow.incoming import Actor, IdempotencyKey
from moderation.workflow.recording import Recorder, remember, replayed
from moderation.workflow.times import rfc3339


@dataclass(frozen=True, slots=True)
class Authors:
    """The verbs about authors."""

    record: Recorder

    def standing(self, *, site_id: str, author_id: str, now: datetime | None = None) -> dict[str, Any]:
        """What is on record of an author: confirmed strikes, the block in force, whether he is checked first."""
        with self.record.database.read() as session:
            _, realm = lookup.site_and_realm(session, site_id)
            author = lookup.find_author(session, realm, author_id)
            if author is None:
                raise NotFound("We have never seen this author.")
            shown = _standing(session, author, site_id, now or datetime.now().astimezone())
            return shown | {"id": author_id}  # also of somebody erased, whom a block still knows

    def block(
        self,
        *,
        site_id: str,
        author_id: str,
        reason: str,
        by: Actor,
        now: datetime,
        scope: str = "site",
        until: datetime | None = None,
        key: IdempotencyKey | None = None,
    ) -> tuple[dict[str, Any], bool, bool]:
        """Blocks an author, known or not; (the block, new?, replayed?). The same block again changes nothing."""
        with self.record(site_id, now) as ledger:
            session = ledger.session
            known = replayed(session, site_id, key, now)
            _, realm = lookup.site_and_realm(session, site_id)
            author = people.bare_author(session, realm, author_id, now)
            author = lookup.lock_author(session, author.id)
            if known:
                return blocks.view(session.get_one(Block, known)), False, True
            block, created = _start_by_hand(ledger, author, reason, scope, until, by)
            remember(session, site_id, key, block.id)
            return blocks.view(block), created, False

    def unblock(
        self,
        *,
        site_id: str,
        author_id: str,
        reason: str,
        by: Actor,
        now: datetime,
        key: IdempotencyKey | None = None,
    ) -> tuple[dict[str, Any], bool]:
        """Lifts every block of the author that is in force at this site; (his standing afterwards, replayed?)."""
        with self.record(site_id, now) as ledger:
            session = ledger.session
            known = replayed(session, site_id, key, now)
            _, realm = lookup.site_and_realm(session, site_id)
            author = lookup.find_author(session, realm, author_id)
            if author is None:
                raise NotFound("We have never seen this author.")
            lookup.lock_author(session, author.id)
            for block in _active(session, author.id, site_id) if known is None else ():
                blocks.end(ledger, block, state="lifted", by=by, reason=reason)
            session.flush()
            return _standing(session, author, site_id, now) | {"id": author_id}, known is not None

    def lift(self, *, site_id: str, block_id: str, reason: str, by: Actor, now: datetime) -> None:
        """Lifts one block: of somebody who was erased nothing else is left to name. Raises NotFound."""
        with self.record(site_id, now) as ledger:
            block = ledger.session.get(Block, block_id)
            if block is None:
                raise NotFound("There is no such block.")
            lookup.lock_author(ledger.session, block.author_id)
            if block.id in [one.id for one in _active(ledger.session, block.author_id, site_id)]:
                blocks.end(ledger, block, state="lifted", by=by, reason=reason)

    def confirm_block(
        self, *, site_id: str, block_id: str, by: Actor, now: datetime, days: int | None = None, change: bool = False
    ) -> dict[str, Any]:
        """A person confirms a proposed block, with `days` of his own if `change`. Longer than a moderator may
        decide alone waits for a second person. Raises Conflict where it is no longer proposed."""
        with self.record(site_id, now) as ledger:
            block = _proposed(ledger, block_id)
            if change and days != block.days:
                block.days, block.seconded_by = days, None  # who seconded it, seconded another length
            if needs_second_person(role=by.role, days=block.days) and not _second(block, by):
                block.seconded_by = by.id
                return blocks.view(block)
            blocks.start(ledger, block, by=by)
            return blocks.view(block)

    def decline_block(self, *, site_id: str, block_id: str, by: Actor, now: datetime) -> dict[str, Any]:
        """A person decides that a proposed block shall not come."""
        with self.record(site_id, now) as ledger:
            block = _proposed(ledger, block_id)
            blocks.end(ledger, block, state="declined", by=by)
            return blocks.view(block)

    def expire(self, *, block_id: str, now: datetime) -> bool:
        """Ends a block whose time is over; False where it has ended already."""
        with self.record.database.read() as session:
            block = session.get(Block, block_id)
            if block is None:
                return False
            site_id, author_id = block.site_id, block.author_id
        with self.record(site_id, now) as ledger:
            lookup.lock_author(ledger.session, author_id)
            due = update(Block).where(Block.id == block_id, Block.state == "active", Block.until <= now)
            if not counted(ledger.session, due.values(state="active")):
                return False
            row = ledger.session.get_one(Block, block_id)
            blocks.end(ledger, row, state="expired", by=Actor("system"))
            return True


def _start_by_hand(
    ledger: Ledger, author: Author, reason: str, scope: str, until: datetime | None, by: Actor
) -> tuple[Block, bool]:
    session = ledger.session
    if needs_second_person(role=by.role, days=_days_of(until, ledger.now)):
        raise NotAllowed(f"An admin blocks for more than {BLOCK_DAYS_ALONE} days or until lifted.")
    if author.role in ("staff", "moderator"):
        raise NotAllowed("Staff and moderators cannot be blocked; change their role first.", type="staff")
    for block in _active(session, author.id, ledger.site_id):
        if block.until is not None and block.until <= ledger.now:
            blocks.end(ledger, block, state="expired", by=Actor("system"))
        elif (block.scope, block.until) == (scope, until):
            return block, False
        elif block.scope == scope:
            blocks.end(ledger, block, state="lifted", by=by, reason="replaced")
    session.flush()
    id = new_id()
    insert_once(
        session,
        Block,
        id=id,
        realm_id=author.realm_id,
        site_id=ledger.site_id,
        author_id=author.id,
        scope=scope,
        state="active",
        reason=reason,
        evidence={},
        until=until,
        created_at=ledger.now,
        by_kind=by.kind,
    )
    block = session.get_one(Block, id)
    blocks.start(ledger, block, by=by)
    return block, True


def _days_of(until: datetime | None, now: datetime) -> int | None:
    return None if until is None else ceil((until - now) / timedelta(days=1))


def _active(session: Session, author_id: str, site_id: str) -> list[Block]:
    return list(
        session.scalars(
            select(Block)
            .where(
                Block.author_id == author_id,
                Block.state == "active",
                (Block.scope == "realm") | (Block.site_id == site_id),
            )
            .order_by(Block.id)
        )
    )


def _proposed(ledger: Ledger, block_id: str) -> Block:
    found = ledger.session.scalar(select(Block).where(Block.id == block_id, Block.site_id == ledger.site_id))
    if found is None:
        raise NotFound("There is no such proposed block.")
    lookup.lock_author(ledger.session, found.author_id)
    ledger.session.refresh(found)
    if found.state != "proposed":
        raise Conflict(f"This block is {found.state} already.", type="decided")
    return found


def _second(block: Block, by: Actor) -> bool:
    return block.seconded_by is not None and block.seconded_by != by.id


def _standing(session: Session, author: Author, site_id: str, now: datetime) -> dict[str, Any]:
    block = lookup.active_block(session, author.id, site_id, now)
    rows = session.execute(
        select(Strike, Comment.external_id)
        .join(Comment, Comment.id == Strike.comment_id)
        .where(Strike.author_id == author.id, Strike.state == "confirmed", Strike.site_id == site_id)
        .order_by(Strike.confirmed_at)
    )
    checked = author.check_first_until
    return {
        "id": author.external_id,
        "strikes": [
            {"category": strike.category, "comment": {"id": comment}, "confirmed_at": rfc3339(strike.confirmed_at)}
            for strike, comment in rows
        ],
        "block": blocks.view(block) if block else None,
        "check_first_until": rfc3339(checked) if checked and checked > now else None,
        "published": history.published_by(session, author.id),
        "trusted": author.trusted,
    }

"""Appeals: a commenter asks for a second look, and another person than the first one answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import lifecycle
from moderation.errors import Conflict, InvalidFields, NotFound
from moderation.errors import FieldError as Field
from moderation.storage.ledger import Ledger
from moderation.storage.models import Appeal, Author, Block, Comment, Decision, Membership, User, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow import blocks, queue_items
from moderation.workflow.consequences import Consequences
from moderation.workflow.incoming import Actor, IdempotencyKey
from moderation.workflow.recording import Recorder, remember, replayed
from moderation.workflow.times import rfc3339

WORKED_LATELY = timedelta(days=14)
_WHO = {
    "another": "You decided this yourself; another moderator answers it.",
    "contact": "You decided this yourself and nobody else worked lately; {contact} answers it.",
    "later": "You decided this yourself and nobody else worked lately; look again after a day.",
}


@dataclass(frozen=True, slots=True)
class Appeals:
    """The verbs about appeals."""

    record: Recorder
    consequences: Consequences

    def open(
        self,
        *,
        site_id: str,
        author_id: str,
        text: str,
        about: dict[str, str],
        by: Actor,
        now: datetime,
        key: IdempotencyKey | None = None,
    ) -> tuple[dict[str, Any], bool, bool]:
        """Opens an appeal about `{block}` or `{comment}`; (the appeal, new?, replayed?). One open appeal for each."""
        with self.record(site_id, now) as ledger:
            session = ledger.session
            known = replayed(session, site_id, key, now)
            if known:
                return view(session, session.get_one(Appeal, known)), False, True
            _, realm = lookup.site_and_realm(session, site_id)
            author = lookup.find_author(session, realm, author_id)
            if author is None:
                raise NotFound("We have never seen this author.")
            block, comment = _subject(ledger, author, about)
            appeal, created = _open(ledger, author, block, comment, text)
            remember(session, site_id, key, appeal.id)
            if created:
                _told(ledger, appeal, author, "appeal.opened", by)
                if comment is not None:
                    queue_items.open_or_raise(
                        ledger, comment, source="appeal", rank=queue_items.RANKS["held"], urgent=False
                    )
            session.flush()
            return view(session, appeal), created, False

    def status(self, *, site_id: str, appeal_id: str) -> dict[str, Any]:
        """The appeal as the writer may see it."""
        with self.record.database.read() as session:
            return view(session, _find(session, site_id, appeal_id))

    def decide(
        self, *, site_id: str, appeal_id: str, granted: bool, answer: str | None, by: Actor, now: datetime
    ) -> dict[str, Any]:
        """A person answers. Granted lifts the block, or publishes the comment and voids its strikes.

        Raises Conflict (needs_another_person) for the one who decided, while somebody else could.
        """
        contact = self.contact(site_id=site_id)
        with self.record(site_id, now) as ledger:
            session = ledger.session
            appeal = _find(session, site_id, appeal_id)
            author = lookup.lock_author(session, appeal.author_id)
            session.refresh(appeal)
            if appeal.state != "open":
                raise Conflict("This appeal is answered already.", type="decided")
            appeal.same_person = _same_person(ledger, appeal, by, contact)
            appeal.state = "granted" if granted else "upheld"
            appeal.answer, appeal.decided_at, appeal.decided_by = answer, now, by.id
            if granted:
                self._grant(ledger, appeal, by)
            elif appeal.comment_id:
                queue_items.close(ledger, appeal.comment_id, "appeal_upheld")
            _told(ledger, appeal, author, "appeal.decided", by)
            session.flush()
            return view(session, appeal)

    def not_for(self, *, site_id: str, by: Actor, now: datetime) -> dict[str, str]:
        """Open appeals that this person may not answer: the id, and who shall (another, contact) or when (later)."""
        contact = self.contact(site_id=site_id)
        with self.record.database.read() as session:
            rows = session.scalars(select(Appeal).where(Appeal.site_id == site_id, Appeal.state == "open"))
            shown = {row.id: _who_answers(session, row, by, contact, now) for row in rows}
        return {id: who for id, who in shown.items() if who != "open"}

    def contact(self, *, site_id: str) -> str | None:
        """Who answers where nobody but the first decider worked lately, by the site's settings."""
        found = self.consequences.rulebook.settings(site_id=site_id)["appeals_contact"]
        return None if found is None else str(found)

    def _grant(self, ledger: Ledger, appeal: Appeal, by: Actor) -> None:
        session = ledger.session
        if appeal.block_id:
            block = session.get_one(Block, appeal.block_id)
            if block.state == "active":
                blocks.end(ledger, block, state="lifted", by=by, reason="appeal granted")
            return
        assert appeal.comment_id is not None
        comment = lookup.lock_comment(session, appeal.comment_id)
        revision = lookup.latest_revision(session, comment)
        standing = lookup.standing_decision(session, revision.id)
        if standing is not None:
            standing.state, standing.undone_at = "undone", ledger.now
            self.consequences.void(ledger, standing, comment, by)
            session.flush()
        row = Decision(
            id=new_id(),
            site_id=ledger.site_id,
            comment_id=comment.id,
            revision_id=revision.id,
            decision="approve",
            reason="other",
            by_kind=by.kind,
            by_id=by.id,
            by_role=by.role,
            created_at=ledger.now,
            effective_at=ledger.now,
            detected_by="appeal",
            own_initiative=False,
        )
        session.add(row)
        session.flush()
        queue_items.close(ledger, comment.id, "appeal_granted")
        self.consequences.take_effect(ledger, row, comment)


def view(session: Session, appeal: Appeal) -> dict[str, Any]:
    """An appeal as the API shows it."""
    comment = session.get(Comment, appeal.comment_id) if appeal.comment_id else None
    about = {"comment": comment.external_id} if comment else {"block": appeal.block_id}
    return {
        "id": appeal.id,
        "state": appeal.state,
        "about": about,
        "answer": appeal.answer,
        "created_at": rfc3339(appeal.created_at),
        "decided_at": rfc3339(appeal.decided_at),
    }


def _find(session: Session, site_id: str, appeal_id: str) -> Appeal:
    found = session.scalar(select(Appeal).where(Appeal.id == appeal_id, Appeal.site_id == site_id))
    if found is None:
        raise NotFound("There is no such appeal.")
    return found


def _subject(ledger: Ledger, author: Author, about: dict[str, str]) -> tuple[Block | None, Comment | None]:
    session = ledger.session
    if "block" in about:
        block = session.scalar(select(Block).where(Block.id == about["block"], Block.author_id == author.id))
        if block is None or (block.scope == "site" and block.site_id != ledger.site_id):
            raise InvalidFields(errors=[Field("#/about/block", "this author has no such block")])
        if block.state != "active":
            raise Conflict("This block is over; there is nothing to appeal against.", type="block_over")
        return block, None
    comment = lookup.find_comment(session, ledger.site_id, about["comment"], lock=True)
    if comment is None or comment.author_id != author.id:
        raise InvalidFields(errors=[Field("#/about/comment", "this author has no such comment")])
    if lookup.not_erased(comment).status not in ("held", "rejected"):
        raise Conflict(f"This comment is {comment.status}; there is nothing to appeal against.", type="not_stopped")
    return None, comment


def _open(
    ledger: Ledger, author: Author, block: Block | None, comment: Comment | None, text: str
) -> tuple[Appeal, bool]:
    session = ledger.session
    subject = {"block_id": block.id if block else None, "comment_id": comment.id if comment else None}
    id = new_id()
    created = insert_once(
        session,
        Appeal,
        id=id,
        site_id=ledger.site_id,
        realm_id=author.realm_id,
        author_id=author.id,
        text=text,
        state="open",
        same_person=False,
        created_at=ledger.now,
        **subject,
    )
    if created:
        return session.get_one(Appeal, id), True
    return session.scalars(select(Appeal).filter_by(state="open", **subject)).one(), False


def _told(ledger: Ledger, appeal: Appeal, author: Author, type: str, by: Actor) -> None:
    about = {"comment": {"id": view(ledger.session, appeal)["about"].get("comment")}, "block": {"id": appeal.block_id}}
    shown = {name: value for name, value in about.items() if value["id"]}
    ledger.told(
        type, {"appeal": {"id": appeal.id, "state": appeal.state, **shown}, "author": {"id": author.external_id}}
    )
    ledger.audit(by=by, act=type, subject=("appeal", appeal.id))


def _same_person(ledger: Ledger, appeal: Appeal, by: Actor, contact: str | None) -> bool:
    """Was it the same person who decided first? Raises Conflict where somebody else shall answer."""
    who = _who_answers(ledger.session, appeal, by, contact, ledger.now)
    if who != "open":
        raise Conflict(_WHO[who].format(contact=contact), type="needs_another_person")
    return _decided_first(ledger.session, appeal, by)


def _who_answers(session: Session, appeal: Appeal, by: Actor, contact: str | None, now: datetime) -> str:
    return lifecycle.second_look(
        decided_first=_decided_first(session, appeal, by),
        others_work=_others_work(session, appeal.site_id, by, now),
        other_contact=contact is not None and _is_another_here(session, appeal.site_id, contact, by),
        waited=now - appeal.created_at,
    )


def _others_work(session: Session, site_id: str, by: Actor, now: datetime) -> bool:
    others = select(Decision.id).where(
        Decision.site_id == site_id,
        Decision.by_kind == "user",
        Decision.by_id != by.id,
        Decision.created_at > now - WORKED_LATELY,
    )
    return session.scalar(others.limit(1)) is not None


def _is_another_here(session: Session, site_id: str, contact: str, by: Actor) -> bool:
    """Has the site's appeals contact an account at this desk, and is it another's?"""
    account = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.site_id == site_id, User.login == contact, User.id != by.id)
    )
    return session.scalar(account) is not None


def _decided_first(session: Session, appeal: Appeal, by: Actor) -> bool:
    first = _first_decider(session, appeal)
    return first is not None and first == by.id


def _first_decider(session: Session, appeal: Appeal) -> str | None:
    if appeal.block_id:
        return session.get_one(Block, appeal.block_id).by_id
    assert appeal.comment_id is not None
    comment = session.get_one(Comment, appeal.comment_id)
    revision = lookup.latest_revision(session, comment)
    decision = lookup.standing_decision(session, revision.id)
    return decision.by_id if decision else None

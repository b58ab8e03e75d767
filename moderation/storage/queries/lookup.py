"""Finds single rows by the names that sites use for them. Lock order in every write: author, comment, revision, position."""

import hashlib
import hmac
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import NoLongerKept, NotFound
from moderation.storage.models import (
    ApiKey,
    Author,
    Block,
    Comment,
    Decision,
    Flag,
    Realm,
    ReviewItem,
    Revision,
    Site,
    Story,
    Verdict,
)


class WayBack(NamedTuple):
    """Where a program outside that asks us is asked in turn, and with what token."""

    url: str
    token: str


def person_key(realm: Realm, external_id: str) -> str:
    """HMAC-SHA256 of a person's id under the realm's key, as hex: how people are found once their id is erased."""
    return hmac.new(realm.key, external_id.encode(), hashlib.sha256).hexdigest()


def text_mac(realm: Realm, text: str) -> str:
    """HMAC-SHA256 of a text under the realm's key: recognises a repeat without keeping the words."""
    return hmac.new(realm.key, b"text\0" + text.encode(), hashlib.sha256).hexdigest()


def guest_mac(realm: Realm, known: str) -> str:
    """HMAC-SHA256 of a guest's address or name under the realm's key: who is in the database cannot be tried out."""
    return hmac.new(realm.key, b"guest\0" + known.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def site_and_realm(session: Session, site_id: str) -> tuple[Site, Realm]:
    """The site and its realm; NotFound if the site was removed."""
    row = session.execute(
        select(Site, Realm).join(Realm, Realm.id == Site.realm_id).where(Site.id == site_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such site.")
    return row[0], row[1]


def comment(session: Session, site_id: str, external_id: str, *, lock: bool = False) -> Comment:
    """The comment of this site; NotFound, or NoLongerKept where it was erased."""
    found = find_comment(session, site_id, external_id, lock=lock)
    if found is None:
        raise NotFound("There is no such comment.")
    return not_erased(found)


def not_erased(comment: Comment) -> Comment:
    """The same comment; NoLongerKept where it was erased with its author: nothing may bring it back."""
    if comment.erased_at is not None:
        raise NoLongerKept("This comment was erased with its author; its id cannot be used again.", type="erased")
    return comment


def find_comment(session: Session, site_id: str, external_id: str, *, lock: bool = False) -> Comment | None:
    """The comment of this site, or None."""
    query = select(Comment).where(Comment.site_id == site_id, Comment.external_id == external_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def lock_author(session: Session, author_id: str) -> Author:
    """The author, locked until the end of the transaction."""
    return session.execute(
        select(Author).where(Author.id == author_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def lock_comment(session: Session, comment_id: str) -> Comment:
    """The comment by our own id, locked until the end of the transaction."""
    return session.execute(
        select(Comment).where(Comment.id == comment_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def revision(session: Session, comment_id: str, number: int) -> Revision:
    """One revision of a comment, or NotFound."""
    found = session.scalar(select(Revision).where(Revision.comment_id == comment_id, Revision.number == number))
    if found is None:
        raise NotFound(f"This comment has no revision {number}.")
    return found


def latest_revision(session: Session, comment: Comment) -> Revision:
    """The newest revision of a comment."""
    return revision(session, comment.id, comment.latest_revision)


def live_verdict(session: Session, revision_id: str) -> Verdict | None:
    """What the live rules said of a revision (None: not checked yet)."""
    return session.scalar(select(Verdict).where(Verdict.revision_id == revision_id, Verdict.kind == "live"))


def standing_decision(session: Session, revision_id: str) -> Decision | None:
    """The decision of a person on a revision that is not undone, waiting ones included."""
    return session.scalar(select(Decision).where(Decision.revision_id == revision_id, Decision.state != "undone"))


def open_item(session: Session, comment_id: str) -> ReviewItem | None:
    """The open review item of a comment."""
    query = select(ReviewItem).where(ReviewItem.comment_id == comment_id, ReviewItem.closed_at.is_(None))
    return session.scalar(query.execution_options(populate_existing=True))


def story(session: Session, site_id: str, external_id: str) -> Story:
    """A story of the site, or NotFound."""
    found = session.scalar(select(Story).where(Story.site_id == site_id, Story.external_id == external_id))
    if found is None:
        raise NotFound("There is no such story.")
    return found


def find_author(session: Session, realm: Realm, external_id: str) -> Author | None:
    """The author with the site's id, or None."""
    key = person_key(realm, external_id)
    return session.scalar(select(Author).where(Author.realm_id == realm.id, Author.key == key))


def active_block(session: Session, author_id: str, site_id: str, now: datetime) -> Block | None:
    """The block that stops an author at a site now; the one that ends last where there are two."""
    blocks = session.scalars(
        select(Block).where(
            Block.author_id == author_id,
            Block.state == "active",
            (Block.scope == "realm") | (Block.site_id == site_id),
        )
    )
    in_force = [block for block in blocks if block.until is None or block.until > now]
    return max(in_force, key=lambda block: (block.until is None, block.until or now), default=None)


def has_flags(session: Session, revision_id: str) -> bool:
    """Did a reader flag this revision (the mere `disagree` apart)?"""
    query = select(Flag.id).where(Flag.revision_id == revision_id, Flag.reason != "disagree").limit(1)
    return session.scalar(query) is not None


def way_back(session: Session, site_id: str, kind: str) -> WayBack | None:
    """Of the site's newest live key of this kind that came with an address and a token (None: there is no such key)."""
    query = select(ApiKey.url, ApiKey.token).where(
        ApiKey.site_id == site_id,
        ApiKey.kind == kind,
        ApiKey.revoked_at.is_(None),
        ApiKey.url.is_not(None),
        ApiKey.token.is_not(None),
    )
    row = session.execute(query.order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(1)).first()
    return WayBack(row.url, row.token) if row else None

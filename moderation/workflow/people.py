"""Authors, readers and stories as they come in: found by key, made on first sight, updated by what is given."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import Author, Reader, Realm, Story, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_new, insert_once
from moderation.workflow.incoming import ABSENT, IncomingAuthor, IncomingStory

BODY_KEPT = 200_000
_STORY_FIELDS = (
    "url",
    "title",
    "body",
    "section",
    "language",
    "published_at",
    "byline",
    "people",
    "sensitive",
    "comments",
)
_EMPTY: dict[str, Any] = {"byline": [], "people": [], "sensitive": [], "comments": "open"}


def author(session: Session, realm: Realm, incoming: IncomingAuthor, now: datetime) -> Author:
    """The stored author; name, role, joined and trusted follow what the site says last."""
    found = bare_author(session, realm, incoming.id, now)
    given = {
        "external_id": incoming.id,
        "name": incoming.name,
        "role": incoming.role,
        "joined_at": incoming.joined_at,
        "trusted": incoming.trusted,
    }
    for name, value in given.items():
        if value is not None and getattr(found, name) != value:
            setattr(found, name, value)
    return found


def bare_author(session: Session, realm: Realm, external_id: str, now: datetime) -> Author:
    """The author with this id, made if we have never seen him."""
    key = lookup.person_key(realm, external_id)
    query = select(Author).where(Author.realm_id == realm.id, Author.key == key)
    found = session.scalar(query)
    if found is None:
        found = insert_new(
            session,
            Author,
            id=new_id(),
            realm_id=realm.id,
            key=key,
            external_id=external_id,
            role="reader",
            trusted=False,
            created_at=now,
        )
    return found or session.execute(query).scalar_one()


def reader(session: Session, realm: Realm, external_id: str, now: datetime) -> Reader:
    """The reader with this id, made if we have never seen him. His id itself is not kept."""
    key = lookup.person_key(realm, external_id)
    query = select(Reader).where(Reader.realm_id == realm.id, Reader.key == key)
    found = session.scalar(query)
    if found is None:
        insert_once(session, Reader, id=new_id(), realm_id=realm.id, key=key, created_at=now)
        found = session.execute(query).scalar_one()
    return found


def story(session: Session, site_id: str, incoming: IncomingStory, now: datetime) -> tuple[Story, bool]:
    """The stored story after the given fields were written over it, and whether it is new."""
    query = select(Story).where(Story.site_id == site_id, Story.external_id == incoming.id)
    found, created = session.scalar(query), False
    if found is None:
        created = insert_once(
            session,
            Story,
            id=new_id(),
            site_id=site_id,
            external_id=incoming.id,
            byline=[],
            people=[],
            sensitive=[],
            comments="open",
            created_at=now,
            updated_at=now,
        )
        found = session.execute(query).scalar_one()
    _write_over(found, incoming, now)
    return found, created


def _write_over(story: Story, incoming: IncomingStory, now: datetime) -> None:
    for name in _STORY_FIELDS:
        value = getattr(incoming, name)
        if value is ABSENT:
            continue
        if name in _EMPTY:
            value = list(value) if isinstance(value, tuple | list) else value or _EMPTY[name]
        if name == "body" and value is not None:
            value = value[:BODY_KEPT]
        if getattr(story, name) != value:
            setattr(story, name, value)
            story.updated_at = now

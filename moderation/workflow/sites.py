"""Sites: made with all that they need, found, removed."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.errors import Conflict, InvalidFields, NotFound
from moderation.storage.models import (
    Appeal,
    Author,
    Block,
    Comment,
    Membership,
    Newsroom,
    Position,
    Reader,
    Realm,
    Site,
    Story,
    Strike,
    new_id,
)
from moderation.storage.rows import insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow.incoming import Actor
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.times import rfc3339

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Sites:
    """The verbs about sites."""

    database: Database
    rulebook: Rulebook

    def create(
        self,
        *,
        slug: str,
        by: Actor,
        now: datetime,
        name: str | None = None,
        newsroom: str = "default",
        realm: str | None = None,
    ) -> dict[str, Any]:
        """A new site with rules in force. `realm`: sites that share a login share it; one per site unless named."""
        if not SLUG.fullmatch(slug):
            raise InvalidFields(f"{slug!r} cannot be a site's name: use 1 to 63 of a-z, 0-9 and -.")
        ruleset = self.rulebook.check(site=slug)
        with self.database.write() as session:
            if session.scalar(select(Site.id).where(Site.slug == slug)) is not None:
                raise Conflict(f"There is a site {slug} already.", type="site_exists")
            owner = _newsroom(session, newsroom, now)
            login = _realm(session, owner, realm or slug, now)
            site = Site(
                id=new_id(),
                newsroom_id=owner.id,
                realm_id=login.id,
                slug=slug,
                name=name or slug,
                audit_key=secrets.token_bytes(32),
                created_at=now,
            )
            session.add(site)
            session.flush()
            session.add(Position(site_id=site.id, last=0, audit_mac="", events_removed_to=0))
        self.rulebook.publish(site_id=site.id, ruleset=ruleset, message="first rules", by=by, now=now)
        return view(site)

    def list(self) -> list[dict[str, Any]]:
        """All sites."""
        with self.database.read() as session:
            return [view(site) for site in session.scalars(select(Site).order_by(Site.slug))]

    def find(self, *, slug: str) -> dict[str, Any]:
        """One site by its slug, or NotFound."""
        with self.database.read() as session:
            site = session.scalar(select(Site).where(Site.slug == slug))
            if site is None:
                known = ", ".join(session.scalars(select(Site.slug).order_by(Site.slug))) or "none yet"
                raise NotFound(f"There is no site {slug}; there is: {known}.")
            return view(site)

    def remove(self, *, slug: str) -> None:
        """A site with everything that hangs on it; its realm goes too where no other site uses it."""
        with self.database.write() as session:
            site = session.scalar(select(Site).where(Site.slug == slug))
            if site is None:
                raise NotFound(f"There is no site {slug}.")
            realm_id = site.realm_id
            for model in (Appeal, Strike, Block, Comment, Story, Membership):
                session.execute(delete(model).where(model.site_id == site.id))
            session.execute(delete(Site).where(Site.id == site.id))
            if session.scalar(select(Site.id).where(Site.realm_id == realm_id)) is None:
                for person in (Author, Reader):
                    session.execute(delete(person).where(person.realm_id == realm_id))
                session.execute(delete(Realm).where(Realm.id == realm_id))
            self.rulebook.forget(site.id)


def _newsroom(session: Session, name: str, now: datetime) -> Newsroom:
    insert_once(session, Newsroom, id=new_id(), name=name, created_at=now)
    return session.execute(select(Newsroom).where(Newsroom.name == name)).scalar_one()


def _realm(session: Session, newsroom: Newsroom, name: str, now: datetime) -> Realm:
    insert_once(
        session,
        Realm,
        id=new_id(),
        newsroom_id=newsroom.id,
        name=name,
        key=secrets.token_bytes(32),
        created_at=now,
    )
    return session.execute(select(Realm).where(Realm.newsroom_id == newsroom.id, Realm.name == name)).scalar_one()


def view(site: Site) -> dict[str, Any]:
    """A site as the operator sees it."""
    return {"id": site.id, "slug": site.slug, "name": site.name, "created_at": rfc3339(site.created_at)}

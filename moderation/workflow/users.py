"""People at the desk: accounts, logins, sessions. Rights are read from the rows on each request."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.errors import Conflict, InvalidFields, NotAuthenticated, NotFound
from moderation.storage.ledger import Ledger
from moderation.storage.models import DeskSession, LoginAttempt, Membership, Site, User, new_id
from moderation.storage.unit_of_work import Database
from moderation.workflow import guessing, passwords
from moderation.workflow.incoming import Actor
from moderation.workflow.times import rfc3339

ROLES = ("moderator", "senior", "admin")
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class DeskUser:
    """Who is logged in, and as what at which site (slug → (site id, role))."""

    id: str
    login: str
    csrf: str
    sites: dict[str, tuple[str, str]]

    def actor(self, slug: str) -> Actor:
        """The user as the one who acts at a site."""
        return Actor("user", self.id, self.sites[slug][1])


@dataclass(frozen=True, slots=True)
class Users:
    """The verbs about people at the desk."""

    database: Database
    secret_key: str

    def add(
        self, *, login: str, site_id: str, role: str, by: Actor, now: datetime, password: str | None = None
    ) -> dict[str, Any]:
        """A new account, or one more site for an account that exists; without `password` one is made and returned."""
        if role not in ROLES:
            raise InvalidFields(f"{role} is no role; there are {', '.join(ROLES)}.")
        _check_password(password, login)
        made = None
        with self.database.write() as session:
            site = session.get(Site, site_id)
            if site is None:
                raise NotFound("There is no such site.")
            user = session.scalar(select(User).where(User.login == login))
            if user is None:
                made = password or secrets.token_urlsafe(18)
                user = User(
                    id=new_id(),
                    newsroom_id=site.newsroom_id,
                    login=login,
                    password_hash=passwords.hashed(made),
                    created_at=now,
                )
                session.add(user)
                session.flush()
            if _join(session, user, site_id, role):
                _audit(session, user, [site_id], by=by, now=now, act="user.added", role=role)
        return {"login": login, "role": role, "password": made if password is None else None}

    def list(self, *, site_id: str) -> list[dict[str, Any]]:
        """The accounts of a site."""
        with self.database.read() as session:
            rows = session.execute(
                select(User, Membership.role)
                .join(Membership, Membership.user_id == User.id)
                .where(Membership.site_id == site_id)
                .order_by(User.login)
            )
            return [
                {"login": user.login, "role": role, "disabled_at": rfc3339(user.disabled_at)} for user, role in rows
            ]

    def remove(self, *, login: str, site_id: str, by: Actor, now: datetime) -> None:
        """Takes an account from a site; the last admin of a site stays. All its sessions end."""
        with self.database.write() as session:
            user = session.scalar(select(User).where(User.login == login))
            member = session.get(Membership, (user.id, site_id)) if user else None
            if user is None or member is None:
                raise NotFound(f"There is no account {login} at this site.")
            _keep_an_admin(session, member, None)
            session.delete(member)
            _end_sessions(session, user)
            _audit(session, user, [site_id], by=by, now=now, act="user.removed")

    def set_password(self, *, login: str, by: Actor, now: datetime, password: str | None = None) -> dict[str, Any]:
        """Another password; without `password` one is made and returned. All sessions of the account end."""
        _check_password(password, login)
        made = password or secrets.token_urlsafe(18)
        with self.database.write() as session:
            user = _find(session, login)
            user.password_hash = passwords.hashed(made)
            _end_sessions(session, user)
            _audit(session, user, _site_ids(session, user), by=by, now=now, act="user.password_set")
        return {"login": login, "password": made if password is None else None}

    def disable(self, *, login: str, by: Actor, now: datetime) -> None:
        """Nobody logs in with this account any more, and all its sessions end. A site's last admin stays."""
        with self.database.write() as session:
            user = _find(session, login)
            for member in session.scalars(select(Membership).where(Membership.user_id == user.id)):
                _keep_an_admin(session, member, None)
            user.disabled_at = user.disabled_at or now
            _end_sessions(session, user)
            _audit(session, user, _site_ids(session, user), by=by, now=now, act="user.disabled")

    def enable(self, *, login: str, by: Actor, now: datetime) -> None:
        """The account may log in again."""
        with self.database.write() as session:
            user = _find(session, login)
            user.disabled_at = None
            _audit(session, user, _site_ids(session, user), by=by, now=now, act="user.enabled")

    def log_in(self, *, login: str, password: str, address: str, now: datetime, browser: str | None = None) -> str:
        """A new session's token for the cookie; `browser` is the mark of an earlier login there.

        Raises NotAuthenticated (one text, one duration), TooManyRequests."""
        counted = guessing.subjects(self.secret_key, login=login, address=address, browser=browser)
        with self.database.write() as session:
            attempt = guessing.begin(session, counted, now)
            user = session.scalar(select(User).where(User.login == login))
        right = passwords.is_right(user.password_hash if user else passwords.NOBODY, password)
        if user is None or not right or user.disabled_at is not None:
            log.warning("login.refused", known=user is not None)
            raise NotAuthenticated("Login or password is wrong.")
        token = secrets.token_urlsafe(32)
        with self.database.write() as session:
            if session.get_one(User, user.id).password_hash != user.password_hash:
                raise NotAuthenticated("Login or password is wrong.")  # changed meanwhile, and its sessions ended
            session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(attempt)))
            session.add(
                DeskSession(
                    id=_hash(token), user_id=user.id, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now
                )
            )
        log.info("login.accepted", user=user.id)
        return token

    def browser_mark(self, *, login: str) -> str:
        """For the browser in which somebody logged in: failures of others do not slow it down."""
        return guessing.mark(self.secret_key, login)

    def session(self, *, token: str, now: datetime) -> DeskUser | None:
        """Who holds a token, with the rights of this moment; None where the session is over."""
        with self.database.read() as session:
            row = session.execute(
                select(DeskSession, User)
                .join(User, User.id == DeskSession.user_id)
                .where(DeskSession.id == _hash(token))
            ).one_or_none()
            if row is None:
                return None
            held, user = row
            over = held.seen_at + IDLE < now or held.created_at + ABSOLUTE < now or user.disabled_at is not None
            if over:
                return None
            sites = _sites(session, user.id)
        if held.seen_at + timedelta(minutes=1) < now:
            self._touch(held.id, now)
        return DeskUser(user.id, user.login, held.csrf, sites)

    def log_out(self, *, token: str) -> None:
        """Ends a session."""
        with self.database.write() as session:
            session.execute(delete(DeskSession).where(DeskSession.id == _hash(token)))

    def _touch(self, id: str, now: datetime) -> None:
        with self.database.write() as session:
            held = session.get(DeskSession, id)
            if held is not None:
                held.seen_at = now


def _sites(session: Session, user_id: str) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(Site.slug, Site.id, Membership.role)
        .join(Membership, Membership.site_id == Site.id)
        .where(Membership.user_id == user_id)
        .order_by(Site.slug)
    )
    return {slug: (id, role) for slug, id, role in rows}


def _join(session: Session, user: User, site_id: str, role: str) -> bool:
    """The role of an account at a site; False where it had it already."""
    member = session.get(Membership, (user.id, site_id))
    if member is None:
        session.add(Membership(user_id=user.id, site_id=site_id, role=role))
        return True
    if member.role == role:
        return False
    _keep_an_admin(session, member, role)
    _end_sessions(session, user)
    member.role = role
    return True


def _site_ids(session: Session, user: User) -> list[str]:
    return [id for id, _ in _sites(session, user.id).values()]


def _audit(
    session: Session, user: User, site_ids: list[str], *, by: Actor, now: datetime, act: str, **details: str
) -> None:
    """One audit row at each of these sites; their positions are locked in the order of their ids."""
    for site_id in sorted(site_ids):
        ledger = Ledger(session, site_id, now)
        ledger.audit(by=by, act=act, subject=("user", user.id), **details)
        ledger.write()


def _keep_an_admin(session: Session, member: Membership, role: str | None) -> None:
    """A site keeps an admin who can log in: its last one neither goes nor gets another role."""
    others = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.site_id == member.site_id, Membership.role == "admin", User.disabled_at.is_(None))
        .where(Membership.user_id != member.user_id)
    )
    if member.role == "admin" and role != "admin" and session.scalar(others) == 0:
        raise Conflict("This is the site's last admin; add another first.", type="last_admin")


def _find(session: Session, login: str) -> User:
    user = session.scalar(select(User).where(User.login == login))
    if user is None:
        raise NotFound(f"There is no account {login}.")
    return user


def _end_sessions(session: Session, user: User) -> None:
    session.execute(delete(DeskSession).where(DeskSession.user_id == user.id))


def _check_password(password: str | None, login: str) -> None:
    why = None if password is None else passwords.why_refused(password, login=login)
    if why is not None:
        raise InvalidFields(why)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

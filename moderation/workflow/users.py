"""People at the desk: accounts, logins, sessions. Rights are read from the rows on each request."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation.errors import Conflict, InvalidFields, NotAuthenticated, NotFound, TooManyRequests
from moderation.storage.models import DeskSession, LoginAttempt, Membership, Site, User, new_id
from moderation.storage.unit_of_work import Database
from moderation.workflow.incoming import Actor
from moderation.workflow.times import rfc3339

ROLES = ("moderator", "senior", "admin")
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SHORTEST_PASSWORD = 15  # ASVS 5.0, 6.2
FAILURES = 10  # wrong logins in WINDOW for one account or address; more wait
WINDOW = timedelta(minutes=10)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's smallest argon2id: 46 ms
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # so that an unknown login takes as long as a wrong password


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
        if password is not None and len(password) < SHORTEST_PASSWORD:
            raise InvalidFields(f"A password needs at least {SHORTEST_PASSWORD} characters.")
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
                    password_hash=_HASHER.hash(made),
                    created_at=now,
                )
                session.add(user)
                session.flush()
            member = session.get(Membership, (user.id, site_id))
            if member is None:
                session.add(Membership(user_id=user.id, site_id=site_id, role=role))
            else:
                _keep_an_admin(session, member, role)
                member.role = role
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

    def remove(self, *, login: str, site_id: str) -> None:
        """Takes an account from a site; the last admin of a site stays. All its sessions end."""
        with self.database.write() as session:
            user = session.scalar(select(User).where(User.login == login))
            member = session.get(Membership, (user.id, site_id)) if user else None
            if user is None or member is None:
                raise NotFound(f"There is no account {login} at this site.")
            _keep_an_admin(session, member, None)
            session.delete(member)
            session.execute(delete(DeskSession).where(DeskSession.user_id == user.id))

    def log_in(self, *, login: str, password: str, address: str, now: datetime) -> str:
        """A new session's token for the cookie. Raises NotAuthenticated (one text, one duration), TooManyRequests."""
        subjects = [self._subject(login.lower()), self._subject(address)]
        with self.database.read() as session:
            _slow_down(session, subjects, now)
            user = session.scalar(select(User).where(User.login == login))
        right = _verify(user.password_hash if user else _NOBODY, password)
        if user is None or not right or user.disabled_at is not None:
            with self.database.write() as session:
                session.add_all(LoginAttempt(id=new_id(), subject=subject, at=now) for subject in subjects)
            raise NotAuthenticated("Login or password is wrong.")
        token = secrets.token_urlsafe(32)
        with self.database.write() as session:
            session.add(
                DeskSession(
                    id=_hash(token), user_id=user.id, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now
                )
            )
        return token

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

    def _subject(self, name: str) -> str:
        return hmac.new(self.secret_key.encode(), b"login\0" + name.encode(), hashlib.sha256).hexdigest()


def _sites(session: Session, user_id: str) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(Site.slug, Site.id, Membership.role)
        .join(Membership, Membership.site_id == Site.id)
        .where(Membership.user_id == user_id)
        .order_by(Site.slug)
    )
    return {slug: (id, role) for slug, id, role in rows}


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


def _slow_down(session: Session, subjects: list[str], now: datetime) -> None:
    failed = select(func.count()).where(LoginAttempt.subject.in_(subjects), LoginAttempt.at > now - WINDOW)
    if (session.scalar(failed) or 0) >= 2 * FAILURES:
        raise TooManyRequests("Too many wrong logins; wait ten minutes.", retry_after=int(WINDOW.total_seconds()))


def _verify(hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Who owns what: newsroom, realm, site, keys, users and their sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of


class Newsroom(Base):
    """The tenant: owns realms, sites, users."""

    __tablename__ = "newsroom"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Realm(Base):
    """One login system: the namespace in which author and reader ids are unique. `key` makes their HMACs."""

    __tablename__ = "realm"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    newsroom_id: Mapped[str] = mapped_column(ForeignKey("newsroom.id"))
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("newsroom_id", "name"), UniqueConstraint("newsroom_id", "id"))


class Site(Base):
    """One property of a newsroom. Its audit chain is sealed with `audit_key`."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    newsroom_id: Mapped[str] = mapped_column(ForeignKey("newsroom.id"))
    realm_id: Mapped[str] = mapped_column(ForeignKey("realm.id"))
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    audit_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("id", "realm_id"), UniqueConstraint("newsroom_id", "id"))


class Position(Base):
    """The one place where a site's order comes from: numbers of its events and audit rows, without gaps."""

    __tablename__ = "position"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_mac: Mapped[str] = mapped_column(String(64), default="")
    events_removed_to: Mapped[int] = mapped_column(BigInteger, default=0)


class ApiKey(Base):
    """A key of a site. `lookup` finds it (8 id characters, or an HMAC for protocol keys); the secret is only hashed.

    `secret` is filled only for kinds that sign or verify with it (coral_phase, coral_webhook, webhook); `url` and `token`
    lead back to a Coral (coral_webhook) or a WordPress (wordpress).
    """

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    lookup: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    secret: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str] = mapped_column(String(200), default="")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("lookup"),
        one_of("kind", "live", "test", "protocol", "coral_phase", "coral_webhook", "webhook", "wordpress"),
    )


class User(Base):
    """A person at the desk. Rights are read from `role` and memberships on each request."""

    __tablename__ = "user_account"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    newsroom_id: Mapped[str] = mapped_column(ForeignKey("newsroom.id"))
    login: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """What a user may do at one site."""

    __tablename__ = "membership"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    __table_args__ = (one_of("role", "moderator", "senior", "admin"),)


class DeskSession(Base):
    """A logged-in browser; `id` is the SHA-256 of the cookie's value."""

    __tablename__ = "desk_session"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class LoginAttempt(Base):
    """Failed logins, to slow guessing down; `subject` is an HMAC of account or address."""

    __tablename__ = "login_attempt"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_login_attempt_subject_at", "subject", "at"),)

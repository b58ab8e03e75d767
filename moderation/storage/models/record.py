"""What happened and who was told: events, audit, webhooks and their deliveries, idempotency keys, heartbeats."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of


class Event(Base):
    """One transition, written once; `position` orders the events of a site without a gap being skipped."""

    __tablename__ = "event"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("site_id", "position"), UniqueConstraint("site_id", "id"))


class AuditRow(Base):
    """Who did what to which thing; ids only. `mac` chains each row of a site to the one before it."""

    __tablename__ = "audit"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    by_kind: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[str | None] = mapped_column(String(64))
    by_role: Mapped[str | None] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mac: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_subject_id", "subject_id"),)


class Endpoint(Base):
    """A webhook receiver of a site. One delivery is in flight at a time, by the holder of `busy_token`."""

    __tablename__ = "endpoint"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    types: Mapped[list[Any]] = mapped_column(default=list)
    secret: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None] = mapped_column(String(40))
    last_ok_at: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]
    busy_token: Mapped[str | None] = mapped_column(String(32))
    __table_args__ = (UniqueConstraint("site_id", "id"),)


class Delivery(Base):
    """One event for one endpoint: due → claimed → done, or dead after the last attempt."""

    __tablename__ = "delivery"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    endpoint_id: Mapped[str] = mapped_column(Id)
    event_id: Mapped[str] = mapped_column(Id)
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default="due")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    last_status: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "endpoint_id"], ["endpoint.site_id", "endpoint.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["site_id", "event_id"], ["event.site_id", "event.id"], ondelete="CASCADE"),
        one_of("state", "due", "claimed", "done", "dead"),
        Index(
            "ix_delivery_due",
            "due_at",
            postgresql_where=sql("state IN ('due', 'claimed')"),
            sqlite_where=sql("state IN ('due', 'claimed')"),
        ),
    )


class Attempt(Base):
    """One try of a delivery and what came back."""

    __tablename__ = "attempt"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    delivery_id: Mapped[str] = mapped_column(Id, index=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(60))
    milliseconds: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "delivery_id"], ["delivery.site_id", "delivery.id"], ondelete="CASCADE"),
    )


class IdempotencyRow(Base):
    """A caller's key, written in the transaction of its effect; holds what it made, never a body."""

    __tablename__ = "idempotency"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    route: Mapped[str] = mapped_column(String(250))
    body_hash: Mapped[str] = mapped_column(String(64))
    resource: Mapped[str] = mapped_column(String(250), default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


class Ask(Base):
    """A synchronous ask that left no comment: an HMAC of story, author and text, and what was answered."""

    __tablename__ = "ask"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    action: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(index=True)


class FeedbackRow(Base):
    """What people say a text should have been answered with, where it left no comment: its keyed hash and its scores, no words."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    protocol: Mapped[str] = mapped_column(String(20))
    text_mac: Mapped[str] = mapped_column(String(64))
    told: Mapped[dict[str, Any]]  # attribute → 0 to 1, as the protocol names it
    # The same by our names, and the learned scores that the text had then: what a site's own reading is fitted to.
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    scores: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    scored_by: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    by_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "protocol", "text_mac"),
        Index("ix_feedback_site_id_created_at", "site_id", "created_at"),
    )


class Unchecked(Base):
    """How often on a day (UTC) a program got no answer in time and published the comment without a check, by its key."""

    __tablename__ = "unchecked"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    protocol: Mapped[str] = mapped_column(String(20), primary_key=True)
    why: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
    __table_args__ = (one_of("why", "error", "late"),)


class Heartbeat(Base):
    """A part of the service that was alive at `at` (sweep, worker): how others see that it still runs."""

    __tablename__ = "heartbeat"
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]

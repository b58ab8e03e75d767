"""What follows for an author: strikes, blocks, appeals."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of


class Strike(Base):
    """A comment that counts against its author: proposed by a rule, confirmed by a person's decision, or void."""

    __tablename__ = "strike"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    realm_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    comment_id: Mapped[str] = mapped_column(Id)
    revision_id: Mapped[str] = mapped_column(Id)
    category: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    verdict_id: Mapped[str | None] = mapped_column(Id)
    decision_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("revision_id", "category"),
        ForeignKeyConstraint(["realm_id", "author_id"], ["author.realm_id", "author.id"]),
        ForeignKeyConstraint(["site_id", "revision_id"], ["revision.site_id", "revision.id"], ondelete="CASCADE"),
        one_of("state", "proposed", "confirmed", "void"),
        Index("ix_strike_author_id_state_category", "author_id", "state", "category"),
    )


class Block(Base):
    """An author may not comment, at one site or in the whole realm, until `until` (None: until lifted).

    state: proposed → active → lifted or expired; proposed → declined. `evidence` holds ids of strikes and decisions.
    """

    __tablename__ = "block"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    realm_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    author_id: Mapped[str] = mapped_column(Id)
    scope: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    category: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    days: Mapped[int | None]
    until: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    by_kind: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[str | None] = mapped_column(String(64))
    by_role: Mapped[str | None] = mapped_column(String(20))
    seconded_by: Mapped[str | None] = mapped_column(String(64))
    ended_by_kind: Mapped[str | None] = mapped_column(String(10))
    ended_by_id: Mapped[str | None] = mapped_column(String(64))
    end_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        ForeignKeyConstraint(["realm_id", "author_id"], ["author.realm_id", "author.id"]),
        one_of("scope", "site", "realm"),
        one_of("state", "proposed", "active", "lifted", "expired", "declined"),
        Index(
            "uq_block_active",
            "author_id",
            "scope",
            "site_id",
            unique=True,
            postgresql_where=sql("state = 'active'"),
            sqlite_where=sql("state = 'active'"),
        ),
        Index(
            "uq_block_proposed",
            "author_id",
            "site_id",
            unique=True,
            postgresql_where=sql("state = 'proposed'"),
            sqlite_where=sql("state = 'proposed'"),
        ),
        Index(
            "ix_block_until", "until", postgresql_where=sql("state = 'active'"), sqlite_where=sql("state = 'active'")
        ),
    )


class Appeal(Base):
    """A commenter asks for a second look at a block or at a comment's removal."""

    __tablename__ = "appeal"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    realm_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    block_id: Mapped[str | None] = mapped_column(ForeignKey("block.id", ondelete="CASCADE"))
    comment_id: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    same_person: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        ForeignKeyConstraint(["realm_id", "author_id"], ["author.realm_id", "author.id"]),
        ForeignKeyConstraint(["site_id", "comment_id"], ["comment.site_id", "comment.id"], ondelete="CASCADE"),
        one_of("state", "open", "granted", "upheld"),
        Index(
            "uq_appeal_open_block",
            "block_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
            sqlite_where=sql("state = 'open'"),
        ),
        Index(
            "uq_appeal_open_comment",
            "comment_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
            sqlite_where=sql("state = 'open'"),
        ),
    )

"""What was said of a comment: verdicts of the rules, flags of readers, decisions of people, and the review queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of

ACTIONS = ("allow", "review", "hold", "reject")


class Verdict(Base):
    """What the rules said of one revision; append-only. `facts` is every fact used that is not text."""

    __tablename__ = "verdict"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    revision_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10), default="live")
    action: Mapped[str] = mapped_column(String(10))
    ruleset: Mapped[str | None] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(String(40))
    model: Mapped[str | None] = mapped_column(String(80))
    categories: Mapped[list[Any]]
    reasons: Mapped[list[Any]]
    unknown: Mapped[list[Any]] = mapped_column(default=list)
    scores: Mapped[dict[str, Any]]
    scored_by: Mapped[dict[str, Any]]
    not_assessed: Mapped[dict[str, Any]]
    language: Mapped[str | None] = mapped_column(String(35))
    facts: Mapped[dict[str, Any]]
    milliseconds: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "revision_id"], ["revision.site_id", "revision.id"], ondelete="CASCADE"),
        one_of("kind", "live", "trial", "replay"),
        one_of("action", *ACTIONS),
        Index(
            "uq_verdict_live",
            "revision_id",
            unique=True,
            postgresql_where=sql("kind = 'live'"),
            sqlite_where=sql("kind = 'live'"),
        ),
        Index("ix_verdict_site_id_created_at", "site_id", "created_at"),
    )


class Match(Base):
    """One thing a rule saw. Spans are code points of the revision's text; the words are cut out at read time."""

    __tablename__ = "rule_match"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    verdict_id: Mapped[str] = mapped_column(Id)
    ordinal: Mapped[int]
    rule: Mapped[str] = mapped_column(String(100))
    rule_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(10))
    spans: Mapped[list[Any]]
    aimed_at: Mapped[str | None] = mapped_column(String(40))
    target_key: Mapped[str | None] = mapped_column(String(64))
    hidden_as: Mapped[str | None] = mapped_column(String(40))
    found_in: Mapped[str] = mapped_column(String(10), default="text")
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("verdict_id", "ordinal"),
        ForeignKeyConstraint(["site_id", "verdict_id"], ["verdict.site_id", "verdict.id"], ondelete="CASCADE"),
        Index("ix_rule_match_site_id_rule_created_at", "site_id", "rule", "created_at"),
        Index("ix_rule_match_target_key_created_at", "target_key", "created_at"),
    )


class Flag(Base):
    """One reader's flag on one revision; the first reason stays."""

    __tablename__ = "flag"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    comment_id: Mapped[str] = mapped_column(Id)
    revision_id: Mapped[str] = mapped_column(Id)
    reader_id: Mapped[str] = mapped_column(Id, index=True)
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[float]
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("revision_id", "reader_id"),
        ForeignKeyConstraint(["site_id", "revision_id"], ["revision.site_id", "revision.id"], ondelete="CASCADE"),
        one_of("state", "open", "upheld", "declined"),
        Index("ix_flag_comment_id", "comment_id"),
    )


class Decision(Base):
    """What a person said of one revision. waiting (can be undone silently) → in_force → undone.

    `before` is where the comment stood, so that an undo can go back.
    The columns from `own_initiative` on are what a statement of reasons needs (DSA article 17).
    """

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    comment_id: Mapped[str] = mapped_column(Id)
    revision_id: Mapped[str] = mapped_column(Id)
    decision: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    by_kind: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[str | None] = mapped_column(String(64))
    by_role: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    restriction: Mapped[str] = mapped_column(String(40), default="none")
    own_initiative: Mapped[bool] = mapped_column(default=True)
    detected_by: Mapped[str] = mapped_column(String(20), default="rules")
    automated: Mapped[bool] = mapped_column(default=False)
    ground: Mapped[str] = mapped_column(String(20), default="guidelines")
    redress_until: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "revision_id"], ["revision.site_id", "revision.id"], ondelete="CASCADE"),
        one_of("decision", "approve", "reject", "hold"),
        one_of("state", "waiting", "in_force", "undone"),
        Index(
            "uq_decision_standing",
            "revision_id",
            unique=True,
            postgresql_where=sql("state <> 'undone'"),
            sqlite_where=sql("state <> 'undone'"),
        ),
        Index(
            "ix_decision_due",
            "effective_at",
            postgresql_where=sql("state = 'waiting'"),
            sqlite_where=sql("state = 'waiting'"),
        ),
        Index("ix_decision_comment_id", "comment_id"),
        Index("ix_decision_by_id_created_at", "by_id", "created_at"),
    )


class ReviewItem(Base):
    """A comment that waits for a person; at most one open item for a comment.

    `opened` is the site's position at opening: the list's stable order and the mark for "3 new".
    """

    __tablename__ = "review_item"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    comment_id: Mapped[str] = mapped_column(Id)
    source: Mapped[str] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[float] = mapped_column(default=0.0)
    outcome: Mapped[str | None] = mapped_column(String(20))
    opened_at: Mapped[datetime]
    opened: Mapped[int] = mapped_column(BigInteger, default=0)
    closed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(Id)
    claimed_until: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "comment_id"], ["comment.site_id", "comment.id"], ondelete="CASCADE"),
        one_of("source", "rules", "flags", "site", "appeal"),
        Index(
            "uq_review_item_open",
            "comment_id",
            unique=True,
            postgresql_where=sql("closed_at IS NULL"),
            sqlite_where=sql("closed_at IS NULL"),
        ),
        Index("ix_review_item_site_id_closed_at_rank", "site_id", "closed_at", "rank"),
    )

"""Published rulesets: immutable, found by the hash of their content; which one a site uses; what was refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of


class RulesetRow(Base):
    """The full text of a ruleset under its content hash. Never changed, never deleted while a verdict names it."""

    __tablename__ = "ruleset"
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class RulesetPointer(Base):
    """The version that a site uses now."""

    __tablename__ = "ruleset_pointer"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("ruleset.version"))
    publication_id: Mapped[str] = mapped_column(Id)


class Publication(Base):
    """One move of a site's pointer: a publish or a rollback, by whom, with what message."""

    __tablename__ = "publication"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(ForeignKey("ruleset.version"))
    kind: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text, default="")
    by_kind: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "id"),
        one_of("kind", "publish", "rollback"),
        Index("ix_publication_site_id_created_at", "site_id", "created_at"),
    )


class WatchedFiles(Base):
    """What `--watch` saw last for a site: the hash of its files, and why they were refused (None: they were not)."""

    __tablename__ = "watched_files"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    files_hash: Mapped[str] = mapped_column(String(64))
    refused: Mapped[list[Any] | None]
    at: Mapped[datetime]


class RulePause(Base):
    """A live rule that the safety limit made milder at one site: it still matches, and asks for `acts_as` at the most.

    It is about this hash of the rule. `ended_at`: an admin has released it, and this hash is not paused again.
    """

    __tablename__ = "rule_pause"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(100))
    rule_hash: Mapped[str] = mapped_column(String(64))
    acts_as: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "rule", "rule_hash", "acts_as"),
        one_of("acts_as", "review", "hold"),
    )

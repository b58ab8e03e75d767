"""What sites send: authors, readers, stories, comments and their revisions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.lifecycle import STATUSES
from moderation.storage.models.base import Base, Id, new_id, one_of


class Author(Base):
    """A commenter within a realm. Found by `key`, an HMAC of the site's id; `external_id` and `name` can be erased.

    `erased_at`: the key goes as well, once no block needs it. `legal_hold_at`: all of his comments are kept until lifted.
    """

    __tablename__ = "author"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    realm_id: Mapped[str] = mapped_column(ForeignKey("realm.id"))
    key: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20), default="reader")
    trusted: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime | None]
    check_first_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    legal_hold_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("realm_id", "key"),
        UniqueConstraint("realm_id", "id"),
        one_of("role", "reader", "staff", "moderator"),
    )


class Reader(Base):
    """A person who flags, found by the same kind of key as an author; how often his flags were right."""

    __tablename__ = "reader"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    realm_id: Mapped[str] = mapped_column(ForeignKey("realm.id"))
    key: Mapped[str] = mapped_column(String(64))
    flags_decided: Mapped[int] = mapped_column(default=0)
    flags_upheld: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("realm_id", "key"), UniqueConstraint("realm_id", "id"))


class Story(Base):
    """What a comment stands under."""

    __tablename__ = "story"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    section: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(35))
    published_at: Mapped[datetime | None]
    byline: Mapped[list[Any]] = mapped_column(default=list)
    people: Mapped[list[Any]] = mapped_column(default=list)
    sensitive: Mapped[list[Any]] = mapped_column(default=list)
    comments: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        UniqueConstraint("site_id", "id"),
        one_of("comments", "open", "check_first", "closed"),
    )


def _where(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows that are looked for, so that the others cost nothing here."""
    return Index(name, *columns, postgresql_where=sql(condition), sqlite_where=sql(condition))


class Comment(Base):
    """A comment as a whole; `status` speaks of the latest revision, `published_revision` says which one is public.

    `sequence` is the site's position of the last event about it (0: none yet).
    `person_stopped`: a moderator rejected or held it, so later revisions are at least held.
    `texts_removed_at`: no revision has its words any longer; `erased_at`: nobody is told of it any longer either.
    """

    __tablename__ = "comment"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    realm_id: Mapped[str] = mapped_column(Id)
    external_id: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[str] = mapped_column(Id)
    story_id: Mapped[str] = mapped_column(Id)
    parent_external_id: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20), default="pending")
    decided_by: Mapped[str | None] = mapped_column(String(20))
    latest_revision: Mapped[int]
    published_revision: Mapped[int | None]
    person_stopped: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    # Free keys of the site (section, device …): given back in answers, never read by rules.
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    texts_removed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    legal_hold_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "realm_id"], ["site.id", "site.realm_id"]),
        ForeignKeyConstraint(["realm_id", "author_id"], ["author.realm_id", "author.id"]),
        ForeignKeyConstraint(["site_id", "story_id"], ["story.site_id", "story.id"]),
        one_of("status", *STATUSES),
        Index("ix_comment_author_id_created_at", "author_id", "created_at"),
        Index("ix_comment_story_id_created_at", "story_id", "created_at"),
        Index("ix_comment_site_id_status_created_at", "site_id", "status", "created_at"),
        _where("ix_comment_texts_kept", "texts_removed_at IS NULL", "site_id", "status", "created_at"),
        _where("ix_comment_parent", "parent_external_id IS NOT NULL", "site_id", "parent_external_id"),
    )


def _by_band(name: str) -> Index:
    """Short texts have no bands and cost nothing here; a band alone is nearly unique, so the site is not in it."""
    known = sql(f"{name} IS NOT NULL")
    return Index(f"ix_revision_{name}", name, "received_at", postgresql_where=known, sqlite_where=known)


class Revision(Base):
    """One version of a comment's words, and the job of checking it.

    `text`, `parent_text` and `author_name` are the only columns with words of people about a comment; they can be null.
    `text_mac` (HMAC under the realm's key) recognises a repeat after the text is gone; `fingerprint` is of the folded text.
    Both are empty once they are gone themselves.
    `sketch` tells how alike two long texts are, the bands find the likely ones (engine/text/sketches.py); null where short.
    `state` waiting → claimed (until `lease_until`, by the holder of `lease_token`) → done.
    """

    __tablename__ = "revision"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(Id)
    comment_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    number: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(10), default="plain")
    language: Mapped[str | None] = mapped_column(String(35))
    author_name: Mapped[str | None] = mapped_column(Text)
    parent_text: Mapped[str | None] = mapped_column(Text)
    parent_author_key: Mapped[str | None] = mapped_column(String(64))
    text_mac: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    sketch: Mapped[str | None] = mapped_column(String(128))
    band_1: Mapped[int | None]
    band_2: Mapped[int | None]
    band_3: Mapped[int | None]
    band_4: Mapped[int | None]
    written_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    bulk: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    due_at: Mapped[datetime]
    kicks: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    __table_args__ = (
        UniqueConstraint("comment_id", "number"),
        UniqueConstraint("site_id", "id"),
        ForeignKeyConstraint(["site_id", "comment_id"], ["comment.site_id", "comment.id"], ondelete="CASCADE"),
        one_of("state", "waiting", "claimed", "done"),
        one_of("format", "plain", "html"),
        Index(
            "ix_revision_due", "due_at", postgresql_where=sql("state <> 'done'"), sqlite_where=sql("state <> 'done'")
        ),
        Index("ix_revision_author_id_received_at", "author_id", "received_at"),
        Index("ix_revision_site_id_fingerprint", "site_id", "fingerprint", "received_at"),
        *(_by_band(f"band_{number}") for number in (1, 2, 3, 4)),
    )

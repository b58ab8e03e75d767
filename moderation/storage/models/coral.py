"""Comments that a Coral tells of by its webhooks."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id, one_of

_DUE = sql("state IN ('due', 'claimed')")


class CoralComment(Base):
    """A comment that was published there, to be looked at again: due → claimed → done, or dead after the last attempt."""

    __tablename__ = "coral_comment"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    coral_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="due")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str | None] = mapped_column(String(20))
    last_error: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "coral_id"),
        one_of("state", "due", "claimed", "done", "dead"),
        Index("ix_coral_comment_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )

"""Comments whose state the program that they came from is told, because people decided about them here."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id
from moderation.storage.models.job import Job, rules_of_jobs


class WriteBack(Job, Base):
    """A comment whose state its WordPress or Coral is told after a decision here: due → claimed → done, or dead at the last attempt.

    `revision` is the number of the one decided; `changes` counts decisions and undoings, `created_at` is when the last came.
    """

    __tablename__ = "write_back"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[str] = mapped_column(Id)
    revision: Mapped[int]
    changes: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        UniqueConstraint("site_id", "comment_id"),
        ForeignKeyConstraint(["site_id", "comment_id"], ["comment.site_id", "comment.id"], ondelete="CASCADE"),
        *rules_of_jobs("write_back"),
    )

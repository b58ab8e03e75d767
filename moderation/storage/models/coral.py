"""Comments that a Coral tells of by its webhooks."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.models.base import Base, Id, new_id
from moderation.storage.models.job import Job, rules_of_jobs


class CoralComment(Job, Base):
    """A comment that a Coral told of, to be looked at: due → claimed → done, or dead after the last attempt."""

    __tablename__ = "coral_comment"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    coral_id: Mapped[str] = mapped_column(String(200))
    __table_args__ = (UniqueConstraint("site_id", "coral_id"), *rules_of_jobs("coral_comment"))

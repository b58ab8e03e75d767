"""Alembic's entry: runs on the connection that upgrade() hands over."""

from typing import Any

from alembic import context

from moderation.storage.models import Base
from moderation.storage.models.base import UTCDateTime


def _render(kind: str, item: Any, _context: Any) -> Any:
    """Migrations name plain types, so that they do not change when our own types do."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_render,
)
context.run_migrations()

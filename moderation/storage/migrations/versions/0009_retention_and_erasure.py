"""when texts went, who was erased, and what is kept for legal proceedings."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIMES = {"comment": ("texts_removed_at", "erased_at", "legal_hold_at"), "author": ("erased_at", "legal_hold_at")}
INDEXES = {
    "ix_comment_texts_kept": (["site_id", "status", "created_at"], sa.text("texts_removed_at IS NULL")),
    "ix_comment_parent": (["site_id", "parent_external_id"], sa.text("parent_external_id IS NOT NULL")),
}


def upgrade() -> None:
    """Forward: plain additions, so that rows there are not written again."""
    for table, names in TIMES.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for index, (columns, where) in INDEXES.items():
        op.create_index(index, "comment", columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    """Back: without the copy of a table that SQLite's other way needs, by which what hangs on its rows would go."""
    for index in INDEXES:
        op.drop_index(index, table_name="comment")
    for table, names in TIMES.items():
        for name in names:
            op.drop_column(table, name)

"""comments that a Coral tells of, and the way to ask it about them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DUE = sa.text("state IN ('due', 'claimed')")


def upgrade() -> None:
    """Forward: plain additions."""
    op.add_column("api_key", sa.Column("url", sa.Text(), nullable=True))
    op.add_column("api_key", sa.Column("token", sa.Text(), nullable=True))
    op.create_table(
        "coral_comment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("coral_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("last_error", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('due', 'claimed', 'done', 'dead')", name=op.f("ck_coral_comment_state")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_coral_comment_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coral_comment")),
        sa.UniqueConstraint("site_id", "coral_id", name=op.f("uq_coral_comment_site_id_coral_id")),
    )
    op.create_index("ix_coral_comment_due", "coral_comment", ["due_at"], postgresql_where=DUE, sqlite_where=DUE)
    op.create_index("ix_coral_comment_created_at", "coral_comment", ["created_at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("coral_comment")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_column("token")
        batch_op.drop_column("url")

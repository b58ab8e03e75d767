"""feedback on texts that left no comment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("protocol", sa.String(length=20), nullable=False),
        sa.Column("text_mac", sa.String(length=64), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("by_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_feedback_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("site_id", "protocol", "text_mac", name=op.f("uq_feedback_site_id_protocol_text_mac")),
    )
    op.create_index("ix_feedback_site_id_created_at", "feedback", ["site_id", "created_at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("feedback")

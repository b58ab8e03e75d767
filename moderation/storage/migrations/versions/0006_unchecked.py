"""how many comments were published without a check, by day and key."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: plain additions."""
    op.create_table(
        "unchecked",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("protocol", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('error', 'late')", name=op.f("ck_unchecked_why")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_unchecked_site_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_unchecked_key_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "key_id", "protocol", "why", "day", name=op.f("pk_unchecked")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("unchecked")

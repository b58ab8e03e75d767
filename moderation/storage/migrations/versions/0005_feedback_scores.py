"""what a text had for scores when people said what it should have had."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAMES = ("attributes", "scores", "scored_by")


def upgrade() -> None:
    """Forward: plain additions."""
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    for name in NAMES:
        op.add_column("feedback", sa.Column(name, kind, server_default="{}", nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        for name in NAMES:
            batch_op.drop_column(name)

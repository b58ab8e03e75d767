"""what a paused rule may still ask for; the same pause comes once."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Nothing has written to the table before."""
    op.execute("DELETE FROM rule_pause")
    with op.batch_alter_table("rule_pause", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acts_as", sa.String(length=10), nullable=False))
        batch_op.create_check_constraint(op.f("ck_rule_pause_acts_as_known"), "acts_as IN ('review', 'hold')")
        batch_op.create_unique_constraint(
            op.f("uq_rule_pause_site_id_rule_rule_hash_acts_as"), ["site_id", "rule", "rule_hash", "acts_as"]
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("rule_pause", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_rule_pause_site_id_rule_rule_hash_acts_as"), type_="unique")
        batch_op.drop_constraint(op.f("ck_rule_pause_acts_as_known"), type_="check")
        batch_op.drop_column("acts_as")

"""sketches of long texts, to find what is sent again with a few words changed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BANDS = ("band_1", "band_2", "band_3", "band_4")


def upgrade() -> None:
    """Forward: plain additions, so that rows there are not written again; they have no sketch."""
    op.add_column("revision", sa.Column("sketch", sa.String(length=128), nullable=True))
    for band in BANDS:
        op.add_column("revision", sa.Column(band, sa.Integer(), nullable=True))
        known = sa.text(f"{band} IS NOT NULL")
        op.create_index(
            f"ix_revision_{band}", "revision", [band, "received_at"], postgresql_where=known, sqlite_where=known
        )


def downgrade() -> None:
    """Back."""
    for band in BANDS:
        op.drop_index(f"ix_revision_{band}", table_name="revision")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        for column in ("sketch", *BANDS):
            batch_op.drop_column(column)

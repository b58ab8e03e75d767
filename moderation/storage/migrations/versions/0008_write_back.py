"""the table of decisions that are told back is named for what it is, no longer for the first program that was told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DUE = sa.text("state IN ('due', 'claimed')")
COLUMNS = (
    "id, site_id, comment_id, revision, changes, state, due_at, attempts, lease_until, lease_token, outcome, last_error, "
    "created_at, done_at"
)


def upgrade() -> None:
    """Forward: the rows go with it."""
    _rename("wordpress_comment", "write_back")


def downgrade() -> None:
    """Back, with the rows."""
    _rename("write_back", "wordpress_comment")


def _rename(before: str, after: str) -> None:
    """A new table and a copy of the rows: SQLite renames no constraints. No other table refers to this one."""
    op.create_table(
        after,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("comment_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("last_error", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('due', 'claimed', 'done', 'dead')", name=op.f(f"ck_{after}_state_known")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{after}_site_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["site_id", "comment_id"],
            ["comment.site_id", "comment.id"],
            name=op.f(f"fk_{after}_site_id_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{after}")),
        sa.UniqueConstraint("site_id", "comment_id", name=op.f(f"uq_{after}_site_id_comment_id")),
    )
    op.execute(f"INSERT INTO {after} ({COLUMNS}) SELECT {COLUMNS} FROM {before}")  # noqa: S608 # names of ours
    op.drop_table(before)
    op.create_index(f"ix_{after}_due", after, ["due_at"], postgresql_where=DUE, sqlite_where=DUE)
    op.create_index(f"ix_{after}_created_at", after, ["created_at"])

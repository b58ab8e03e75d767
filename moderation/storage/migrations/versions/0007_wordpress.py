"""comments whose state a WordPress is told, and the kind of key that says where it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DUE = sa.text("state IN ('due', 'claimed')")
BEFORE = ("live", "test", "protocol", "coral_phase", "coral_webhook", "webhook")


def upgrade() -> None:
    """Forward: one more kind of key, and a table."""
    _kinds_of_keys(*BEFORE, "wordpress")
    op.create_table(
        "wordpress_comment",
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
        sa.CheckConstraint(
            "state IN ('due', 'claimed', 'done', 'dead')", name=op.f("ck_wordpress_comment_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_wordpress_comment_site_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "comment_id"],
            ["comment.site_id", "comment.id"],
            name=op.f("fk_wordpress_comment_site_id_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordpress_comment")),
        sa.UniqueConstraint("site_id", "comment_id", name=op.f("uq_wordpress_comment_site_id_comment_id")),
    )
    op.create_index("ix_wordpress_comment_due", "wordpress_comment", ["due_at"], postgresql_where=DUE, sqlite_where=DUE)
    op.create_index("ix_wordpress_comment_created_at", "wordpress_comment", ["created_at"])


def downgrade() -> None:
    """Back; the keys of that kind go."""
    op.drop_table("wordpress_comment")
    op.execute("DELETE FROM api_key WHERE kind = 'wordpress'")
    _kinds_of_keys(*BEFORE)


def _kinds_of_keys(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    name, rule = op.f("ck_api_key_kind_known"), f"kind IN ({listed})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(name, "api_key", type_="check")
        op.create_check_constraint(name, "api_key", rule)
        return
    # SQLite makes the table anew. With the old one go, by their foreign key, the counts of the keys: they are put back.
    op.execute("CREATE TEMPORARY TABLE unchecked_kept AS SELECT * FROM unchecked")
    with op.batch_alter_table("api_key", schema=None, recreate="always") as batch_op:
        batch_op.create_check_constraint(name, rule)  # the old rule is not taken over
    op.execute("INSERT INTO unchecked SELECT * FROM unchecked_kept")
    op.execute("DROP TABLE unchecked_kept")

"""Commented tables."""

import sqlalchemy as sa
from alembic import op

revision = "commented_tables"
down_revision = "moved_columns"


def upgrade() -> None:
    op.create_table(
        "told", sa.Column("id", sa.Integer, comment="it's counted"), comment="50% of all"
    )
    with op.batch_alter_table("shelf") as batch:
        batch.create_table_comment("where books are")


def downgrade() -> None:
    with op.batch_alter_table("shelf") as batch:
        batch.drop_table_comment(existing_comment="where books are")
    op.drop_table("told")

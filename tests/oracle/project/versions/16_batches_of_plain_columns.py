"""Batches of plain columns."""

import sqlalchemy as sa
from alembic import op

revision = "batches_of_plain_columns"
down_revision = "batches"


def upgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch:
        batch.add_column(sa.Column("left", sa.Integer))
        batch.create_index("by_left", ["left"])


def downgrade() -> None:
    with op.batch_alter_table("customer") as batch:
        batch.drop_index("by_left")

"""Schemas."""

import sqlalchemy as sa
from alembic import op

revision = "schemas"
down_revision = "tables"


def upgrade() -> None:
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), schema="Other")
    op.create_table(
        "u",
        sa.Column("id", sa.Integer, sa.ForeignKey("Other.t.id"), primary_key=True),
        schema="Other",
    )


def downgrade() -> None:
    op.drop_table("u", schema="Other")
    op.drop_table("t", schema="Other")

"""Quoting."""

import sqlalchemy as sa
from alembic import op

revision = "quoting"
down_revision = "schemas"


def upgrade() -> None:
    op.create_table(
        "Order",
        sa.Column("select", sa.Integer, primary_key=True),
        sa.Column("Mixed Case", sa.String(10), server_default="it's 100%"),
    )
    op.execute("INSERT INTO plain (name) VALUES ('50% off')")


def downgrade() -> None:
    op.drop_table("Order")

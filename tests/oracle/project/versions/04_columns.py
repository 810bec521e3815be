"""Columns."""

import sqlalchemy as sa
from alembic import op

revision = "columns"
down_revision = "quoting"


def upgrade() -> None:
    op.add_column("customer", sa.Column("phone", sa.String(30), nullable=True))
    op.add_column("customer", sa.Column("points", sa.Integer, nullable=False, server_default="0"))
    op.add_column("customer", sa.Column("tag", sa.String(10), index=True))


def downgrade() -> None:
    op.drop_index(op.f("ix_customer_tag"), "customer")
    op.drop_column("customer", "tag")
    op.drop_column("customer", "points")
    op.drop_column("customer", "phone")

"""Indexes."""

import sqlalchemy as sa
from alembic import op

revision = "indexes"
down_revision = "names"


def upgrade() -> None:
    op.create_index("by_name", "customer", ["name", "born"], unique=True)
    op.create_index(None, "customer", ["since"])
    op.create_index("by_low", "customer", [sa.text("lower(name)")])


def downgrade() -> None:
    op.drop_index("by_low", "customer")
    op.drop_index(op.f("ix_customer_since"), table_name="customer")
    op.drop_index("by_name", table_name="customer")

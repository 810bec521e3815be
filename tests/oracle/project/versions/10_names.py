"""Names."""

import sqlalchemy as sa
from alembic import op

revision = "names"
down_revision = "defaults"


def upgrade() -> None:
    op.rename_table("customer", "client")
    op.alter_column(
        "client",
        "phone",
        new_column_name="telephone",
        existing_type=sa.String(30),
        existing_nullable=True,
    )


def downgrade() -> None:
    op.alter_column(
        "client",
        "telephone",
        new_column_name="phone",
        existing_type=sa.String(30),
        existing_nullable=True,
    )
    op.rename_table("client", "customer")

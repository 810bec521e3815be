"""Defaults."""

import sqlalchemy as sa
from alembic import op

revision = "defaults"
down_revision = "nullability"


def upgrade() -> None:
    op.alter_column(
        "customer",
        "points",
        server_default=sa.text("5"),
        existing_type=sa.Integer,
        existing_server_default="0",
    )


def downgrade() -> None:
    op.alter_column(
        "customer",
        "points",
        server_default=None,
        existing_type=sa.Integer,
        existing_server_default="5",
    )

"""Counted keys."""

import sqlalchemy as sa
from alembic import op

revision = "counted_keys"
down_revision = "guarded_columns"


def upgrade() -> None:
    op.alter_column(
        "counted", "id", autoincrement=True, existing_type=sa.Integer, existing_nullable=False
    )


def downgrade() -> None:
    op.alter_column(
        "counted", "id", autoincrement=False, existing_type=sa.Integer, existing_nullable=False
    )

"""Nullability."""

import sqlalchemy as sa
from alembic import op

revision = "nullability"
down_revision = "types"


def upgrade() -> None:
    op.alter_column("customer", "email", nullable=False, existing_type=sa.String(120))


def downgrade() -> None:
    op.alter_column("customer", "email", nullable=True, existing_type=sa.String(120))

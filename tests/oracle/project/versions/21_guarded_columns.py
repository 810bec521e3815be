"""Guarded columns."""

import sqlalchemy as sa
from alembic import op

revision = "guarded_columns"
down_revision = "guards"


def upgrade() -> None:
    op.add_column("customer", sa.Column("extra", sa.Integer), if_not_exists=True)


def downgrade() -> None:
    op.drop_column("customer", "extra", if_exists=True)

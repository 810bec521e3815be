"""Types."""

import sqlalchemy as sa
from alembic import op

revision = "types"
down_revision = "comments"


def upgrade() -> None:
    op.alter_column(
        "customer",
        "name",
        type_=sa.String(200),
        existing_type=sa.String(80),
        existing_nullable=False,
        existing_server_default="nobody",
    )


def downgrade() -> None:
    op.alter_column(
        "customer",
        "name",
        type_=sa.String(80),
        existing_type=sa.String(200),
        existing_nullable=False,
        existing_server_default="nobody",
    )

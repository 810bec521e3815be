"""Comments."""

import sqlalchemy as sa
from alembic import op

revision = "comments"
down_revision = "column_of_a_key"


def upgrade() -> None:
    op.create_table_comment("customer", "those who buy", existing_comment=None, schema="dbo")
    op.alter_column(
        "customer",
        "name",
        comment="of the family",
        existing_type=sa.String(80),
        existing_nullable=False,
        schema="dbo",
    )


def downgrade() -> None:
    op.alter_column(
        "customer",
        "name",
        comment=None,
        existing_comment="of the family",
        existing_type=sa.String(80),
        existing_nullable=False,
        schema="dbo",
    )
    op.drop_table_comment("customer", existing_comment="those who buy", schema="dbo")

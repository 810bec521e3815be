"""prices of up to ten digits

Revision ID: 3ac0de10
Revises: 29c0de09
Create Date: 2026-11-21 09:08:43.271646+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = '3ac0de10'
down_revision: str | tuple[str, ...] | None = '29c0de09'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('products') as batch_op:
        batch_op.alter_column(
            'price',
            type_=sa.Numeric(precision=12, scale=2),
            existing_type=sa.Numeric(precision=10, scale=2),
            existing_nullable=False,
        )


def downgrade() -> None:
    with op.batch_alter_table('products') as batch_op:
        batch_op.alter_column(
            'price',
            type_=sa.Numeric(precision=10, scale=2),
            existing_type=sa.Numeric(precision=12, scale=2),
            existing_nullable=False,
        )

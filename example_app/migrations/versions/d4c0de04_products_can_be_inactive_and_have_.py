"""products can be inactive and have attributes

Revision ID: d4c0de04
Revises: c3c0de03
Create Date: 2026-11-21 09:08:33.124004+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = 'd4c0de04'
down_revision: str | tuple[str, ...] | None = 'c3c0de03'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('products') as batch_op:
        batch_op.add_column(
            sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
        )
        batch_op.add_column(sa.Column('attributes', sa.JSON(), nullable=True))
        batch_op.create_index(op.f('ix_products_name'), ['name'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('products') as batch_op:
        batch_op.drop_index(op.f('ix_products_name'))
        batch_op.drop_column('attributes')
        batch_op.drop_column('active')

"""customers have no other name

Revision ID: 07c0de07
Revises: f6c0de06
Create Date: 2026-11-21 09:08:38.076937+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = '07c0de07'
down_revision: str | tuple[str, ...] | None = 'f6c0de06'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('customers') as batch_op:
        batch_op.alter_column('first_name', nullable=False, existing_type=sa.String(length=100))
        batch_op.alter_column('last_name', nullable=False, existing_type=sa.String(length=100))
        batch_op.drop_column('name')


def downgrade() -> None:
    with op.batch_alter_table('customers') as batch_op:
        batch_op.add_column(sa.Column('name', sa.String(length=200), nullable=True))
        batch_op.alter_column('last_name', nullable=True, existing_type=sa.String(length=100))
        batch_op.alter_column('first_name', nullable=True, existing_type=sa.String(length=100))

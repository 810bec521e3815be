"""customers have a first and a last name

Revision ID: e5c0de05
Revises: d4c0de04
Create Date: 2026-11-21 09:08:34.669152+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = 'e5c0de05'
down_revision: str | tuple[str, ...] | None = 'd4c0de04'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('customers') as batch_op:
        batch_op.add_column(sa.Column('first_name', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('last_name', sa.String(length=100), nullable=True))
        batch_op.alter_column('name', nullable=True, existing_type=sa.String(length=200))


def downgrade() -> None:
    with op.batch_alter_table('customers') as batch_op:
        batch_op.alter_column('name', nullable=False, existing_type=sa.String(length=200))
        batch_op.drop_column('last_name')
        batch_op.drop_column('first_name')

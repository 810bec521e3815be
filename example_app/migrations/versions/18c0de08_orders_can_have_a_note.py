"""orders can have a note

Revision ID: 18c0de08
Revises: d4c0de04
Create Date: 2026-11-21 09:08:39.772350+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = '18c0de08'
down_revision: str | tuple[str, ...] | None = 'd4c0de04'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('orders') as batch_op:
        batch_op.add_column(sa.Column('note', sa.String(length=500), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('orders') as batch_op:
        batch_op.drop_column('note')

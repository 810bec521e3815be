"""names and notes together

Revision ID: 29c0de09
Revises: 18c0de08, 07c0de07
Create Date: 2026-11-21 09:08:41.559388+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = '29c0de09'
down_revision: str | tuple[str, ...] | None = ('18c0de08', '07c0de07')
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

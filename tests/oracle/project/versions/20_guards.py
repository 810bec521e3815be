"""Guards."""

import sqlalchemy as sa
from alembic import op

revision = "guards"
down_revision = "keys"


def upgrade() -> None:
    op.create_table("maybe", sa.Column("id", sa.Integer), if_not_exists=True)
    op.create_index("by_id", "maybe", ["id"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index("by_id", "maybe", if_exists=True)
    op.drop_table("maybe", if_exists=True)

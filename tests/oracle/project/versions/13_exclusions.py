"""Exclusions."""

import sqlalchemy as sa
from alembic import op

revision = "exclusions"
down_revision = "constraints"


def upgrade() -> None:
    op.create_exclude_constraint(
        "apart",
        "room",
        ("during", "&&"),
        ("number", "="),
        using="gist",
        where=sa.text("number > 1"),
    )


def downgrade() -> None:
    op.drop_constraint("apart", "room")

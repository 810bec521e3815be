"""Rows."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "rows"
down_revision = "exclusions"


def upgrade() -> None:
    kind = sa.table(
        "kind", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("on", sa.Date)
    )
    op.bulk_insert(
        kind,
        [
            {"id": 1, "name": "it's", "on": datetime.date(2024, 2, 29)},
            {"id": 2, "name": None, "on": None},
        ],
    )
    op.execute(kind.update().where(kind.c.id == 1).values(name=op.inline_literal("one")))
    op.execute(kind.delete().where(kind.c.name.is_(None)))


def downgrade() -> None:
    op.execute("DELETE FROM kind")

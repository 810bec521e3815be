"""split the names of customers

Revision ID: f6c0de06
Revises: e5c0de05
Create Date: 2026-11-21 09:08:36.392656+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = 'f6c0de06'
down_revision: str | tuple[str, ...] | None = 'e5c0de05'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

CUSTOMERS = sa.table(
    "customers",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("first_name", sa.String),
    sa.column("last_name", sa.String),
)


def upgrade() -> None:
    bind = op.get_bind()
    for id_, name in bind.execute(sa.select(CUSTOMERS.c.id, CUSTOMERS.c.name)).all():
        first, _, last = name.strip().rpartition(" ")
        bind.execute(
            sa.update(CUSTOMERS)
            .where(CUSTOMERS.c.id == id_)
            .values(first_name=first, last_name=last)
        )



def downgrade() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.select(CUSTOMERS.c.id, CUSTOMERS.c.first_name, CUSTOMERS.c.last_name))
    for id_, first, last in rows.all():
        name = f"{first or ''} {last or ''}".strip()
        bind.execute(sa.update(CUSTOMERS).where(CUSTOMERS.c.id == id_).values(name=name))


"""Values for sql."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "values_for_sql"
down_revision = "counted_keys"


def upgrade() -> None:
    place = sa.table("place", sa.column("id", sa.Integer), sa.column("at", sa.DateTime))
    op.execute(sa.text("UPDATE place SET n = 'a' WHERE n LIKE '50%'"))
    op.execute(sa.insert(place).from_select(["id"], sa.select(place.c.id).where(place.c.id > 7)))
    op.execute(place.update().values(at=datetime.datetime(2024, 5, 6, 7, 8, 9)))
    op.bulk_insert(place, [{"id": 1, "at": datetime.datetime(2024, 1, 2, 3, 4, 5)}])
    op.bulk_insert(place, [])


def downgrade() -> None:
    op.execute("DELETE FROM place WHERE n = 'it''s'")

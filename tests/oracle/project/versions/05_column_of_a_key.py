"""Column of a key."""

import sqlalchemy as sa
from alembic import op

revision = "column_of_a_key"
down_revision = "columns"


def upgrade() -> None:
    op.add_column("customer", sa.Column("home", sa.Integer, sa.ForeignKey("place.id")))


def downgrade() -> None:
    op.drop_constraint("fk_customer_home_place", "customer", type_="foreignkey")
    op.drop_column("customer", "home")

"""Batches."""

import sqlalchemy as sa
from alembic import op

revision = "batches"
down_revision = "rows"


def upgrade() -> None:
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("age", sa.Integer))
        batch.create_index("by_age", ["age"])
        batch.create_unique_constraint("one_mail", ["email"])
        batch.create_check_constraint("grown", "age > 17")
        batch.create_foreign_key("fk_age", "ages", ["age"], ["id"])
        batch.alter_column("email", nullable=False, existing_type=sa.String(120))
        batch.drop_column("born")


def downgrade() -> None:
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("born", sa.Date))
        batch.alter_column("email", nullable=True, existing_type=sa.String(120))
        batch.drop_constraint("fk_age", type_="foreignkey")
        batch.drop_constraint("grown", type_="check")
        batch.drop_constraint("one_mail", type_="unique")
        batch.drop_index("by_age")
        batch.drop_column("age")

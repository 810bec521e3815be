"""Moved columns."""

import sqlalchemy as sa
from alembic import op

revision = "moved_columns"
down_revision = "options_of_dialects"


def upgrade() -> None:
    with op.batch_alter_table("shelf", recreate="never") as batch:
        batch.alter_column("a", new_column_name="b", existing_type=sa.Integer)
        batch.create_primary_key("pk_shelf", ["b"])
        batch.execute("SELECT 1")


def downgrade() -> None:
    with op.batch_alter_table("shelf", recreate="never") as batch:
        batch.drop_constraint("pk_shelf", type_="primary")
        batch.alter_column("b", new_column_name="a", existing_type=sa.Integer)

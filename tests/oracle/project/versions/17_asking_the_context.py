"""Asking the context."""

import sqlalchemy as sa
from alembic import op

revision = "asking_the_context"
down_revision = "batches_of_plain_columns"


def upgrade() -> None:
    context = op.get_context()
    if context.dialect.name != "sqlite" and not context.opts.get("no_such_option"):
        op.execute(f"INSERT INTO seen (dialect) VALUES ('{context.dialect.name}')")
    if op.get_context().as_sql:
        op.execute(sa.text("INSERT INTO seen (n) VALUES (:n)").bindparams(n=3))


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DELETE FROM seen")

"""All types."""

import sqlalchemy as sa
from alembic import op

revision = "all_types"
down_revision = "asking_the_context"


def upgrade() -> None:
    op.create_table(
        "kinds",
        sa.Column("a", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("b", sa.SmallInteger, server_default=sa.text("0")),
        sa.Column("c", sa.Float),
        sa.Column("d", sa.Numeric(12, 4)),
        sa.Column("e", sa.Unicode(20)),
        sa.Column("f", sa.UnicodeText),
        sa.Column("g", sa.DateTime(timezone=True)),
        sa.Column("h", sa.Time),
        sa.Column("i", sa.LargeBinary),
        sa.Column("j", sa.Boolean(name="really", create_constraint=True)),
        sa.Column("k", sa.Enum("x", "y", name="xy", create_constraint=True, native_enum=False)),
        sa.Column("l", sa.CHAR(3)),
        sa.Column("m", sa.Double),
        sa.Column("n", sa.String(5), server_default=""),
    )


def downgrade() -> None:
    op.drop_table("kinds")

"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "tables"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, server_default="nobody"),
        sa.Column("email", sa.String(120), unique=True),
        sa.Column("born", sa.Date, index=True),
        sa.Column("vip", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("since", sa.DateTime, server_default=sa.func.now()),
        sa.CheckConstraint("name <> ''", name="named"),
    )
    op.create_table(
        "invoice",
        sa.Column("number", sa.Integer, sa.Identity(start=100), primary_key=True),
        sa.Column(
            "customer_id",
            sa.Integer,
            sa.ForeignKey("customer.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.Column("state", sa.Enum("open", "paid", name="state", native_enum=False, length=8)),
        sa.Column("note", sa.Text),
        sa.Column("doubled", sa.Integer, sa.Computed("number * 2")),
        sa.UniqueConstraint("customer_id", "total", name="once"),
    )


def downgrade() -> None:
    op.drop_table("invoice")
    op.drop_index("ix_customer_born", "customer")
    op.drop_table("customer")

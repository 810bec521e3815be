"""Keys."""

import sqlalchemy as sa
from alembic import op

revision = "keys"
down_revision = "all_types"


def upgrade() -> None:
    op.create_table(
        "pair",
        sa.Column("a", sa.Integer, nullable=False),
        sa.Column("b", sa.Integer, nullable=False),
        sa.Column("before_a", sa.Integer),
        sa.Column("before_b", sa.Integer),
        sa.PrimaryKeyConstraint("a", "b"),
        sa.ForeignKeyConstraint(
            ["before_a", "before_b"], ["pair.a", "pair.b"], name="before", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("b", name=op.f("only_b")),
        sa.Index("by_both", "a", "b", unique=True),
    )
    op.create_foreign_key(
        "outside", "pair", "p", ["a"], ["id"], source_schema="x", referent_schema="y"
    )
    op.create_unique_constraint(op.f("as_it_is"), "pair", ["a"], schema="x")


def downgrade() -> None:
    op.drop_constraint(op.f("as_it_is"), "pair", type_="unique", schema="x")
    op.drop_constraint("outside", "pair", type_="foreignkey", schema="x")
    op.drop_table("pair")

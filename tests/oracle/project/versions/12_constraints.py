"""Constraints."""

from alembic import op

revision = "constraints"
down_revision = "indexes"


def upgrade() -> None:
    op.create_primary_key("pk_link", "link", ["a", "b"])
    op.create_unique_constraint(None, "link", ["a"])
    op.create_check_constraint("positive", "link", "a > 0")
    op.create_foreign_key(None, "link", "customer", ["a"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    op.drop_constraint("fk_link_a_customer", "link", type_="foreignkey")
    op.drop_constraint("positive", "link", type_="check")
    op.drop_constraint("uq_link_a", "link", type_="unique")
    op.drop_constraint("pk_link", "link", type_="primary")

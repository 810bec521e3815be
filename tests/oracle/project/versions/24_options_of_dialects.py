"""Options of dialects."""

import sqlalchemy as sa
from alembic import op

revision = "options_of_dialects"
down_revision = "values_for_sql"


def upgrade() -> None:
    op.create_table(
        "big",
        sa.Column("id", sa.Integer, primary_key=True),
        mysql_engine="InnoDB",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mariadb_charset="utf8mb4",
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70},
        oracle_on_commit="PRESERVE ROWS",
    )
    op.create_index(
        "by_part",
        "big",
        ["id"],
        postgresql_using="hash",
        postgresql_where=sa.text("id > 1"),
        mysql_length=5,
        mysql_using="btree",
        mssql_clustered=True,
        mssql_include=["other"],
        sqlite_where=sa.text("id > 1"),
        oracle_bitmap=True,
    )


def downgrade() -> None:
    op.drop_index("by_part", "big", postgresql_concurrently=False)
    op.drop_table("big")

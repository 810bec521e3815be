"""What was read, as it will be under other names."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from migrate_core.database.reflect import read
from migrate_core.database.reflect.renamed import renamed, sql
from migrate_core.schema.renames import Renames


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1 AND ab = 'a'", "z > 1 AND ab = 'a'"),
        ("\"a\" > 1 OR `a` < 2 OR [a] = 'it''s a'", "\"z\" > 1 OR `z` < 2 OR [z] = 'it''s a'"),
        ("lower((b)::text)", 'lower(("New B")::text)'),
        ("x.a + aa", "x.z + aa"),
    ],
)
def test_names_are_replaced_in_sql_and_texts_are_not(text: str, expected: str) -> None:
    assert sql(text, {"a": "z", "b": "New B"}) == expected


@pytest.mark.parametrize("product", ["sqlite", "postgresql"])
def test_rows_under_new_names_are_those_that_the_database_then_has(
    request: pytest.FixtureRequest, product: str
) -> None:
    engine: Engine = request.getfixturevalue(f"{product}_engine")
    metadata = sa.MetaData()
    users = sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(20), sa.CheckConstraint("a <> 'a'", name="ck_a")),
        sa.Column("b", sa.Integer, sa.ForeignKey("users.id", name="fk_b")),
        sa.UniqueConstraint("a", "b", name="uq_ab"),
    )
    sa.Index("ix_a", users.c.a, sqlite_where=sa.text("a > ''"), postgresql_where=sa.text("a > ''"))
    with engine.begin() as connection:
        metadata.create_all(connection)
        before = read(connection)
        connection.exec_driver_sql("ALTER TABLE users RENAME TO people")
        connection.exec_driver_sql("ALTER TABLE people RENAME COLUMN a TO z")
        after = read(connection)
    renames = Renames({(None, "users"): "people"}, {(None, "people"): {"a": "z"}})
    assert str(renamed(before, renames)) == str(after)

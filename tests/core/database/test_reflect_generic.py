"""The reader for dialects without one of their own."""

from __future__ import annotations

import sqlalchemy as sa

from migrate_core.database.reflect import generic
from migrate_core.schema import reflected
from migrate_core.schema.rows import everything


def test_the_inspector_tells_the_same_tables(engine: sa.Engine) -> None:
    metadata = sa.MetaData()
    sa.Table(
        "p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)
    )
    sa.Table(
        "c",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("p", sa.ForeignKey("p.id", name="fk")),
        sa.Column("name", sa.String(30), nullable=False, server_default="x"),
        sa.UniqueConstraint("name", name="uq"),
        sa.Index("ix", "name", "p"),
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        found = reflected.metadata(generic.read(connection, None, everything))
    table = found.tables["c"]
    assert [(column.name, column.nullable) for column in table.c] == [
        ("id", False),
        ("p", True),
        ("name", False),
    ]
    assert [element.column.table.name for element in table.foreign_keys] == ["p"]
    assert "uq" in {each.name for each in table.constraints}
    assert "ix" in {each.name for each in table.indexes}

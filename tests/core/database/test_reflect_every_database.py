"""What reflect() does on every database: statements counted, rows left out, round trips."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.database.reflect import reflect


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    yield sent
    sa.event.remove(connection, "before_cursor_execute", note)


def shop(tables: int) -> sa.MetaData:
    metadata = sa.MetaData()
    for number in range(tables):
        sa.Table(
            f"t{number}",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(30), nullable=False, server_default="it's: :x % \\: y"),
            sa.Column("price", sa.Numeric(10, 2)),
            sa.Column("parent_id", sa.Integer, nullable=True),
            sa.ForeignKeyConstraint(
                ["parent_id"],
                [f"t{max(number - 1, 0)}.id"],
                name=f"fk_{number}",
                ondelete="CASCADE",
            ),
            sa.UniqueConstraint("name", "price", name=f"uq_{number}"),
            sa.CheckConstraint("price > 1", name=f"ck_{number}"),
            sa.Index(f"ix_{number}", "price"),
        )
    return metadata


@pytest.mark.parametrize("tables", [3, 30])
def test_the_number_of_statements_does_not_depend_on_the_number_of_tables(
    engine: sa.Engine, tables: int
) -> None:
    shop(tables).create_all(engine)
    with engine.connect() as connection, counted(connection) as sent:
        found = reflect(connection)
    assert len(found.tables) == tables
    assert len(sent) == {"sqlite": 2, "postgresql": 8, "mysql": 6}[engine.dialect.name]


def test_a_table_comes_back_as_it_was_made(engine: sa.Engine) -> None:
    shop(2).create_all(engine)
    with engine.connect() as connection:
        table = reflect(connection).tables["t1"]
    (key,) = table.foreign_key_constraints
    unique = next(each for each in table.constraints if isinstance(each, sa.UniqueConstraint))
    check = next(each for each in table.constraints if isinstance(each, sa.CheckConstraint))
    assert [(column.name, column.nullable) for column in table.c] == [
        ("id", False),
        ("name", False),
        ("price", True),
        ("parent_id", True),
    ]
    assert (table.c.name.type.length, table.c.price.type.precision) == (30, 10)  # type: ignore[attr-defined]
    assert table.autoincrement_column is table.c.id
    assert (key.name, key.ondelete, key.onupdate) == ("fk_1", "CASCADE", None)
    assert [element.column.table.name for element in key.elements] == ["t0"]
    assert (unique.name, [column.name for column in unique.columns]) == ("uq_1", ["name", "price"])
    assert (check.name, "price" in str(check.sqltext)) == ("ck_1", True)
    explicit = [index for index in table.indexes if not index.info.get("implicit")]
    assert [(index.name, index.unique) for index in explicit] == [("ix_1", False)]


def test_what_was_read_can_be_made_again_and_reads_the_same(engine: sa.Engine) -> None:
    shop(3).create_all(engine)
    with engine.begin() as connection:
        first = reflect(connection)
        first.drop_all(connection)
        first.create_all(connection)
        second = reflect(connection)
    before, after = first.tables["t2"], second.tables["t2"]
    assert [default_of(column, engine) for column in before.c] == [
        default_of(column, engine) for column in after.c
    ]
    assert {each.name for each in before.constraints} == {each.name for each in after.constraints}


def default_of(column: sa.Column[object], engine: sa.Engine) -> str | None:
    clause = column.server_default
    if not isinstance(clause, sa.DefaultClause):
        return None
    return str(clause.arg.compile(dialect=engine.dialect))  # type: ignore[union-attr]


def test_a_default_keeps_its_value_whatever_signs_are_in_it(engine: sa.Engine) -> None:
    shop(1).create_all(engine)
    with engine.begin() as connection:
        found = reflect(connection)
        found.drop_all(connection)
        found.create_all(connection)
        connection.execute(sa.text("INSERT INTO t0 (price) VALUES (2)"))
        stored = connection.execute(sa.text("SELECT name FROM t0")).scalar_one()
    assert stored == "it's: :x % \\: y"


def test_a_table_that_is_not_included_is_not_read(engine: sa.Engine) -> None:
    shop(3).create_all(engine)
    with engine.connect() as connection:
        found = reflect(connection, include=lambda name, _schema: name != "t1")
    assert sorted(found.tables) == ["t0", "t2"]


def test_a_foreign_key_to_a_table_that_was_not_read_keeps_its_name(engine: sa.Engine) -> None:
    shop(2).create_all(engine)
    with engine.connect() as connection:
        found = reflect(connection, include=lambda name, _schema: name == "t1")
    (key,) = found.tables["t1"].foreign_key_constraints
    assert [element.target_fullname for element in key.elements] == ["t0.id"]


def test_an_empty_database_has_no_tables(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert not reflect(connection).tables


def test_a_view_is_no_table(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER)"))
        connection.execute(sa.text("CREATE VIEW v AS SELECT id FROM t"))
        assert list(reflect(connection).tables) == ["t"]


def test_names_with_quotes_case_and_unicode_come_back_exactly(engine: sa.Engine) -> None:
    metadata = sa.MetaData()
    table = sa.Table(
        "Grüße 'x'", metadata, sa.Column('a "b`', sa.Integer), sa.Column("Ünï%", sa.Text)
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        found = reflect(connection).tables["Grüße 'x'"]
    assert list(found.c.keys()) == list(table.c.keys())

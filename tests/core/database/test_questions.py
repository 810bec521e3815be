"""stored_forms(): like is compared with like, and nothing is left behind."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM

from migrate_core.database import questions
from migrate_core.database.reflect import reflect
from migrate_core.schema import reflected
from migrate_core.schema.rows import ColumnRow
from migrate_core.schema.scratch import Scratch

SHAPES: list[tuple[Any, Any]] = [
    (sa.String(30), "it's: :x"),
    (sa.String(30), ""),
    (sa.Integer, sa.text("5")),
    (sa.Integer, None),
    (sa.BigInteger, "7"),
    (sa.Numeric(10, 2), sa.text("1.50")),
    (sa.Boolean, sa.false()),
    (sa.Boolean(create_constraint=True), sa.true()),
    (sa.DateTime, sa.func.now()),
    (sa.Date, "2020-01-01"),
    (sa.Float, sa.text("1.5")),
    (sa.JSON, None),
    (sa.LargeBinary, None),
    (sa.Uuid, None),
    (sa.Enum("a", "b'c", native_enum=False, length=9), "a"),
]


def stored_forms(
    connection: sa.Connection, asked: list[sa.Column[Any]]
) -> tuple[sa.Column[Any] | None, ...]:
    """The answer to each column: plain ones in one scratch table, each computed one in its own."""
    plain = {f"c{at}": column for at, column in enumerate(asked) if column.computed is None}
    scratches = [Scratch(columns=plain)] if plain else []
    for column in asked:
        if column.computed is not None:
            beside = tuple(each for each in column.table.columns if each is not column)
            scratches.append(Scratch(beside, {column.name: column}))
    found: dict[str, Any] = {}
    for answers in questions.stored_forms(connection, scratches):
        found.update({name: row for (_kind, name), row in answers.items()})
    rows = [
        found.get(f"c{at}" if column.computed is None else column.name)
        for at, column in enumerate(asked)
    ]
    return tuple(
        reflected.column(row._replace(name=column.name)) if isinstance(row, ColumnRow) else None
        for row, column in zip(rows, asked, strict=True)
    )


def columns(prefix: str = "k") -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{prefix}{at}", kind, nullable=at % 2 == 0, server_default=default)
        for at, (kind, default) in enumerate(SHAPES)
    ]


def described(column: sa.Column[Any] | None, engine: sa.Engine) -> tuple[object, ...]:
    assert column is not None
    default = column.server_default
    return (
        column.name,
        column.type.compile(engine.dialect),
        column.nullable,
        str(default.arg) if isinstance(default, sa.DefaultClause) else None,
        str(column.computed.sqltext) if column.computed is not None else None,
    )


def test_the_answer_is_what_reflect_tells_of_a_table_made_of_the_columns(
    engine: sa.Engine,
) -> None:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, *columns())
    metadata.create_all(engine)
    with engine.connect() as connection:
        found = reflect(connection).tables["t"]
        stored = stored_forms(connection, list(table.c))
    assert [described(column, engine) for column in stored] == [
        described(column, engine) for column in found.c
    ]


def test_a_computed_column_is_asked_for_beside_the_columns_of_its_table(
    engine: sa.Engine,
) -> None:
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("c0", sa.Integer),
        sa.Column("price", sa.Integer),
        sa.Column("total", sa.Integer, sa.Computed("c0 * price", persisted=True)),
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        found = reflect(connection).tables["t"].c.total
        (stored,) = stored_forms(connection, [table.c.total])
    assert described(stored, engine) == described(found, engine)


def test_a_column_that_cannot_be_made_has_no_answer_and_costs_no_other(engine: sa.Engine) -> None:
    good = sa.Column("good", sa.Integer, server_default=sa.text("1"))
    bad = sa.Column("bad", sa.Integer, server_default=sa.text("(no such thing"))
    typeless = sa.Column("typeless", sa.types.NULLTYPE)
    with engine.connect() as connection:
        first, second, third, fourth = stored_forms(connection, [good, bad, typeless, good])
    assert described(first, engine) == described(fourth, engine)
    assert (second, third) == (None, None)


def test_the_number_of_statements_does_not_depend_on_the_number_of_columns(
    engine: sa.Engine,
) -> None:
    counts = []
    with engine.connect() as connection:
        sent: list[str] = []
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _k, statement, *_: sent.append(statement),
        )
        for asked in (columns()[:2], columns()):
            stored_forms(connection, asked)
            counts.append(len(sent))
            sent.clear()
    assert counts[0] == counts[1] <= 9


def test_the_callers_transaction_goes_on(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER)"))
    with engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
        stored_forms(
            connection, [*columns(), sa.Column("bad", sa.Integer, server_default=sa.text("(nope"))]
        )
        seen = connection.execute(sa.text("SELECT count(*) FROM t")).scalar_one()
        connection.rollback()
        left = connection.execute(sa.text("SELECT count(*) FROM t")).scalar_one()
    assert (seen, left) == (1, 0)


def test_nothing_is_left_behind(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        before = stored_forms(connection, columns())
        again = stored_forms(connection, columns())
        connection.commit()
        tables = sa.inspect(connection).get_table_names()
    assert [described(column, engine) for column in before] == [
        described(column, engine) for column in again
    ]
    assert not tables


def test_the_columns_that_were_asked_for_stay_as_they_were(engine: sa.Engine) -> None:
    kind = sa.Enum("a", "b", name="kind", metadata=sa.MetaData())
    table = sa.Table("t", sa.MetaData(), sa.Column("c", kind))
    with engine.connect() as connection:
        stored_forms(connection, [table.c.c])
    assert (table.c.c.type is kind, table.c.c.table is table) == (True, True)


def test_no_columns_no_statement(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert stored_forms(connection, []) == ()


def test_an_enum_is_made_with_the_type_that_is_there(postgresql_engine: sa.Engine) -> None:
    there = sa.Column("there", sa.Enum("a", "b", name="mood"), server_default="a")
    missing = sa.Column("missing", sa.Enum("a", "b", name="nothing_like_it"))
    with postgresql_engine.begin() as connection:
        connection.execute(sa.text("CREATE TYPE mood AS ENUM ('a', 'b', 'c')"))
        first, second = stored_forms(connection, [there, missing])
    assert first is not None
    assert isinstance(first.type, ENUM)
    assert (first.type.enums, second) == (["a", "b", "c"], None)


def test_a_role_that_may_make_no_temporary_table_gets_no_answer(
    postgresql_engine: sa.Engine,
) -> None:
    with postgresql_engine.begin() as connection:
        database = postgresql_engine.url.database
        connection.execute(sa.text(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"))
        connection.execute(sa.text("SET LOCAL ROLE pg_read_all_data"))
        answers = stored_forms(connection, columns()[:3])
        still_there = connection.execute(sa.text("SELECT 1")).scalar_one()
    assert (answers, still_there) == ((None, None, None), 1)


def test_a_connection_in_autocommit_is_left_in_it(postgresql_engine: sa.Engine) -> None:
    with postgresql_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        (stored,) = stored_forms(connection, columns()[:1])
        connection.execute(sa.text("CREATE TABLE t (id INTEGER)"))
    with postgresql_engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["t"]
    assert stored is not None


@pytest.mark.parametrize("default", ["a DEFAULT b", "x, CHECK (", "it's \\ :y"])
def test_a_default_that_looks_like_syntax_is_told_as_it_is(
    mariadb_engine: sa.Engine, default: str
) -> None:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("c", sa.String(30), server_default=default))
    metadata.create_all(mariadb_engine)
    with mariadb_engine.connect() as connection:
        found = reflect(connection).tables["t"].c.c
        (stored,) = stored_forms(connection, [table.c.c])
    assert described(stored, mariadb_engine) == described(found, mariadb_engine)


def test_a_computed_column_that_does_not_say_how_it_is_kept_is_asked_about_without_a_warning(
    postgresql_engine: sa.Engine,
) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer))
    table.append_column(sa.Column("twice", sa.Integer, sa.Computed("n*2")))
    with postgresql_engine.connect() as connection:
        (stored,) = stored_forms(connection, [table.c.twice])
    assert stored is not None
    assert stored.computed is not None
    assert str(stored.computed.sqltext) == "n * 2"

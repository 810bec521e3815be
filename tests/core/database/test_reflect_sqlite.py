"""What only SQLite has: constraints that stand in the text of CREATE TABLE alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from migrate_core.database.reflect import reflect


def made(engine: sa.Engine, *statements: str) -> sa.MetaData:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        return reflect(connection)


def test_autoincrement_is_told_from_a_plain_rowid(sqlite_engine: sa.Engine) -> None:
    found = made(
        sqlite_engine,
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE b (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (id INT PRIMARY KEY)",
    ).tables
    assert [(found[name].c.id.autoincrement, found[name].c.id.nullable) for name in "abc"] == [
        (True, False),
        ("auto", False),
        (False, True),
    ]
    assert found["a"].kwargs == {"sqlite_autoincrement": True}
    assert "sqlite_sequence" not in found


def test_constraints_keep_names_and_text_between_comments_and_quotes(
    sqlite_engine: sa.Engine,
) -> None:
    table = made(
        sqlite_engine,
        """create table "T 1" (a text, -- not a column, (
             b int constraint nn not null check (b > 0 and ')' <> '(,'),
             [c d] text /* , e int */ constraint "u 1" unique,
             constraint pk primary key (b, A), constraint k2 unique ("C D", b) on conflict ignore,
             constraint `ck "2"` check (a <> 'x,y'))""",
    ).tables["T 1"]
    assert list(table.c.keys()) == ["a", "b", "c d"]
    assert (table.primary_key.name, list(table.primary_key.columns.keys())) == ("pk", ["b", "a"])
    assert sorted(
        (each.name, tuple(each.columns.keys()))
        for each in table.constraints
        if isinstance(each, sa.UniqueConstraint)
    ) == [("k2", ("c d", "b")), ("u 1", ("c d",))]
    assert {
        (each.name, str(each.sqltext))
        for each in table.constraints
        if isinstance(each, sa.CheckConstraint)
    } == {(None, "b > 0 and ')' <> '(,'"), ('ck "2"', "a <> 'x,y'")}


def test_a_foreign_key_keeps_name_actions_and_timing(sqlite_engine: sa.Engine) -> None:
    table = made(
        sqlite_engine,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, a, b, UNIQUE (a, b))",
        """CREATE TABLE child (p int CONSTRAINT fk1 REFERENCES Parent ON DELETE SET NULL
             DEFERRABLE INITIALLY DEFERRED, x, y,
             CONSTRAINT fk2 FOREIGN KEY (x, y) REFERENCES parent (A, b) ON UPDATE CASCADE)""",
    ).tables["child"]
    keys = {key.name: key for key in table.foreign_key_constraints}
    one, two = keys["fk1"], keys["fk2"]
    assert (one.ondelete, one.deferrable, one.initially) == ("SET NULL", True, "DEFERRED")
    assert [element.target_fullname for element in one.elements] == ["parent.id"]
    assert [element.target_fullname for element in two.elements] == ["parent.a", "parent.b"]
    assert (two.onupdate, two.ondelete) == ("CASCADE", None)


def test_a_column_that_was_added_later_keeps_its_constraints(sqlite_engine: sa.Engine) -> None:
    table = made(
        sqlite_engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, CHECK (id > 0))",
        "ALTER TABLE t ADD COLUMN parent INTEGER DEFAULT NULL CONSTRAINT later REFERENCES t (id)",
    ).tables["t"]
    assert [key.name for key in table.foreign_key_constraints] == ["later"]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("VARCHAR(20)", "VARCHAR(20)"),
        ("varchar(20) COLLATE NOCASE", 'VARCHAR(20) COLLATE "NOCASE"'),
        ("DECIMAL(10, 2)", "DECIMAL(10, 2)"),
        ("BIGINT", "BIGINT"),
        ("UNSIGNED BIG INT", "INTEGER"),
        ("DOUBLE PRECISION", "REAL"),
        ("a strange type (1, 2)", "NUMERIC(1, 2)"),
        ("INT(11)", "INTEGER"),
        ("DATETIME", "DATETIME"),
        ("JSON", "JSON"),
        ("BLOB", "BLOB"),
    ],
)
def test_a_type_is_known_by_name_or_affinity(
    sqlite_engine: sa.Engine, declared: str, expected: str
) -> None:
    table = made(sqlite_engine, f"CREATE TABLE t (c {declared})").tables["t"]
    assert table.c.c.type.compile(sqlite_engine.dialect) == expected


@pytest.mark.parametrize(
    "default", ["'a, (b'", "-5", "(1 + 2)", "CURRENT_TIMESTAMP", "NULL", "x'00'", "'it''s :x'"]
)
def test_a_default_is_the_text_that_was_given(sqlite_engine: sa.Engine, default: str) -> None:
    column = made(sqlite_engine, f"CREATE TABLE t (c DEFAULT {default} NOT NULL)").tables["t"].c.c
    assert isinstance(column.server_default, sa.DefaultClause)
    assert str(column.server_default.arg) == default.strip("()")


def test_generated_columns_keep_expression_and_kind(sqlite_engine: sa.Engine) -> None:
    table = made(
        sqlite_engine,
        "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, c INT AS (a + 1))",
    ).tables["t"]
    assert [
        (str(column.computed.sqltext), column.computed.persisted)
        for column in table.c
        if column.computed is not None
    ] == [("a * 2", True), ("a + 1", False)]


def test_indexes_keep_order_expressions_and_condition(sqlite_engine: sa.Engine) -> None:
    table = made(
        sqlite_engine,
        'CREATE TABLE t (a TEXT, "b c" TEXT)',
        """CREATE UNIQUE INDEX i ON t (A DESC, lower("b c") DESC, "b c" COLLATE NOCASE, "b c")
           WHERE a IS NOT NULL""",
    ).tables["t"]
    (index,) = table.indexes
    assert str(CreateIndex(index).compile(dialect=sqlite_engine.dialect)) == (
        'CREATE UNIQUE INDEX i ON t (a DESC, lower("b c") DESC, "b c" COLLATE NOCASE, "b c") '
        "WHERE a IS NOT NULL"
    )


def test_options_of_a_table_are_kept(sqlite_engine: sa.Engine) -> None:
    table = made(sqlite_engine, "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID").tables["t"]
    assert table.kwargs == {"sqlite_with_rowid": False}


def test_virtual_tables_and_their_shadows_are_left_out(sqlite_engine: sa.Engine) -> None:
    found = made(sqlite_engine, "CREATE TABLE t (a)", "CREATE VIRTUAL TABLE r USING rtree(i, a, b)")
    assert list(found.tables) == ["t"]


def test_an_attached_database_is_a_schema(sqlite_engine: sa.Engine) -> None:
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("ATTACH ':memory:' AS other")
        connection.exec_driver_sql("CREATE TABLE other.p (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE other.c (p INT REFERENCES p)")
        found = reflect(connection, schemas=["other"])
        connection.rollback()
    (key,) = found.tables["other.c"].foreign_key_constraints
    assert [element.column.table.key for element in key.elements] == ["other.p"]

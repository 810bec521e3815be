"""What only MariaDB and MySQL have: their types, their defaults, and keys that are indexes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from migrate_core.database.reflect import reflect
from migrate_core.database.reflect.mysql_types import mysql_default


def made(engine: sa.Engine, *statements: str) -> sa.MetaData:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        return reflect(connection)


@pytest.mark.parametrize(
    "declared",
    [
        "INTEGER",
        "INTEGER UNSIGNED",
        "BIGINT",
        "TINYINT(1)",
        "SMALLINT(3) UNSIGNED ZEROFILL",
        "DECIMAL(10, 2)",
        "DOUBLE",
        "FLOAT(7, 3)",
        "VARCHAR(20)",
        "VARCHAR(20) COLLATE utf8mb4_bin",
        "CHAR(3) CHARACTER SET latin1 COLLATE latin1_bin",
        "ENUM('x','y''z','a,b','b\\\\s')",
        "SET('p','q')",
        "DATETIME(6)",
        "TIME",
        "YEAR",
        "BIT(3)",
        "VARBINARY(16)",
        "LONGTEXT",
        "JSON",
    ],
)
def test_a_type_comes_back_as_declared(mariadb_engine: sa.Engine, declared: str) -> None:
    table = made(mariadb_engine, f"CREATE TABLE t (c {declared})").tables["t"]
    assert table.c.c.type.compile(mariadb_engine.dialect) == declared


def test_json_brings_no_check_of_its_own(mariadb_engine: sa.Engine) -> None:
    table = made(mariadb_engine, "CREATE TABLE t (c JSON, n INT CHECK (n > 0))").tables["t"]
    checks = [each for each in table.constraints if isinstance(each, sa.CheckConstraint)]
    assert [(each.name, str(each.sqltext)) for each in checks] == [(None, "`n` > 0")]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("VARCHAR(9) DEFAULT 'it''s'", "'it''s'"),
        ("VARCHAR(9) DEFAULT ''", "''"),
        ("VARCHAR(9) DEFAULT 'NULL'", "'NULL'"),
        ("VARCHAR(9) DEFAULT NULL", None),
        ("VARCHAR(9)", None),
        ("VARCHAR(9) NOT NULL", None),
        ("INT DEFAULT 5", "5"),
        ("CHAR(36) DEFAULT (uuid())", "uuid()"),
        (
            "DATETIME(3) DEFAULT NOW(3) ON UPDATE NOW(3)",
            "current_timestamp(3) ON UPDATE current_timestamp(3)",
        ),
        ("TIMESTAMP NULL ON UPDATE NOW()", "NULL ON UPDATE current_timestamp()"),
    ],
)
def test_a_default_is_what_stands_behind_the_word(
    mariadb_engine: sa.Engine, declared: str, expected: str | None
) -> None:
    default = made(mariadb_engine, f"CREATE TABLE t (c {declared})").tables["t"].c.c.server_default
    assert expected == (str(default.arg) if isinstance(default, sa.DefaultClause) else None)


@pytest.mark.parametrize(
    ("told", "extra", "type_text", "expected"),
    [
        (None, "", "int", None),
        ("5", "", "int", "'5'"),
        ("it's", "", "varchar(9)", "'it''s'"),
        ("b'101'", "", "bit(3)", "b'101'"),
        ("uuid()", "DEFAULT_GENERATED", "char(36)", "(uuid())"),
        ("concat(\\'a\\')", "DEFAULT_GENERATED", "text", "(concat('a'))"),
        ("CURRENT_TIMESTAMP", "DEFAULT_GENERATED", "datetime", "CURRENT_TIMESTAMP"),
        (
            "CURRENT_TIMESTAMP(3)",
            "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)",
            "timestamp(3)",
            "CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)",
        ),
    ],
)
def test_what_mysql_tells_of_a_default_becomes_sql(
    told: str | None, extra: str, type_text: str, expected: str | None
) -> None:
    assert mysql_default(told, extra, type_text) == expected


def test_a_unique_index_is_the_constraint_unless_it_says_more(mariadb_engine: sa.Engine) -> None:
    table = made(
        mariadb_engine,
        "CREATE TABLE t (a VARCHAR(90), b INT, UNIQUE KEY u (a, b), UNIQUE KEY p (a(10)))",
    ).tables["t"]
    uniques = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    assert [(each.name, list(each.columns.keys())) for each in uniques] == [("u", ["a", "b"])]
    assert [(index.name, index.unique, index.dialect_kwargs) for index in table.indexes] == [
        ("p", True, {"mysql_length": {"a": 10}})
    ]


def test_the_index_that_a_foreign_key_made_is_implicit(mariadb_engine: sa.Engine) -> None:
    table = made(
        mariadb_engine,
        "CREATE TABLE p (id INT PRIMARY KEY)",
        """CREATE TABLE c (x INT, y INT, z INT, KEY own (z), CONSTRAINT fk FOREIGN KEY (x)
             REFERENCES p (id) ON DELETE CASCADE, FOREIGN KEY (y) REFERENCES p (id),
             FOREIGN KEY (z) REFERENCES p (id))""",
    ).tables["c"]
    assert {index.name: bool(index.info.get("implicit")) for index in table.indexes} == {
        "own": False,
        "fk": True,
        "y": True,
    }
    assert sorted((str(key.name), key.ondelete) for key in table.foreign_key_constraints) == [
        ("c_ibfk_1", None),
        ("c_ibfk_2", None),
        ("fk", "CASCADE"),
    ]


def test_indexes_keep_order_and_kind(mariadb_engine: sa.Engine) -> None:
    table = made(
        mariadb_engine,
        "CREATE TABLE t (a INT, b TEXT, KEY i (a DESC), FULLTEXT KEY f (b))",
    ).tables["t"]
    found = {index.name: index for index in table.indexes}
    assert [str(each) for each in found["i"].expressions] == ["t.a DESC"]
    assert found["f"].dialect_kwargs == {"mysql_prefix": "FULLTEXT"}


def test_keys_generated_columns_and_comments_are_kept(mariadb_engine: sa.Engine) -> None:
    table = made(
        mariadb_engine,
        """CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT COMMENT 'it''s',
             v INT AS (n * 2) VIRTUAL, s INT AS (n + 1) STORED) COMMENT 'tt'""",
        "CREATE TABLE plain (id INT PRIMARY KEY)",
    ).tables["t"]
    assert (table.comment, table.c.n.comment) == ("tt", "it's")
    assert table.c.id.autoincrement is True
    assert table.metadata.tables["plain"].c.id.autoincrement is False
    assert [
        (str(column.computed.sqltext), column.computed.persisted)
        for column in table.c
        if column.computed is not None
    ] == [("`n` * 2", False), ("`n` + 1", True)]

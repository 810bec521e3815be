"""The calls of reference_ddl.json on six dialects: the same SQL as in the file, or a reason.

The file holds what Alembic 1.20.1 wrote on SQLAlchemy 2.1. Where it raised, a typed error is the
same; a difference that is not listed fails, and so does a listed one that is none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.dialects import oracle

from migrate_core.errors import (
    OperationError,
    TableUnknown,
    UnboundParameter,
    UnsupportedOperation,
)
from reference_ddl import CASES, source
from scripted import operations

DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")

Outcome = list[str] | type[Exception]


@dataclass(frozen=True)
class Difference:
    """What is right where the reference is not, and why."""

    reason: str
    outcome: Outcome = UnsupportedOperation


def outcome(case: str, dialect: str) -> Outcome:
    """The statements that a call writes, or the kind of the error that it ends with."""
    op, statements = operations(dialect)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file's rows are about the SQL
        try:
            exec(source(case), {"op": op})
        except OperationError as error:
            assert statements() == []
            return type(error)
    return statements()


def agrees(ours: Outcome, reference: dict[str, Any]) -> bool:
    if "error" in reference:
        return isinstance(ours, type)
    return ours == reference["sql"]


# -- where it differs, and why ---------------------------------------------------------------------


def ended(*statements: str) -> list[str]:
    return [f"{statement};" for statement in statements]


def batches(*statements: str) -> list[str]:
    return [line for statement in statements for line in (f"{statement};", "GO")]


def slashed(*statements: str) -> list[str]:
    return [line for statement in statements for line in (statement, "/")]


LOST_KEY = "the reference loses the foreign key"
LOST_PRIMARY = "the reference loses the primary key"
LOST_CHECK = "the reference loses the CHECK"
LOST_GUARD = "the reference loses IF NOT EXISTS"
LOST_SCHEMA = "the reference loses the schema"
SAME_ONLINE = "a script makes the table that a connection makes, CHECK and names included"
NO_ALTER_COLUMN = "SQLite has no ALTER COLUMN: the reference's SQL is a syntax error"
NO_GUARD = "the grammar has no such IF [NOT] EXISTS: the reference's SQL is a syntax error"
NO_TABLE = "the reference drops the index from a table named no_table"
NO_DEFER = "the database has no DEFERRABLE: the reference's SQL is a syntax error"
NO_MATCH = "the database has no MATCH: the reference's SQL is a syntax error"
NO_COMMENTS = "SQLite has no comments; a migration that sets them works, as models do"
NO_VALUE = "a script cannot give a parameter its value, so it has it as a literal"
NO_NAME = "a parameter without a value is an error on a connection, so it is one in a script"
IDENTITY = "IDENTITY_INSERT is an error where there is no identity, or no value for it"
UPDATE_V = "UPDATE t SET n='v'"
_HAS_IDENTITY = (
    "IF EXISTS (SELECT 1 FROM sys.identity_columns "
    "WHERE object_id = OBJECT_ID('t') AND name IN ('id', 'n')) SET IDENTITY_INSERT t"
)
_REFERENCES = "REFERENCES p (id) ON DELETE CASCADE"
_SQLITE_KEY = f"ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT fkc {_REFERENCES}"

DIFFERENCES: dict[tuple[str, str], Difference] = {
    ("add_column fk", "sqlite"): Difference(SAME_ONLINE, ended(_SQLITE_KEY)),
    ("add_column fk inline", "sqlite"): Difference(SAME_ONLINE, ended(_SQLITE_KEY)),
    ("add_column fk inline", "mysql"): Difference(
        "MySQL ignores REFERENCES in a column's definition",
        ended(
            "ALTER TABLE t ADD COLUMN c INTEGER",
            f"ALTER TABLE t ADD CONSTRAINT fkc FOREIGN KEY(c) {_REFERENCES}",
        ),
    ),
    ("add_column fk inline", "mssql"): Difference(
        LOST_KEY, batches(f"ALTER TABLE t ADD c INTEGER NULL {_REFERENCES}")
    ),
    ("add_column fk inline", "oracle"): Difference(
        LOST_KEY, slashed(f"ALTER TABLE t ADD c INTEGER {_REFERENCES}")
    ),
    ("add_column pk", "sqlite"): Difference(LOST_PRIMARY, TableUnknown),
    ("add_column pk", "mysql"): Difference("AUTO_INCREMENT has to be a key: error 1075"),
    ("add_column pk", "mariadb"): Difference("AUTO_INCREMENT has to be a key: error 1075"),
    ("add_column inline pk", "sqlite"): Difference(
        "SQLite adds no PRIMARY KEY column", TableUnknown
    ),
    ("add_column inline pk", "mssql"): Difference(
        LOST_PRIMARY, batches("ALTER TABLE t ADD c INTEGER NOT NULL IDENTITY PRIMARY KEY")
    ),
    ("add_column inline pk", "oracle"): Difference(
        LOST_PRIMARY, slashed("ALTER TABLE t ADD c INTEGER NOT NULL PRIMARY KEY")
    ),
    ("add_column if_not_exists", "sqlite"): Difference(NO_GUARD, TableUnknown),
    ("add_column if_not_exists", "mysql"): Difference(NO_GUARD),
    ("add_column if_not_exists", "mssql"): Difference(
        LOST_GUARD,
        batches("IF COL_LENGTH('t', 'c') IS NULL ALTER TABLE t ADD c INTEGER NULL"),
    ),
    ("add_column if_not_exists", "oracle"): Difference(LOST_GUARD),
    ("add_column bool constraint", "sqlite"): Difference(
        SAME_ONLINE,
        ended("ALTER TABLE t ADD COLUMN c BOOLEAN CONSTRAINT ckb CHECK (c IN (0, 1))"),
    ),
    ("add_column check", "mssql"): Difference(
        LOST_CHECK, batches("ALTER TABLE t ADD c INTEGER NULL CONSTRAINT ck1 CHECK (c>1)")
    ),
    ("add_column check", "oracle"): Difference(
        LOST_CHECK, slashed("ALTER TABLE t ADD c INTEGER CONSTRAINT ck1 CHECK (c>1)")
    ),
    ("add_column check", "mariadb"): Difference(
        "MariaDB has no name for a CHECK at a column: the reference's SQL is a syntax error",
        ended("ALTER TABLE t ADD COLUMN c INTEGER", "ALTER TABLE t ADD CONSTRAINT ck1 CHECK (c>1)"),
    ),
    ("add_column computed", "sqlite"): Difference("SQLite adds no STORED column", TableUnknown),
    ("add_column identity", "sqlite"): Difference(
        "SQLite adds no NOT NULL without a default", TableUnknown
    ),
    ("drop_column if_exists", "sqlite"): Difference(NO_GUARD, TableUnknown),
    ("drop_column if_exists", "mysql"): Difference(NO_GUARD),
    **{
        (case, "sqlite"): Difference(NO_ALTER_COLUMN, TableUnknown)
        for case in (
            "alter nullable",
            "alter nullable no type",
            "alter type",
            "alter type only",
            "alter default",
            "alter default drop",
            "alter default func",
            "alter all",
            "alter autoincrement",
            "alter pg using",
            "alter pg using no type",
            "alter bool->int schema type",
        )
    },
    ("alter comment", "oracle"): Difference(
        LOST_SCHEMA, slashed("COMMENT ON COLUMN dbo.t.c IS 'n'")
    ),
    ("alter comment drop", "oracle"): Difference(
        LOST_SCHEMA, slashed("COMMENT ON COLUMN dbo.t.c IS ''")
    ),
    **{
        (case, "sqlite"): Difference(NO_COMMENTS, [])
        for case in ("alter comment", "alter comment drop", "table comment", "drop table comment")
    },
    ("create_index if_not_exists", "mysql"): Difference(NO_GUARD),
    ("create_index if_not_exists", "mssql"): Difference(
        LOST_GUARD,
        batches(
            "IF INDEXPROPERTY(OBJECT_ID('t'), 'ix', 'IndexID') IS NULL CREATE INDEX ix ON t (a)"
        ),
    ),
    ("create_index if_not_exists", "oracle"): Difference(
        LOST_GUARD, slashed("CREATE INDEX IF NOT EXISTS ix ON t (a)")
    ),
    ("drop_index no table", "mysql"): Difference(NO_TABLE),
    ("drop_index no table", "mariadb"): Difference(NO_TABLE),
    ("drop_index no table", "mssql"): Difference(NO_TABLE),
    ("drop_index if_exists conc", "mysql"): Difference(NO_GUARD),
    ("create_uq", "mysql"): Difference(NO_DEFER),
    ("create_uq", "mariadb"): Difference(NO_DEFER),
    ("create_uq", "mssql"): Difference(NO_DEFER),
    ("create_fk", "mssql"): Difference(NO_DEFER),
    ("create_fk", "oracle"): Difference(NO_MATCH),
    ("drop_constraint if_exists", "mysql"): Difference(LOST_GUARD),
    ("drop_constraint if_exists", "mariadb"): Difference(
        LOST_GUARD, ended("ALTER TABLE t DROP INDEX IF EXISTS x")
    ),
    ("drop_table if_exists", "sqlite"): Difference(
        "dropping a table with foreign keys enforced deletes the rows that refer to it",
        ended("PRAGMA foreign_keys=OFF", "DROP TABLE IF EXISTS t"),
    ),
    ("create_table if_not_exists", "mssql"): Difference(
        NO_GUARD,
        batches("IF OBJECT_ID('s.t', 'U') IS NULL CREATE TABLE s.t ( id INTEGER NULL )"),
    ),
    ("bulk_insert", "mssql"): Difference(
        IDENTITY,
        batches(
            f"{_HAS_IDENTITY} ON", "INSERT INTO t (id, n) VALUES (1, 'a')", f"{_HAS_IDENTITY} OFF"
        ),
    ),
    **{
        ("execute str colon", dialect): Difference(NO_NAME, UnboundParameter)
        for dialect in DIALECTS
    },
    **{
        ("execute params", dialect): Difference(NO_VALUE, ended(UPDATE_V))
        for dialect in ("sqlite", "postgresql", "mysql", "mariadb")
    },
    ("execute params", "mssql"): Difference(NO_VALUE, batches(UPDATE_V)),
    ("execute params", "oracle"): Difference(NO_VALUE, slashed(UPDATE_V)),
    ("batch add+drop", "sqlite"): Difference(
        "SQLite adds and drops plain columns without knowing the table",
        ended("ALTER TABLE t ADD COLUMN x INTEGER", "ALTER TABLE t DROP COLUMN y"),
    ),
}

# Oracle's BOOLEAN is new in SQLAlchemy 2.1: before, a Boolean is a number with a CHECK.
if not hasattr(oracle, "BOOLEAN"):
    DIFFERENCES |= {
        ("add_column bool constraint", "oracle"): Difference(
            "no BOOLEAN",
            slashed(
                "ALTER TABLE t ADD c SMALLINT",
                "ALTER TABLE t ADD CONSTRAINT ckb CHECK (c IN (0, 1))",
            ),
        ),
        ("alter bool->int schema type", "oracle"): Difference(
            "no BOOLEAN",
            slashed("ALTER TABLE t DROP CONSTRAINT ckb", "ALTER TABLE t MODIFY c INTEGER"),
        ),
    }


# -- the rows --------------------------------------------------------------------------------------


ROWS = [
    pytest.param(case, dialect, id=f"{case}-{dialect}") for case in CASES for dialect in DIALECTS
]


@pytest.mark.parametrize(("case", "dialect"), ROWS)
def test_a_call_writes_what_the_reference_writes_or_what_is_right_instead(
    case: str, dialect: str
) -> None:
    reference = CASES[case]["result"][dialect]
    ours = outcome(case, dialect)
    difference = DIFFERENCES.get((case, dialect))
    if difference is None:
        assert agrees(ours, reference), (ours, reference)
    else:
        assert ours == difference.outcome
        assert not agrees(ours, reference), f"no longer differs: {difference.reason}"


def test_all_calls_of_the_reference_are_here() -> None:
    assert len(CASES) * len(DIALECTS) == 360
    assert {case for case, _ in DIFFERENCES} <= set(CASES)

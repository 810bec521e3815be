"""One project's migrations, run offline by Alembic itself and by this engine: the same SQL.

``project/`` is a project as Alembic makes them. ``writing.py`` runs each of its migrations by
itself, up and down, on six dialects, once with the Alembic that is installed and once with the
doors in its place; nothing else differs between the two. What is not compared:

* white space, and comments, which here say how the script is run
* on SQLite what stands around the statements: its transactions are real ones here
* the RETURNING of a version row, which answers nobody in a script, and on Oracle does not run

Where Alembic raised, a refusal is the same. All else that differs is listed with its reason, and a
row that is none any more fails.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oracle.writing import DIALECTS

HERE = Path(__file__).parent
PROJECT = HERE / "project"
STEPS = [
    f"{way} {path.stem.partition('_')[2]}"
    for path in sorted((PROJECT / "versions").glob("*.py"))
    for way in ("up", "down")
]

AROUND = ("BEGIN;", "COMMIT;", "PRAGMA foreign_keys=OFF;")
ANSWER = re.compile(r"(?<=INTO alembic_version \(version_num\)).*(VALUES \('\w+'\))[^;]*")

Written = dict[str, dict[str, dict[str, str]]]


def of(*options: str) -> Written:
    """What the program printed."""
    done = subprocess.run(
        [sys.executable, str(HERE / "writing.py"), str(PROJECT), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Written = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def alembics() -> Written:
    return of()


@pytest.fixture(scope="module")
def ours() -> Written:
    return of("--doors")


def statements(found: dict[str, str], dialect: str) -> list[str] | None:
    """The statements, each in one line; None where it ended with an error."""
    if "error" in found:
        return None
    blocks = (
        " ".join(line for line in block.splitlines() if not line.startswith("--"))
        for block in found["script"].split("\n\n")
    )
    lines = [ANSWER.sub(r" \1", " ".join(block.split())) for block in blocks]
    return [line for line in lines if line and not (dialect == "sqlite" and line in AROUND)]


# -- what differs, and why -------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What is right where Alembic's is not.

    :param lines: those that are here alone; none where the migration is refused.
    """

    reason: str
    lines: tuple[str, ...] = ()


NO_ALTER_COLUMN = "SQLite has no ALTER COLUMN: Alembic's SQL is a syntax error"
NO_GUARD = "the grammar has no such IF [NOT] EXISTS: Alembic's SQL is a syntax error"
NO_COMMENTS = "SQLite has no comments, and a migration that sets them works, as models do"
LOST_GUARD = "Alembic loses IF NOT EXISTS"
LOST_SCHEMA = "Alembic loses the schema"
NO_SCHEMA = "Alembic fails at comments of a table without a schema"
IDENTITY = "IDENTITY_INSERT is an error where there is no identity, or no value for it"
DEFAULT_KEPT = "SQL Server changes no type under a default, and Alembic does not put it back"


def _identity(table: str, *columns: str) -> tuple[str, ...]:
    names = ", ".join(repr(column) for column in columns)
    where = f"object_id = OBJECT_ID('{table}') AND name IN ({names})"
    check = f"IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE {where})"
    return tuple(f"{check} SET IDENTITY_INSERT {table} {state};" for state in ("ON", "OFF"))


def _version(new: str, old: str) -> str:
    return (
        f"UPDATE alembic_version SET version_num='{new}' "
        f"WHERE alembic_version.version_num = '{old}';"
    )


_COMMENT = "execute sp_addextendedproperty 'MS_Description',"

_DROP_DEFAULT = (
    "declare @const_name varchar(256) select @const_name = QUOTENAME([name]) "
    "from sys.default_constraints where parent_object_id = object_id('customer') and "
    "col_name(parent_object_id, parent_column_id) = 'name' "
    "exec('alter table customer drop constraint ' + @const_name);"
)
_DEFAULT_AGAIN = Difference(
    DEFAULT_KEPT, (_DROP_DEFAULT, "ALTER TABLE customer ADD DEFAULT 'nobody' FOR name;")
)

DIFFERENCES: dict[tuple[str, str], Difference] = {
    ("sqlite", "up column_of_a_key"): Difference(
        "SQLite can add a column with its key, and Alembic refuses to",
        (
            "ALTER TABLE customer ADD COLUMN home INTEGER "
            "CONSTRAINT fk_customer_home_place REFERENCES place (id);",
            _version("column_of_a_key", "columns"),
        ),
    ),
    ("sqlite", "up comments"): Difference(NO_COMMENTS, (_version("comments", "column_of_a_key"),)),
    ("sqlite", "down comments"): Difference(
        NO_COMMENTS, (_version("column_of_a_key", "comments"),)
    ),
    **{
        ("sqlite", f"{way} {name}"): Difference(NO_ALTER_COLUMN)
        for way in ("up", "down")
        for name in ("types", "nullability", "defaults")
    },
    **{
        (dialect, f"{way} guarded_columns"): Difference(NO_GUARD)
        for way in ("up", "down")
        for dialect in ("sqlite", "mysql")
    },
    ("oracle", "up guarded_columns"): Difference(LOST_GUARD),
    ("mssql", "up guarded_columns"): Difference(
        LOST_GUARD,
        (
            "IF COL_LENGTH('customer', 'extra') IS NULL "
            "ALTER TABLE customer ADD extra INTEGER NULL;",
        ),
    ),
    ("mysql", "up guards"): Difference(NO_GUARD),
    ("mysql", "down guards"): Difference(NO_GUARD),
    ("mssql", "up guards"): Difference(
        LOST_GUARD,
        (
            "IF OBJECT_ID('maybe', 'U') IS NULL CREATE TABLE maybe ( id INTEGER NULL );",
            "IF INDEXPROPERTY(OBJECT_ID('maybe'), 'by_id', 'IndexID') IS NULL "
            "CREATE INDEX by_id ON maybe (id);",
        ),
    ),
    ("oracle", "up guards"): Difference(
        LOST_GUARD, ("CREATE INDEX IF NOT EXISTS by_id ON maybe (id)",)
    ),
    ("oracle", "up comments"): Difference(
        LOST_SCHEMA, ("COMMENT ON COLUMN dbo.customer.name IS 'of the family'",)
    ),
    ("oracle", "down comments"): Difference(
        LOST_SCHEMA, ("COMMENT ON COLUMN dbo.customer.name IS ''",)
    ),
    ("mssql", "up types"): _DEFAULT_AGAIN,
    ("mssql", "down types"): _DEFAULT_AGAIN,
    ("mssql", "up rows"): Difference(IDENTITY, _identity("kind", "id", "name", "on")),
    ("mssql", "up values_for_sql"): Difference(IDENTITY, _identity("place", "at", "id")),
    ("sqlite", "up commented_tables"): Difference(
        NO_COMMENTS,
        (
            "CREATE TABLE told ( id INTEGER );",
            _version("commented_tables", "moved_columns"),
        ),
    ),
    ("sqlite", "down commented_tables"): Difference(
        NO_COMMENTS, ("DROP TABLE told;", _version("moved_columns", "commented_tables"))
    ),
    ("mssql", "up commented_tables"): Difference(
        NO_SCHEMA,
        (
            "BEGIN TRANSACTION;",
            "CREATE TABLE told ( id INTEGER NULL );",
            "GO",
            f"{_COMMENT} N'50% of all', 'schema', dbo, 'table', told;",
            f"{_COMMENT} N'it''s counted', 'schema', dbo, 'table', told, 'column', id;",
            f"{_COMMENT} N'where books are', 'schema', dbo, 'table', shelf;",
            _version("commented_tables", "moved_columns"),
            "COMMIT;",
        ),
    ),
    ("mssql", "down commented_tables"): Difference(
        NO_SCHEMA,
        (
            "BEGIN TRANSACTION;",
            "execute sp_dropextendedproperty 'MS_Description', 'schema', dbo, 'table', shelf;",
            "GO",
            "DROP TABLE told;",
            _version("moved_columns", "commented_tables"),
            "COMMIT;",
        ),
    ),
}

# -- the rows --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_migration_writes_the_same_sql_or_what_is_right_instead(
    dialect: str, step: str, alembics: Written, ours: Written
) -> None:
    theirs = statements(alembics[dialect][step], dialect)
    here = statements(ours[dialect][step], dialect)
    difference = DIFFERENCES.get((dialect, step))
    if difference is None:
        assert here == theirs
    else:
        assert here != theirs, f"no longer differs: {difference.reason}"
        alone = [line for line in here or () if line not in (theirs or ())]
        assert tuple(dict.fromkeys(alone)) == difference.lines


def test_what_is_refused_says_where_and_what_to_do(ours: Written) -> None:
    for dialect, step in DIFFERENCES:
        found: dict[str, Any] = ours[dialect][step]
        if "error" in found:
            assert found["error"] == "MigrationFailed"
            assert re.search(r"versions/\d\d_\w+\.py, line \d+", found["text"])
            assert "No script was written." in found["text"]

"""What cannot be done is refused before the first statement, and says what to do."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core import errors
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    RenameConstraintOp,
    RenameIndexOp,
)

SCHEMA = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, b INT, c TEXT, d INT, "
    "e AS (d + 1), CONSTRAINT two CHECK (a < b), UNIQUE (b), UNIQUE (c))",
    "CREATE INDEX ix_ab ON t (a, b)",
    "CREATE TABLE k (c TEXT REFERENCES t (c), id INT REFERENCES t)",
    "CREATE TABLE other (a INT, c INT)",
    "INSERT INTO t (a, b, c) VALUES (1, 2, 'x'), (NULL, 3, 'y'), (1, 4, '5')",
)


@pytest.fixture
def t(db: Any) -> Any:
    db.run(*SCHEMA)
    return db


REFUSED: dict[str, tuple[Any, type[errors.OperationError], dict[str, Any]]] = {
    "unknown column": (DropColumnOp("t", "x"), errors.NoSuchObject, {"name": "x"}),
    "unknown column of a key": (
        CreateUniqueConstraintOp("u", "t", ["x"]),
        errors.NoSuchObject,
        {"kind": "column", "name": "x"},
    ),
    "unknown column of an index": (CreateIndexOp("i", "t", ["x"]), errors.NoSuchObject, {}),
    "unknown index": (DropIndexOp("i", "t"), errors.NoSuchObject, {"known": ("ix_ab",)}),
    "unknown constraint": (
        DropConstraintOp("x", "t"),
        errors.NoSuchObject,
        {"kind": "constraint", "known": ("two",)},
    ),
    "several constraints": (
        DropConstraintOp(None, "t", "unique"),
        errors.AmbiguousConstraint,
        {"candidates": ("UNIQUE (b)", "UNIQUE (c)")},
    ),
    "column there": (
        AddColumnOp("t", sa.Column("A", sa.Integer)),
        errors.AlreadyExists,
        {"kind": "column", "name": "A"},
    ),
    "name taken": (AlterColumnOp("t", "a", modify_name="b"), errors.AlreadyExists, {"name": "b"}),
    "constraint there": (
        CreateCheckConstraintOp("two", "t", "a > 0"),
        errors.AlreadyExists,
        {"kind": "constraint"},
    ),
    "index there": (CreateIndexOp("ix_ab", "t", ["a"]), errors.AlreadyExists, {"kind": "index"}),
    "no constraint to rename": (
        RenameConstraintOp("x", "y", "t"),
        errors.NoSuchObject,
        {"kind": "constraint", "known": ("two",)},
    ),
    "name of a constraint taken": (
        RenameConstraintOp("two", "TWO", "t"),
        errors.AlreadyExists,
        {"kind": "constraint", "name": "TWO"},
    ),
    "no index to rename": (RenameIndexOp("x", "y", "t"), errors.NoSuchObject, {"kind": "index"}),
    "name of an index taken": (
        RenameIndexOp("ix_ab", "ix_ab", "t"),
        errors.AlreadyExists,
        {"kind": "index"},
    ),
    "second primary key": (
        CreatePrimaryKeyOp("pk", "t", ["a"]),
        errors.AlreadyExists,
        {"kind": "primary key"},
    ),
    "in a check": (
        DropColumnOp("t", "a"),
        errors.ColumnInUse,
        {"kind": "constraint", "name": "two"},
    ),
    "in a computed column": (
        DropColumnOp("t", "d"),
        errors.ColumnInUse,
        {"kind": "computed column", "name": "e"},
    ),
    "key of another table": (
        DropColumnOp("t", "c"),
        errors.ColumnInUse,
        {"kind": "foreign key", "name": "of table k"},
    ),
    "primary key of another table": (
        DropColumnOp("t", "id"),
        errors.ColumnInUse,
        {"kind": "foreign key", "name": "of table k"},
    ),
    "autoincrement": (
        AlterColumnOp("t", "id", modify_type=sa.BigInteger()),
        errors.UnsupportedOperation,
        {},
    ),
    "computed": (
        AlterColumnOp("t", "e", modify_server_default="1"),
        errors.UnsupportedOperation,
        {},
    ),
    "not for a batch": (
        BulkInsertOp(sa.table("t"), []),
        errors.UnsupportedOperation,
        {"operation": "BulkInsertOp inside a batch"},
    ),
    "key into another file": (
        CreateForeignKeyOp("f", "t", "p", ["a"], ["id"], referent_schema="aux"),
        errors.UnsupportedOperation,
        {},
    ),
    "nulls": (
        AlterColumnOp("t", "a", modify_nullable=False),
        errors.NullsInTheWay,
        {"column": "a", "count": 1},
    ),
    "no value": (
        AddColumnOp("t", sa.Column("n", sa.Integer, nullable=False)),
        errors.ValueMissing,
        {"column": "n", "count": 3},
    ),
    "no number": (
        AlterColumnOp("t", "c", modify_type=sa.Integer()),
        errors.ValuesLost,
        {"column": "c INTEGER", "count": 2},
    ),
    "duplicates": (
        CreateUniqueConstraintOp("u", "t", ["a"]),
        errors.DuplicatesInTheWay,
        {"columns": "a", "count": 1},
    ),
    "duplicates for an index": (
        CreateIndexOp("u", "t", ["a"], unique=True),
        errors.DuplicatesInTheWay,
        {"columns": "a", "count": 1},
    ),
    "rows that fail": (
        CreateCheckConstraintOp("c", "t", "b IN (2, 3) AND c IS NOT NULL"),
        errors.RowsFailCheck,
        {"condition": "b IN (2, 3) AND c IS NOT NULL", "count": 1},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_with_its_facts(t: Any, case: str) -> None:
    op, kind, facts = REFUSED[case]
    before = t.master()
    with pytest.raises(kind) as caught:
        t.change("t", op)
    assert {name: getattr(caught.value, name) for name in facts} == facts
    assert t.master() == before


def test_a_key_with_nulls_does_not_lose_its_rowids(db: Any) -> None:
    db.run("CREATE TABLE t (a TEXT PRIMARY KEY)", "INSERT INTO t VALUES (NULL), (NULL)")
    with pytest.raises(errors.NullsInTheWay) as caught:
        db.change("t", table_kwargs={"sqlite_with_rowid": False})
    assert (caught.value.column, caught.value.count) == ("a", 2)


def test_an_index_on_two_columns_is_dropped_first(t: Any) -> None:
    with pytest.raises(errors.ColumnInUse, match=r"batch_op\.drop_index\('ix_ab'\)"):
        t.change("t", DropConstraintOp("two", "t"), DropColumnOp("t", "a"))
    t.change("t", DropConstraintOp("two", "t"), DropIndexOp("ix_ab", "t"), DropColumnOp("t", "a"))
    assert "ix_ab" not in t.master()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT id FROM t WHERE a > 0",
        "CREATE VIEW v AS SELECT x.a FROM t AS x, other",
        "CREATE TRIGGER v AFTER UPDATE OF a ON t BEGIN SELECT 1; END",
        "CREATE TRIGGER v AFTER INSERT ON t BEGIN DELETE FROM other WHERE c = NEW.a; END",
        "CREATE TRIGGER v AFTER INSERT ON other BEGIN INSERT INTO t (a) VALUES (1); END",
    ],
)
def test_a_column_that_a_view_or_trigger_names_is_not_dropped(db: Any, sql: str) -> None:
    db.run("CREATE TABLE t (id INT, a INT)", "CREATE TABLE other (b INT, c INT)", sql)
    with pytest.raises(errors.ColumnInUse) as caught:
        db.change("t", DropColumnOp("t", "a"))
    assert caught.value.name == "v"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT id, 1 AS a FROM t",
        "CREATE VIEW v AS SELECT t.id, o.a FROM t, other AS o",
        "CREATE VIEW v AS SELECT a FROM other",
        "CREATE TRIGGER v AFTER INSERT ON t BEGIN UPDATE other SET a = NEW.id; END",
        "CREATE TRIGGER v AFTER UPDATE OF a ON other BEGIN DELETE FROM t WHERE id = NEW.a; END",
    ],
)
def test_a_column_of_the_same_name_elsewhere_is_no_hindrance(db: Any, sql: str) -> None:
    db.run("CREATE TABLE t (id INT, a INT)", "CREATE TABLE other (a INT)", sql)
    db.change("t", DropColumnOp("t", "a"))
    assert db.sql("v") == sql


def test_a_view_on_a_view_that_shows_the_column_hinders_too(db: Any) -> None:
    db.run(
        "CREATE TABLE t (id INT, a INT)",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE VIEW w AS SELECT a FROM v",
    )
    with pytest.raises(errors.ColumnInUse) as caught:
        db.change("t", DropColumnOp("t", "a"))
    assert caught.value.name == "w"


def test_if_exists_and_if_not_exists_pass_over_what_is_so(t: Any) -> None:
    plan = t.change(
        "t",
        DropColumnOp("t", "x", if_exists=True),
        DropIndexOp("x", "t", if_exists=True),
        DropConstraintOp("x", "t", if_exists=True),
        AddColumnOp("t", sa.Column("a", sa.Integer), if_not_exists=True),
        CreateIndexOp("ix_ab", "t", ["a"], if_not_exists=True),
    )
    assert plan.statements == ()


def test_no_rebuild_while_foreign_keys_are_enforced(t: Any) -> None:
    with pytest.raises(errors.ForeignKeysEnforced) as caught:
        t.plan("t", recreate="always")
    assert caught.value.referrers == ("k",)


def test_the_last_column_is_not_dropped(db: Any) -> None:
    db.run("CREATE TABLE t (a INT)")
    with pytest.raises(errors.UnsupportedOperation, match="last column"):
        db.change("t", DropColumnOp("t", "a"))


def test_a_virtual_table_is_refused(db: Any) -> None:
    db.run("CREATE VIRTUAL TABLE t USING fts5(a)")
    with pytest.raises(errors.UnsupportedOperation, match=r"op\.execute"):
        db.change("t", AlterColumnOp("t", "a", modify_name="b"))


def test_an_unknown_table_names_those_there_are(t: Any) -> None:
    with pytest.raises(errors.NoSuchObject) as caught:
        t.plan("x")
    assert (caught.value.kind, caught.value.known) == (
        "table",
        ("k", "other", "sqlite_sequence", "t"),
    )

"""The stored definition is edited where no row has to be written anew, for those who ask for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core import batch, errors
from migrate_core.database import stored
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
)

DEFAULT = AlterColumnOp("t", "b", modify_server_default="y")


@pytest.fixture
def t(db: Any) -> Any:
    db.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT COLLATE NOCASE, c INT UNIQUE)",
        "CREATE INDEX ix_a ON t (a)",
        "CREATE VIEW v AS SELECT a FROM t",
        "INSERT INTO t VALUES (1, 2, 'x', 3), (2, NULL, 'y', 4)",
    )
    return db


def test_the_statements_of_an_edit_stand_in_this_order(t: Any) -> None:
    version = t.rows("PRAGMA schema_version")[0][0]
    plan = t.plan("t", DEFAULT, DropIndexOp("ix_a", "t"), recreate="edit")
    assert plan.statements == (
        'CREATE TABLE "_migrate_tmp_t" (id INTEGER PRIMARY KEY, a INT, '
        "b TEXT COLLATE NOCASE DEFAULT 'y', c INT UNIQUE)",
        'DROP TABLE "_migrate_tmp_t"',
        "PRAGMA writable_schema=ON",
        'UPDATE "sqlite_master" SET sql = \'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, '
        "b TEXT COLLATE NOCASE DEFAULT ''y'', c INT UNIQUE)' WHERE type = 'table' AND name = 't'",
        f"PRAGMA schema_version={version + 3}",
        "PRAGMA writable_schema=RESET",
        'DROP INDEX "ix_a"',
    )


def test_an_edit_is_there_at_once_and_for_other_connections(db: Any, tmp_path: Any) -> None:
    db.run("CREATE TABLE t (a INT, b TEXT)")
    db.run(f"ATTACH '{tmp_path / 'other.db'}' AS aux", "CREATE TABLE aux.t (a INT, b TEXT)")
    other = sa.create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with other.connect() as connection:
        connection.exec_driver_sql("INSERT INTO t (a) VALUES (1)")
        connection.commit()
        op = AlterColumnOp("t", "b", schema="aux", modify_server_default="y")
        plan = db.change("t", op, schema="aux", recreate="edit")
        db.run("INSERT INTO aux.t (a) VALUES (2)")
        connection.exec_driver_sql("INSERT INTO t (a) VALUES (3)")
        found = connection.exec_driver_sql("SELECT a, b FROM t").all()
    other.dispose()
    assert isinstance(plan, batch.SchemaEdit)
    assert found == [(1, None), (2, "y"), (3, "y")]
    assert db.sql("t") == "CREATE TABLE t (a INT, b TEXT)"


def test_what_sqlite_can_do_in_place_is_not_edited(t: Any) -> None:
    plan = t.change("t", AddColumnOp("t", sa.Column("n", sa.Integer)), recreate="edit")
    assert isinstance(plan, batch.InPlace)


def test_an_edit_goes_with_a_new_name_and_a_new_index(t: Any) -> None:
    t.change(
        "t",
        AlterColumnOp("t", "b", modify_name="note", modify_nullable=False),
        CreateIndexOp("ix_note", "t", ["note"]),
        CreateCheckConstraintOp("ck", "t", "note <> ''"),
        recreate="edit",
    )
    assert t.sql("t").replace('"', "") == (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, note TEXT COLLATE NOCASE NOT NULL, "
        "c INT UNIQUE, CONSTRAINT ck CHECK (note <> ''))"
    )
    assert t.sql("ix_note").replace('"', "") == "CREATE INDEX ix_note ON t (note)"


NOT_EDITED: dict[str, tuple[Any, dict[str, Any]]] = {
    "new column at a place": (
        AddColumnOp("t", sa.Column("n", sa.Integer), insert_before="a"),
        {},
    ),
    "dropped key": (DropColumnOp("t", "c"), {}),
    "place": (AlterColumnOp("t", "a", insert_after="b"), {}),
    "affinity": (AlterColumnOp("t", "a", modify_type=sa.Text()), {}),
    "type of the key": (AlterColumnOp("t", "id", modify_type=sa.BigInteger()), {}),
    "collation": (AlterColumnOp("t", "b", modify_type=sa.Text(collation="RTRIM")), {}),
    "unique": (CreateUniqueConstraintOp("u", "t", ["b"]), {}),
    "no unique": (DropConstraintOp(None, "t", "unique"), {}),
    "no primary key": (DropConstraintOp(None, "t", "primary"), {}),
    "options": (DEFAULT, {"table_kwargs": {"sqlite_autoincrement": True}}),
    "without rowid": (DEFAULT, {"table_kwargs": {"sqlite_with_rowid": False}}),
}


@pytest.mark.parametrize("case", NOT_EDITED)
def test_what_changes_stored_rows_or_keys_is_no_edit(t: Any, case: str) -> None:
    op, options = NOT_EDITED[case]
    before = t.master()
    with pytest.raises(errors.UnsupportedOperation, match="Leave recreate='edit' out"):
        t.change("t", op, recreate="edit", **options)
    assert t.master() == before


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        (AlterColumnOp("t", "a", modify_nullable=False), errors.NullsInTheWay),
        (CreateCheckConstraintOp("ck", "t", "a > 9"), errors.RowsFailCheck),
    ],
)
def test_the_rows_are_asked_before_an_edit(t: Any, op: Any, kind: type[Exception]) -> None:
    before = t.master()
    with pytest.raises(kind):
        t.change("t", op, recreate="edit")
    assert t.master() == before


def test_a_definition_that_sqlite_does_not_take_is_not_stored(t: Any) -> None:
    before = t.master()
    bad = AlterColumnOp("t", "b", modify_server_default=sa.text("(a + 1)"))
    with pytest.raises(sa.exc.OperationalError, match="not constant"):
        t.change("t", bad, recreate="edit")
    assert t.master() == before


def test_faults_that_sqlite_finds_after_an_edit_undo_it(db: Any) -> None:
    db.run(
        "CREATE TABLE t (a INT NOT NULL, b TEXT)",
        "PRAGMA writable_schema=ON",
        "CREATE TABLE u (a INT, b TEXT)",
        "INSERT INTO u VALUES (NULL, 'x')",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE u (a INT NOT NULL, b TEXT)' WHERE name = 'u'",
        "PRAGMA writable_schema=RESET",
    )
    before = db.master()
    with pytest.raises(errors.EditRefused) as caught:
        db.change("u", AlterColumnOp("u", "b", modify_server_default="y"), recreate="edit")
    assert (caught.value.table, caught.value.count, db.master()) == ("u", 1, before)


def test_a_foreign_key_that_an_edit_adds_is_checked(db: Any) -> None:
    db.run("CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE t (p INT)")
    db.run("INSERT INTO t VALUES (7)")
    with pytest.raises(AssertionError, match="t"):
        db.change("t", CreateForeignKeyOp("fk", "t", "p", ["p"], ["id"]), recreate="edit")
    assert db.sql("t") == "CREATE TABLE t (p INT)"


def test_a_connection_in_defensive_mode_is_refused_before_anything_is_sent(t: Any) -> None:
    read = stored.read(t.connection, "t")
    assert not read.writable_schema
    with pytest.raises(errors.UnsupportedOperation, match="defensive mode"):
        batch.plan(
            replace(read, writable_schema=False),
            [DEFAULT],
            batch.Options(recreate="edit"),
            dialect=t.connection.dialect,
        )


def test_temporary_triggers_and_views_stay_with_a_rebuilt_table(t: Any) -> None:
    t.run(
        "CREATE TABLE log (text)",
        "CREATE TEMP TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.b); END",
        'CREATE TEMP TRIGGER "tr 2" AFTER INSERT ON main.t BEGIN INSERT INTO log VALUES (2); END',
        "CREATE TEMP VIEW tv AS SELECT b FROM t",
        "CREATE TEMP TRIGGER elsewhere AFTER INSERT ON log BEGIN SELECT 1; END",
    )
    before = t.rows("SELECT name, sql FROM sqlite_temp_master")
    t.change("t", DEFAULT, recreate="always")
    t.run("INSERT INTO t (id, b) VALUES (5, 'z')")
    assert sorted(t.rows("SELECT name FROM sqlite_temp_master")) == sorted((n,) for n, _ in before)
    assert sorted(map(str, (row[0] for row in t.rows("SELECT * FROM log")))) == ["2", "z"]
    with pytest.raises(errors.ColumnInUse) as caught:
        t.change("t", DropColumnOp("t", "b"))
    assert caught.value.name in {"tr", "tv"}

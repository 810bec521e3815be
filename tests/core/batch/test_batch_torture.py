"""A table that has everything comes out of each operation with all that was not asked to change."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core.batch import Rebuild
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

T = "bücher"

EVERYTHING = f"""CREATE TABLE {T} ( -- the books
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
  "the title" VARCHAR(40) COLLATE NOCASE NOT NULL DEFAULT 'it''s, (new)',
  [price] NUMERIC(10, 2) CHECK (price >= 0), /* in cents */
  `key` TEXT UNIQUE ON CONFLICT REPLACE,
  made TEXT DEFAULT (datetime('now', 'localtime')),
  total INT GENERATED ALWAYS AS (price * 2) VIRTUAL,
  kept TEXT AS (upper("the title")) STORED,
  parent INT CONSTRAINT fk_parent REFERENCES {T} (id) DEFERRABLE INITIALLY DEFERRED,
  shelf INT,
  spare TEXT DEFAULT 'x',
  flag BOOLEAN,
  CONSTRAINT positive CHECK ({T}.price < 1000 AND "the title" <> 'price'),
  CHECK (length("key") < 100) CONSTRAINT uq_two UNIQUE (shelf, made),
  FOREIGN KEY(shelf) REFERENCES shelf (id) ON DELETE CASCADE, -- with the shelf
  CONSTRAINT ck_flag CHECK (flag IN (0, 1))
)"""

SCHEMA = (
    "CREATE TABLE shelf (id INTEGER PRIMARY KEY)",
    EVERYTHING,
    f"CREATE TABLE child (book INT REFERENCES {T} (id) ON DELETE CASCADE, n INT)",
    "CREATE TABLE log (text TEXT)",
    f'CREATE UNIQUE INDEX "ix part" ON {T} (price DESC, "the title") WHERE price > 5',
    f'CREATE INDEX ix_expr ON {T} (lower("the title"), made COLLATE NOCASE)',
    f"CREATE TRIGGER tr AFTER UPDATE OF price ON {T} WHEN NEW.price <> OLD.price "
    "BEGIN INSERT INTO log VALUES (NEW.\"the title\" || ';'); END",
    f"CREATE VIEW cheap AS SELECT id, price AS p FROM {T} AS b WHERE b.price < 10",
    "CREATE VIEW cheaper AS SELECT * FROM cheap WHERE p < 5",
    f"CREATE TRIGGER other AFTER DELETE ON log BEGIN UPDATE {T} SET price = price; END",
    "INSERT INTO shelf VALUES (0), (1), (2)",
    *(
        f'INSERT INTO {T} (id, "the title", price, "key", made, parent, shelf, flag) '
        f"VALUES ({n}, 'tïtle {n}', {n}.25, 'k{n}', 'day {n}', 1, {n % 2 + 1}, 0)"
        for n in (1, 2, 7)
    ),
    f"INSERT INTO {T} (id, \"the title\") VALUES (900, '')",
    f"DELETE FROM {T} WHERE id = 900",
    "INSERT INTO child VALUES (1, 10), (7, 70), (7, 71)",
)


def change_type(**kw: Any) -> AlterColumnOp:
    return AlterColumnOp(T, "spare", **kw)


CASES: dict[str, tuple[list[Any], str, str]] = {
    "nothing": ([], "", ""),
    "add a column": (
        [AddColumnOp(T, sa.Column("extra", sa.Integer, server_default=sa.func.abs(-1)))],
        "  flag BOOLEAN,",
        "  flag BOOLEAN,\n  extra INTEGER DEFAULT (abs(-1)),",
    ),
    "drop a column": ([DropColumnOp(T, "spare")], "  spare TEXT DEFAULT 'x',\n", ""),
    "change a type": (
        [change_type(modify_type=sa.String(9))],
        "spare TEXT DEFAULT 'x'",
        "spare VARCHAR(9) DEFAULT 'x'",
    ),
    "change a default": (
        [change_type(modify_server_default="y")],
        "spare TEXT DEFAULT 'x'",
        "spare TEXT DEFAULT 'y'",
    ),
    "drop a default": (
        [change_type(modify_server_default=None)],
        "spare TEXT DEFAULT 'x'",
        "spare TEXT",
    ),
    "forbid NULL": (
        [change_type(modify_nullable=False)],
        "spare TEXT DEFAULT 'x'",
        "spare TEXT DEFAULT 'x' NOT NULL",
    ),
    "allow NULL": (
        [AlterColumnOp(T, "the title", modify_nullable=True)],
        "COLLATE NOCASE NOT NULL DEFAULT",
        "COLLATE NOCASE DEFAULT",
    ),
    "add a check": (
        [CreateCheckConstraintOp("ck_spare", T, "spare <> ''")],
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT ck_spare CHECK (spare <> '')\n",
    ),
    "add a unique constraint": (
        [CreateUniqueConstraintOp("uq_made", T, ["made"])],
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT uq_made UNIQUE (made)\n",
    ),
    "add a foreign key": (
        [CreateForeignKeyOp("fk_two", T, "shelf", ["flag"], ["id"])],
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT fk_two FOREIGN KEY(flag) REFERENCES shelf (id)\n",
    ),
    "drop a check": (
        [DropConstraintOp("ck_flag", T, "check")],
        ", -- with the shelf\n  CONSTRAINT ck_flag CHECK (flag IN (0, 1))",
        " -- with the shelf\n",
    ),
    "drop a constraint of a column": (
        [DropConstraintOp("fk_parent", T)],
        f"parent INT CONSTRAINT fk_parent REFERENCES {T} (id) DEFERRABLE INITIALLY DEFERRED",
        "parent INT",
    ),
    "drop a unique constraint": (
        [DropConstraintOp("uq_two", T)],
        " CONSTRAINT uq_two UNIQUE (shelf, made)",
        "",
    ),
}


def normal(sql: str) -> str:
    """SQLite quotes the name of a renamed table; blanks and left out commas do not count."""
    sql = sql.replace(f"{T}.price", "price").replace(f'"{T}"', T)
    sql = re.sub(r"\)\s*(?=CONSTRAINT uq_two)", "), ", sql)
    return re.sub(r"\s+", " ", sql).replace(" )", ")")


@pytest.fixture
def full(db: Any) -> Any:
    db.run(*SCHEMA)
    return db


@pytest.mark.parametrize("case", CASES)
def test_only_what_was_asked_changes_in_the_text(full: Any, case: str) -> None:
    ops, old, new = CASES[case]
    before = full.master()
    full.change(T, *ops, recreate="always")
    expected = {**before, T: before[T].replace(old, new)}
    assert {k: normal(v) for k, v in full.master().items()} == {
        k: normal(v) for k, v in expected.items()
    }


@pytest.mark.parametrize("case", CASES)
def test_no_row_changes(full: Any, case: str) -> None:
    ops, _, _ = CASES[case]
    stays = 'id, "the title", price, "key", made, total, kept, parent, shelf, flag'
    queries = [
        f"SELECT {stays}, typeof(price), typeof(made) FROM {T}",
        "SELECT * FROM child",
        "SELECT * FROM log",
        "SELECT * FROM cheap",
        "SELECT * FROM cheaper",
        "SELECT name, seq FROM sqlite_sequence",
    ]
    before = [full.rows(query) for query in queries]
    full.change(T, *ops, recreate="always")
    assert [full.rows(query) for query in queries] == before


@pytest.mark.parametrize("case", CASES)
def test_constraints_triggers_and_keys_still_work(full: Any, case: str) -> None:
    ops, _, _ = CASES[case]
    full.change(T, *ops, recreate="always")
    full.run(f"UPDATE {T} SET price = 3 WHERE id = 7", f'INSERT INTO {T} ("the title") VALUES (1)')
    full.run("DELETE FROM shelf WHERE id = 1")
    assert (full.rows("SELECT * FROM log"), full.rows(f"SELECT id FROM {T} ORDER BY id")) == (
        [("tïtle 7;",)],
        [(1,), (7,), (901,)],
    )


def test_a_renamed_column_is_renamed_wherever_it_is_named(full: Any) -> None:
    full.change(T, AlterColumnOp(T, "price", modify_name="cost"), recreate="always")
    texts = {name: sql for name, sql in full.master().items() if name not in {"cheaper", "log"}}
    assert [name for name, sql in texts.items() if "price" in sql.replace("'price'", "")] == []


def test_a_rename_in_place_and_by_a_rebuild_store_the_same(full: Any) -> None:
    op = AlterColumnOp(T, "price", modify_name="the cost")
    full.change(T, op, recreate="always")
    rebuilt = full.master()
    full.change(T, AlterColumnOp(T, "the cost", modify_name="price"))
    full.change(T, op, recreate="never")
    assert full.master() == rebuilt


def test_all_operations_in_one_batch(full: Any) -> None:
    plan = full.change(
        T,
        AlterColumnOp(T, "spare", modify_name="note", modify_type=sa.String(9)),
        CreateIndexOp("ix_note", T, ["note", sa.text("upper(note)")]),
        CreateCheckConstraintOp("ck_note", T, "note <> ''"),
        AddColumnOp(T, sa.Column("spare", sa.Integer, sa.ForeignKey("shelf.id", name="fk_s"))),
        DropIndexOp("ix_expr", T),
        DropConstraintOp("uq_two", T),
        DropColumnOp(T, "made"),
    )
    columns = [row[1] for row in full.rows(f"PRAGMA table_info({T})")]
    assert isinstance(plan, Rebuild)
    assert columns == [
        "id",
        "the title",
        "price",
        "key",
        "parent",
        "shelf",
        "note",
        "flag",
        "spare",
    ]
    assert full.sql("ix_note") == f'CREATE INDEX ix_note ON "{T}" (note, upper(note))'
    assert "CHECK (note <> '')" in full.sql(T)


@pytest.mark.parametrize("options", ["", "STRICT", "WITHOUT ROWID", "WITHOUT ROWID, STRICT"])
def test_table_options_stay(db: Any, options: str) -> None:
    sql = f'CREATE TABLE "t" (a TEXT PRIMARY KEY, b INT) {options}'.rstrip()
    db.run(sql, "INSERT INTO t VALUES ('x', 1), ('y', NULL)")
    db.change("t", recreate="always")
    assert (db.sql("t"), db.rows("SELECT * FROM t")) == (sql, [("x", 1), ("y", None)])


def test_rowids_stay_without_an_integer_primary_key(db: Any) -> None:
    db.run("CREATE TABLE t (rowid TEXT, b INT)", "INSERT INTO t (_rowid_, b) VALUES (5, 1), (9, 2)")
    db.change("t", AlterColumnOp("t", "b", modify_nullable=False))
    assert db.rows("SELECT _rowid_, b FROM t") == [(5, 1), (9, 2)]


def test_a_key_that_other_rows_point_at_keeps_them(db: Any) -> None:
    db.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, x INT)",
        "CREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE)",
        "INSERT INTO p VALUES (1, 2)",
        "INSERT INTO c VALUES (1)",
    )
    db.change("p", AlterColumnOp("p", "x", modify_type=sa.Text()))
    db.run("INSERT INTO c VALUES (1)")
    assert (db.rows("SELECT * FROM c"), db.sql("c")) == (
        [(1,), (1,)],
        "CREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE)",
    )


def test_a_table_of_an_attached_database_is_rebuilt_there(db: Any, tmp_path: Any) -> None:
    db.run(
        f"ATTACH '{tmp_path / 'other.db'}' AS aux",
        "CREATE TABLE aux.t (a INT, b INT)",
        "CREATE INDEX aux.ix ON t (a)",
        "CREATE TRIGGER aux.tr AFTER INSERT ON t BEGIN DELETE FROM t WHERE a IS NULL; END",
        "INSERT INTO aux.t VALUES (1, 2)",
        "CREATE TABLE t (other INT)",
    )
    op = AlterColumnOp("t", "b", schema="aux", modify_nullable=False)
    new = CreateIndexOp("ix_b", "t", ["b"], schema="aux")
    db.change("t", op, new, schema="aux")
    assert db.rows("SELECT type, name FROM aux.sqlite_master ORDER BY name") == [
        ("index", "ix"),
        ("index", "ix_b"),
        ("table", "t"),
        ("trigger", "tr"),
    ]
    assert db.rows("SELECT * FROM aux.t") == [(1, 2)]


def test_a_failing_statement_leaves_everything_as_it_was(full: Any) -> None:
    before = (full.master(), full.rows(f"SELECT * FROM {T}"), full.rows("SELECT * FROM child"))
    op = CreateCheckConstraintOp("bad", T, "no_such_function(id)")
    with pytest.raises(sa.exc.OperationalError):
        full.change(T, op)
    after = (full.master(), full.rows(f"SELECT * FROM {T}"), full.rows("SELECT * FROM child"))
    assert after == before

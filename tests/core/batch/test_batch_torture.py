"""A table that has everything comes out of each operation with all that was not asked to change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import history, opened, rows
from migrate_core.batch import Rebuild
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateIndexOp,
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


class Case(NamedTuple):
    """A batch, and what it changes in the text of the table, or in the indexes.

    :param routes: the values of ``recreate`` by which it can be done.
    """

    body: str
    old: str = ""
    new: str = ""
    routes: str = "auto always"
    options: str = ""
    index: str = ""


CASES = {
    "nothing": Case("pass", routes="auto always never edit"),
    "add a column": Case(
        "b.add_column(sa.Column('extra', sa.Integer, server_default='7'))",
        "  flag BOOLEAN,",
        "  flag BOOLEAN,\n  extra INTEGER DEFAULT '7',",
        "always",
    ),
    "add a column with an expression": Case(
        "b.add_column(sa.Column('extra', sa.Integer, server_default=sa.func.abs(-1)))",
        "  flag BOOLEAN,",
        "  flag BOOLEAN,\n  extra INTEGER DEFAULT (abs(-1)),",
    ),
    "drop a column": Case(
        "b.drop_column('spare')", "  spare TEXT DEFAULT 'x',\n", "", "auto always never"
    ),
    "rename a column": Case(
        "b.alter_column('spare', new_column_name='note')",
        "spare TEXT",
        "note TEXT",
        "auto always never edit",
    ),
    "move a column": Case(
        "b.alter_column('spare', insert_before='shelf')",
        "  shelf INT,\n  spare TEXT DEFAULT 'x',",
        "  spare TEXT DEFAULT 'x',\n  shelf INT,",
    ),
    "order columns": Case(
        "pass",
        "  shelf INT,\n  spare TEXT DEFAULT 'x',\n  flag BOOLEAN,",
        "  spare TEXT DEFAULT 'x',\n  flag BOOLEAN,\n  shelf INT,",
        options="partial_reordering=[('flag', 'shelf')]",
    ),
    "change a type": Case(
        "b.alter_column('spare', type_=sa.String(9))",
        "spare TEXT DEFAULT 'x'",
        "spare VARCHAR(9) DEFAULT 'x'",
        "auto always edit",
    ),
    "change a type to another affinity": Case(
        "b.alter_column('flag', type_=sa.Text())", "flag BOOLEAN", "flag TEXT"
    ),
    "change a default": Case(
        "b.alter_column('spare', server_default='y')",
        "spare TEXT DEFAULT 'x'",
        "spare TEXT DEFAULT 'y'",
        "auto always edit",
    ),
    "drop a default": Case(
        "b.alter_column('spare', server_default=None)",
        "spare TEXT DEFAULT 'x'",
        "spare TEXT",
        "auto always edit",
    ),
    "forbid NULL": Case(
        "b.alter_column('spare', nullable=False)",
        "spare TEXT DEFAULT 'x'",
        "spare TEXT DEFAULT 'x' NOT NULL",
        "auto always edit",
    ),
    "allow NULL": Case(
        "b.alter_column('the title', nullable=True)",
        "COLLATE NOCASE NOT NULL DEFAULT",
        "COLLATE NOCASE DEFAULT",
        "auto always edit",
    ),
    "add a check": Case(
        "b.create_check_constraint('ck_spare', \"spare <> ''\")",
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT ck_spare CHECK (spare <> '')\n",
        "auto always edit",
    ),
    "add a unique constraint": Case(
        "b.create_unique_constraint('uq_made', ['made'])",
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT uq_made UNIQUE (made)\n",
    ),
    "add a foreign key": Case(
        "b.create_foreign_key('fk_two', 'shelf', ['flag'], ['id'])",
        "CHECK (flag IN (0, 1))\n",
        "CHECK (flag IN (0, 1)),\n  CONSTRAINT fk_two FOREIGN KEY(flag) REFERENCES shelf (id)\n",
        "auto always edit",
    ),
    "drop a check": Case(
        "b.drop_constraint('ck_flag', 'check')",
        ", -- with the shelf\n  CONSTRAINT ck_flag CHECK (flag IN (0, 1))",
        " -- with the shelf\n",
        "auto always edit",
    ),
    "drop a constraint of a column": Case(
        "b.drop_constraint('fk_parent')",
        f"parent INT CONSTRAINT fk_parent REFERENCES {T} (id) DEFERRABLE INITIALLY DEFERRED",
        "parent INT",
        "auto always edit",
    ),
    "drop a unique constraint": Case(
        "b.drop_constraint('uq_two')", " CONSTRAINT uq_two UNIQUE (shelf, made)"
    ),
    "rename a constraint": Case(
        "b.rename_constraint('positive', 'cheap enough')",
        "CONSTRAINT positive CHECK",
        'CONSTRAINT "cheap enough" CHECK',
        "auto always edit",
    ),
    "create an index": Case(
        "b.create_index('ix_new', ['spare', sa.text('made DESC')])",
        routes="auto always never edit",
        index=f"CREATE INDEX ix_new ON {T} (spare, made DESC)",
    ),
    "drop an index": Case(
        "b.drop_index('ix_expr')", routes="auto always never edit", index="ix_expr"
    ),
}


def normal(sql: str) -> str:
    """SQLite quotes the name of a renamed table; blanks and left out commas do not count."""
    sql = sql.replace(f"{T}.price", "price").replace(f'"{T}"', T)
    sql = re.sub(r"\)\s*(?=CONSTRAINT uq_two)", "), ", sql)
    sql = sql.replace('"o"', "o")
    return re.sub(r"\s+", " ", sql).replace(" )", ")").strip()


@pytest.fixture
def full(db: Any) -> Any:
    db.run(*SCHEMA)
    return db


@pytest.fixture
def shop(sqlite_engine: Engine) -> Engine:
    """A file with the tables; each connection enforces foreign keys."""

    @sa.event.listens_for(sqlite_engine, "connect")
    def enforce(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    run(sqlite_engine, *SCHEMA)
    return sqlite_engine


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def master(engine: Engine) -> dict[str, str]:
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
    )
    return {str(name): str(sql) for name, sql in rows(engine, statement)}


def plainly(texts: dict[str, str]) -> dict[str, str]:
    return {name: normal(sql) for name, sql in texts.items()}


def upgrade(folder: Path, engine: Engine, body: str, table: str, options: str) -> None:
    """Run the batch in a migration, and look that nothing is wrong with the file."""
    history(folder, f"with op.batch_alter_table({table!r}, {options}) as b:\n    {body}")
    opened(folder, engine, journal=False).upgrade()
    assert rows(engine, "PRAGMA integrity_check") == [("ok",)]
    assert rows(engine, "PRAGMA foreign_key_check") == []


BY_ROUTE = [
    pytest.param(case, route, id=f"{name}-{route}")
    for name, case in CASES.items()
    for route in case.routes.split()
]


@pytest.mark.parametrize(("case", "route"), BY_ROUTE)
def test_only_what_was_asked_changes(tmp_path: Path, shop: Engine, case: Case, route: str) -> None:
    stays = 'rowid, id, "the title", price, "key", made, total, kept, parent, shelf'
    queries = [
        f"SELECT {stays}, typeof(price), typeof(made) FROM {T}",
        "SELECT rowid, * FROM child",
        "SELECT * FROM log",
        "SELECT * FROM cheap",
        "SELECT * FROM cheaper",
        "SELECT name, seq FROM sqlite_sequence",
    ]
    texts, before = master(shop), [rows(shop, query) for query in queries]
    upgrade(tmp_path, shop, case.body, T, f"recreate={route!r}, {case.options}")
    assert case.old in texts[T]
    expected = {**texts, T: texts[T].replace(case.old, case.new)}
    if case.index.startswith("CREATE"):
        expected["ix_new"] = case.index
    elif case.index:
        del expected[case.index]
    assert plainly(master(shop)) == plainly(expected)
    assert [rows(shop, query) for query in queries] == before


@pytest.mark.parametrize(("case", "route"), BY_ROUTE)
def test_constraints_triggers_and_keys_still_work(
    tmp_path: Path, shop: Engine, case: Case, route: str
) -> None:
    upgrade(tmp_path, shop, case.body, T, f"recreate={route!r}, {case.options}")
    run(
        shop,
        f"UPDATE {T} SET price = 3 WHERE id = 7",
        f'INSERT INTO {T} ("the title") VALUES (1)',
        "DELETE FROM shelf WHERE id = 1",
    )
    assert (rows(shop, "SELECT * FROM log"), rows(shop, f"SELECT id FROM {T} ORDER BY id")) == (
        [("tïtle 7;",)],
        [(1,), (7,), (901,)],
    )


OTHERS = {
    "strict, with rowids of its own": (
        "CREATE TABLE o (k TEXT COLLATE NOCASE, a INT DEFAULT (1 + 1), b ANY, c INTEGER, "
        "UNIQUE (k) ON CONFLICT IGNORE, CONSTRAINT low CHECK (a < 1000)) STRICT",
        "INSERT INTO o (rowid, k, a, b, c) VALUES (3, 'x', 1, 'y', 1), (80, 'z', 2, x'00', 1)",
        "SELECT rowid, k, a, b, typeof(b) FROM o ORDER BY rowid",
    ),
    "without rowid": (
        "CREATE TABLE o (k TEXT, n INTEGER, a INT DEFAULT (1 + 1), b BLOB, c INTEGER, "
        "PRIMARY KEY (k, n DESC) ON CONFLICT REPLACE, CONSTRAINT low CHECK (a < 1000)) "
        "WITHOUT ROWID",
        "INSERT INTO o VALUES ('x', 3, 1, x'00', 1), ('x', 2, 1, NULL, 1)",
        "SELECT k, n, a, b, typeof(b) FROM o",
    ),
    "strict and without rowid": (
        "CREATE TABLE o (k TEXT PRIMARY KEY, a INT DEFAULT (1 + 1), b BLOB, c INTEGER, "
        "CONSTRAINT low CHECK (a < 1000)) STRICT, WITHOUT ROWID",
        "INSERT INTO o VALUES ('x', 1, x'00', 1), ('y', 1, NULL, 1)",
        "SELECT k, a, b, typeof(b) FROM o",
    ),
}

ON_OTHERS = {
    "add a column": Case(
        "b.add_column(sa.Column('x', sa.Integer))", "c INTEGER,", "c INTEGER, x INTEGER,", "always"
    ),
    "drop a column": Case("b.drop_column('c')", "c INTEGER, ", "", "auto always never"),
    "rename a column": Case(
        "b.alter_column('c', new_column_name='d')",
        "c INTEGER",
        "d INTEGER",
        "auto always never edit",
    ),
    "move a column": Case(
        "b.alter_column('c', insert_before='b')",
        "{b}, c INTEGER,",
        "c INTEGER, {b},",
    ),
    "change a default": Case(
        "b.alter_column('a', server_default=sa.text('5'))",
        "a INT DEFAULT (1 + 1)",
        "a INT DEFAULT 5",
        "auto always edit",
    ),
    "forbid NULL": Case(
        "b.alter_column('c', nullable=False)", "c INTEGER", "c INTEGER NOT NULL", "auto always edit"
    ),
    "add a check": Case(
        "b.create_check_constraint('ck', 'c < 9')",
        "CHECK (a < 1000)",
        "CHECK (a < 1000), CONSTRAINT ck CHECK (c < 9)",
        "auto always edit",
    ),
    "drop a check": Case(
        "b.drop_constraint('low')", ", CONSTRAINT low CHECK (a < 1000)", "", "auto always edit"
    ),
    "add a unique constraint": Case(
        "b.create_unique_constraint('uq', ['a', 'b'])",
        "CHECK (a < 1000)",
        "CHECK (a < 1000), CONSTRAINT uq UNIQUE (a, b)",
    ),
    "add a foreign key": Case(
        "b.create_foreign_key('fk', 'shelf', ['c'], ['id'])",
        "CHECK (a < 1000)",
        "CHECK (a < 1000), CONSTRAINT fk FOREIGN KEY(c) REFERENCES shelf (id)",
        "auto always edit",
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize(
    ("case", "route"),
    [
        pytest.param(case, route, id=f"{name}-{route}")
        for name, case in ON_OTHERS.items()
        for route in case.routes.split()
    ],
)
def test_tables_of_other_kinds_change_in_what_was_asked_only(
    tmp_path: Path, shop: Engine, kind: str, case: Case, route: str
) -> None:
    create, insert, query = OTHERS[kind]
    run(shop, create, "CREATE INDEX ix_o ON o (a DESC) WHERE a > 0", insert)
    texts, before = master(shop), rows(shop, query)
    b = "b ANY" if "ANY" in create else "b BLOB"
    upgrade(tmp_path, shop, case.body, "o", f"recreate={route!r}")
    old, new = case.old.format(b=b), case.new.format(b=b)
    expected = {**texts, "o": texts["o"].replace(old, new)}
    assert plainly(master(shop)) == plainly(expected)
    assert rows(shop, query) == before


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

"""The documented options of a batch, through the real `op` on a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Engine

from histories import execute, history, opened, rows
from migrate_core import batch, errors
from migrate_core.operations import AlterColumnOp

TABLE = (
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b VARCHAR(5) DEFAULT 'x', c INTEGER, d INTEGER, "
    "e INTEGER, UNIQUE (b), CHECK (c > 0), CONSTRAINT mine UNIQUE (d), "
    "FOREIGN KEY(e) REFERENCES p (id))"
)


@pytest.fixture
def file(sqlite_engine: Engine) -> Engine:
    execute(
        sqlite_engine,
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        TABLE,
        "CREATE INDEX ix_c ON t (c)",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM p; END",
        "INSERT INTO t VALUES (3, 'x', 1, 2, NULL)",
    )
    return sqlite_engine


def change(folder: Path, engine: Engine, options: str, *body: str) -> str:
    """Run one batch; what the table's text is after it, as if it had been made so."""
    lines = "".join(f"\n    {line}" for line in body or ("pass",))
    history(folder, f"with op.batch_alter_table('t', {options}) as b:{lines}")
    opened(folder, engine).upgrade()
    text = str(rows(engine, "SELECT sql FROM sqlite_master WHERE name = 't'")[0][0])
    return text.replace('"t"', "t", 1)


def refused(folder: Path, engine: Engine, options: str, *body: str) -> BaseException:
    """The error that stopped it; the table is as it was."""
    with pytest.raises(errors.MigrationFailed) as caught:
        change(folder, engine, options, *body)
    assert rows(engine, "SELECT sql FROM sqlite_master WHERE name = 't'") == [(TABLE,)]
    assert caught.value.__cause__ is not None
    return caught.value.__cause__


def columns(engine: Engine) -> str:
    return "".join(str(row[1]) for row in rows(engine, "PRAGMA table_info(t)"))


# -- order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("[('c', 'a')]", "bcdea"),
        ("[('d', 'b', 'a')]", "cdeba"),
        ("[('e', 'a'), ('b', 'e')]", "bcdea"),
        ("[('e', 'c'), ('b', 'a')]", "bdeac"),
        ("[('a', 'b', 'c', 'd', 'e')]", "abcde"),
        ("[('e',)]", "abcde"),
    ],
)
def test_columns_come_in_the_order_that_is_given_for_some(
    tmp_path: Path, file: Engine, order: str, expected: str
) -> None:
    change(tmp_path, file, f"partial_reordering={order}")
    assert columns(file) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (["b.alter_column('a', new_column_name='z')"], "bcdez"),
        (["b.add_column(sa.Column('n', sa.Integer), insert_after='b')"], "bcdean"),
    ],
)
def test_an_order_goes_with_other_changes(
    tmp_path: Path, file: Engine, body: list[str], expected: str
) -> None:
    change(tmp_path, file, "partial_reordering=[('e', 'a')]", *body)
    assert columns(file) == expected


def test_columns_put_after_the_same_one_come_as_they_were_put(tmp_path: Path, file: Engine) -> None:
    new = "b.add_column(sa.Column('{}', sa.Integer), insert_{}='b')"
    after, before = ([new.format(name, where) for name in names] for names, where in ORDERS)
    change(tmp_path, file, "", *after, *before)
    assert columns(file) == "apqbmncde"


ORDERS = (("mn", "after"), ("pq", "before"))


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ("[('a', 'b'), ('b', 'a')]", errors.UnsupportedOperation),
        ("[('a', 'x')]", errors.NoSuchObject),
    ],
)
def test_an_impossible_order_is_refused(
    tmp_path: Path, file: Engine, order: str, kind: type[Exception]
) -> None:
    assert isinstance(refused(tmp_path, file, f"partial_reordering={order}"), kind)


# -- constraints, options of the table -------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "old", "new"),
    [
        (
            "table_args=[sa.CheckConstraint('d > 0', name='ck'), sa.UniqueConstraint('c', 'e')]",
            "REFERENCES p (id))",
            "REFERENCES p (id), CONSTRAINT ck CHECK (d > 0), UNIQUE (c, e))",
        ),
        (
            "table_args=[sa.ForeignKeyConstraint(['c'], ['p.id'])]",
            "(id))",
            "(id), FOREIGN KEY(c) REFERENCES p (id))",
        ),
        ("table_args=[sa.CheckConstraint('c > 0'), sa.UniqueConstraint('b')]", "", ""),
        ("reflect_args=[sa.CheckConstraint('d > 0')]", "(id))", "(id), CHECK (d > 0))"),
        ("table_kwargs={'sqlite_autoincrement': True}", "PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT"),
        ("table_kwargs={'sqlite_with_rowid': False}", "(id))", "(id)) WITHOUT ROWID"),
        ("table_kwargs={'mysql_engine': 'InnoDB', 'sqlite_strict': False}", "", ""),
        (
            "table_kwargs={'sqlite_strict': True}, reflect_args=[sa.Column('b', sa.Text)]",
            TABLE[15:],
            TABLE[15:].replace("b VARCHAR(5) DEFAULT 'x'", "b TEXT") + " STRICT",
        ),
        (
            "naming_convention={'uq': 'uq_%(table_name)s_%(column_0_name)s', "
            "'pk': 'pk_%(table_name)s', 'fk': 'fk_%(table_name)s_%(referred_table_name)s', "
            "'ck': 'ck_%(constraint_name)s'}, recreate='always'",
            TABLE[15:],
            TABLE[15:]
            .replace("PRIMARY", 'CONSTRAINT "pk_t" PRIMARY')
            .replace("UNIQUE (b)", 'CONSTRAINT "uq_t_b" UNIQUE (b)')
            .replace("FOREIGN", 'CONSTRAINT "fk_t_p" FOREIGN'),
        ),
        (
            "reflect_args=[sa.Column('b', sa.String(9), server_default='y')], recreate='always'",
            "(5) DEFAULT 'x'",
            "(9) DEFAULT 'y'",
        ),
    ],
)
def test_the_text_changes_in_what_the_option_says(
    tmp_path: Path, file: Engine, options: str, old: str, new: str
) -> None:
    assert change(tmp_path, file, options) == TABLE.replace(old, new)
    assert rows(file, "SELECT * FROM t") == [(3, "x", 1, 2, None)]


def test_a_primary_key_of_the_table_becomes_one_of_its_column_to_count(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    execute(
        sqlite_engine,
        "CREATE TABLE t (id INTEGER NOT NULL, b INT, CONSTRAINT pk PRIMARY KEY (id))",
        "INSERT INTO t VALUES (7, 1)",
    )
    text = change(tmp_path, sqlite_engine, "table_kwargs={'sqlite_autoincrement': True}")
    assert text == (
        "CREATE TABLE t (id INTEGER NOT NULL CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, b INT)"
    )
    execute(sqlite_engine, "DELETE FROM t", "INSERT INTO t (b) VALUES (2)")
    assert rows(sqlite_engine, "SELECT id FROM t") == [(8,)]


def test_autoincrement_and_strict_can_be_taken_away(tmp_path: Path, sqlite_engine: Engine) -> None:
    sql = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b INT) STRICT"
    execute(sqlite_engine, sql)
    off = "table_kwargs={'sqlite_autoincrement': False, 'sqlite_strict': False}"
    assert change(tmp_path, sqlite_engine, off) == (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INT)"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("table_kwargs={'sqlite_strict': True}", "b VARCHAR(5)"),
        ("table_kwargs={'sqlite_tablespace': 'x'}", "not a keyword"),
        (
            "table_kwargs={'sqlite_autoincrement': True, 'sqlite_with_rowid': False}",
            "AUTOINCREMENT counts rowids",
        ),
        ("table_args=[sa.Column('n', sa.Integer)]", "constraints and indexes"),
    ],
)
def test_an_option_that_does_not_suit_is_refused(
    tmp_path: Path, file: Engine, options: str, reason: str
) -> None:
    error = refused(tmp_path, file, options)
    assert isinstance(error, errors.UnsupportedOperation)
    assert reason in error.reason


# -- names -----------------------------------------------------------------------------------------

CONVENTION = (
    "naming_convention={'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s'}"
)


def test_a_constraint_without_a_name_is_dropped_by_the_name_of_the_convention(
    tmp_path: Path, file: Engine
) -> None:
    text = change(tmp_path, file, CONVENTION, "b.drop_constraint('fk_t_e_p', type_='foreignkey')")
    assert text == TABLE.replace(", FOREIGN KEY(e) REFERENCES p (id)", "")


def test_so_it_is_by_the_convention_of_the_models(tmp_path: Path, file: Engine) -> None:
    metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    history(tmp_path, "op.drop_constraint('uq_t_b', 't', type_='unique')")
    opened(tmp_path, file, metadata).upgrade()
    assert "UNIQUE (b)" not in rows(file, "SELECT sql FROM sqlite_master WHERE name = 't'")[0][0]


# -- descriptions ----------------------------------------------------------------------------------

COPY = (
    "copy_from=sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer, primary_key=True), "
    "sa.Column('b', sa.String(7)), *(sa.Column(n, sa.Integer) for n in {names!r}), "
    "sa.ForeignKeyConstraint(['e'], ['p.id']), sa.Index('ix_new', 'd'))"
)


def test_a_description_takes_the_place_of_what_is_stored(tmp_path: Path, file: Engine) -> None:
    text = change(
        tmp_path, file, COPY.format(names="cde"), "b.alter_column('c', server_default='4')"
    )
    assert " ".join(text.split()) == (
        "CREATE TABLE t ( a INTEGER NOT NULL, b VARCHAR(7), c INTEGER DEFAULT '4', d INTEGER, "
        "e INTEGER, PRIMARY KEY (a), FOREIGN KEY(e) REFERENCES p (id) )"
    )
    made = rows(file, "SELECT name FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL")
    assert sorted(made) == [("ix_new",), ("tr",)]
    assert rows(file, "SELECT * FROM t") == [(3, "x", 1, 2, None)]


@pytest.mark.parametrize(
    ("names", "kind"), [("cd", errors.ColumnLeftOut), ("cdex", errors.NoSuchObject)]
)
def test_a_description_of_other_columns_is_refused(
    tmp_path: Path, file: Engine, names: str, kind: type[Exception]
) -> None:
    options = COPY.format(names=names)
    if "e" not in names:
        options = options.replace("['e']", "['d']")
    assert isinstance(refused(tmp_path, file, f"{options}, recreate='always'"), kind)


def test_a_described_table_is_planned_without_a_database() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
    sa.Index("ix", table.c.b, unique=True)
    dialect = SQLiteDialect()
    described = batch.stored_of(table, dialect)
    op = AlterColumnOp("t", "a", modify_nullable=False)
    plan = batch.plan(described, [op], dialect=dialect)
    assert plan.statements == (
        'CREATE TABLE "_migrate_tmp_t" (\n\ta INTEGER NOT NULL, \n\tb TEXT\n)',
        'INSERT INTO "_migrate_tmp_t" (rowid, "a", "b") SELECT rowid, "a", "b" FROM "t"',
        'DROP TABLE "t"',
        "PRAGMA legacy_alter_table=ON",
        'ALTER TABLE "_migrate_tmp_t" RENAME TO "t"',
        "PRAGMA legacy_alter_table=OFF",
        "CREATE UNIQUE INDEX ix ON t (b)",
    )


def test_a_listener_says_how_a_column_is_read(tmp_path: Path, file: Engine) -> None:
    kw = "reflect_kwargs={'listeners': [('column_reflect', listen)]}"
    listen = (
        "def listen(inspector, table, column):\n"
        "    if column['name'] == 'b':\n"
        "        column['type'] = sa.String(30)\n"
    )
    history(tmp_path, f"{listen}with op.batch_alter_table('t', recreate='always', {kw}):\n    pass")
    opened(tmp_path, file).upgrade()
    text = rows(file, "SELECT sql FROM sqlite_master WHERE name = 't'")[0][0]
    assert text == TABLE.replace("TABLE t", 'TABLE "t"').replace("VARCHAR(5)", "VARCHAR(30)")


# -- when ------------------------------------------------------------------------------------------


def test_a_statement_within_the_block_comes_before_the_changes(
    tmp_path: Path, file: Engine
) -> None:
    change(
        tmp_path,
        file,
        "",
        "b.alter_column('e', nullable=False)",
        "b.execute('UPDATE t SET e = 5')",
    )
    assert rows(file, "SELECT e FROM t") == [(5,)]


def test_an_exception_within_the_block_changes_nothing(tmp_path: Path, file: Engine) -> None:
    error = refused(tmp_path, file, "", "b.drop_column('e')", "raise ValueError('mine')")
    assert str(error) == "mine"

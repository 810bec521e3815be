"""A batch that does not come to its end: killed, or failing at any of its statements."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import history, opened, rows
from migrate_core.errors import MigrationFailed

CHILD = """\
import sys

import sqlalchemy as sa

from migrate_core import Migrations

folder, url, stage = sys.argv[1:]
engine = sa.create_engine(url)
running = ""
ticks = 0


def wait():
    print("here", flush=True)
    sys.stdin.read()


def traced(statement):
    global running
    running = statement
    if stage != "INSERT" and statement.startswith(stage):
        wait()


def ticked():
    global ticks
    if stage == "INSERT" and running.startswith("INSERT INTO \\"_migrate_tmp"):
        ticks += 1
        if ticks == 20:
            wait()


@sa.event.listens_for(engine, "connect")
def watch(connection, _):
    connection.set_trace_callback(traced)
    connection.set_progress_handler(ticked, 50_000)


Migrations(folder, engine=engine, metadata=sa.MetaData()).upgrade()
"""

BIG = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, b TEXT)",
    "CREATE INDEX ix ON t (a)",
    "CREATE TABLE child (t INT REFERENCES t (id) ON DELETE CASCADE)",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
    "INSERT INTO t SELECT i * 2, i, 'some text of row ' || i FROM n",
    "INSERT INTO child VALUES (2), (200000)",
)

BATCH = """
with op.batch_alter_table('t', {options}) as b:
    b.create_check_constraint('ck', 'a > 0')
    b.alter_column('b', server_default='x', new_column_name='c')
    b.create_index('ix_new', ['c'])
"""


def state(engine: Engine) -> list[Any]:
    """All that is in the file, without the tool's own."""
    names = [name for (name,) in rows(engine, "SELECT name FROM sqlite_master WHERE type='table'")]
    kept = sorted(name for name in names if name not in ("alembic_version", "migration_log"))
    return [
        rows(
            engine,
            "SELECT name, sql FROM sqlite_master"
            " WHERE tbl_name NOT IN ('alembic_version', 'migration_log')",
        ),
        *(rows(engine, f'SELECT rowid, * FROM "{name}"') for name in kept),
    ]


@pytest.fixture
def database(sqlite_engine: Engine) -> Engine:
    @sa.event.listens_for(sqlite_engine, "connect")
    def enforce(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    return sqlite_engine


def fill(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("stage", ["INSERT", "DROP TABLE", "ALTER TABLE", "CREATE INDEX", "COMMIT"])
def test_a_kill_leaves_the_table_as_it_was_and_the_next_run_does_it(
    tmp_path: Path, database: Engine, stage: str
) -> None:
    fill(database, *BIG)
    before = state(database)
    folder = tmp_path / "migrations"
    history(folder, BATCH.format(options=""))
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    command = [sys.executable, str(script), str(folder), str(database.url), stage]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        child.kill()
    assert said == b"here\n"
    assert state(database) == before
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]

    opened(folder, database).upgrade()
    assert rows(database, "SELECT count(*), sum(id), min(c) FROM t") == [
        (100000, 10000100000, "some text of row 1")
    ]
    assert rows(database, "SELECT * FROM child") == [(2,), (200000,)]
    names = [name for (name,) in rows(database, "SELECT name FROM sqlite_master")]
    assert not any("_migrate_tmp" in name for name in names)


class Failing:
    """Puts a statement that fails in the place of the n-th of a batch."""

    def __init__(self, engine: Engine) -> None:
        self.at = 0
        self.seen: float = -math.inf
        sa.event.listen(engine, "before_cursor_execute", self, retval=True)

    def __call__(self, _1: Any, _2: Any, sql: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        self.seen = 0 if sql.startswith("SAVEPOINT") else self.seen + 1
        if self.at and self.seen == self.at:
            self.at = 0
            return "SELECT * FROM no_such_table", ()
        return sql, parameters


SMALL = (*BIG[:3], "INSERT INTO t (id, a, b) VALUES (3, 1, 'x'), (9, 2, 'y')")


BY_NUMBER = [("", number) for number in range(1, 10)] + [
    ("recreate='edit'", number) for number in range(1, 10)
]


@pytest.mark.parametrize(("options", "number"), BY_NUMBER)
def test_a_failure_at_any_statement_leaves_everything_as_it_was(
    tmp_path: Path, database: Engine, options: str, number: int
) -> None:
    fill(database, *SMALL)
    history(tmp_path, BATCH.format(options=options))
    before, failing = state(database), Failing(database)
    failing.at = number
    with pytest.raises(MigrationFailed, match="no_such_table"):
        opened(tmp_path, database).upgrade()
    assert state(database) == before
    assert opened(tmp_path, database).upgrade().after == ("r1",)


@pytest.mark.parametrize(("options", "number"), BY_NUMBER)
def test_a_migration_that_catches_the_failure_goes_on_with_the_table_as_it_was(
    tmp_path: Path, database: Engine, options: str, number: int
) -> None:
    fill(database, *SMALL)
    batch = BATCH.format(options=options).replace("\n", "\n    ")
    caught = "\nexcept sa.exc.OperationalError:\n    op.execute('INSERT INTO child VALUES (9)')\n"
    pragmas = "\n".join(
        f"assert op.get_bind().exec_driver_sql('PRAGMA {name}').scalar() == 0"
        for name in ("legacy_alter_table", "writable_schema")
    )
    history(tmp_path, f"try:{batch}{caught}{pragmas}")
    before, failing = state(database), Failing(database)
    failing.at = number
    opened(tmp_path, database).upgrade()
    fill(database, "DELETE FROM child WHERE t = 9")
    assert state(database) == before


def test_an_interrupted_copy_is_undone(tmp_path: Path, database: Engine) -> None:
    fill(database, *BIG)
    before = state(database)

    @sa.event.listens_for(database, "before_cursor_execute")
    def interrupt(connection: Any, _1: Any, sql: str, *_: Any) -> None:
        copying = sql.startswith('INSERT INTO "_migrate_tmp_t"')
        handler = (lambda: 1) if copying else None
        connection.connection.dbapi_connection.set_progress_handler(handler, 100_000)

    history(tmp_path, BATCH.format(options=""))
    with pytest.raises(MigrationFailed, match="interrupted"):
        opened(tmp_path, database).upgrade()
    assert state(database) == before

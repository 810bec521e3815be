"""SQLite's transactions are real, foreign keys are checked at their end, and nothing else stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from histories import create, execute, history, opened, rows, tables
from migrate_core.errors import ForeignKeysViolated, MigrationFailed

FAMILY = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL"
    " REFERENCES parent (id) ON DELETE CASCADE)",
    "INSERT INTO parent VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO child VALUES (10, 1), (20, 2), (21, 2)",
)
REBUILD = "op.alter_column('parent', 'name', existing_type=sa.Text(), nullable=False)"
ORPHAN = "op.execute('DELETE FROM parent WHERE id = 2')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def enforcing(sqlite_url: str) -> Iterator[Engine]:
    """One pooled connection, on which an application enforces foreign keys, as many do."""
    engine = sa.create_engine(sqlite_url, poolclass=QueuePool, pool_size=1, max_overflow=0)

    @sa.event.listens_for(engine, "connect")
    def enforce(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=1234")
        cursor.close()

    execute(engine, *FAMILY)
    yield engine
    engine.dispose()


def test_a_rebuilt_parent_keeps_the_rows_that_cascade_from_it(
    folder: Path, enforcing: Engine
) -> None:
    history(folder, REBUILD)
    opened(folder, enforcing).upgrade()
    assert rows(enforcing, "SELECT id, parent_id FROM child") == [(10, 1), (20, 2), (21, 2)]
    assert rows(enforcing, "SELECT name FROM parent") == [("one",), ("two",)]
    assert sa.inspect(enforcing).get_columns("parent")[1]["nullable"] is False


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_migration_that_leaves_rows_without_their_parent_is_rolled_back(
    folder: Path, enforcing: Engine, per_migration: bool
) -> None:
    history(folder, ORPHAN)
    with pytest.raises(ForeignKeysViolated) as caught:
        opened(folder, enforcing, transaction_per_migration=per_migration).upgrade()
    assert caught.value.violations == (("child", "parent", 2),)
    assert rows(enforcing, "SELECT id FROM parent") == [(1,), (2,)]
    assert opened(folder, enforcing).current() == ()


def test_orphans_are_refused_where_a_block_commits_too(folder: Path, enforcing: Engine) -> None:
    history(folder, f"{ORPHAN}\nwith op.get_context().autocommit_block():\n    pass")
    with pytest.raises(Exception, match="2 rows of child point at rows that parent does not have"):
        opened(folder, enforcing).upgrade()
    assert rows(enforcing, "SELECT id FROM parent") == [(1,), (2,)]


def test_rows_that_had_no_parent_before_do_not_stand_in_the_way(
    folder: Path, enforcing: Engine
) -> None:
    with enforcing.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO child VALUES (99, 77)")
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    history(folder, REBUILD)
    assert opened(folder, enforcing).upgrade().after == ("r1",)
    assert (99, 77) in rows(enforcing, "SELECT id, parent_id FROM child")


def test_where_nothing_is_enforced_nothing_is_checked(folder: Path, sqlite_engine: Engine) -> None:
    execute(sqlite_engine, *FAMILY)
    history(folder, ORPHAN)
    assert opened(folder, sqlite_engine).upgrade().after == ("r1",)


@pytest.mark.parametrize("body", [REBUILD, ORPHAN, "raise RuntimeError('no')"])
def test_a_pooled_connection_comes_back_as_it_was(
    folder: Path, enforcing: Engine, body: str
) -> None:
    def state() -> list[object]:
        with enforcing.connect() as connection:
            pragmas = ("foreign_keys", "busy_timeout")
            found = [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in pragmas]
            driver = connection.connection.driver_connection
            assert driver is not None
            return [*found, connection.get_isolation_level(), driver.isolation_level]

    before = state()
    assert before[:2] == [1, 1234]
    history(folder, body)
    with suppress(ForeignKeysViolated, MigrationFailed):
        opened(folder, enforcing).upgrade()
    assert state() == before


def test_ddl_data_and_the_version_row_are_one_transaction(
    folder: Path, sqlite_engine: Engine
) -> None:
    execute(sqlite_engine, *FAMILY)
    history(
        folder,
        """
        op.execute("UPDATE parent SET name = 'changed'")
        op.create_table('new', sa.Column('id', sa.Integer))
        op.execute("INSERT INTO new VALUES (1)")
        op.drop_table('child')
        raise RuntimeError('no')
        """,
    )
    with pytest.raises(Exception, match="RuntimeError: no"):
        opened(folder, sqlite_engine).upgrade()
    assert tables(sqlite_engine) == {"parent", "child"}
    assert rows(sqlite_engine, "SELECT name FROM parent") == [("one",), ("two",)]
    assert not sa.inspect(sqlite_engine).has_table("alembic_version")


def listening(engine: Engine, begin: str) -> Engine:
    """As SQLAlchemy's manual has it: the driver begins nothing, and a listener does."""

    @sa.event.listens_for(engine, "connect")
    def never_begin(connection: object, record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def begins(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def engines(url: str) -> dict[str, Engine]:
    """The ways in which an app can have its transactions."""

    def made(**options: Any) -> Engine:
        return sa.create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, **options)

    modes = (None, "DEFERRED", "IMMEDIATE", "EXCLUSIVE")
    found = {f"driver {mode}": made(connect_args={"isolation_level": mode}) for mode in modes}
    if sys.version_info >= (3, 12):
        for value in (True, False):
            found[f"driver {value}"] = made(connect_args={"autocommit": value})
    found["AUTOCOMMIT"] = made(isolation_level="AUTOCOMMIT")
    found["READ UNCOMMITTED"] = made(isolation_level="READ UNCOMMITTED")
    found["listener"] = listening(made(), "BEGIN")
    found["listener IMMEDIATE"] = listening(made(), "BEGIN IMMEDIATE")
    return found


WAYS = sorted(engines("sqlite://"))


@pytest.fixture(params=WAYS)
def any_engine(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Engine]:
    all_engines = engines(sqlite_url)
    yield all_engines[request.param]
    for engine in all_engines.values():
        engine.dispose()


def state(engine: Engine) -> tuple[object, ...]:
    """How the app's one pooled connection is."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return driver.isolation_level, getattr(driver, "autocommit", None), driver.in_transaction


def test_a_failing_run_leaves_nothing_whatever_the_driver_does(
    folder: Path, any_engine: Engine
) -> None:
    before = state(any_engine)
    history(folder, create("a"), "op.execute('INSERT INTO a VALUES (1)')\nraise RuntimeError('no')")
    with pytest.raises(MigrationFailed, match="The run was rolled back"):
        opened(folder, any_engine).upgrade()
    assert tables(any_engine) == set()
    assert state(any_engine) == before


def test_a_run_is_committed_whatever_the_driver_does(folder: Path, any_engine: Engine) -> None:
    before = state(any_engine)
    vacuum = "with op.get_context().autocommit_block():\n    op.execute('VACUUM')"
    history(folder, create("a"), "op.execute('INSERT INTO a VALUES (1)')", vacuum)
    assert opened(folder, any_engine).upgrade().after == ("r3",)
    assert state(any_engine) == before
    any_engine.dispose()
    assert rows(any_engine, "SELECT * FROM a") == [(1,)]


def test_rows_that_cascade_are_kept_where_a_listener_begins(
    folder: Path, enforcing: Engine
) -> None:
    history(folder, REBUILD)
    opened(folder, listening(enforcing, "BEGIN")).upgrade()
    assert rows(enforcing, "SELECT count(*) FROM child") == [(3,)]


@pytest.mark.parametrize("ends", ["op.execute('COMMIT')", "op.get_bind().commit()"])
def test_a_body_that_commits_keeps_what_it_committed(
    folder: Path, sqlite_engine: Engine, ends: str
) -> None:
    history(folder, f"{create('a')[0]}\n{ends}", "raise RuntimeError('no')")
    with pytest.raises(MigrationFailed, match="Before it and kept: r1"):
        opened(folder, sqlite_engine).upgrade()
    assert opened(folder, sqlite_engine).current() == ("r1",)
    assert tables(sqlite_engine) == {"a"}


RUN = """
import sys, sqlalchemy as sa
from migrate_core import Migrations
engine = sa.create_engine(sys.argv[1])
Migrations(sys.argv[2], engine=engine, metadata=sa.MetaData()).upgrade()
"""


def test_a_process_killed_in_the_middle_of_a_migration_leaves_the_database_as_it_was(
    folder: Path, sqlite_engine: Engine, sqlite_url: str
) -> None:
    execute(sqlite_engine, *FAMILY)
    changes = "op.execute('DELETE FROM child')\nop.drop_table('child')"
    history(folder, create("a"), f"{changes}\nprint('half way', flush=True)\ninput()")
    command = [sys.executable, "-c", RUN, sqlite_url, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"half way"
        process.kill()
    assert tables(sqlite_engine) == {"parent", "child"}
    assert rows(sqlite_engine, "SELECT count(*) FROM child") == [(3,)]
    history(folder, create("a"), changes)
    assert opened(folder, sqlite_engine).upgrade().after == ("r2",)
    assert tables(sqlite_engine) == {"parent", "a"}

"""A table that somebody else has: a migration waits shortly, lets others pass, and tries again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from histories import create, execute, history, opened, rows, tables
from migrate_core.errors import MigrationFailed
from migrate_core.runtime.events import Event, Noted, StatementFinished, StepStarted

WIDER = "op.add_column('a', sa.Column('more', sa.Integer))"
CONCURRENTLY = """
with op.get_context().autocommit_block():
    op.create_index('ix_a', 'a', ['id'], postgresql_concurrently=True)
"""
SHORTLY = 0.05


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    execute(engine, "CREATE TABLE a (id integer)")
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Another program, in a transaction that has read the table."""
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM a"))
        yield connection


def once_noted(act: Callable[[], object], told: list[str]) -> Callable[[Event], None]:
    """Watch a run, and do something when it says that it waits."""

    def watch(event: Event) -> None:
        if isinstance(event, Noted):
            told.append(event.text)
            act()

    return watch


def test_a_run_whose_table_is_in_use_is_tried_again(folder: Path, server: Engine) -> None:
    history(folder, create("b"), WIDER)
    told: list[str] = []
    with reading(server) as other:
        watch = once_noted(other.rollback, told)
        outcome = opened(folder, server, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert [step.revision.id for step in outcome.steps] == ["r1", "r2"]
    assert "a statement waited too long for a lock" in told[0].lower()
    assert {column["name"] for column in sa.inspect(server).get_columns("a")} == {"id", "more"}


def test_who_is_in_the_way_is_named(folder: Path, postgresql_engine: Engine) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, WIDER)
    told: list[str] = []
    with reading(postgresql_engine) as other:
        pid = other.scalar(sa.text("SELECT pg_backend_pid()"))
        watch = once_noted(other.rollback, told)
        opened(folder, postgresql_engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert f"(backend {pid} (unnamed program of " in told[0]
    assert "idle in transaction, its transaction open since" in told[0]


def test_a_connection_that_is_in_the_way_is_named(folder: Path, mariadb_engine: Engine) -> None:
    execute(mariadb_engine, "CREATE TABLE a (id integer) ENGINE=InnoDB")
    history(folder, WIDER)
    told: list[str] = []
    with reading(mariadb_engine) as other:
        number = other.scalar(sa.text("SELECT CONNECTION_ID()"))
        watch = once_noted(other.rollback, told)
        opened(folder, mariadb_engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert f"(connection {number} (" in told[0]


def test_rows_of_a_table_that_is_locked_are_tried_again_on_mariadb(
    folder: Path, mariadb_engine: Engine
) -> None:
    execute(mariadb_engine, "CREATE TABLE a (id integer)")
    history(folder, "op.execute('INSERT INTO a VALUES (1)')")
    told: list[str] = []
    with mariadb_engine.connect() as other:
        other.execute(sa.text("LOCK TABLES a READ"))
        watch = once_noted(lambda: other.execute(sa.text("UNLOCK TABLES")), told)
        opened(folder, mariadb_engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert len(told) == 1
    assert rows(mariadb_engine, "SELECT * FROM a") == [(1,)]


def test_a_procedure_that_waited_is_not_called_again(folder: Path, mariadb_engine: Engine) -> None:
    body = "BEGIN INSERT INTO b VALUES (1); COMMIT; INSERT INTO a VALUES (1); END"
    with mariadb_engine.connect() as connection:
        for statement in ("CREATE TABLE a (id integer)", "CREATE TABLE b (id integer)"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"CREATE PROCEDURE both_tables() {body}")
    history(folder, "op.execute('CALL both_tables()')")
    with mariadb_engine.connect() as other:
        other.execute(sa.text("LOCK TABLES a READ"))
        with pytest.raises(MigrationFailed, match="Lock wait timeout exceeded"):
            opened(folder, mariadb_engine, statement_lock_timeout=SHORTLY).upgrade()
    assert rows(mariadb_engine, "SELECT * FROM b") == [(1,)]


def test_what_was_rolled_back_runs_again_from_its_beginning(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, create("b"), "op.execute('INSERT INTO b VALUES (1)')", WIDER)
    started: list[str] = []
    with reading(postgresql_engine) as other:

        def watch(event: Event) -> None:
            if isinstance(event, StepStarted):
                started.append(event.step.revision.id)
            if isinstance(event, Noted):
                assert tables(postgresql_engine) == {"a"}
                other.rollback()

        opened(folder, postgresql_engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert started == ["r1", "r2", "r3"] * 2
    assert rows(postgresql_engine, "SELECT * FROM b") == [(1,)]


def test_of_one_transaction_each_only_the_last_runs_again(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, create("b"), WIDER)
    started: list[str] = []
    with reading(postgresql_engine) as other:

        def watch(event: Event) -> None:
            if isinstance(event, StepStarted):
                started.append(event.step.revision.id)
            if isinstance(event, Noted):
                other.rollback()

        migrations = opened(
            folder,
            postgresql_engine,
            watch=watch,
            statement_lock_timeout=SHORTLY,
            transaction_per_migration=True,
        )
        outcome = migrations.upgrade()
    assert started == ["r1", "r2", "r2"]
    assert [step.revision.id for step in outcome.steps] == ["r1", "r2"]
    assert (outcome.before, outcome.after) == ((), ("r2",))


def test_who_stays_in_the_way_is_named_in_the_error(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, WIDER)
    with reading(postgresql_engine) as other:
        pid = other.scalar(sa.text("SELECT pg_backend_pid()"))
        with pytest.raises(MigrationFailed) as caught:
            opened(folder, postgresql_engine, statement_lock_timeout=0.01).upgrade()
    assert f"In its way: backend {pid} (" in caught.value.reason
    assert "It was tried 5 times" in caught.value.reason
    assert caught.value.next_step.startswith("Wait until that has ended, or end it.")


def test_a_run_that_is_to_be_tried_once_is(folder: Path, postgresql_engine: Engine) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, WIDER)
    told: list[str] = []
    at_once = {"statement_lock_timeout": 0, "statement_lock_tries": 1}
    watch = once_noted(lambda: None, told)
    with reading(postgresql_engine), pytest.raises(MigrationFailed, match="In its way: backend"):
        opened(folder, postgresql_engine, watch=watch, **at_once).upgrade()
    assert told == []


def test_a_run_that_another_transaction_deadlocks_with_is_tried_again(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)", "CREATE TABLE b (id integer)")
    history(folder, "op.execute('LOCK TABLE a')\nop.execute('LOCK TABLE b')", create("c"))
    told: list[str] = []
    with postgresql_engine.connect() as other, ThreadPoolExecutor(1) as pool:
        other.execute(
            sa.text("SET deadlock_timeout = '1min'")
        )  # the migration is the one that ends
        other.execute(sa.text("LOCK TABLE b"))

        def crosses() -> None:
            other.execute(sa.text("LOCK TABLE a"))
            other.rollback()

        def watch(event: Event) -> None:
            if isinstance(event, StatementFinished) and event.text == "LOCK TABLE a" and not told:
                pool.submit(crosses)
            if isinstance(event, Noted):
                told.append(event.text)

        outcome = opened(folder, postgresql_engine, watch=watch).upgrade()
    assert outcome.after == ("r2",)
    assert told[0].startswith("A statement met another transaction")


def test_a_reader_in_the_way_of_a_commit_of_sqlite_is_waited_for(
    folder: Path, sqlite_url: str
) -> None:
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool, connect_args={"timeout": 0.01})
    execute(engine, "CREATE TABLE a (id integer)", "INSERT INTO a VALUES (1), (2)")
    history(folder, create("b"))
    told: list[str] = []
    with engine.connect() as other:
        reader = other.execution_options(stream_results=True).execute(sa.text("SELECT * FROM a"))
        assert reader.fetchone() == (1,)
        watch = once_noted(reader.close, told)
        opened(folder, engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert len(told) == 1
    assert tables(engine) == {"a", "b"}


@pytest.mark.parametrize("cautious", ["", "IF NOT EXISTS "])
def test_an_index_that_an_earlier_run_left_invalid_is_built_anew(
    folder: Path, postgresql_engine: Engine, cautious: str
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)", "INSERT INTO a VALUES (1), (1)")
    build = f"CREATE UNIQUE INDEX CONCURRENTLY {cautious}ix_a ON a (id)"
    with (
        postgresql_engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection,
        pytest.raises(sa.exc.IntegrityError),
    ):
        connection.execute(sa.text(build))
    execute(postgresql_engine, "DELETE FROM a")
    history(folder, f"with op.get_context().autocommit_block():\n    op.execute('{build}')")
    opened(folder, postgresql_engine).upgrade()
    assert valid(postgresql_engine) == [("ix_a", True)]


def test_a_concurrent_index_that_times_out_leaves_nothing_and_is_built_again(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)")
    history(folder, CONCURRENTLY)
    told: list[str] = []
    with postgresql_engine.connect() as other:
        other.execute(sa.text("INSERT INTO a VALUES (1)"))
        watch = once_noted(other.commit, told)
        opened(folder, postgresql_engine, watch=watch, statement_lock_timeout=SHORTLY).upgrade()
    assert any("waited too long for a lock" in text for text in told)
    assert any("Dropped index ix_a of a: it was INVALID" in text for text in told)
    assert valid(postgresql_engine) == [("ix_a", True)]


def test_a_concurrent_index_that_cannot_be_leaves_nothing(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)", "INSERT INTO a VALUES (1), (1)")
    history(folder, CONCURRENTLY.replace("['id'],", "['id'], unique=True,"))
    with pytest.raises(MigrationFailed, match="could not create unique index"):
        opened(folder, postgresql_engine).upgrade()
    assert valid(postgresql_engine) == []


def test_an_index_of_that_name_that_is_valid_stays(folder: Path, postgresql_engine: Engine) -> None:
    execute(postgresql_engine, "CREATE TABLE a (id integer)", "CREATE INDEX ix_a ON a (id)")
    history(folder, CONCURRENTLY)
    with pytest.raises(MigrationFailed, match="already exists"):
        opened(folder, postgresql_engine).upgrade()
    assert valid(postgresql_engine) == [("ix_a", True)]


def test_the_session_comes_back_as_it_was(folder: Path, server: Engine) -> None:
    names = {
        "postgresql": "current_setting('lock_timeout'), current_setting('application_name'),"
        " current_setting('client_connection_check_interval')",
        "mysql": "@@lock_wait_timeout, @@innodb_lock_wait_timeout",
    }[server.dialect.name]
    history(folder, create("b"), "raise RuntimeError('no')")
    with server.connect() as connection:

        def state() -> sa.Row[tuple[object, ...]]:
            found = connection.exec_driver_sql(f"SELECT {names}").one()
            connection.rollback()
            return found

        before = state()
        opened(folder, connection).upgrade("r1")
        assert state() == before
        with pytest.raises(MigrationFailed):
            opened(folder, connection).upgrade()
        assert state() == before


def test_a_run_has_its_process_and_a_lock_timeout_in_its_session(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(
        folder,
        "op.execute(\"CREATE TABLE seen AS SELECT current_setting('application_name') AS name,"
        " current_setting('lock_timeout') AS patience\")",
    )
    opened(folder, postgresql_engine).upgrade()
    ((name, patience),) = rows(postgresql_engine, "SELECT name, patience FROM seen")
    assert name.startswith("migrate_core ")
    assert patience == "3s"


def valid(engine: Engine) -> list[tuple[str, bool]]:
    """The indexes of table a, and whether they are."""
    query = (
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'a'::regclass"
    )
    return [(name, is_valid) for name, is_valid in rows(engine, query)]

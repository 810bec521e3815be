"""One migrating process at a time: who waits, for whom, for how long, and what happens then."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, tables
from migrate_core.database import locks
from migrate_core.errors import LockTimeout, MigrationFailed, NotOneRunner
from migrate_core.runtime.events import Event, StepStarted, Waiting
from migrate_core.settings import Settings
from poolers import pooling_transactions

PATIENCE = 60.0
"""Seconds after which a test that should have been told something gives up."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@contextmanager
def holding(engine: Engine) -> Iterator[None]:
    """Another program that has the lock."""
    with engine.connect() as connection, locks.held(connection, Settings(), lambda _who: None):
        yield


@contextmanager
def writing(engine: Engine, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Another program that is in the middle of writing to a SQLite database."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(begin)
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")


def test_a_runner_waits_says_for_whom_and_goes_on(folder: Path, server: Engine) -> None:
    history(folder, create("a"))
    told: Queue[Event] = Queue()
    runner = opened(folder, server, watch=told.put)
    with ThreadPoolExecutor(1) as pool:
        with holding(server):
            running = pool.submit(runner.upgrade)
            waiting = told.get(timeout=PATIENCE)
            assert isinstance(waiting, Waiting)
            assert waiting.holder.startswith(("backend ", "connection "))
            assert not running.done()
            assert tables(server) == set()
        assert running.result(PATIENCE).after == ("r1",)
    assert tables(server) == {"a"}


def test_the_holder_is_told_by_the_name_of_its_program(
    folder: Path, postgresql_url: str, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    url = sa.make_url(postgresql_url).update_query_dict({"application_name": "deploy of web-1"})
    deploy = sa.create_engine(url, poolclass=sa.NullPool)
    with holding(deploy), pytest.raises(LockTimeout) as caught:
        opened(folder, postgresql_engine, lock_timeout=0).upgrade()
    assert "(deploy of web-1 on " in caught.value.holder
    assert "connected since 20" in caught.value.holder


def test_a_runner_that_finds_nothing_left_to_do_has_an_outcome_without_steps(
    folder: Path, server: Engine
) -> None:
    history(folder, create("a"))
    told: Queue[Event] = Queue()
    first, goes_on = threading.Event(), threading.Event()

    def pause(event: Event) -> None:
        if isinstance(event, StepStarted):
            first.set()
            assert goes_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(opened(folder, server, watch=pause).upgrade)
        assert first.wait(PATIENCE)
        two = pool.submit(opened(folder, server, watch=told.put).upgrade)
        assert isinstance(told.get(timeout=PATIENCE), Waiting)
        goes_on.set()
        assert len(one.result(PATIENCE).steps) == 1
        outcome = two.result(PATIENCE)
    assert (outcome.before, outcome.after, outcome.steps) == (("r1",), ("r1",), ())


def test_a_lock_held_for_too_long_is_an_error_and_nothing_is_run(
    folder: Path, server: Engine
) -> None:
    history(folder, create("a"))
    with holding(server), pytest.raises(LockTimeout, match="Nothing was run") as caught:
        opened(folder, server, lock_timeout=0.2).upgrade()
    assert caught.value.waited >= 0.2
    assert sa.inspect(server).get_table_names() == []


def test_the_lock_is_free_after_success_and_after_failure(folder: Path, server: Engine) -> None:
    history(folder, create("a"), "raise RuntimeError('no')")
    with server.connect() as connection:
        opened(folder, connection).upgrade("r1")
        with pytest.raises(MigrationFailed):
            opened(folder, connection).upgrade("r2")
        history(folder, create("a"), create("b"))
        assert opened(folder, server, lock_timeout=0).upgrade().after == ("r2",)


def test_the_lock_is_free_after_a_statement_that_failed_in_a_callers_transaction(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, "op.execute('SELECT * FROM nowhere')")
    with postgresql_engine.connect() as connection:
        with connection.begin() as transaction:
            with pytest.raises(MigrationFailed, match="nowhere"):
                opened(folder, connection).upgrade()
            transaction.rollback()
        history(folder, create("a"))
        assert opened(folder, postgresql_engine, lock_timeout=0).upgrade().after == ("r1",)


def test_a_callers_transaction_keeps_the_lock_until_it_ends(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    with postgresql_engine.begin() as connection:
        opened(folder, connection).upgrade()
        with pytest.raises(LockTimeout):
            opened(folder, postgresql_engine, lock_timeout=0).upgrade()
    assert opened(folder, postgresql_engine, lock_timeout=0).upgrade().steps == ()


def test_looking_does_not_wait_for_the_lock(folder: Path, server: Engine) -> None:
    history(folder, create("a"))
    with holding(server):
        migrations = opened(folder, server, lock_timeout=0)
        assert migrations.status().applied == 0
        assert [planned.step.revision.id for planned in migrations.plan().steps] == ["r1"]


def test_where_nothing_is_pending_the_lock_is_not_asked_for(folder: Path, server: Engine) -> None:
    history(folder, create("a"))
    opened(folder, server).upgrade()
    with holding(server):
        assert opened(folder, server, lock_timeout=0).upgrade().steps == ()


def test_two_databases_of_one_server_do_not_wait_for_each_other(
    folder: Path, server: Engine
) -> None:
    history(folder, create("a"))
    other = f"{server.url.database}_other"
    admin = server.execution_options(isolation_level="AUTOCOMMIT")
    execute(admin, f"CREATE DATABASE {other}")
    second = sa.create_engine(server.url.set(database=other), poolclass=sa.NullPool)
    try:
        with holding(server):
            assert opened(folder, second, lock_timeout=0).upgrade().after == ("r1",)
    finally:
        execute(admin, f"DROP DATABASE {other}")


def test_version_tables_of_different_names_do_not_wait_for_each_other(
    folder: Path, server: Engine
) -> None:
    history(folder, create("a"))
    with holding(server):
        other = opened(folder, server, lock_timeout=0, version_table="other_version")
        assert other.upgrade().after == ("r1",)


def test_a_writer_of_a_sqlite_database_is_waited_for_as_long_as_the_lock(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"))
    with writing(sqlite_engine), pytest.raises(LockTimeout, match="another process") as caught:
        opened(folder, sqlite_engine, lock_timeout=0.2).upgrade()
    assert caught.value.waited >= 0.2
    assert sa.inspect(sqlite_engine).get_table_names() == []
    assert opened(folder, sqlite_engine, lock_timeout=0).upgrade().after == ("r1",)


def test_a_sqlite_runner_says_that_it_waits_and_goes_on_when_the_writer_is_done(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"))
    told: Queue[Event] = Queue()
    with ThreadPoolExecutor(1) as pool:
        with writing(sqlite_engine):
            running = pool.submit(opened(folder, sqlite_engine, watch=told.put).upgrade)
            assert told.get(timeout=PATIENCE) == Waiting("another process")
        assert running.result(PATIENCE).after == ("r1",)


def test_a_pooler_that_would_lose_the_lock_is_noticed(
    folder: Path, postgresql_url: str, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    with pooling_transactions(postgresql_url) as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with pytest.raises(NotOneRunner, match="Connect to the server directly"):
            opened(folder, engine).upgrade()
    assert tables(postgresql_engine) == set()


def test_without_the_lock_nobody_is_waited_for(folder: Path, server: Engine) -> None:
    history(folder, create("a"))
    with holding(server):
        assert opened(folder, server, lock=False).upgrade().after == ("r1",)


def test_a_connection_that_holds_the_lock_is_described(
    folder: Path, mariadb_engine: Engine
) -> None:
    history(folder, create("a"))
    with holding(mariadb_engine), pytest.raises(LockTimeout) as caught:
        opened(folder, mariadb_engine, lock_timeout=0).upgrade()
    assert re.match(
        r"connection \d+ \(root on \S+, between statements since 20\d\d-.*\)$", caught.value.holder
    )


@pytest.mark.parametrize("until_commit", [False, True])
def test_sql_server_is_asked_for_an_application_lock(until_commit: bool) -> None:
    said = locks.statements("mssql", "dbo.alembic_version", until_commit=until_commit)
    assert said is not None
    owner = "Transaction" if until_commit else "Session"
    assert f"sp_getapplock @Resource = :name, @LockMode = 'Exclusive', @LockOwner = '{owner}'" in (
        said.take
    )
    assert said.taken == {0, 1}
    assert (said.release is None) == until_commit
    assert len(said.values["name"]) <= 255


def test_oracle_is_asked_for_a_number_of_its_schema() -> None:
    said = locks.statements("oracle", ".alembic_version", until_commit=False)
    assert said is not None
    assert "DBMS_LOCK.REQUEST(ORA_HASH(SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')" in said.take
    assert said.release is not None
    assert "DBMS_LOCK.RELEASE(ORA_HASH(" in said.release


@pytest.mark.parametrize("dialect", ["mssql", "oracle"])
def test_the_statements_of_other_servers_have_the_values_that_they_name(dialect: str) -> None:
    said = locks.statements(dialect, ".alembic_version", until_commit=False)
    assert said is not None
    for text in (said.take, said.release, *said.holders):
        assert text is not None
        assert set(sa.text(text).compile().params) <= set(said.values)


def test_a_writer_that_keeps_readers_out_is_waited_for_too(folder: Path, sqlite_url: str) -> None:
    history(folder, create("a"))
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool, connect_args={"timeout": 0})
    told: Queue[Event] = Queue()
    with ThreadPoolExecutor(1) as pool:
        with writing(engine, "BEGIN EXCLUSIVE"):
            running = pool.submit(opened(folder, engine, watch=told.put).upgrade)
            assert told.get(timeout=PATIENCE) == Waiting("another process")
        assert running.result(PATIENCE).after == ("r1",)


def run_by_four(folder: Path, engine: Engine, **options: Any) -> list[str]:
    """What four runners at once did, all together."""
    start = threading.Barrier(4)

    def run() -> list[str]:
        migrations = opened(folder, engine, **options)
        start.wait(PATIENCE)
        return [step.revision.id for step in migrations.upgrade().steps]

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run) for _ in range(4)]
        return sorted(id for job in jobs for id in job.result(PATIENCE))


@pytest.mark.parametrize("per_migration", [False, True])
def test_several_runners_at_once_run_each_migration_once(
    folder: Path, engine: Engine, per_migration: bool
) -> None:
    history(folder, create("a"), create("b"), create("c"))
    ran = run_by_four(folder, engine, transaction_per_migration=per_migration)
    assert ran == ["r1", "r2", "r3"]
    assert tables(engine) == {"a", "b", "c"}


def test_several_runners_of_a_sqlite_database_with_a_log_run_each_migration_once(
    folder: Path, sqlite_engine: Engine
) -> None:
    execute(
        sqlite_engine.execution_options(isolation_level="AUTOCOMMIT"), "PRAGMA journal_mode=WAL"
    )
    history(folder, create("a"), create("b"), create("c"))
    ran = run_by_four(folder, sqlite_engine, transaction_per_migration=True)
    assert ran == ["r1", "r2", "r3"]

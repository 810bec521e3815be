"""One migrating process at a time: who waits, for whom, for how long, and what happens then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, tables
from migrate_core.database import locks
from migrate_core.errors import LockTimeout, MigrationFailed
from migrate_core.runtime.events import Event, StepStarted, Waiting
from migrate_core.settings import Settings

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
def writing(engine: Engine) -> Iterator[None]:
    """Another program that is in the middle of writing to a SQLite database."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
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


def test_a_sqlite_runner_goes_on_when_the_writer_is_done(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"))
    with ThreadPoolExecutor(1) as pool:
        with writing(sqlite_engine):
            running = pool.submit(opened(folder, sqlite_engine).upgrade)
        assert running.result(PATIENCE).after == ("r1",)


def test_several_runners_at_once_run_each_migration_once(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"), create("c"))
    start = threading.Barrier(4)

    def run() -> int:
        start.wait(PATIENCE)
        return len(opened(folder, engine).upgrade().steps)

    with ThreadPoolExecutor(4) as pool:
        counts = [job.result(PATIENCE) for job in [pool.submit(run) for _ in range(4)]]
    assert sorted(counts) == [0, 0, 0, 3]
    assert tables(engine) == {"a", "b", "c"}

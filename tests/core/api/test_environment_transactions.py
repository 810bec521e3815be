"""What an env.py commits, and what is undone with it: on which database, and by which option."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from env_projects import GENERIC, Environment, online, table
from migrate_core import command
from migrate_core.errors import MigrationFailed

FAILS = "raise RuntimeError('no')"

EXTERNAL = """
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def project(tmp_path: Path, database_url: str) -> Environment:
    return Environment(tmp_path, database_url)


@pytest.fixture
def postgresql(tmp_path: Path, postgresql_url: str) -> Environment:
    return Environment(tmp_path, postgresql_url)


def test_base_to_head_and_back(project: Environment) -> None:
    project.env(GENERIC)
    project.tables_in_turn("t1", "t2")
    command.upgrade(project.config, "head")
    assert (project.tables(), project.rows()) == ({"t1", "t2"}, ["b"])
    command.downgrade(project.config, "base")
    assert (project.tables(), project.rows()) == (set(), [])


def test_a_migration_that_fails_takes_the_whole_run_with_it(postgresql: Environment) -> None:
    postgresql.env(GENERIC)
    postgresql.tables_in_turn("t1")
    postgresql.migration("b", FAILS, down="a")
    with pytest.raises(MigrationFailed):
        command.upgrade(postgresql.config, "head")
    assert (postgresql.tables(), postgresql.rows()) == (set(), [])


@pytest.mark.parametrize("option", ["transaction_per_migration", "transactional_ddl"])
def test_a_migration_that_fails_leaves_those_before_it(
    postgresql: Environment, option: str
) -> None:
    postgresql.env(GENERIC)
    postgresql.attributes["options"] = {option: option == "transaction_per_migration"}
    postgresql.tables_in_turn("t1")
    postgresql.migration("b", FAILS, down="a")
    with pytest.raises(MigrationFailed):
        command.upgrade(postgresql.config, "head")
    assert (postgresql.tables(), postgresql.rows()) == ({"t1"}, ["a"])


def test_a_transaction_of_the_callers_stays_theirs(project: Environment) -> None:
    project.env(EXTERNAL)
    project.migration("a", "op.execute('INSERT INTO kept VALUES (1)')")
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept (id INTEGER)"))
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        project.attributes["connection"] = connection
        command.upgrade(project.config, "head")
        assert connection.in_transaction()
        connection.rollback()
    assert (project.select("SELECT id FROM kept"), project.rows()) == ([], [])


def test_what_fails_in_a_transaction_of_the_callers_is_undone_with_it_on_sqlite(
    tmp_path: Path, sqlite_url: str
) -> None:
    project = Environment(tmp_path, sqlite_url)
    project.env(EXTERNAL)
    project.tables_in_turn("t1")
    project.migration("b", FAILS, down="a")
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.begin()
        project.attributes["connection"] = connection
        with pytest.raises(MigrationFailed):
            command.upgrade(project.config, "head")
        connection.rollback()
    assert (project.tables(), project.rows()) == (set(), [])


def test_a_connection_outside_of_a_transaction_is_committed(project: Environment) -> None:
    project.env(EXTERNAL)
    project.tables_in_turn("t1")
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        project.attributes["connection"] = connection
        command.upgrade(project.config, "head")
        assert not connection.in_transaction()
    assert project.rows() == ["a"]


def test_a_run_without_begin_transaction_is_committed(project: Environment) -> None:
    project.env(
        online(
            """
            context.configure(connection=connection)
            context.run_migrations()
            """
        )
    )
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    assert (project.tables(), project.rows()) == ({"t1"}, ["a"])


IN_SCHEMA = online(
    """
    context.configure(connection=connection)
    with context.begin_transaction():
        context.execute("CREATE SCHEMA IF NOT EXISTS tenant")
        context.execute("SET LOCAL search_path TO tenant")
        context.run_migrations()
    """
)


def test_what_is_set_before_the_run_holds_for_it(postgresql: Environment) -> None:
    postgresql.env(IN_SCHEMA)
    postgresql.tables_in_turn("t1", "t2")
    command.upgrade(postgresql.config, "head")
    assert postgresql.select("SELECT version_num FROM tenant.alembic_version") == [("b",)]
    assert postgresql.tables() == set()


def test_what_is_set_before_a_run_that_fails_is_undone_with_it(postgresql: Environment) -> None:
    postgresql.env(IN_SCHEMA)
    postgresql.tables_in_turn("t1")
    postgresql.migration("b", FAILS, down="a")
    with pytest.raises(MigrationFailed):
        command.upgrade(postgresql.config, "head")
    schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'tenant'"
    assert postgresql.select(schemas) == [(0,)]


def test_what_is_sent_before_the_run_is_committed_where_each_migration_is(
    project: Environment,
) -> None:
    project.env(
        online(
            """
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.execute("INSERT INTO kept VALUES (1)")
                context.run_migrations()
            """
        )
    )
    project.migration("a", FAILS)
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept (id INTEGER)"))
    with pytest.raises(MigrationFailed):
        command.upgrade(project.config, "head")
    assert project.select("SELECT id FROM kept") == [(1,)]


AFTER = """
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
    context.execute("INSERT INTO t1 VALUES (7)")
    {then}
"""


def test_what_is_sent_after_the_run_is_committed_with_the_block(project: Environment) -> None:
    project.env(online(AFTER.format(then="")))
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    assert project.select("SELECT id FROM t1") == [(7,)]


def test_what_is_sent_after_the_run_is_undone_where_the_block_raises(
    project: Environment,
) -> None:
    project.env(online(AFTER.format(then="raise SystemExit(3)")))
    project.tables_in_turn("t1")
    with pytest.raises(SystemExit):
        command.upgrade(project.config, "head")
    assert (project.select("SELECT id FROM t1"), project.rows()) == ([], ["a"])


def test_a_migration_that_fails_leaves_nothing_open(project: Environment) -> None:
    project.env(EXTERNAL)
    project.migration("a", FAILS)
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        project.attributes["connection"] = connection
        with pytest.raises(MigrationFailed):
            command.upgrade(project.config, "head")
        assert not connection.in_transaction()


def test_an_autocommit_block_commits_what_precedes(postgresql: Environment) -> None:
    postgresql.env(GENERIC)
    postgresql.tables_in_turn("t1")
    postgresql.migration(
        "b",
        """
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY i ON t1 (id)")
        raise RuntimeError("after it")
        """,
        down="a",
    )
    with pytest.raises(MigrationFailed):
        command.upgrade(postgresql.config, "head")
    assert (postgresql.tables(), postgresql.rows()) == ({"t1"}, ["a"])


def test_begin_transaction_within_a_migration_ends_nothing(postgresql: Environment) -> None:
    postgresql.env(
        online(
            """
            context.configure(connection=connection)
            context.run_migrations()
            """
        )
    )
    postgresql.migration(
        "a",
        f"""
        with context.begin_transaction():
            {table("t1")}
        {FAILS}
        """,
    )
    with pytest.raises(MigrationFailed):
        command.upgrade(postgresql.config, "head")
    assert postgresql.tables() == set()


def test_two_databases_in_transactions_of_the_env_py_are_committed_there(
    tmp_path: Path, database_url: str, scratch_url: str
) -> None:
    project = Environment(tmp_path, database_url)
    project.attributes["urls"] = {"first": database_url, "second": scratch_url}
    project.env(
        """
        from sqlalchemy import create_engine, pool
        from alembic import context

        engines = {
            name: {"connection": create_engine(url, poolclass=pool.NullPool).connect()}
            for name, url in context.config.attributes["urls"].items()
        }
        for name, rec in engines.items():
            rec["transaction"] = rec["connection"].begin()
        try:
            for name, rec in engines.items():
                context.configure(
                    connection=rec["connection"],
                    upgrade_token=f"{name}_upgrades",
                    downgrade_token=f"{name}_downgrades",
                )
                context.run_migrations(engine_name=name)
            for rec in engines.values():
                rec["transaction"].commit()
        except:
            for rec in engines.values():
                rec["transaction"].rollback()
            raise
        finally:
            for rec in engines.values():
                rec["connection"].close()
        """
    )
    project.migration(
        "a",
        "op.create_table(f't_{engine_name}', sa.Column('id', sa.Integer))",
        arguments="engine_name",
    )
    command.upgrade(project.config, "head")
    assert project.tables(database_url) == {"t_first"}
    assert project.tables(scratch_url) == {"t_second"}
    assert project.rows(scratch_url) == ["a"]


def test_two_upgrades_at_once_run_each_migration_once(project: Environment) -> None:
    project.env(GENERIC)
    project.tables_in_turn("t1", "t2", "t3")
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(command.upgrade, project.config, "head") for _ in range(2)]
        assert [run.result() for run in runs] == [None, None]
    assert (project.tables(), project.rows()) == ({"t1", "t2", "t3"}, ["c"])


@pytest.mark.parametrize("body", ["pass", FAILS])
def test_the_lock_is_given_back_after_a_run_within_what_was_open(
    postgresql: Environment, body: str
) -> None:
    before = "    context.execute('SET LOCAL search_path TO public')\n    context.run_migrations()"
    postgresql.env(EXTERNAL.replace("    context.run_migrations()", before))
    postgresql.migration("a", body)
    engine = sa.create_engine(postgresql.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        postgresql.attributes["connection"] = connection
        with suppress(MigrationFailed):
            command.upgrade(postgresql.config, "head")
        held = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert postgresql.select(held) == [(0,)]
        assert not connection.in_transaction()


def test_an_env_py_for_several_databases_is_told_once_that_it_commits_itself(
    postgresql: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    postgresql.env(
        online(
            """
            for name in ("one", "two"):
                transaction = connection.begin()
                context.configure(connection=connection, version_table=name)
                context.run_migrations()
                transaction.commit()
            """
        )
    )
    postgresql.migration("a")
    with caplog.at_level("INFO", logger="alembic"):
        command.upgrade(postgresql.config, "head")
    assert caplog.text.count("Running upgrade  -> a") == 2
    assert caplog.text.count("The connection was given inside a transaction") == 1

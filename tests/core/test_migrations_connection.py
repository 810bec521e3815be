"""A connection instead of an engine: it stays open, and its transaction stays the caller's."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from histories import create, history, opened, tables
from migrate_core.errors import ForeignKeysEnforced, MigrationFailed
from migrate_core.migrations import Migrations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def test_a_run_on_a_connection_is_committed_and_leaves_it_open(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    with engine.connect() as connection:
        assert opened(folder, connection).upgrade().after == ("r2",)
        assert not connection.closed
        assert not connection.in_transaction()
    assert tables(engine) == {"a", "b"}
    assert opened(folder, engine).current() == ("r2",)


def test_a_second_run_on_the_same_connection_goes_on_from_the_first(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    with engine.connect() as connection:
        migrations = opened(folder, connection)
        migrations.upgrade("r1")
        assert migrations.upgrade().before == ("r1",)
        assert migrations.downgrade("base").after == ()
    assert tables(engine) == set()


def test_nothing_is_committed_in_a_callers_transaction(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    with postgresql_engine.connect() as connection, connection.begin() as transaction:
        assert opened(folder, connection).upgrade().after == ("r2",)
        assert transaction.is_active
        assert sa.inspect(connection).has_table("b")
        transaction.rollback()
    assert sa.inspect(postgresql_engine).get_table_names() == []


def test_a_callers_transaction_on_sqlite_is_not_committed(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    with sqlite_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        with connection.begin():
            connection.exec_driver_sql("BEGIN")
            opened(folder, connection).upgrade()
            connection.exec_driver_sql("ROLLBACK")
    assert sa.inspect(sqlite_engine).get_table_names() == []


def test_the_caller_may_commit_what_a_run_did(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    with engine.begin() as connection:
        opened(folder, connection).upgrade()
    assert opened(folder, engine).current() == ("r1",)
    assert tables(engine) == {"a"}


def test_looking_leaves_a_callers_transaction_open(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    with engine.connect() as connection, connection.begin() as transaction:
        migrations = opened(folder, connection)
        assert migrations.current() == ()
        assert migrations.status().applied == 0
        assert [planned.step.revision.id for planned in migrations.plan().steps] == ["r1"]
        assert transaction.is_active


def test_looking_leaves_no_transaction_behind(folder: Path, engine: Engine) -> None:
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True))
    history(folder)
    with engine.connect() as connection:
        migrations = opened(folder, connection, metadata)
        migrations.status()
        assert not connection.in_transaction()
        assert migrations.check()
        assert not connection.in_transaction()


def test_a_failure_in_a_callers_transaction_says_whose_it_is(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), "raise RuntimeError('no')")
    with engine.connect() as connection, connection.begin():
        with pytest.raises(MigrationFailed, match="The transaction is the caller's") as caught:
            opened(folder, connection).upgrade()
        assert caught.value.applied == ()


def test_a_block_outside_of_transactions_is_refused_in_a_callers_transaction(
    folder: Path, engine: Engine
) -> None:
    history(folder, "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')")
    with engine.connect() as connection, connection.begin():
        with pytest.raises(MigrationFailed, match="cannot run inside a transaction") as caught:
            opened(folder, connection).upgrade()
        assert caught.value.next_step.startswith("Give an engine")


def test_a_database_in_memory_is_migrated_on_its_one_connection(folder: Path) -> None:
    history(folder, create("a"), create("b"))
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    assert opened(folder, engine).upgrade().after == ("r2",)
    assert tables(engine) == {"a", "b"}
    assert opened(folder, engine).downgrade().after == ("r1",)
    assert tables(engine) == {"a"}
    engine.dispose()


def test_a_rebuild_that_would_delete_rows_is_refused_in_a_callers_transaction(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, "op.alter_column('parent', 'name', nullable=False)")
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql(
            "CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE CASCADE)"
        )
        with pytest.raises(MigrationFailed) as caught:
            Migrations(folder, engine=connection, metadata=sa.MetaData()).upgrade()
    assert isinstance(caught.value.__cause__, ForeignKeysEnforced)
    assert caught.value.__cause__.referrers == ("child",)

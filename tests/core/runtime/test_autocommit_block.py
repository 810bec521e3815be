"""``autocommit_block``: what came before is committed, the block runs alone, the run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, history, opened, tables
from migrate_core.errors import MigrationFailed

CONCURRENTLY = """
with op.get_context().autocommit_block():
    op.create_index('ix_a', 'a', ['id'], postgresql_concurrently=True)
"""
PRAGMA = """
with op.get_context().autocommit_block():
    op.execute('VACUUM')
"""
BEFORE_AND_AFTER = """
op.create_table('before', sa.Column('id', sa.Integer))
with op.get_context().autocommit_block():
    op.create_table('inside', sa.Column('id', sa.Integer))
op.create_table('after', sa.Column('id', sa.Integer))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.mark.parametrize("per_migration", [False, True])
def test_an_index_is_built_concurrently_and_the_run_goes_on(
    folder: Path, postgresql_engine: Engine, per_migration: bool
) -> None:
    history(folder, create("a"), CONCURRENTLY, create("b"))
    migrations = opened(folder, postgresql_engine, transaction_per_migration=per_migration)
    assert migrations.upgrade().after == ("r3",)
    inspector = sa.inspect(postgresql_engine)
    assert [index["name"] for index in inspector.get_indexes("a")] == ["ix_a"]
    assert tables(postgresql_engine) == {"a", "b"}


def test_a_block_runs_on_every_database(folder: Path, engine: Engine) -> None:
    history(folder, BEFORE_AND_AFTER)
    assert opened(folder, engine).upgrade().after == ("r1",)
    assert tables(engine) == {"before", "inside", "after"}


def test_vacuum_runs_in_a_block_on_sqlite(folder: Path, sqlite_engine: Engine) -> None:
    history(
        folder, create("a"), "with op.get_context().autocommit_block():\n    op.execute('VACUUM')"
    )
    assert opened(folder, sqlite_engine).upgrade().after == ("r2",)


@pytest.fixture(params=["sqlite", "postgresql"])
def transactional(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


def test_a_failure_after_a_block_says_that_its_migration_is_half_done(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), BEFORE_AND_AFTER + "\nraise RuntimeError('late')")
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, transactional).upgrade()
    assert caught.value.applied == ("r1",)
    assert "up to its last commit stays" in caught.value.state
    assert caught.value.next_step.endswith("flask db upgrade --resume")
    assert tables(transactional) == {"a", "before", "inside"}
    assert opened(folder, transactional).current() == ("r1",)


def test_a_migration_with_a_block_is_not_undone_by_a_later_failure(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), BEFORE_AND_AFTER, create("c"), "raise RuntimeError('later')")
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, transactional).upgrade()
    assert caught.value.applied == ("r1", "r2")
    assert "kept: r1, r2; the database stands at r2" in caught.value.state
    assert tables(transactional) == {"a", "before", "inside", "after"}
    assert opened(folder, transactional).current() == ("r2",)


def test_a_block_that_is_not_reached_leaves_sqlite_to_others(folder: Path, sqlite_url: str) -> None:
    pooled = sa.create_engine(sqlite_url)
    sa.event.listen(pooled, "connect", lambda found, _: found.execute("PRAGMA foreign_keys=ON"))
    with pooled.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE b (id INTEGER REFERENCES a)")
    history(folder, f"op.execute('INSERT INTO b VALUES (7)')\n{PRAGMA}")
    with pytest.raises(MigrationFailed, match="Foreign keys would be violated"):
        opened(folder, pooled).upgrade()
    with pooled.connect() as again, sa.create_engine(sqlite_url).begin() as other:
        assert again.exec_driver_sql("SELECT count(*) FROM a").scalar() == 0
        again.rollback()
        other.exec_driver_sql("INSERT INTO a VALUES (1)")

"""A database that cannot be written to, is full, or is not there: what is said, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, migration, opened, rows, tables
from migrate_core.errors import (
    MigrateError,
    MigrationFailed,
    StatementFailed,
    UnknownDatabaseRevision,
)
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Event, Noted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def limited(sqlite_url: str) -> Iterator[Engine]:
    """A disk with room for very little."""
    engine = sa.create_engine(sqlite_url, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "connect")
    def limit(connection: object, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 16")  # type: ignore[attr-defined]

    yield engine
    engine.dispose()


def test_a_full_disk_is_named_and_the_run_is_rolled_back(folder: Path, limited: Engine) -> None:
    fill = 'op.execute("CREATE TABLE big AS SELECT hex(randomblob(200000)) AS text")'
    history(folder, create("a"), fill)
    with pytest.raises(MigrationFailed, match="disk is full") as caught:
        opened(folder, limited).upgrade()
    assert caught.value.next_step.startswith("Make room for sqlite:///")
    assert tables(limited) == set()


def test_a_file_that_cannot_be_written_to_is_named(folder: Path, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    execute(sa.create_engine(sqlite_url, poolclass=sa.NullPool), "CREATE TABLE a (id INTEGER)")
    engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=sa.NullPool)
    history(folder, create("b"))
    with pytest.raises(StatementFailed, match="readonly database") as caught:
        opened(folder, engine).upgrade()
    assert "is read-only: connect to one that can be written to" in caught.value.next_step
    assert opened(folder, engine).current() == ()


def test_a_server_that_is_read_only_is_named(folder: Path, postgresql_url: str) -> None:
    url = sa.make_url(postgresql_url).update_query_dict(
        {"options": "-c default_transaction_read_only=on"}
    )
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    history(folder, create("a"))
    with pytest.raises(StatementFailed, match="read-only transaction") as caught:
        opened(folder, engine).upgrade()
    assert "is read-only: connect to one that can be written to" in caught.value.next_step
    assert opened(folder, engine).status().applied == 0


def test_a_check_that_mariadb_keeps_in_a_column_is_told(
    folder: Path, mariadb_engine: Engine
) -> None:
    execute(mariadb_engine, "CREATE TABLE t (n integer CHECK (n > 0))")
    history(folder, "op.drop_constraint('n', 't', type_='check')")
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, mariadb_engine).upgrade()
    assert "If n is the CHECK of a column (SHOW CREATE TABLE t)" in caught.value.reason
    assert 'op.execute("ALTER TABLE t MODIFY COLUMN ...")' in caught.value.reason


@pytest.mark.parametrize("look", ["status", "current", "plan", "heads", "history", "check"])
def test_looking_makes_no_file(folder: Path, tmp_path: Path, look: str) -> None:
    (folder / "versions").mkdir(parents=True)
    path = tmp_path / "new.db"
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True))
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    getattr(Migrations(folder, engine=engine, metadata=metadata), look)()
    assert not path.exists()


def test_a_run_in_a_transaction_that_nobody_commits_says_so(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    told: list[Event] = []
    with postgresql_engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        opened(folder, connection, watch=told.append).upgrade()
    last = told[-1]
    assert isinstance(last, Noted)
    assert "given inside a transaction, which stays open" in last.text
    assert tables(postgresql_engine) == set()


def test_names_with_quotes_in_them_are_values_everywhere(folder: Path, engine: Engine) -> None:
    ids = ["it's", 'a "b"; DROP TABLE t', "100%s"]
    for below, revision in zip([None, *ids], ids, strict=False):
        migration(folder, revision, down_revision=below)
    migrations = opened(folder, engine)
    assert migrations.upgrade().after == (ids[-1],)
    assert migrations.downgrade().after == (ids[1],)
    assert migrations.stamp(ids[0]).after == (ids[0],)
    assert rows(engine, "SELECT version_num FROM alembic_version") == [(ids[0],)]


def test_an_unknown_name_is_quoted_for_the_shell(folder: Path, sqlite_engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, sqlite_engine).upgrade()
    execute(sqlite_engine, "UPDATE alembic_version SET version_num = 'x''; rm -rf ~'")
    with pytest.raises(UnknownDatabaseRevision) as caught:
        opened(folder, sqlite_engine).upgrade()
    assert """-- '*x'"'"'; rm -rf ~*'""" in caught.value.next_step


def test_no_password_is_in_an_error(folder: Path, postgresql_url: str) -> None:
    url = sa.make_url(postgresql_url).set(password="s3cr3t")
    url = url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    history(folder, create("a"))
    with pytest.raises(MigrateError) as caught:
        opened(folder, sa.create_engine(url, poolclass=sa.NullPool)).upgrade()
    assert "s3cr3t" not in str(caught.value)

"""``redo``, which tries a migration there and back, and ``sql``, the script of what is pending."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import mounted
from histories import create, execute, history, migration, opened, rows, tables
from migrate_core.migrations import Migrations


@pytest.fixture
def migrations(tmp_path: Path, engine: Engine) -> Migrations:
    """r1 <- r2 <- r3, of which r2 is applied."""
    history(tmp_path / "m", create("a"), create("b"), create("c"))
    made = opened(tmp_path / "m", engine)
    made.upgrade("r2")
    return made


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_engine: Engine) -> Migrations:
    """The same on SQLite alone, for what is no matter of the database."""
    history(tmp_path / "m", create("a"), create("b"), create("c"))
    made = opened(tmp_path / "m", sqlite_engine)
    made.upgrade("r2")
    return made


def test_the_last_migration_is_undone_and_applied_again(
    migrations: Migrations, engine: Engine
) -> None:
    execute(engine, "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)")
    result = mounted.run(migrations, "redo")
    assert result.stdout == "1 migration undone, 1 applied. The database stands at r2.\n"
    assert (rows(engine, "SELECT id FROM a"), rows(engine, "SELECT id FROM b")) == ([(1,)], [])


def test_several_are_undone_and_no_more_than_those_are_applied(on_sqlite: Migrations) -> None:
    result = mounted.run(on_sqlite, "redo", "2")
    assert result.stdout == "2 migrations undone, 2 applied. The database stands at r2.\n"


def test_more_than_there_are_are_not_begun(on_sqlite: Migrations, sqlite_engine: Engine) -> None:
    assert mounted.run(on_sqlite, "redo", "3").exit_code == 1
    assert mounted.run(on_sqlite, "redo", "0").exit_code == 2
    assert tables(sqlite_engine) == {"a", "b"}
    assert on_sqlite.current() == ("r2",)


def test_of_several_heads_the_other_ones_stay(tmp_path: Path, sqlite_engine: Engine) -> None:
    migration(tmp_path / "m", "r1", *create("a"))
    migration(tmp_path / "m", "r2", *create("b"), down_revision="r1")
    migration(tmp_path / "m", "r3", *create("c"), down_revision="r1")
    made = opened(tmp_path / "m", sqlite_engine)
    made.upgrade("heads")
    with pytest.warns(UserWarning, match="counted from r3"):
        made.redo()
    assert set(made.current()) == {"r2", "r3"}
    assert tables(sqlite_engine) == {"a", "b", "c"}


def test_the_script_of_what_is_pending_begins_where_the_database_stands(
    migrations: Migrations, engine: Engine
) -> None:
    result = mounted.run(migrations, "sql")
    assert "CREATE TABLE c" in result.stdout
    assert "CREATE TABLE b" not in result.stdout
    assert tables(engine) == {"a", "b"}


def test_a_range_asks_no_database(tmp_path: Path) -> None:
    history(tmp_path / "m", create("a"), create("b"))
    nowhere = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    result = mounted.run(opened(tmp_path / "m", nowhere), "sql", "r1:head")
    assert result.exit_code == 0, result.output
    assert "CREATE TABLE b" in result.stdout
    assert mounted.run(opened(tmp_path / "m", nowhere), "sql").exit_code == 1


def test_the_script_may_go_to_a_file(on_sqlite: Migrations, tmp_path: Path) -> None:
    result = mounted.run(on_sqlite, "sql", "-o", str(tmp_path / "up.sql"))
    assert result.stdout == ""
    assert "CREATE TABLE c" in (tmp_path / "up.sql").read_text()


def test_nothing_pending_is_a_script_that_says_so(on_sqlite: Migrations) -> None:
    on_sqlite.upgrade()
    assert "nothing to do" in mounted.run(on_sqlite, "sql").stdout


def test_a_script_has_one_start(tmp_path: Path, sqlite_engine: Engine) -> None:
    migration(tmp_path / "m", "r1", *create("a"))
    migration(tmp_path / "m", "r2", *create("b"))
    made = opened(tmp_path / "m", sqlite_engine)
    made.upgrade("heads")
    result = mounted.run(made, "sql")
    assert result.exit_code == 1
    assert "stands at r1 and r2" in result.stderr
    assert result.stderr.endswith("shop sql START:END\n")

"""The version table: recognised as it is, under other names, and with rows that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, rows, tables
from migrate_core.errors import UnknownDatabaseRevision, VersionTableMismatch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def test_a_version_table_of_another_tool_is_recognised(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    execute(
        engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        "INSERT INTO alembic_version VALUES ('r1')",
    )
    assert opened(folder, engine).upgrade().before == ("r1",)
    assert tables(engine) == {"b"}
    assert rows(engine, "SELECT version_num FROM alembic_version") == [("r2",)]


def test_the_table_is_made_as_other_tools_make_it(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    inspector = sa.inspect(engine)
    (column,) = inspector.get_columns("alembic_version")
    assert (column["name"], column["nullable"]) == ("version_num", False)
    assert isinstance(column["type"], sa.String)
    assert column["type"].length == 32
    assert inspector.get_pk_constraint("alembic_version")["constrained_columns"] == ["version_num"]


def test_it_can_have_another_name(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    migrations = opened(folder, engine, version_table="my versions")
    assert migrations.upgrade().after == ("r1",)
    assert migrations.current() == ("r1",)
    assert set(sa.inspect(engine).get_table_names()) == {
        "a",
        "migration_log",
        "my versions",
    }


def test_it_can_live_in_another_schema(folder: Path, postgresql_engine: Engine) -> None:
    execute(postgresql_engine, "CREATE SCHEMA admin")
    history(folder, create("a"))
    migrations = opened(folder, postgresql_engine, version_table_schema="admin")
    assert migrations.upgrade().after == ("r1",)
    assert rows(postgresql_engine, "SELECT version_num FROM admin.alembic_version") == [("r1",)]
    assert tables(postgresql_engine) == {"a"}


def test_it_is_never_part_of_a_comparison(folder: Path, engine: Engine) -> None:
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True))
    migrations = opened(folder, engine, metadata, version_table="my_versions")
    migrations.generate()
    migrations.upgrade()
    assert not migrations.check()


def test_a_row_that_is_there_twice_stops_the_run(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    execute(
        engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('r1'), ('r1')",
    )
    with pytest.raises(VersionTableMismatch) as caught:
        opened(folder, engine).upgrade()
    error = caught.value
    assert (error.table, error.revision, error.expected, error.found) == (
        "alembic_version",
        "r1",
        1,
        2,
    )


def test_an_unknown_row_names_what_is_near(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    (folder / "versions" / "r1_.py").write_text(
        (folder / "versions" / "r1_.py").read_text().replace("'r1'", "'cafe0001'")
    )
    opened(folder, engine).stamp("cafe0001")
    execute(engine, "UPDATE alembic_version SET version_num = 'cafe0002'")
    with pytest.raises(UnknownDatabaseRevision, match="Near matches: cafe0001") as caught:
        opened(folder, engine).upgrade()
    assert caught.value.near == ("cafe0001",)


def test_an_empty_version_table_means_that_nothing_is_applied(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    execute(engine, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    assert opened(folder, engine).current() == ()
    assert opened(folder, engine).upgrade().before == ()

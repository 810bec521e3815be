"""SQL scripts (``--sql``) that an env.py configures: what is in them, and where they go."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from env_projects import GENERIC, Environment, table
from migrate_core import command
from migrate_core.errors import MigrationFailed

OFFLINE = """
from alembic import context

context.configure(url={url!r}, **context.config.attributes.get("options", {{}}))
with context.begin_transaction():
    {body}
"""


def project(
    folder: Path, dialect: str, body: str = "context.run_migrations()", **options: object
) -> Environment:
    made = Environment(folder, f"{dialect}://", attributes={"options": options, "told": []})
    made.env(OFFLINE.format(url=made.url, body=body))
    made.tables_in_turn("t1", "t2")
    return made


def statements(script: str) -> list[str]:
    """The first words of each statement."""
    lines = [line for line in script.splitlines() if line.strip() and line[0].isalpha()]
    return [" ".join(line.rstrip(";(").split()[:3]) for line in lines]


def test_an_upgrade_is_written_to_the_output_of_the_configuration(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql")
    command.upgrade(made.config, "head", sql=True)
    assert statements(made.output.getvalue()) == [
        "BEGIN",
        "CREATE TABLE alembic_version",
        "CREATE TABLE t1",
        "INSERT INTO alembic_version",
        "CREATE TABLE t2",
        "UPDATE alembic_version SET",
        "COMMIT",
    ]


def test_the_template_writes_a_script_for_each_database(tmp_path: Path, database_url: str) -> None:
    made = Environment(tmp_path, database_url)
    made.env(GENERIC)
    made.tables_in_turn("t1")
    command.upgrade(made.config, "head", sql=True)
    assert "CREATE TABLE t1" in made.output.getvalue()
    assert made.tables() == set()


def test_a_script_that_starts_somewhere_makes_no_version_table(tmp_path: Path) -> None:
    made = project(tmp_path, "mysql")
    command.upgrade(made.config, "a:head", sql=True)
    assert statements(made.output.getvalue()) == ["CREATE TABLE t2", "UPDATE alembic_version SET"]


def test_an_env_py_says_where_a_script_starts(tmp_path: Path) -> None:
    made = project(tmp_path, "mysql", starting_rev="a")
    command.upgrade(made.config, "head", sql=True)
    assert "t1" not in made.output.getvalue()
    assert "CREATE TABLE t2" in made.output.getvalue()


def test_a_downgrade_and_a_stamp_are_written(tmp_path: Path) -> None:
    made = project(tmp_path, "sqlite")
    command.downgrade(made.config, "b:a", sql=True)
    command.stamp(made.config, "b:a", sql=True)
    assert statements(made.output.getvalue()).count("UPDATE alembic_version SET") == 2
    assert "DROP TABLE t2" in made.output.getvalue()


def test_nothing_is_written_of_a_script_that_fails(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql")
    made.migration("b", "raise RuntimeError('no')", down="a")
    with pytest.raises(MigrationFailed):
        command.upgrade(made.config, "head", sql=True)
    assert made.output.getvalue() == ""


def test_what_an_env_py_sends_is_in_the_transaction_of_the_script(tmp_path: Path) -> None:
    body = """context.execute("SET LOCAL search_path TO tenant")
    context.run_migrations()
    context.execute("RESET search_path")"""
    made = project(tmp_path, "postgresql", body)
    command.upgrade(made.config, "b", sql=True)
    found = statements(made.output.getvalue())
    assert found[:2] == ["BEGIN", "SET LOCAL search_path"]
    assert found[-2:] == ["RESET search_path", "COMMIT"]
    assert found.count("BEGIN") == 1


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    body = "context.static_output('-- for the night of the 12th')\n    context.run_migrations()"
    made = project(tmp_path, "mysql", body)
    command.upgrade(made.config, "head", sql=True)
    assert made.output.getvalue().startswith("-- for the night of the 12th\n")


def test_each_migration_is_a_transaction_where_that_is_configured(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql", transaction_per_migration=True)
    command.upgrade(made.config, "a:b", sql=True)
    made.output.seek(0)
    assert statements(made.output.getvalue()) == [
        "BEGIN",
        "CREATE TABLE t2",
        "UPDATE alembic_version SET",
        "COMMIT",
    ]


def test_a_script_without_transactions_where_that_is_configured(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql", transactional_ddl=False)
    command.upgrade(made.config, "head", sql=True)
    assert "BEGIN" not in made.output.getvalue()


def test_separators_are_as_configured(tmp_path: Path) -> None:
    made = project(tmp_path, "mssql", mssql_batch_separator="NEXT")
    command.upgrade(made.config, "head", sql=True)
    assert "\nNEXT\n" in made.output.getvalue()
    assert "\nGO\n" not in made.output.getvalue()


def test_no_separators_where_that_is_configured(tmp_path: Path) -> None:
    made = project(tmp_path, "mssql", mssql_batch_separator="")
    command.upgrade(made.config, "head", sql=True)
    assert "\nGO\n" not in made.output.getvalue()


def test_a_script_in_the_encoding_that_is_configured(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    made = project(tmp_path, "mysql", output_buffer=buffer, output_encoding="latin-1")
    made.migration("b", """op.execute("INSERT INTO t1 VALUES ('é')")""", down="a")
    command.upgrade(made.config, "head", sql=True)
    assert "é".encode("latin-1") in buffer.getvalue()


def test_each_database_has_a_script_of_its_own(tmp_path: Path) -> None:
    made = Environment(tmp_path, "sqlite://", attributes={"folder": tmp_path})
    made.env(
        """
        from alembic import context

        for name, url in {"one": "postgresql://", "two": "sqlite://"}.items():
            path = context.config.attributes["folder"] / f"{name}.sql"
            with open(path, "w") as buffer:
                context.configure(url=url, output_buffer=buffer, literal_binds=True)
                with context.begin_transaction():
                    context.run_migrations(engine_name=name)
        """
    )
    made.migration("a", table("t1").replace("'t1'", "engine_name"), arguments="engine_name")
    command.upgrade(made.config, "head", sql=True)
    assert statements((tmp_path / "one.sql").read_text()) == [
        "BEGIN",
        "CREATE TABLE alembic_version",
        "CREATE TABLE one",
        "INSERT INTO alembic_version",
        "COMMIT",
    ]
    assert "CREATE TABLE two" in (tmp_path / "two.sql").read_text()
    assert made.output.getvalue() == ""


def test_a_migration_asks_whether_a_script_is_written(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql")
    made.migration(
        "b",
        """
        told = [context.is_offline_mode(), op.get_bind(), op.get_context().as_sql,
                op.get_context().dialect.name, op.get_context().get_current_heads()]
        context.config.attributes["told"] += told
        """,
        down="a",
    )
    command.upgrade(made.config, "a:head", sql=True)
    assert made.attributes["told"] == [True, None, True, "postgresql", ("a",)]


def test_an_autocommit_block_ends_the_transaction_of_a_script(tmp_path: Path) -> None:
    made = project(tmp_path, "postgresql")
    made.migration(
        "b",
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'calm'")
        """,
        down="a",
    )
    command.upgrade(made.config, "a:b", sql=True)
    assert statements(made.output.getvalue()) == [
        "BEGIN",
        "COMMIT",
        "ALTER TYPE mood",
        "BEGIN",
        "UPDATE alembic_version SET",
        "COMMIT",
    ]

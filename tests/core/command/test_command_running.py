"""upgrade, downgrade, stamp, ensure_version: through a project's own env.py."""

from __future__ import annotations

from io import StringIO

import pytest
import sqlalchemy as sa

from environments import Project
from migrate_core import command
from migrate_core.api.config import Config
from migrate_core.errors import (
    AmbiguousWalk,
    CommandError,
    ConfigurationError,
    EnvironmentMissing,
    InvalidTarget,
    MigrationFailed,
    UnknownRevision,
)

MAKE = "op.create_table({!r}, sa.Column('id', sa.Integer, primary_key=True))"


def diamond(project):
    """a <- b, c <- m"""
    project.file("aaaa")
    project.file("bbbb", "aaaa", branch_labels=("left",))
    project.file("cccc", "aaaa")
    project.file("mmmm", ("bbbb", "cccc"))


def test_an_upgrade_runs_the_files_on_the_database_that_env_py_opens(project_anywhere):
    project_anywhere.file("aaaa", body=MAKE.format("customer"))
    command.upgrade(project_anywhere.config, "head")
    assert project_anywhere.rows == {"aaaa"}
    assert "customer" in project_anywhere.tables


def test_an_upgrade_to_where_the_database_is_does_nothing(project):
    diamond(project)
    command.upgrade(project.config, "mmmm")
    command.upgrade(project.config, "bbbb")
    assert project.rows == {"mmmm"}


def test_a_merge_ends_with_one_row_and_undone_gives_back_both(project):
    diamond(project)
    command.upgrade(project.config, "heads")
    assert project.rows == {"mmmm"}
    command.downgrade(project.config, "bbbb")
    assert project.rows == {"bbbb", "cccc"}


def test_one_down_from_a_merge_is_ambiguous_and_the_other_branch_stays_when_it_is_named(project):
    diamond(project)
    command.upgrade(project.config, "head")
    with pytest.raises(AmbiguousWalk):
        command.downgrade(project.config, "-1")
    command.downgrade(project.config, "left@aaaa")
    assert project.rows == {"cccc"}


def test_downgrade_to_base_of_a_new_database_is_silent_and_one_down_is_not(project):
    project.file("aaaa")
    command.downgrade(project.config, "base")
    with pytest.raises(AmbiguousWalk):
        command.downgrade(project.config, "-1")


def test_a_failing_migration_leaves_nothing_and_names_its_file(project):
    project.file("aaaa", body=MAKE.format("customer"))
    project.file("bbbb", "aaaa", body="raise ValueError('no')")
    with pytest.raises(MigrationFailed, match=r"bbbb\.py, line 8"):
        command.upgrade(project.config, "head")
    assert project.tables == set()


def test_a_stamp_takes_several_targets_in_any_order(project):
    diamond(project)
    assert project.at("aaaa") == {"aaaa"}
    assert project.at("cccc", "bbbb") == {"bbbb", "cccc"}
    assert project.at("mmmm") == {"mmmm"}
    assert project.at("bbbb", "cccc") == {"bbbb", "cccc"}


def test_a_stamp_does_not_count(project):
    diamond(project)
    with pytest.raises(InvalidTarget, match="Can't locate revision identified by '\\+1'"):
        command.stamp(project.config, "+1")


def test_a_row_that_no_file_has_is_passed_by_a_stamp_that_purges_only(project):
    project.file("aaaa")
    command.stamp(project.config, "head")
    with project.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'zzzz'"))
    with pytest.raises(CommandError):
        command.stamp(project.config, "head")
    command.stamp(project.config, "head", purge=True)
    assert project.rows == {"aaaa"}


def test_ensure_version_makes_the_version_table_and_nothing_else(project_anywhere):
    command.ensure_version(project_anywhere.config)
    assert project_anywhere.tables == {"alembic_version"}
    assert project_anywhere.rows == set()


def test_ensure_version_writes_its_statement_with_sql(project):
    assert project.sql(command.ensure_version).startswith("CREATE TABLE alembic_version (")


def test_sql_goes_to_the_buffer_and_no_database_is_made(project):
    project.file("aaaa", body=MAKE.format("customer"))
    text = project.sql(command.upgrade, "head")
    assert "CREATE TABLE customer" in text
    assert "INSERT INTO alembic_version (version_num) VALUES ('aaaa')" in text
    assert not (project.folder / "test.db").exists()


def test_sql_of_a_range_begins_where_it_says(project):
    diamond(project)
    text = project.sql(command.upgrade, "aaaa:bbbb")
    assert "CREATE TABLE" not in text
    assert "SET version_num='bbbb'" in text


def test_a_downgrade_with_sql_needs_both_ends(project):
    diamond(project)
    with pytest.raises(InvalidTarget, match="requires <fromrev>:<torev>"):
        project.sql(command.downgrade, "aaaa")
    assert "SET version_num='aaaa'" in project.sql(command.downgrade, "bbbb:aaaa")


def test_a_range_without_sql_is_refused(project):
    diamond(project)
    with pytest.raises(InvalidTarget, match="Range revision not allowed"):
        command.upgrade(project.config, "aaaa:bbbb")


def test_a_range_of_three_is_refused_in_words(project):
    with pytest.raises(InvalidTarget, match="'a:b:c' is not a range"):
        project.sql(command.upgrade, "a:b:c")


def test_a_stamp_with_sql_has_one_start_and_purges_nothing(project):
    diamond(project)
    with pytest.raises(InvalidTarget, match="a single starting revision"):
        project.sql(command.stamp, ["aaaa:bbbb", "base:cccc"])
    with pytest.raises(ConfigurationError, match="purge"):
        command.stamp(project.config, "head", sql=True, purge=True)


def test_env_py_knows_where_a_run_leads_and_its_tag(project):
    diamond(project)
    seen = project.folder / "seen"
    env = project.folder / "migrations/env.py"
    asked = "(context.get_revision_argument(), context.get_tag_argument())"
    told = f"import pathlib; pathlib.Path({str(seen)!r}).write_text(str({asked}))"
    env.write_text(f"{env.read_text()}\n{told}\n")
    command.upgrade(project.config, "left", tag="friday")
    assert seen.read_text() == "('bbbb', 'friday')"


def test_a_folder_without_env_py_says_how_to_get_one(project):
    (project.folder / "migrations/env.py").unlink()
    with pytest.raises(EnvironmentMissing, match="alembic init") as raised:
        command.upgrade(project.config, "head")
    assert raised.value.path.endswith("env.py")


def test_a_connection_in_attributes_stays_in_the_transaction_it_is_in(here, postgresql_url):
    project = Project(here, postgresql_url)
    project.file("aaaa", body=MAKE.format("customer"))
    project.write(
        "migrations/env.py",
        """
        from alembic import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """,
    )
    with project.engine.begin() as connection:
        project.config.attributes["connection"] = connection
        command.upgrade(project.config, "head")
        assert sa.inspect(connection).has_table("customer")
        connection.rollback()
    assert project.tables == set()


def test_an_unknown_target_is_a_command_error_and_a_resolution_error(project):
    with pytest.raises(UnknownRevision) as raised:
        command.upgrade(project.config, "nope")
    assert isinstance(raised.value, CommandError)
    assert raised.value.argument == "nope"


def test_a_program_without_any_file_configures_by_calls(project):
    project.file("aaaa")
    config = Config(output_buffer=StringIO())
    config.set_main_option("script_location", str(project.folder / "migrations"))
    config.set_main_option("sqlalchemy.url", project.url)
    command.upgrade(config, "head")
    assert project.rows == {"aaaa"}

"""Small documented behaviours that projects lean on without knowing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from environments import Project
from histories import execute
from migrate_core import command
from migrate_core.api.config import Config


@pytest.fixture
def models(project_anywhere: Project) -> sa.MetaData:
    """What the project's env.py compares with the database."""
    metadata = sa.MetaData()
    project_anywhere.config.attributes["models"] = metadata
    return metadata


def written(project: Project) -> tuple[str, str]:
    """What autogenerate writes now, both ways."""
    script = command.revision(project.config, "found", autogenerate=True)
    assert script is not None
    assert not isinstance(script, list)
    text = Path(script.path).read_text()
    up, _, down = text.partition("def upgrade()")[2].partition("def downgrade()")
    return up, down


def test_include_object_is_asked_once_about_a_table_that_both_sides_have(
    project_anywhere: Project, models: sa.MetaData
) -> None:
    project = project_anywhere
    sa.Table("customer", models, sa.Column("id", sa.Integer, primary_key=True))
    written(project)
    command.upgrade(project.config, "head")
    asked: list[tuple[Any, ...]] = []

    def include_object(object: Any, name: str, type_: str, reflected: bool, other: Any) -> bool:
        asked.append((type_, name, reflected, other is not None))
        return True

    project.config.attributes["options"] = {"include_object": include_object}
    command.check(project.config)
    assert asked.count(("table", "customer", False, True)) == 1
    assert [each for each in asked if each[0] == "table"] == [("table", "customer", False, True)]


def test_a_downgrade_is_the_upgrade_from_its_end(
    project_anywhere: Project, models: sa.MetaData
) -> None:
    project = project_anywhere
    customer = sa.Table("customer", models, sa.Column("id", sa.Integer, primary_key=True))
    written(project)
    command.upgrade(project.config, "head")
    customer.append_column(sa.Column("name", sa.String(20)))
    customer.append_column(sa.Column("city", sa.String(20), index=True))
    sa.Table("invoice", models, sa.Column("id", sa.Integer, primary_key=True))
    up, down = written(project)
    found = ["'invoice'", "'name'", "'city'", "'ix_customer_city'"]
    assert all(each in up and each in down for each in found)
    assert sorted(found, key=up.index) == sorted(found, key=down.rindex)[::-1]
    command.upgrade(project.config, "head")
    command.downgrade(project.config, "-1")
    assert "invoice" not in project.tables


def test_a_table_is_dropped_with_its_indexes(
    project_anywhere: Project, models: sa.MetaData
) -> None:
    project = project_anywhere
    sa.Table(
        "customer", models, sa.Column("id", sa.Integer), sa.Column("x", sa.Integer, index=True)
    )
    written(project)
    command.upgrade(project.config, "head")
    command.downgrade(project.config, "base")
    assert project.tables == {"alembic_version"}


def test_an_empty_comment_is_none(project_anywhere: Project, models: sa.MetaData) -> None:
    project = project_anywhere
    sa.Table("customer", models, sa.Column("id", sa.Integer, primary_key=True))
    written(project)
    command.upgrade(project.config, "head")
    models.clear()
    column = sa.Column("id", sa.Integer, primary_key=True, comment="")
    sa.Table("customer", models, column, comment="")
    command.check(project.config)


def test_names_of_a_convention_are_marked_and_names_of_a_person_are_not(
    project_anywhere: Project,
) -> None:
    project = project_anywhere
    models = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    project.config.attributes["models"] = models
    sa.Table(
        "customer",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.Integer),
        sa.UniqueConstraint("a"),
        sa.UniqueConstraint("b", name="mine"),
    )
    up, _ = written(project)
    assert "name=op.f('uq_customer_a')" in up
    assert "name='mine'" in up
    command.upgrade(project.config, "head")
    command.check(project.config)


def test_the_version_table_is_the_documented_one(project_anywhere: Project) -> None:
    project = project_anywhere
    command.ensure_version(project.config)
    look = sa.inspect(project.engine)
    (column,) = look.get_columns("alembic_version")
    assert (column["name"], column["nullable"], str(column["type"])[:11]) == (
        "version_num",
        False,
        "VARCHAR(32)",
    )
    key = look.get_pk_constraint("alembic_version")
    assert key["constrained_columns"] == ["version_num"]
    if project.engine.dialect.name != "mysql":  # which names no primary key
        assert key["name"] == "alembic_version_pkc"


def test_the_version_table_may_be_elsewhere(on_postgresql: Project) -> None:
    project = on_postgresql
    project.file("aaaa")
    execute(project.engine, "CREATE SCHEMA ops")
    options = {"version_table": "applied", "version_table_schema": "ops"}
    project.config.attributes["options"] = options
    command.upgrade(project.config, "head")
    assert project.tables == set()
    with project.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM ops.applied")) == "aaaa"


@pytest.mark.parametrize("file", ["alembic.ini", "pyproject.toml"])
def test_a_percent_sign_is_doubled_in_both_files(here: Path, file: str) -> None:
    (here / "migrations").mkdir()
    if file == "alembic.ini":
        text = "[alembic]\nscript_location = %(here)s/migrations\nfile_template = %%(rev)s\n"
    else:
        text = (
            "[tool.alembic]\nscript_location = '%(here)s/migrations'\nfile_template = '%%(rev)s'\n"
        )
    (here / file).write_text(text)
    names = (file, None) if file == "alembic.ini" else (None, file)
    config = Config(*names)  # type: ignore[arg-type]
    assert config.get_alembic_option("file_template") == "%(rev)s"
    command.revision(config, "anything", rev_id="aaaa")
    assert (here / "migrations/versions/aaaa.py").is_file()


def test_text_with_a_colon_is_a_parameter(project_anywhere: Project) -> None:
    project = project_anywhere
    project.file("aaaa", None, "op.execute(\"SELECT ':x' AS y\")")
    with pytest.raises(Exception, match=":x has no value in: SELECT ':x' AS y"):
        command.upgrade(project.config, "head")
    project.file("aaaa", None, "op.execute(\"SELECT '\\\\:x' AS y\")")
    command.upgrade(project.config, "head")


def test_a_check_that_a_convention_named_is_changed_and_changed_back(
    project_anywhere: Project,
) -> None:
    project = project_anywhere

    def condition(text: str) -> None:
        models = sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
        project.config.attributes["models"] = models
        check = sa.CheckConstraint(text, name="long")
        sa.Table("customer", models, sa.Column("x", sa.Integer), check)

    condition("x > 3")
    written(project)
    command.upgrade(project.config, "head")
    condition("x > 4")
    written(project)
    command.upgrade(project.config, "head")
    command.check(project.config)
    command.downgrade(project.config, "-1")
    (check,) = sa.inspect(project.engine).get_check_constraints("customer")
    assert check["name"] == "ck_customer_long"
    assert "3" in check["sqltext"]

"""Plugins of Alembic's, as their packages are installed and their documentation has them used.

They require Alembic, so that it is installed here as well; it is this project's that has to answer
when they say `import alembic`, and each test would fail where it did not: what a plugin registers
at the other one is never called.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from dropped_in import python, ran
from env_projects import Environment, table
from projects import Run, done

ENV = """
from sqlalchemy import create_engine, pool
from alembic import context
import models
{further}

config = context.config


def run_migrations(connection):
    context.configure(connection=connection, target_metadata=models.metadata{options})
    with context.begin_transaction():
        context.run_migrations()


connectable = config.attributes.get("connection")
if connectable is None:
    connectable = create_engine(config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with connectable.connect() as connection:
    run_migrations(connection)
"""

TEMPLATE = '''
"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


class Project(Environment):
    """A project whose env.py has what a plugin asks for."""

    def begins(self, models: str, further: str = "", options: str = "") -> None:
        """Write its files."""
        self.env(ENV.format(further=further, options=options))
        (self.folder / "migrations" / "script.py.mako").write_text(TEMPLATE.lstrip(), "utf-8")
        ini = f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {self.url}\n"
        (self.folder / "alembic.ini").write_text(ini, "utf-8")
        self.models(models)

    def models(self, text: str) -> None:
        """Write models.py."""
        (self.folder / "models.py").write_text(dedent(text), "utf-8")

    def does(self, *arguments: str) -> Run:
        """What `migrate-core` did; it went well."""
        return done(ran("migrate-core", self.folder, *arguments))

    def writes(self, id: str) -> str:
        """The migration that is generated and applied now; nothing differs afterwards."""
        self.does("migrate", "-m", "changes", "--rev-id", id)
        self.does("upgrade")
        self.does("check")
        (path,) = (self.folder / "migrations" / "versions").glob(f"{id}*.py")
        return path.read_text("utf-8")


# -- alembic-utils ---------------------------------------------------------------------------------

ENTITIES = """
import sqlalchemy as sa
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_view import PGView
from alembic_utils.replaceable_entity import register_entities

metadata = sa.MetaData()
sa.Table("customer", metadata, sa.Column("id", sa.Integer, primary_key=True))

to_upper = PGFunction(
    schema="public",
    signature="to_upper(some_text text)",
    definition=\"\"\"
    RETURNS text as
    $$
        SELECT upper(some_text) || '!'
    $$ language SQL;
    \"\"\",
)
loud = PGView(
    schema="public",
    signature="loud",
    definition="SELECT id, to_upper('100% wool') AS said FROM customer",
)
register_entities([to_upper, loud])
"""


def test_functions_and_views_of_alembic_utils_are_made_replaced_and_dropped(
    tmp_path: Path, postgresql_url: str
) -> None:
    project = Project(tmp_path, postgresql_url)
    project.begins(ENTITIES)
    project.migration("a1", table("customer"), "op.drop_table('customer')")
    project.does("upgrade")

    made = project.writes("b2")
    assert "op.create_entity(public_to_upper)" in made
    assert "from alembic_utils.pg_view import PGView" in made
    project.select("SELECT count(*) FROM loud")
    assert project.select("SELECT to_upper('a')") == [("A!",)]

    project.models(ENTITIES.replace("AS said", "AS said, id AS number"))
    assert "op.replace_entity(public_loud)" in project.writes("c3")
    project.select("SELECT number FROM loud")

    sql = project.does("upgrade", "a1:b2", "--sql").stdout
    assert 'CREATE VIEW "public"."loud" AS SELECT id, to_upper(\'100% wool\')' in sql
    project.does("downgrade", "a1")
    gone = "SELECT proname FROM pg_proc WHERE proname = 'to_upper'"
    assert project.select(gone) == []
    assert project.select("SELECT viewname FROM pg_views WHERE viewname = 'loud'") == []


# -- alembic-postgresql-enum -----------------------------------------------------------------------

TASK = """
import sqlalchemy as sa

metadata = sa.MetaData()
state = sa.Enum({values}, name="state")
sa.Table(
    "task",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("state", state, server_default="open"),
)
"""


def test_enum_values_are_left_to_alembic_postgresql_enum(
    tmp_path: Path, postgresql_url: str
) -> None:
    project = Project(tmp_path, postgresql_url)
    project.begins(TASK.format(values="'open', 'done'"), "import alembic_postgresql_enum")
    made = project.writes("a1")
    assert "sa.Enum('open', 'done', name='state').create(op.get_bind())" in made

    project.models(TASK.format(values="'open', 'waiting', 'finished'"))
    assert "op.sync_enum_values(" in project.writes("b2")
    labels = "SELECT enumlabel FROM pg_enum"
    assert project.select(labels) == [("finished",), ("open",), ("waiting",)]

    project.does("downgrade", "a1")
    assert project.select(labels) == [("done",), ("open",)]
    project.does("downgrade", "base")
    assert project.select(labels) == []


# -- SQLModel --------------------------------------------------------------------------------------

HERO = """
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    secret: str = Field(max_length={length})


metadata = SQLModel.metadata
"""


def test_models_of_sqlmodel_are_written_with_what_they_import(
    tmp_path: Path, database_url: str
) -> None:
    project = Project(tmp_path, database_url)
    project.begins(HERO.format(length=40).replace("name: str = Field(index=True)", "name: str"))
    made = project.writes("a1")
    assert "sqlmodel.sql.sqltypes.AutoString(length=40)" in made
    assert "import sqlmodel" in made

    project.models(HERO.format(length=50).replace("name: str = Field(index=True)", "name: str"))
    assert "AutoString(length=50)" in project.writes("b2")
    project.does("downgrade", "base")
    assert project.tables() == set()


# -- GeoAlchemy2 -----------------------------------------------------------------------------------

SHOP = """
import sqlalchemy as sa
from geoalchemy2 import Geometry

metadata = sa.MetaData()
sa.Table(
    "shop",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("area", Geometry("POLYGON", srid=4326)),
)
"""

SPATIAL = """,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item"""


def test_the_hooks_of_geoalchemy2_write_its_operations(tmp_path: Path, postgresql_url: str) -> None:
    project = Project(tmp_path, postgresql_url)
    project.begins(SHOP, "from geoalchemy2 import alembic_helpers", SPATIAL)
    project.does("migrate", "-m", "shops", "--rev-id", "a1")
    (path,) = (tmp_path / "migrations" / "versions").glob("a1*.py")
    made = path.read_text("utf-8")
    assert "op.create_geospatial_table(" in made
    assert "from geoalchemy2 import Geometry" in made
    # the index is an operation of its own, which the type must not make as well
    assert "spatial_index=False" in made
    assert "'idx_shop_area', 'shop', ['area']" in made
    assert "op.drop_geospatial_table('shop')" in made


# -- pytest-alembic --------------------------------------------------------------------------------

CONFTEST = """
from migrate_core import alias

alias.install()

import pytest
import sqlalchemy as sa

pytest_plugins = ["pytest_alembic.plugin"]


@pytest.fixture
def alembic_engine(tmp_path):
    return sa.create_engine(f"sqlite:///{tmp_path}/test.db")
"""

TESTS = """
import alembic
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from pytest_alembic.tests.experimental import test_downgrade_leaves_no_trace


def test_rows_are_there_afterwards(alembic_runner):
    alembic_runner.migrate_up_before("b2")
    alembic_runner.insert_into("customer", {"id": 7})
    alembic_runner.migrate_up_one()
    assert alembic_runner.current == "b2"


def test_who_answers():
    assert alembic.__name__ == "migrate_core.alembic"
"""

CUSTOMER = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "customer",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80)),
)
"""


def outcome_of(folder: Path) -> Run:
    """What pytest says of a project. The entry point of pytest-alembic comes before conftest.py."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:pytest_alembic", "-W", "error"]
    return python(command, folder, "-p", "no:cacheprovider")


@pytest.fixture
def begun(tmp_path: Path, sqlite_url: str) -> Project:
    """A project that is tested with pytest-alembic."""
    project = Project(tmp_path, sqlite_url)
    project.begins(CUSTOMER)
    project.migration("a1", table("customer"), "op.drop_table('customer')")
    column = "op.add_column('customer', sa.Column('email', sa.String(80)))"
    project.migration("b2", column, "op.drop_column('customer', 'email')", "a1")
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_migrations.py").write_text(TESTS, "utf-8")
    return project


def test_the_tests_of_pytest_alembic_pass(begun: Project) -> None:
    assert "7 passed" in done(outcome_of(begun.folder)).stdout


def test_the_tests_of_pytest_alembic_find_what_is_wrong(begun: Project) -> None:
    begun.models(CUSTOMER.replace('"email"', '"mail"'))
    begun.migration("c3", "pass", "raise RuntimeError('no way back')", "b2")
    said = outcome_of(begun.folder)
    assert said.returncode == 1
    assert "op.add_column(" in said.stdout
    assert "no way back" in said.stdout
    for name in ("test_model_definitions_match_ddl", "test_up_down_consistency"):
        assert f"FAILED test_migrations.py::{name}" in said.stdout

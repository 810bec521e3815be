"""The documented recipes for running migrations, as a project of Alembic has them in its files.

Those for env.py alone (a shared connection, a schema for each tenant) are in
``tests/core/api/test_environment_recipes.py``, those for autogenerate in
``test_recipes_autogenerate``.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import sqlalchemy as sa

from environments import Project
from histories import execute, rows
from migrate_core import command
from migrate_core.api import MigrationContext
from migrate_core.api.config import Config
from migrate_core.api.script import ScriptDirectory


def table(name: str) -> str:
    """The body that makes a table."""
    return f"op.create_table({name!r}, sa.Column('id', sa.Integer, primary_key=True))"


# -- a database made from the models ---------------------------------------------------------------


def test_create_all_then_stamp_head_makes_a_database_that_later_migrations_go_on_from(
    project_anywhere: Project,
) -> None:
    project = project_anywhere
    project.file("aaaa", None, table("customer"))
    project.file("bbbb", "aaaa", table("invoice"))
    models = sa.MetaData()
    for name in ("customer", "invoice"):
        sa.Table(name, models, sa.Column("id", sa.Integer, primary_key=True))
    models.create_all(project.engine)
    command.stamp(project.config, "head")
    assert project.rows == {"bbbb"}
    project.file("cccc", "bbbb", table("payment"))
    command.upgrade(project.config, "head")
    assert project.tables == {"customer", "invoice", "payment", "alembic_version"}


def test_a_program_asks_whether_a_database_stands_at_the_heads(project: Project) -> None:
    project.file("aaaa", None, table("customer"))
    directory = ScriptDirectory.from_config(project.config)

    def stands_at_head() -> bool:
        with project.engine.begin() as connection:
            context = MigrationContext.configure(connection)
            return set(context.get_current_heads()) == set(directory.get_heads())

    assert not stands_at_head()
    command.upgrade(project.config, "head")
    assert stands_at_head()


# -- old files are pruned --------------------------------------------------------------------------


def test_old_files_are_deleted_and_the_oldest_that_is_left_becomes_the_base(
    project: Project,
) -> None:
    for id, down in (("aaaa", None), ("bbbb", "aaaa"), ("cccc", "bbbb"), ("dddd", "cccc")):
        project.file(id, down, table(f"t_{id}"))
    command.upgrade(project.config, "cccc")
    versions = project.folder / "migrations/versions"
    (versions / "aaaa.py").unlink()
    (versions / "bbbb.py").unlink()
    kept = versions / "cccc.py"
    kept.write_text(kept.read_text().replace("down_revision = 'bbbb'", "down_revision = None"))

    command.upgrade(project.config, "head")
    assert project.rows == {"dddd"}
    command.downgrade(project.config, "cccc")
    assert project.said(command.history) == (
        "cccc -> dddd (head), dddd message\n<base> -> cccc, cccc message\n"
    )
    assert project.script.get_base() == "cccc"


# -- switches --------------------------------------------------------------------------------------

SWITCHED = """
from alembic import context, op
import sqlalchemy as sa

revision = "aaaa"
down_revision = None


def upgrade():
    op.create_table("color", sa.Column("name", sa.String(20)))
    if context.get_x_argument(as_dictionary=True).get("data", "") == "yes":
        colors = sa.table("color", sa.column("name"))
        op.bulk_insert(colors, [{"name": "red"}, {"name": "blue"}])


def downgrade():
    op.drop_table("color")
"""


@pytest.mark.parametrize(
    ("said", "found"), [(["data=yes"], [("blue",), ("red",)]), (["data"], []), (None, [])]
)
def test_a_switch_decides_whether_a_migration_moves_data(
    project: Project, said: list[str] | None, found: list[tuple[str]]
) -> None:
    project.write("migrations/versions/aaaa.py", SWITCHED)
    project.config.cmd_opts = Namespace(x=said)
    command.upgrade(project.config, "head")
    assert rows(project.engine, "SELECT name FROM color ORDER BY name") == found


# -- several environments in one ini file ----------------------------------------------------------

SEVERAL = """\
[DEFAULT]
path_separator = os
file_template = %%(rev)s
sqlalchemy.url = sqlite:///one.db

[alembic]
script_location = %(here)s/migrations

[billing]
script_location = %(here)s/billing
sqlalchemy.url = sqlite:///two.db
"""


def test_several_environments_share_an_ini_file_and_its_defaults(project: Project) -> None:
    project.write("alembic.ini", SEVERAL)
    (project.folder / "billing/versions").mkdir(parents=True)
    env = (project.folder / "migrations/env.py").read_text()
    project.write("billing/env.py", env)
    for name in ("migrations", "billing"):
        mako = "revision = ${repr(up_revision)}\\ndown_revision = ${repr(down_revision)}\\n"
        body = "def upgrade():\\n    ${upgrades if upgrades else 'pass'}\\n"
        text = f"from alembic import op\\n{mako}{body}".replace("\\n", "\n")
        (project.folder / name / "script.py.mako").write_text(text)

    def run(*arguments: str) -> str:
        whole = [sys.executable, "-m", "migrate_core.alembic", *arguments]
        done = subprocess.run(whole, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("revision", "-m", "first", "--rev-id", "aaaa")
    run("--name", "billing", "revision", "-m", "first", "--rev-id", "bbbb")
    run("upgrade", "head")
    run("-n", "billing", "upgrade", "head")
    assert (run("current"), run("-n", "billing", "current")) == ("aaaa (head)\n", "bbbb (head)\n")
    assert Path("migrations/versions/aaaa.py").is_file()
    assert Path("billing/versions/bbbb.py").is_file()
    assert (
        Config("alembic.ini", ini_section="billing").get_main_option("file_template") == "%(rev)s"
    )


# -- replaceable objects ---------------------------------------------------------------------------

REPLACEABLE = '''
"""Views and functions that are replaced as a whole, each version in its migration."""

from dataclasses import dataclass

from alembic.operations import MigrateOperation, Operations


@dataclass
class Replaceable:
    name: str
    text: str


class OnReplaceable(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def of(cls, operations, target):
        return operations.invoke(cls(target))

    @classmethod
    def replaced(cls, operations, target, replaces=None, replace_with=None):
        if replaces is not None:
            old = cls.find(operations, replaces)
            operations.invoke(cls(old).reverse())
            operations.invoke(cls(target))
        else:
            new = cls.find(operations, replace_with)
            operations.invoke(cls(target).reverse())
            operations.invoke(cls(new))

    @staticmethod
    def find(operations, name):
        revision, _, attribute = name.partition(".")
        module = operations.get_context().script.get_revision(revision).module
        return getattr(module, attribute)


@Operations.register_operation("create_view", "of")
@Operations.register_operation("replace_view", "replaced")
class CreateView(OnReplaceable):
    def reverse(self):
        return DropView(self.target)


@Operations.register_operation("drop_view", "of")
class DropView(OnReplaceable):
    def reverse(self):
        return CreateView(self.target)


@Operations.implementation_for(CreateView)
def create_view(operations, operation):
    operations.execute(f"CREATE VIEW {operation.target.name} AS {operation.target.text}")


@Operations.implementation_for(DropView)
def drop_view(operations, operation):
    operations.execute(f"DROP VIEW {operation.target.name}")
'''

FIRST_VIEW = """
from alembic import op
import sqlalchemy as sa
from replaceable import Replaceable

revision = "aaaa"
down_revision = None

customers = Replaceable("customer_view", "SELECT name FROM customer")


def upgrade():
    op.create_table("customer", sa.Column("name", sa.String(20)), sa.Column("city", sa.String(20)))
    op.create_view(customers)


def downgrade():
    op.drop_view(customers)
    op.drop_table("customer")
"""

SECOND_VIEW = """
from alembic import op
from replaceable import Replaceable

revision = "bbbb"
down_revision = "aaaa"

customers = Replaceable("customer_view", "SELECT name, city FROM customer")


def upgrade():
    op.replace_view(customers, replaces="aaaa.customers")


def downgrade():
    op.replace_view(customers, replace_with="aaaa.customers")
"""


def test_a_view_is_replaced_by_the_version_that_another_migration_holds(
    project_anywhere: Project,
) -> None:
    project = project_anywhere
    project.ini(prepend_sys_path=".")
    project.write("replaceable.py", REPLACEABLE)
    env = (project.folder / "migrations/env.py").read_text()
    project.write("migrations/env.py", f"import replaceable\n{env}")
    project.write("migrations/versions/aaaa.py", FIRST_VIEW)
    project.write("migrations/versions/bbbb.py", SECOND_VIEW)

    def columns() -> list[str]:
        return [each["name"] for each in sa.inspect(project.engine).get_columns("customer_view")]

    command.upgrade(project.config, "head")
    assert columns() == ["name", "city"]
    command.downgrade(project.config, "aaaa")
    assert columns() == ["name"]
    assert "CREATE VIEW customer_view AS SELECT name, city" in project.sql(
        command.upgrade, "aaaa:bbbb"
    )
    command.downgrade(project.config, "base")
    assert project.tables == {"alembic_version"}


# -- async -----------------------------------------------------------------------------------------

ASYNC_ENV = """
import asyncio

from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

config = context.config


def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def connect():
    engine = create_async_engine(config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(connect())
"""

ASYNC_MIGRATION = """
from alembic import op
import sqlalchemy as sa

revision = "aaaa"
down_revision = None


async def fill(connection, rows):
    for number in range(rows):
        await connection.execute(sa.text("INSERT INTO item (id) VALUES (:id)"), {"id": number})


def upgrade():
    op.create_table("item", sa.Column("id", sa.Integer, primary_key=True))
    op.run_async(fill, 3)


def downgrade():
    op.drop_table("item")
"""


def test_a_migration_awaits_within_its_transaction(on_postgresql: Project) -> None:
    project = on_postgresql
    project.write("migrations/env.py", ASYNC_ENV)
    project.write("migrations/versions/aaaa.py", ASYNC_MIGRATION)
    command.upgrade(project.config, "head")
    assert rows(project.engine, "SELECT count(*) FROM item") == [(3,)]
    command.downgrade(project.config, "base")
    failing = ASYNC_MIGRATION.replace("op.run_async(fill, 3)", "op.run_async(fill, 3); 1 / 0")
    project.write("migrations/versions/aaaa.py", failing)
    with pytest.raises(Exception, match="division by zero"):
        command.upgrade(project.config, "head")
    assert "item" not in project.tables


# -- a command line of one's own -------------------------------------------------------------------

OWN_PROGRAM = '''
from migrate_core import alias

alias.install()

from alembic import command
from alembic.config import CommandLine, Config


def seed(config: Config, table: str, rows: int = 2) -> None:
    """Bring the database to head and add rows."""
    command.upgrade(config, "head")
    config.print_stdout("%s gets %s rows", table, rows)


line = CommandLine(prog="shopctl")
line.register_command(seed)
line.main()
'''


def test_a_program_adds_a_command_of_its_own_to_the_documented_ones(project: Project) -> None:
    project.file("aaaa", None, table("customer"))
    program = project.write("shopctl.py", OWN_PROGRAM)

    def run(*arguments: str) -> str:
        whole = [sys.executable, str(program), *arguments]
        done = subprocess.run(whole, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("seed", "customer") == "customer gets 2 rows\n"
    assert run("current") == "aaaa (head)\n"
    assert "Bring the database to head and add rows." in run("--help")


# -- data ------------------------------------------------------------------------------------------


def test_rows_are_moved_with_tables_written_down_in_the_migration(
    project_anywhere: Project,
) -> None:
    project = project_anywhere
    project.file(
        "aaaa",
        None,
        "op.create_table('person', sa.Column('id', sa.Integer, primary_key=True), "
        "sa.Column('name', sa.String(40)))",
    )
    command.upgrade(project.config, "head")
    execute(project.engine, "INSERT INTO person (id, name) VALUES (1, 'Ada Lovelace')")
    project.write(
        "migrations/versions/bbbb.py",
        """
        from alembic import op
        import sqlalchemy as sa

        revision = "bbbb"
        down_revision = "aaaa"

        person = sa.table(
            "person", sa.column("id", sa.Integer), sa.column("name"), sa.column("given")
        )


        def upgrade():
            with op.batch_alter_table("person") as batch_op:
                batch_op.add_column(sa.Column("given", sa.String(20)))
            connection = op.get_bind()
            for row in connection.execute(sa.select(person.c.id, person.c.name)).all():
                given = row.name.split()[0]
                op.execute(person.update().where(person.c.id == row.id).values(given=given))
            with op.batch_alter_table("person") as batch_op:
                batch_op.alter_column("given", existing_type=sa.String(20), nullable=False)


        def downgrade():
            with op.batch_alter_table("person") as batch_op:
                batch_op.drop_column("given")
        """,
    )
    command.upgrade(project.config, "head")
    assert rows(project.engine, "SELECT id, given FROM person") == [(1, "Ada")]
    command.downgrade(project.config, "aaaa")
    assert rows(project.engine, "SELECT * FROM person") == [(1, "Ada Lovelace")]

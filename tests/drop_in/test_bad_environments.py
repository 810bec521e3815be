"""What is wrong with a project of Alembic's, and every line that is printed about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dropped_in import ran
from env_projects import GENERIC, Environment, online, table
from projects import Project, Run, refused

INI = "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n"


@pytest.fixture
def project(tmp_path: Path, sqlite_url: str) -> Environment:
    project = Environment(tmp_path, sqlite_url)
    project.env(GENERIC)
    project.tables_in_turn("customer")
    (tmp_path / "alembic.ini").write_text(INI.format(url=sqlite_url), "utf-8")
    return project


@pytest.fixture
def imports_private(project: Environment) -> Path:
    """A migration that imports what was never documented."""
    path = project.folder / "migrations" / "versions" / "a.py"
    line = "from alembic.autogenerate.compare import _compare_tables\n"
    path.write_text(line + path.read_text("utf-8"), "utf-8")
    return path


def private(path: Path) -> str:
    """What is said of it."""
    return (
        f"The upgrade of a failed in {path}:\n"
        f"  {path}, line 1: importing it raised NotDocumented: "
        "alembic.autogenerate.compare._compare_tables was never part of Alembic's documented "
        "interface, and it is not here.\n"
        "Use alembic.autogenerate.comparators.dispatch_for(); or copy the few lines that are "
        "needed into the file that imports it.\n"
        "The run was rolled back: the database stands at base, as before.\n"
        "Correct the file and run the command again.\n"
    )


def test_a_private_name_is_told_by_migrate_core(
    project: Environment, imports_private: Path
) -> None:
    said = refused(ran("migrate-core", project.folder, "upgrade"))
    beginning, _, error = said.partition("Error: ")
    assert beginning.splitlines()[0] == f"Database: {project.url}"
    assert error == private(imports_private)
    assert project.tables() == set()


def test_a_private_name_is_told_by_the_documented_program(
    project: Environment, imports_private: Path
) -> None:
    run = ran("migrate_core.alembic", project.folder, "upgrade", "head")
    assert (run.returncode, run.stderr) == (255, "")
    assert run.stdout == f"FAILED: {private(imports_private)}"
    assert project.tables() == set()


NEVER = (
    "{env}: it never called context.run_migrations(), and nothing was done.\n"
    "Call it after context.configure(): with context.begin_transaction(): "
    "context.run_migrations()\n"
)


@pytest.mark.parametrize(
    ("program", "code", "stream", "sign"),
    [
        ("migrate-core", 1, "stderr", "Error: "),
        ("migrate_core.alembic", 255, "stdout", "FAILED: "),
    ],
)
def test_an_env_py_that_never_runs_is_told(
    project: Environment, program: str, code: int, stream: str, sign: str
) -> None:
    project.env("from alembic import context\n")
    run = ran(program, project.folder, "upgrade", "head")
    said = {"stdout": run.stdout, "stderr": run.stderr}
    assert (run.returncode, said.pop(stream)) == (code, sign + NEVER.format(env=project.path))
    assert [*said.values()] == [""]


TWICE = """
context.configure(connection=connection)
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.mark.parametrize("program", ["migrate-core", "migrate_core.alembic"])
def test_an_env_py_that_configures_twice_is_told_the_line(
    project: Environment, program: str
) -> None:
    project.env(online(TWICE))
    lines = project.path.read_text("utf-8").splitlines()
    line = len(lines) - lines[::-1].index("    context.configure(connection=connection)")
    run = ran(program, project.folder, "upgrade", "head")
    assert run.returncode == 0
    assert (
        f"{project.path}:{line}: UserWarning: context.configure() is called again before "
        "context.run_migrations(): what was configured before is not used.\n"
        "  context.configure(connection=connection)\n"
    ) in run.stderr
    assert project.tables() == {"customer"}


PLUGIN = "import alembic_utils.pg_function\n"

MIGRATION = f"""\
from alembic import op
import sqlalchemy as sa

revision = "a"
down_revision = None


def upgrade():
    {table("customer")}
"""


def test_a_plugin_that_was_loaded_before_is_told_once(
    tmp_path: Path, sqlite_url: str, flask_run: Callable[..., Run]
) -> None:
    project = Project(tmp_path, sqlite_url, flask_run)
    project.app("")
    app = tmp_path / "app.py"
    app.write_text(PLUGIN + app.read_text("utf-8"), "utf-8")
    project.write("migrations/versions/a.py", MIGRATION)
    run = project.flask("db", "upgrade")
    assert run.returncode == 0
    assert run.stderr.count("BoundToAlembic: ") == 1
    assert (
        "alembic_utils.replaceable_entity, alembic_utils.reversible_op were imported with "
        "Alembic, which is installed as well, and so extend Alembic and not what runs the "
        "migrations now.\nImport alembic_utils in env.py or in the migration files alone; or let "
        "the program begin with: from migrate_core import alias; alias.install()\n"
    ) in run.stderr

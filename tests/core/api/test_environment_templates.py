"""Projects as `alembic init` makes them, run by this engine.

No byte of env.py is changed but for the line in which a project names its models. The first process
is Alembic's own, which makes the project; all others are ours.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from env_projects import Environment, table

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("t1", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("t2", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))
"""

TEMPLATES = ["generic", "async", "pyproject", "pyproject_async"]


COMMANDS = """
import shlex
import sys
from migrate_core.alembic.config import main

for line in sys.argv[1:]:
    main(shlex.split(line))
"""


def ran(folder: Path, *arguments: str) -> str:
    """What a Python process writes; it has to end well."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ours(folder: Path, *lines: str) -> str:
    """What these command lines write, one after the other."""
    return ran(folder, "-c", COMMANDS, *lines)


def made_by_alembic(folder: Path, template: str, urls: Mapping[str, str]) -> Environment:
    """A project of a template, with its URLs filled in and two migrations."""
    ran(folder, "-m", "alembic", "init", "-t", template, "migrations")
    path = folder / "alembic.ini"
    text = path.read_text(encoding="utf-8")
    for placeholder, url in urls.items():
        text = text.replace(f"= {placeholder}\n", f"= {url.replace('%', '%%')}\n")
    path.write_text(text, encoding="utf-8")
    return Environment(folder, next(iter(urls.values())))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_of_alembics_runs_unchanged(
    tmp_path: Path, postgresql_url: str, template: str
) -> None:
    project = made_by_alembic(
        tmp_path, template, {"driver://user:pass@localhost/dbname": postgresql_url}
    )
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    text = project.path.read_text(encoding="utf-8")
    named = text.replace("target_metadata = None", "from models import metadata as target_metadata")
    project.path.write_text(named, encoding="utf-8")
    project.tables_in_turn("t1", "t2")
    said = ours(
        tmp_path,
        "upgrade head",
        "upgrade a:b --sql",
        "revision --autogenerate -m notes",
        "upgrade head",
        "check",
    )
    assert "CREATE TABLE t2" in said
    assert (project.tables(), project.select("SELECT note FROM t2")) == ({"t1", "t2"}, [])
    ours(tmp_path, "downgrade base")
    assert (project.tables(), project.rows()) == (set(), [])


def test_a_project_of_several_databases_runs_unchanged(
    tmp_path: Path, database_url: str, scratch_url: str
) -> None:
    project = made_by_alembic(
        tmp_path,
        "multidb",
        {
            "driver://user:pass@localhost/dbname": database_url,
            "driver://user:pass@localhost/dbname2": scratch_url,
        },
    )
    path = tmp_path / "migrations" / "versions" / "a.py"
    path.write_text(
        "from alembic import op\nimport sqlalchemy as sa\n\n"
        "revision = 'a'\ndown_revision = None\n\n\n"
        "def upgrade(engine_name):\n    globals()[f'upgrade_{engine_name}']()\n\n\n"
        "def downgrade(engine_name):\n    globals()[f'downgrade_{engine_name}']()\n\n\n"
        f"def upgrade_engine1():\n    {table('t1')}\n\n\n"
        "def downgrade_engine1():\n    op.drop_table('t1')\n\n\n"
        f"def upgrade_engine2():\n    {table('t2')}\n\n\n"
        "def downgrade_engine2():\n    op.drop_table('t2')\n",
        encoding="utf-8",
    )
    ours(tmp_path, "upgrade head", "upgrade head --sql")
    assert (project.tables(database_url), project.tables(scratch_url)) == ({"t1"}, {"t2"})
    assert "CREATE TABLE t2" in (tmp_path / "engine2.sql").read_text(encoding="utf-8")
    ours(tmp_path, "downgrade base")
    assert (project.tables(database_url), project.tables(scratch_url)) == (set(), set())

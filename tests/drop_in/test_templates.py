"""Projects as `alembic init` makes them, run by this engine from their first migration to the last.

Of the files that it wrote only those lines are filled in that are there for it: the URL, and where
the models are. Alembic's own process makes the project; all others are ours.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from dropped_in import ran
from env_projects import Environment
from projects import Run, done

FIRST = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "customer",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80), nullable=False, unique=True),
)
"""

SECOND = """
sa.Table(
    "purchase",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customer.id"), index=True),
    sa.Column("note", sa.String(200), server_default="100 % wool: it's warm"),
)
"""

PLACEHOLDER = "driver://user:pass@localhost/dbname"


def made_by_alembic(folder: Path, template: str, *urls: str) -> Environment:
    """A project of a template, with its URLs filled in."""
    done(ran("alembic", folder, "init", "-t", template, "migrations"))
    ini = folder / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    for number, url in reversed(list(enumerate(urls, 1))):
        placeholder = PLACEHOLDER if number == 1 else f"{PLACEHOLDER}{number}"
        assert f"= {placeholder}\n" in text
        text = text.replace(f"= {placeholder}\n", f"= {url.replace('%', '%%')}\n")
    ini.write_text(text, encoding="utf-8")
    return Environment(folder, urls[0])


def models_are(project: Environment, line: str, filled_in: str) -> None:
    """Fill in the line in which a project names its models."""
    text = project.path.read_text(encoding="utf-8")
    assert text.count(f"{line}\n") == 1
    project.path.write_text(text.replace(line, filled_in), encoding="utf-8")


def lives(program: str, project: Environment) -> None:
    """Two migrations are generated and applied, printed as SQL, and undone."""
    folder, models = project.folder, project.folder / "models.py"

    def does(*arguments: str) -> Run:
        return done(ran(program, folder, *arguments))

    models.write_text(FIRST, encoding="utf-8")
    does("revision", "--autogenerate", "-m", "customers", "--rev-id", "a1")
    does("upgrade", "head")
    assert (project.tables(), project.rows()) == ({"customer"}, ["a1"])

    models.write_text(FIRST + SECOND, encoding="utf-8")
    drifted = ran(program, folder, "check")
    assert drifted.returncode != 0
    assert "purchase" in drifted.stdout + drifted.stderr
    does("revision", "--autogenerate", "-m", "purchases", "--rev-id", "b2")
    sql = does("upgrade", "a1:b2", "--sql").stdout
    assert "CREATE TABLE purchase" in sql
    assert "100 % wool: it''s warm" in sql
    assert "SET version_num='b2'" in sql
    assert project.rows() == ["a1"]

    does("upgrade", "head")
    does("check")
    assert (project.tables(), project.rows()) == ({"customer", "purchase"}, ["b2"])
    does("downgrade", "base")
    assert (project.tables(), project.rows()) == (set(), [])


@pytest.mark.parametrize(
    ("template", "program", "database", "driver"),
    [
        ("generic", "migrate-core", "sqlite", "sqlite"),
        ("generic", "migrate_core.alembic", "mariadb", "mysql+pymysql"),
        ("pyproject", "migrate-core", "postgresql", "postgresql+psycopg"),
        ("pyproject", "migrate_core.alembic", "sqlite", "sqlite"),
        ("async", "migrate-core", "sqlite", "sqlite+aiosqlite"),
        ("async", "migrate_core.alembic", "postgresql", "postgresql+asyncpg"),
        ("pyproject_async", "migrate-core", "postgresql", "postgresql+psycopg"),
        ("pyproject_async", "migrate_core.alembic", "sqlite", "sqlite+aiosqlite"),
    ],
)
def test_a_project_of_alembics_lives_unchanged(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    template: str,
    program: str,
    database: str,
    driver: str,
) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    project = made_by_alembic(tmp_path, template, url.replace(url.partition(":")[0], driver, 1))
    models_are(project, "target_metadata = None", "from models import metadata as target_metadata")
    project.url = url
    lives(program, project)


@pytest.mark.parametrize(
    ("program", "database"), [("migrate-core", "postgresql"), ("migrate_core.alembic", "sqlite")]
)
def test_a_project_of_several_databases_lives_unchanged(
    tmp_path: Path, request: pytest.FixtureRequest, program: str, database: str
) -> None:
    one: str = request.getfixturevalue(f"{database}_url")
    other = f"sqlite:///{tmp_path / 'other.db'}"
    project = made_by_alembic(tmp_path, "multidb", one, other)
    models_are(project, "target_metadata = {}", "from models import target_metadata")
    models = FIRST + SECOND.replace("metadata", "others").replace(
        'sa.ForeignKey("customer.id")', "sa.Integer"
    )
    models = models.replace("metadata = ", "others = sa.MetaData()\nmetadata = ")
    models += 'target_metadata = {"engine1": metadata, "engine2": others}\n'
    (tmp_path / "models.py").write_text(models, encoding="utf-8")

    def does(*arguments: str) -> Run:
        return done(ran(program, tmp_path, *arguments))

    does("revision", "--autogenerate", "-m", "both", "--rev-id", "a1")
    does("upgrade", "head")
    assert (project.tables(one), project.tables(other)) == ({"customer"}, {"purchase"})
    does("check")
    does("upgrade", "head", "--sql")
    scripts = [(tmp_path / f"engine{number}.sql").read_text("utf-8") for number in (1, 2)]
    assert ["CREATE TABLE customer" in each for each in scripts] == [True, False]
    assert ["CREATE TABLE purchase" in each for each in scripts] == [False, True]
    does("downgrade", "base")
    assert (project.tables(one), project.tables(other)) == (set(), set())


TWOPHASE = """
from sqlalchemy import create_engine, pool
from alembic import context

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    transaction = connection.begin_twophase()
    try:
        context.configure(connection=connection)
        context.run_migrations()
        transaction.prepare()
        transaction.commit()
    except Exception:
        transaction.rollback()
        raise
"""


def test_an_env_py_with_two_phases_is_told_where_the_server_has_none(
    tmp_path: Path, postgresql_url: str
) -> None:
    project = Environment(tmp_path, postgresql_url)
    ini = f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {postgresql_url}\n"
    (tmp_path / "alembic.ini").write_text(ini, encoding="utf-8")
    project.env(TWOPHASE)
    project.tables_in_turn("t1")
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        allowed = int(connection.scalar(sa.text("SHOW max_prepared_transactions")) or 0)

    run = ran("migrate_core.alembic", tmp_path, "upgrade", "head")
    if allowed:
        assert done(run).returncode == 0
        assert project.tables() == {"t1"}
    else:
        assert run.returncode == 255
        assert "env.py, line 14: ProgrammingError" in run.stdout
        assert "line 11 had raised: NotSupportedError" in run.stdout
        assert "HINT: Set max_prepared_transactions to a nonzero value." in run.stdout
        assert project.tables() == set()

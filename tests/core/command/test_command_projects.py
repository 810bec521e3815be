"""init and list_templates; and each template, from its first revision to base again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from migrate_core import command
from migrate_core.api.config import Config
from migrate_core.errors import FolderInUse, UnknownTemplate

TEMPLATES = ["async", "generic", "multidb", "pyproject", "pyproject_async"]


def test_templates_are_listed_by_name(here, capsys):
    command.list_templates(Config())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in lines if " - " in line] == TEMPLATES


@pytest.mark.parametrize("template", ["generic", "pyproject"])
def test_a_template_runs_as_it_is(here, sqlite_url, template):
    command.init(Config("alembic.ini", "pyproject.toml"), "migrations", template)
    upgrade_and_back(here, sqlite_url)


@pytest.mark.parametrize("template", ["async", "pyproject_async"])
def test_a_template_for_asyncio_runs_as_it_is(here, postgresql_url, template):
    command.init(Config("alembic.ini", "pyproject.toml"), "migrations", template)
    upgrade_and_back(here, postgresql_url)


def upgrade_and_back(here, url):
    ini = here / "alembic.ini"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", url))
    env = here / "migrations/env.py"
    models = "from models import metadata as target_metadata"
    env.write_text(env.read_text().replace("target_metadata = None", models))
    (here / "models.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "sa.Table('customer', metadata, sa.Column('id', sa.Integer, primary_key=True))\n"
    )
    config = Config("alembic.ini", "pyproject.toml")
    command.revision(config, "first", autogenerate=True)
    command.upgrade(config, "head")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version", "customer"}
    command.check(config)
    command.downgrade(config, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]


@pytest.mark.parametrize("template", ["generic", "pyproject", "multidb"])
def test_a_project_made_here_runs_on_alembic_and_comes_back(here, template):
    command.init(Config("alembic.ini", "pyproject.toml"), "migrations", template)
    ini = here / "alembic.ini"
    text = ini.read_text().replace("driver://user:pass@localhost/dbname2", "sqlite:///two.db")
    ini.write_text(text.replace("driver://user:pass@localhost/dbname", "sqlite:///one.db"))
    config = Config("alembic.ini", "pyproject.toml")
    command.revision(config, "here", rev_id="aaaa")
    for said in (["upgrade", "head"], ["revision", "-m", "there", "--rev-id", "bbbb"]):
        subprocess.run([sys.executable, "-m", "alembic", *said], check=True, capture_output=True)
    command.upgrade(config, "head")
    with sa.create_engine("sqlite:///one.db", poolclass=sa.pool.NullPool).connect() as connection:
        rows = connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all()
    assert rows == ["bbbb"]


def test_the_template_for_several_databases_migrates_each_and_writes_a_script_for_each(here):
    command.init(Config("alembic.ini"), "migrations", "multidb")
    ini = here / "alembic.ini"
    text = ini.read_text().replace("driver://user:pass@localhost/dbname2", "sqlite:///two.db")
    ini.write_text(text.replace("driver://user:pass@localhost/dbname", "sqlite:///one.db"))
    env = here / "migrations/env.py"
    models = (
        "import sqlalchemy as sa\n"
        "target_metadata = {'engine1': MetaData(), 'engine2': MetaData()}\n"
        "for name in names:\n    sa.Table(f'of_{name}', target_metadata[name],\n"
        "        sa.Column('id', sa.Integer, primary_key=True))\n"
    )
    env.write_text(env.read_text().replace("target_metadata: dict[str, MetaData] = {}", models))
    config = Config("alembic.ini")
    command.revision(config, "first", autogenerate=True)
    command.upgrade(config, "head")
    for name, table in (("one", "of_engine1"), ("two", "of_engine2")):
        found = sa.inspect(sa.create_engine(f"sqlite:///{name}.db", poolclass=sa.pool.NullPool))
        assert set(found.get_table_names()) == {"alembic_version", table}
    command.upgrade(config, "head", sql=True)
    assert "CREATE TABLE of_engine2" in Path("engine2.sql").read_text()


def test_a_folder_elsewhere_is_named_from_where_the_ini_file_is(here):
    (here / "conf").mkdir()
    command.init(Config("conf/alembic.ini"), "migrations")
    config = Config("conf/alembic.ini")
    location = config.get_main_option("script_location")
    assert Path(location).resolve() == here / "migrations"


def test_an_absolute_folder_is_named_as_it_is(here):
    command.init(Config("alembic.ini"), str(here / "migrations"))
    assert Config("alembic.ini").get_main_option("script_location") == str(here / "migrations")


def test_a_folder_with_something_in_it_is_refused(here):
    (here / "migrations").mkdir()
    (here / "migrations/notes.txt").write_text("mine")
    with pytest.raises(FolderInUse, match="already exists and is not empty"):
        command.init(Config("alembic.ini"), "migrations")
    assert not (here / "alembic.ini").exists()


def test_an_unknown_template_names_those_that_there_are(here):
    with pytest.raises(UnknownTemplate, match="async, generic, multidb"):
        command.init(Config("alembic.ini"), "migrations", "nope")
    assert not (here / "migrations").exists()


def test_a_configuration_that_is_there_stays(here, capsys):
    (here / "alembic.ini").write_text("[mine]\n")
    command.init(Config("alembic.ini"), "migrations")
    assert (here / "alembic.ini").read_text() == "[mine]\n"
    assert "already exists, skipping" in capsys.readouterr().out


def test_a_pyproject_is_extended_once(here, capsys):
    (here / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    command.init(Config("alembic.ini", "pyproject.toml"), "migrations", "pyproject")
    text = (here / "pyproject.toml").read_text()
    assert text.startswith('[project]\nname = "shop"\n\n\n')
    assert "[tool.alembic]" in text
    command.init(Config("alembic.ini", "pyproject.toml"), "other", "pyproject")
    assert (here / "pyproject.toml").read_text() == text
    assert "already has a [tool.alembic] section, skipping" in capsys.readouterr().out


def test_a_package_gets_its_files(here):
    command.init(Config("alembic.ini"), "migrations", package=True)
    assert (here / "migrations/__init__.py").read_text() == ""
    assert (here / "migrations/versions/__init__.py").read_text() == ""

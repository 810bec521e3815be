"""How an app says `Migrate`, and where its migrations then are."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from histories import tables
from projects import CUSTOMER, Project, done, next_step

TOP = """\
from pathlib import Path

from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy

"""

MODULE = "app = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = {url!r}\n"
FACTORY = "def create_app():\n    app = Flask(__name__)\n    app.config[{key!r}] = {url!r}\n"
KEY = "SQLALCHEMY_DATABASE_URI"

WIRINGS = {
    "Migrate(app, db)": MODULE + "db = SQLAlchemy(app)\n" + CUSTOMER + "Migrate(app, db)\n",
    "Migrate().init_app(app, db)": (
        MODULE
        + "db = SQLAlchemy()\nmigrate = Migrate()\n"
        + CUSTOMER
        + "db.init_app(app)\nmigrate.init_app(app, db)\n"
    ),
    "Migrate(app) alone": MODULE + "db = SQLAlchemy(app)\n" + CUSTOMER + "Migrate(app)\n",
    "Migrate(app) before db.init_app(app)": (
        MODULE + "Migrate(app)\ndb = SQLAlchemy()\n" + CUSTOMER + "db.init_app(app)\n"
    ),
    "Migrate(app, db) before db.init_app(app)": (
        MODULE + "db = SQLAlchemy()\nMigrate(app, db)\n" + CUSTOMER + "db.init_app(app)\n"
    ),
    "a factory with init_app(app, db)": (
        "db = SQLAlchemy()\nmigrate = Migrate()\n"
        + CUSTOMER
        + FACTORY
        + "    db.init_app(app)\n    migrate.init_app(app, db)\n    return app\n"
    ),
    "a factory with Migrate(app) alone": (
        "db = SQLAlchemy()\n"
        + CUSTOMER
        + FACTORY
        + "    db.init_app(app)\n    Migrate(app)\n    return app\n"
    ),
    "a factory with Migrate(db=db)": (
        "db = SQLAlchemy()\nmigrate = Migrate(db=db)\n"
        + CUSTOMER
        + FACTORY
        + "    migrate.init_app(app)\n    db.init_app(app)\n    return app\n"
    ),
}


def wire(project: Project, text: str) -> None:
    project.write("app.py", TOP + text.format(url=project.url, key=KEY))


def with_options(project: Project, options: str) -> None:
    """An app whose Migrate is given more than the app and its db."""
    text = WIRINGS["Migrate(app, db)"].replace("Migrate(app, db)", f"Migrate(app, db, {options})")
    wire(project, text)


def found_tables(project: Project) -> set[str]:
    engine = sa.create_engine(project.url)
    try:
        return tables(engine)
    finally:
        engine.dispose()


# -- the extension ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wiring", WIRINGS.values(), ids=list(WIRINGS))
def test_models_reach_the_database_however_migrate_is_registered(
    project: Project, wiring: str
) -> None:
    wire(project, wiring)
    assert "add table customer" in done(project.flask("db", "migrate", "-m", "first")).stdout
    done(project.flask("db", "upgrade"))
    assert found_tables(project) == {"customer"}


def test_the_command_group_can_have_another_name(project: Project) -> None:
    with_options(project, "command='database'")
    written = done(project.flask("database", "migrate", "-m", "first"))
    assert next_step(written.stderr).endswith("Next: flask database upgrade")
    done(project.flask("database", "upgrade"))
    assert found_tables(project) == {"customer"}


# -- the folder ------------------------------------------------------------------------------------


@pytest.mark.parametrize("directory", ["'db/steps'", "Path('db') / 'steps'"])
def test_a_relative_directory_is_made_in_the_working_directory(
    project: Project, directory: str
) -> None:
    with_options(project, f"directory={directory}")
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert (project.folder / "db" / "steps" / "versions" / "f1_first.py").is_file()


@pytest.mark.parametrize("directory", ["{!r}", "Path({!r})"])
def test_an_absolute_directory_is_taken_as_it_is(project: Project, directory: str) -> None:
    elsewhere = project.folder.parent / "elsewhere"
    with_options(project, f"directory={directory.format(str(elsewhere))}")
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert (elsewhere / "versions" / "f1_first.py").is_file()


def test_from_another_working_directory_the_folder_beside_the_app_is_found(
    project: Project,
) -> None:
    project.app()
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    elsewhere = project.folder.parent / "elsewhere"
    elsewhere.mkdir()

    app = str(project.folder / "app.py")
    assert "1 migration applied" in done(project.run(elsewhere, "db", "upgrade", app=app)).stdout
    assert list(elsewhere.iterdir()) == []


def test_from_another_working_directory_the_folder_beside_the_package_is_found(
    project: Project,
) -> None:
    project.app()
    (project.folder / "shop").mkdir()
    (project.folder / "app.py").rename(project.folder / "shop" / "__init__.py")
    done(project.flask("db", "migrate", "-m", "first", app="shop"))
    elsewhere = project.folder.parent / "elsewhere"
    elsewhere.mkdir()

    upgraded = project.run(elsewhere, "db", "upgrade", app="shop", PYTHONPATH=str(project.folder))
    assert "1 migration applied" in done(upgraded).stdout


@pytest.mark.parametrize(
    "arguments",
    [("db", "-d", "other", "migrate"), ("db", "migrate", "-d", "other")],
    ids=["before the command", "after the command"],
)
def test_the_next_step_names_the_directory_that_was_given(
    project: Project, arguments: tuple[str, ...]
) -> None:
    project.app()
    written = done(project.flask(*arguments, "--rev-id", "f1", "-m", "first"))
    assert (project.folder / "other" / "versions" / "f1_first.py").is_file()
    assert next_step(written.stderr).endswith("Next: flask db -d other upgrade")


def test_the_next_step_names_the_app_that_was_given(project: Project) -> None:
    project.app()
    (project.folder / "app.py").rename(project.folder / "shop.py")
    written = done(project.flask("--app", "shop", "db", "migrate", "-m", "first"))
    assert next_step(written.stderr).endswith("Next: flask --app shop db upgrade")

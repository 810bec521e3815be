"""An app that is not there, does not load, or is not ready: what is wrong, where, what next."""

from __future__ import annotations

import pytest

from projects import Project, done, next_step, refused

IMPORTS = """\
from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
"""


def said_of(project: Project, text: str) -> str:
    """What `flask db migrate` says of such an `app.py`; it wrote nothing."""
    project.write("app.py", text)
    said = refused(project.flask("db", "migrate", "-m", "first"))
    assert not (project.folder / "migrations").exists()
    return said


# -- not there -------------------------------------------------------------------------------------


def test_no_app_in_the_folder(project: Project) -> None:
    said = refused(project.flask("db", "upgrade"))
    assert said.startswith("Error: No Flask app was found: Could not import 'app'.")
    assert next_step(said) == "Name it: flask --app yourmodule db ... (or set FLASK_APP=yourmodule)"


def test_no_app_in_the_module(project: Project) -> None:
    said = said_of(project, "x = 1\n")
    assert "Failed to find Flask application or factory in module 'app'" in said
    assert next_step(said).startswith("Name it: flask --app ")


def test_a_factory_that_needs_arguments(project: Project) -> None:
    said = said_of(project, "def create_app(config): ...\n")
    assert "could not call it without arguments" in said
    assert next_step(said).startswith("Name it: flask --app ")


# -- does not load ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("x = 1\ndef broken(:\n", "SyntaxError: invalid syntax", 2),
        ("\nimport no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'", 2),
        ("from json import no_such_name\n", "ImportError: cannot import name 'no_such_name'", 1),
        ("def f():\n    raise ValueError('why')\nf()\n", "ValueError: why", 2),
        ("def create_app():\n    return 1 / 0\n", "ZeroDivisionError: division by zero", 2),
        ("import json\n\njson.loads('nothing')\n", "JSONDecodeError: Expecting value", 3),
    ],
)
def test_the_error_of_the_app_is_shown_with_its_own_file_and_line(
    project: Project, text: str, error: str, line: int
) -> None:
    said = said_of(project, text)
    assert said.startswith(f"Error: Your app could not be loaded: {error}")
    assert f" ({project.folder / 'app.py'}, line {line})\n" in said
    assert next_step(said) == "Correct it; see the whole traceback with: flask shell"


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("from flask_migrate import Migrate", "from flask_migrate_ext import Migrate"),
        ("import alembic.command", "from migrate_core import alias; alias.install()"),
    ],
)
def test_an_import_of_what_was_uninstalled_is_told_what_takes_its_place(
    project: Project, line: str, step: str
) -> None:
    package = line.split()[1].partition(".")[0]
    gone = "import sys\n\nclass Gone:\n    def find_spec(self, name, *_):\n        "
    raises = f"if name == {package!r}:\n            raise ModuleNotFoundError(name=name)\n"
    project.write("without.py", f"{gone}{raises}\nsys.meta_path.insert(0, Gone())\n")
    assert step in next_step(said_of(project, f"import without\n{line}\n"))


def test_an_error_in_a_module_that_the_app_imports_is_placed_there(project: Project) -> None:
    models = project.write("models.py", "x = 1\nimport no_such_module\n")
    said = said_of(project, "import models\n")
    assert f"({models}, line 2)" in said


def test_the_db_and_the_app_given_the_other_way_round(project: Project) -> None:
    said = said_of(
        project,
        f"{IMPORTS}app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'\n"
        "db = SQLAlchemy(app)\nMigrate(db, app)\n",
    )
    assert "Migrate takes the app first, Migrate(app, db), and got <SQLAlchemy" in said
    assert f"({project.folder / 'app.py'}, line 8)" in said


# -- not ready -------------------------------------------------------------------------------------


def test_an_app_without_migrate(project: Project) -> None:
    said = said_of(project, "from flask import Flask\napp = Flask(__name__)\n")
    assert said.startswith("Error: App 'app' has no Migrate.")
    assert next_step(said).endswith("from flask_migrate_ext import Migrate; Migrate(app, db)")


def test_migrate_without_a_db_in_an_app_without_flask_sqlalchemy(project: Project) -> None:
    said = said_of(project, f"{IMPORTS}Migrate(app)\n")
    assert "Migrate was given no db, and app 'app' has no Flask-SQLAlchemy" in said
    assert next_step(said) == "Call db.init_app(app), or give it: Migrate(app, db)"


def test_a_db_that_never_met_the_app(project: Project) -> None:
    said = said_of(project, f"{IMPORTS}db = SQLAlchemy()\nMigrate(app, db)\n")
    assert "The db of app 'app' has no engine" in said
    assert next_step(said) == "Call db.init_app(app) after setting SQLALCHEMY_DATABASE_URI."


def test_something_else_than_a_db(project: Project) -> None:
    said = said_of(project, f"{IMPORTS}Migrate(app, 'db')\n")
    assert "What Migrate was given as db has no engine; its type is str." in said
    assert next_step(said).endswith("Migrate(app, db)")


def test_an_app_without_a_database_url(project: Project) -> None:
    said = said_of(project, f"{IMPORTS}db = SQLAlchemy(app)\nMigrate(app, db)\n")
    assert "'SQLALCHEMY_DATABASE_URI'" in said
    assert f"({project.folder / 'app.py'}, line 6)" in said


def test_an_option_that_migrate_does_not_have(project: Project) -> None:
    said = said_of(
        project,
        f"{IMPORTS}app.config['SQLALCHEMY_DATABASE_URI'] = {project.url!r}\n"
        "db = SQLAlchemy(app)\nMigrate(app, db, compare_typ=True)\n",
    )
    assert "Unknown option compare_typ." in said
    assert "compare_type" in next_step(said)


# -- no models -------------------------------------------------------------------------------------


def test_no_models_and_an_empty_database(project: Project) -> None:
    project.app(models="")
    said = refused(project.flask("db", "migrate", "-m", "first"))
    assert "Error: 0 models found. Nothing was written.\n" in said
    assert next_step(said).startswith("Import the modules that define them")
    assert project.files == []


def test_no_models_and_a_database_with_tables_that_would_be_dropped(project: Project) -> None:
    project.app()
    done(project.flask("db", "migrate", "-m", "first"))
    done(project.flask("db", "upgrade"))
    project.app(models="")
    said = refused(project.flask("db", "migrate", "-m", "second"))
    assert "The database has 1 table, and the migration would have dropped it (customer)" in said
    assert len(project.files) == 1

"""What an app that registers migrations pays at its start, and where its commands then are."""

from __future__ import annotations

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_migrate_ext import Migrate
from projects import Project, done

TELLS = """
import atexit, sys
parts = ("migrate_core", "migrate_core.ddl", "migrate_core.autogenerate", "migrate_core.api")
parts += ("migrate_core.runtime.executor", "sqlalchemy.dialects.postgresql")
parts += ("flask_migrate_ext.pending",)
parts += ("migrate_core.drawing.history", "migrate_core.drawing.schema", "grandalf")
atexit.register(lambda: print("imported:", [part for part in parts if part in sys.modules]))

@app.cli.command("nothing")
def nothing():
    pass
"""


def test_another_command_imports_nothing_of_the_engine(project: Project) -> None:
    project.app(TELLS)
    assert done(project.flask("nothing")).stdout == "imported: []\n"


def test_current_imports_nothing_that_runs_or_compares(project: Project) -> None:
    project.app(TELLS)
    assert done(project.flask("db", "current")).stdout.endswith("imported: ['migrate_core']\n")


def test_current_through_an_env_py_imports_nothing_that_compares_or_writes(
    project: Project,
) -> None:
    project.app(TELLS.replace('"migrate_core.api")', '"migrate_core.render", "mako")'))
    done(project.flask("db", "init", "-t", "flask"))
    assert done(project.flask("db", "current")).stdout.endswith("imported: ['migrate_core']\n")


def test_the_help_of_flask_names_the_group(project: Project) -> None:
    project.app()
    assert "db      Migrate the database." in done(project.flask("--help")).stdout


def test_the_commands_and_their_options_are_completed_in_the_shell(project: Project) -> None:
    project.app()
    asked = {"_FLASK_COMPLETE": "bash_complete", "COMP_WORDS": "flask db upg", "COMP_CWORD": "2"}
    assert project.flask(**asked).stdout == "plain,upgrade\n"
    asked |= {"COMP_WORDS": "flask db upgrade --res", "COMP_CWORD": "3"}
    assert project.flask(**asked).stdout == "plain,--resume\n"


def test_the_apps_own_runner_has_the_commands(sqlite_url: str) -> None:
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlite_url
    db = SQLAlchemy(app)
    Migrate(app, db)
    said = app.test_cli_runner().invoke(args=["db", "current"])
    with app.app_context():
        db.engine.dispose()
    assert (said.exit_code, said.stdout) == (0, "Nothing is applied.\n")

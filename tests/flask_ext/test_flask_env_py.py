"""An app whose migrations folder has an env.py: every command goes through it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import rows, tables
from projects import CUSTOMER, Project, done, next_step, refused

BOTH = """
app.config["SQLALCHEMY_BINDS"] = {{"users": {users!r}}}

class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)

class User(db.Model):
    __bind_key__ = "users"
    id = db.Column(db.Integer, primary_key=True)
"""


@pytest.fixture
def begun(project_anywhere: Project) -> Project:
    """An app with an env.py and one migration, which is not applied."""
    project_anywhere.app()
    done(project_anywhere.flask("db", "init", "-t", "flask"))
    done(project_anywhere.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    return project_anywhere


@pytest.fixture
def for_both(project: Project) -> Project:
    """An app with two databases, one history for both, and an env.py."""
    users = f"sqlite:///{project.folder / 'users.db'}"
    text = BOTH.format(users=users)
    binds, models = text.split("\n\n", 1)
    project.app(models)
    app = (project.folder / "app.py").read_text("utf-8")
    project.write("app.py", app.replace("db = SQL", f"{binds.strip()}\ndb = SQL"))
    done(project.flask("db", "init", "-t", "flask-multidb"))
    return project


def test_the_commands_go_through_env_py(begun: Project, engine: Engine) -> None:
    assert "1 pending" in done(begun.flask("db", "status")).stdout
    done(begun.flask("db", "upgrade"))
    assert tables(engine) == {"customer"}
    assert done(begun.flask("db", "current")).stdout == "f1 (head), first\n"
    assert json.loads(done(begun.flask("db", "status", "--json")).stdout)["is_current"]
    done(begun.flask("db", "check"))
    assert "upgrade f1: done" in done(begun.flask("db", "log")).stdout
    done(begun.flask("db", "redo"))
    assert "DROP TABLE customer" in done(begun.flask("db", "downgrade", "--sql")).stdout
    refusal = refused(begun.flask("db", "downgrade", "base", "--sql"))
    assert next_step(refusal) == "Name both: flask db downgrade --sql START:base"
    done(begun.flask("db", "downgrade", "base"))
    assert tables(engine) == set()
    assert "CREATE TABLE" in done(begun.flask("db", "upgrade", "--sql")).stdout


def test_a_plan_shows_a_migration_to_its_end(begun: Project) -> None:
    planned = done(begun.flask("db", "plan")).stdout
    assert planned.count("CREATE TABLE customer") == 1
    assert "1 migration, from base to f1" in planned
    assert "known" not in planned


def test_what_env_py_configures_has_its_effect(begun: Project, engine: Engine) -> None:
    env = begun.folder / "migrations" / "env.py"
    text = env.read_text("utf-8")
    env.write_text(text.replace('"journal": True', '"version_table": "versions"'), "utf-8")
    done(begun.flask("db", "upgrade"))
    assert rows(engine, "SELECT version_num FROM versions") == [("f1",)]


def test_arguments_reach_env_py_and_the_migrations(begun: Project) -> None:
    env = begun.folder / "migrations" / "env.py"
    asked = "print(context.get_x_argument(as_dictionary=True), context.get_tag_argument())\n"
    env.write_text(env.read_text("utf-8") + asked, "utf-8")
    run = done(begun.flask("db", "-x", "a=1", "upgrade", "-x", "b", "--tag", "t"))
    assert "{'a': '1', 'b': ''} t" in run.stdout


def test_an_error_in_env_py_names_its_line(begun: Project) -> None:
    env = begun.folder / "migrations" / "env.py"
    env.write_text("import nothing_of_that_name\n" + env.read_text("utf-8"), "utf-8")
    said = refused(begun.flask("db", "upgrade"))
    assert "env.py, line 1: ModuleNotFoundError" in said


def test_an_env_py_that_runs_nothing_is_told(begun: Project) -> None:
    begun.write("migrations/env.py", "from alembic import context\n")
    said = refused(begun.flask("db", "upgrade"))
    assert "it never called context.run_migrations()" in said


def test_a_bind_cannot_be_chosen_beside_env_py(begun: Project) -> None:
    said = refused(begun.flask("db", "--bind", "default", "upgrade"))
    assert "env.py says which databases are migrated" in said
    assert next_step(said).startswith("Leave --bind out")


def test_one_migration_is_for_both_databases(for_both: Project) -> None:
    written = done(for_both.flask("db", "migrate", "-m", "first", "--rev-id", "f1")).stdout
    assert "add table order" in written
    assert "add table user" in written
    assert written.count("Wrote ") == 1

    upgraded = done(for_both.flask("db", "upgrade")).stdout
    assert upgraded == "".join(
        f"[{name}]\n1 migration applied. The database stands at f1.\n"
        for name in ("default", "users")
    )
    users = sa.create_engine(f"sqlite:///{for_both.folder / 'users.db'}")
    assert (tables(sa.create_engine(for_both.url)), tables(users)) == ({"order"}, {"user"})

    again = done(for_both.flask("db", "migrate", "-m", "again")).stdout
    assert again == "No changes: nothing was written.\n"
    assert len(for_both.files) == 1


def test_json_of_two_databases_is_one_document(for_both: Project) -> None:
    done(for_both.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    said = json.loads(done(for_both.flask("db", "status", "--json")).stdout)
    assert list(said) == ["default", "users"]
    assert said["users"]["pending"][0]["revision"] == "f1"


def test_sql_of_two_databases_is_a_file_of_each(for_both: Project) -> None:
    done(for_both.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    run = done(for_both.flask("db", "upgrade", "--sql"))
    assert "env.py wrote the SQL by itself" in run.stderr
    assert 'CREATE TABLE "order"' in (for_both.folder / "default.sql").read_text("utf-8")
    assert "CREATE TABLE user" in (for_both.folder / "users.sql").read_text("utf-8")


FUNCTIONS = """
from app import app
import flask_migrate_ext as migrations

with app.app_context():
    written = migrations.migrate(message="first", rev_id="f1")
    print(written.revision.id)
    print(migrations.upgrade().after)
    print(migrations.migrate(message="second"))
    print(migrations.current(), migrations.status().pending, bool(migrations.check()))
    print([each.id for each in migrations.history()])
    print(migrations.downgrade().after)
"""


def python(project: Project, text: str) -> list[str]:
    """What a program of the project prints."""
    run = subprocess.run(
        [sys.executable, "-c", text],
        cwd=project.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return run.stdout.splitlines()


ELSEWHERE = """
from app import app
import flask_migrate_ext as migrations

with app.app_context():
    print(migrations.upgrade().after)
    print([outcome.after for outcome in migrations.redo()])
    for named in (migrations.upgrade, migrations.redo):
        try:
            named(bind="default")
        except migrations_errors.ConfigurationError as error:
            print(str(error).splitlines()[-1])
"""


def test_redo_is_done_where_env_py_says_and_no_bind_is_passed_over(project: Project) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask"))
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    env = project.folder / "migrations" / "env.py"
    text = env.read_text("utf-8")
    env.write_text(text.replace('"journal": True', '"version_table": "versions"'), "utf-8")

    said = python(project, "import migrate_core.errors as migrations_errors\n" + ELSEWHERE)

    assert said[:2] == ["('f1',)", "[(), ('f1',)]"]
    refusal = "Leave --bind out; or remove env.py, and each bind has its own history."
    assert said[2:] == [refusal, refusal]


def test_a_history_for_one_of_two_databases_needs_no_bind(for_both: Project) -> None:
    shutil.rmtree(for_both.folder / "migrations")
    done(for_both.flask("db", "init", "-t", "flask"))
    written = done(for_both.flask("db", "revision", "-m", "by hand", "--rev-id", "h1")).stdout
    assert written.startswith("Wrote ")
    assert done(for_both.flask("db", "heads")).stdout.count("h1 (head)") == 1


def test_the_functions_go_through_env_py(project: Project) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask"))
    assert python(project, FUNCTIONS) == [
        "f1",
        "('f1',)",
        "None",
        "('f1',) () False",
        "['f1']",
        "()",
    ]


ASKED = """
from app import app
migrate = app.extensions["migrate"].migrate
with app.app_context():
    try:
        print(migrate.is_current())
    except Exception as error:
        print(error)
"""


def test_a_health_check_does_not_guess_the_version_table_of_an_env_py(project: Project) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask"))
    done(project.flask("db", "migrate", "-m", "first"))
    done(project.flask("db", "upgrade"))
    assert python(project, ASKED) == ["True"]
    env = project.folder / "migrations" / "env.py"
    text = env.read_text("utf-8")
    env.write_text(text.replace('"journal": True', '"version_table": "versions"'), "utf-8")
    said = python(project, ASKED)
    assert "has a version_table of its own" in said[0]
    assert said[-1].startswith("Say it where the app is made: Migrate(app, db, version_table=")


@pytest.mark.parametrize(
    "template",
    [
        "generic",
        "multidb",
        "async",
        "pyproject",
        "pyproject_async",
    ],
)
def test_the_templates_of_the_engine_are_written_as_well(project: Project, template: str) -> None:
    project.app(CUSTOMER)
    done(project.flask("db", "init", "-t", template))
    assert (project.folder / "migrations" / "env.py").is_file()
    assert "run_migrations" in (project.folder / "migrations" / "env.py").read_text("utf-8")


def test_a_folder_of_the_project_s_own_is_a_template(project: Project) -> None:
    project.app()
    for name, text in (("env.py", "# ours"), ("script.py.mako", ""), ("alembic.ini.mako", "[a]")):
        project.write(f"tools/ours/{name}", text)
    done(project.flask("db", "init", "-t", "./tools/ours"))
    assert (project.folder / "migrations" / "env.py").read_text("utf-8") == "# ours"
    assert (project.folder / "migrations" / "alembic.ini").read_text("utf-8").strip() == "[a]"
    assert "./no/such" in refused(project.flask("db", "-d", "other", "init", "-t", "./no/such"))


def test_a_template_that_there_is_not(project: Project) -> None:
    project.app()
    said = refused(project.flask("db", "init", "-t", "nope"))
    assert "There is no template 'nope'; there are: flask, flask-multidb, generic" in said
    assert not (project.folder / "migrations").exists()


def test_a_template_is_for_a_new_folder(project: Project) -> None:
    project.app()
    path: Path = project.write("migrations/notes.txt", "mine\n")
    said = refused(project.flask("db", "init", "-t", "flask"))
    assert "is not empty" in said
    assert [each.name for each in path.parent.iterdir()] == ["notes.txt"]

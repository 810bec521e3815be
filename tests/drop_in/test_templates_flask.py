"""Apps that were begun with Flask-Migrate: their migrations folder as its `init` writes it.

What `flask db init -t TEMPLATE` does is a copy; its alembic.ini has nothing to be filled in. No
byte of the copy is changed, but for one line that asks for what SQLAlchemy 2 does not have.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from histories import tables
from projects import Project, Run, done

MODELS = """
class Customer(db.Model):
    __tablename__ = "customer"
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String(80), nullable=False)
"""

OF_USERS = """
class User(db.Model):
    __bind_key__ = "users"
    __tablename__ = "user"
    id = sa.Column(sa.Integer, primary_key=True)
"""

APP = """
import asyncio

import sqlalchemy as sa
from flask import Flask
from flask_migrate_ext import Migrate
from {module} import {kind}

asyncio.set_event_loop(asyncio.new_event_loop())  # the templates expect one, Python 3.14 makes none
app = Flask(__name__)
app.config.from_mapping({settings!r})
db = {kind}({arguments})
Migrate(app, db)
"""


def begun(project: Project, template: str) -> None:
    """Write the migrations folder of a template."""
    folder = project.folder / "migrations"
    with as_file(files("flask_migrate") / "templates" / template) as kept:
        shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "alembic.ini.mako").rename(folder / "alembic.ini")
    (folder / "versions").mkdir()


def synchronous(project: Project, models: str, **settings: object) -> None:
    """Write an app with Flask-SQLAlchemy."""
    settings["SQLALCHEMY_DATABASE_URI"] = project.url
    app = APP.format(
        module="flask_sqlalchemy", kind="SQLAlchemy", settings=settings, arguments="app"
    )
    project.write("app.py", app + models)


def asynchronous(project: Project, url: str, models: str, **arguments: object) -> None:
    """Write an app with Alchemical, whose engines are asynchronous."""
    given = ", ".join([repr(url), *(f"{name}={value!r}" for name, value in arguments.items())])
    app = APP.format(module="alchemical.aio", kind="Alchemical", settings={}, arguments=given)
    project.write("app.py", app + models)


def there(url: str) -> set[str]:
    return tables(sa.create_engine(url, poolclass=NullPool))


def lives(project: Project, expected: dict[str, set[str]]) -> None:
    """Two migrations are generated and applied, printed as SQL, and undone.

    :param expected: the tables of each database, by URL.
    """
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    done(project.flask("db", "upgrade"))
    assert {url: there(url) for url in expected} == expected
    done(project.flask("db", "check"))
    done(project.flask("db", "migrate"))
    assert len(project.files) == 1

    app = (project.folder / "app.py").read_text("utf-8")
    project.write("app.py", app.replace("email =", "nick = sa.Column(sa.String(20))\n    email ="))
    assert "nick" in project.flask("db", "check").stderr
    written = done(project.flask("db", "migrate", "-m", "nicks", "--rev-id", "f2"))
    assert "add column customer.nick" in written.stdout
    done(project.flask("db", "upgrade"))
    assert "f2 (head), nicks" in done(project.flask("db", "current")).stdout

    done(project.flask("db", "downgrade", "base"))
    assert {url: there(url) for url in expected} == {url: set() for url in expected}


@pytest.fixture
def project(tmp_path: Path, postgresql_url: str, flask_run: Callable[..., Run]) -> Project:
    return Project(tmp_path, postgresql_url, flask_run)


def test_an_app_of_the_template_flask_lives_unchanged(project: Project) -> None:
    begun(project, "flask")
    synchronous(project, MODELS)
    lives(project, {project.url: {"customer"}})
    assert "CREATE TABLE customer" in done(project.flask("db", "upgrade", "--sql")).stdout


def test_an_app_of_the_template_flask_multidb_lives_unchanged(project: Project) -> None:
    users = f"sqlite:///{project.folder / 'users.db'}"
    begun(project, "flask-multidb")
    synchronous(project, MODELS + OF_USERS, SQLALCHEMY_BINDS={"users": users})
    lives(project, {project.url: {"customer"}, users: {"user"}})
    done(project.flask("db", "upgrade", "--sql"))
    assert "CREATE TABLE user" in (project.folder / "users.sql").read_text("utf-8")


def test_an_app_of_the_template_aioflask_lives_unchanged(project: Project) -> None:
    begun(project, "aioflask")
    asynchronous(project, project.url.replace("psycopg", "asyncpg"), MODELS)
    lives(project, {project.url: {"customer"}})
    assert "CREATE TABLE customer" in done(project.flask("db", "upgrade", "--sql")).stdout


def test_an_app_of_the_template_aioflask_multidb_lives(project: Project) -> None:
    users = f"sqlite:///{project.folder / 'users.db'}"
    begun(project, "aioflask-multidb")
    url = project.url.replace("psycopg", "asyncpg")
    asynchronous(project, url, MODELS + OF_USERS, binds={"users": users})
    told = project.flask("db", "migrate")
    assert "_sync_connection" in told.stderr
    assert "env.py, line 139: AttributeError" in told.stderr
    assert "Traceback" not in told.stderr

    env = project.folder / "migrations" / "env.py"
    text = env.read_text("utf-8")
    env.write_text(text.replace("._sync_connection()", ".sync_connection"), "utf-8")
    lives(project, {project.url: {"customer"}, users: {"user"}})


def test_an_asynchronous_db_without_an_env_py_is_told(project: Project) -> None:
    asynchronous(project, project.url.replace("psycopg", "asyncpg"), MODELS)
    said = project.flask("db", "upgrade").stderr
    assert said.startswith("Error: The engine of the database 'default' is asynchronous")
    assert "Migrate(app, engine=create_engine(...)" in said

"""Pictures of an app: of several databases, of one with an env.py, and of one that is broken."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_migrate_ext import Migrate, graph, schema
from projects import CUSTOMER, Project, done, next_step, refused

USERS = """
class User(db.Model):
    __bind_key__ = "users"
    id = db.Column(db.Integer, primary_key=True)
"""


@pytest.fixture
def two(project: Project) -> Project:
    """An app with two databases, each with a history of its own."""
    project.app(CUSTOMER + USERS)
    app = (project.folder / "app.py").read_text("utf-8")
    bind = f"app.config['SQLALCHEMY_BINDS'] = {{'users': 'sqlite:///{project.folder}/users.db'}}"
    project.write("app.py", app.replace("db = SQL", f"{bind}\ndb = SQL"))
    done(project.flask("db", "migrate", "-m", "first"))
    return project


def test_several_databases_have_a_picture_each_by_name(two: Project) -> None:
    for command in ("graph", "schema"):
        done(two.flask("db", command, "-o", f"{command}.svg"))
        for name in ("default", "users"):
            ElementTree.parse(two.folder / f"{command}.{name}.svg")
    drawn = (two.folder / "schema.users.svg").read_text("utf-8")
    assert ">user</text>" in drawn
    assert ">customer</text>" not in drawn
    said = refused(two.flask("db", "schema"), 2)
    assert "name one with --bind, or a file with -o" in said
    assert "digraph" in done(two.flask("db", "--bind", "users", "graph", "--format", "dot")).stdout


def test_a_history_is_drawn_where_env_py_cannot_reach_its_database(project: Project) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask"))
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert "pending" in done(project.flask("db", "graph")).stdout
    app = project.folder / "app.py"
    away = project.folder / "no" / "such" / "folder" / "x.db"
    app.write_text(app.read_text("utf-8").replace(project.url, f"sqlite:///{away}"), "utf-8")
    run = done(project.flask("db", "history", "--graph"))
    assert run.stdout == "◇ f1 (head) first\n"
    assert "Drawn without env.py. " in run.stderr


def test_models_that_cannot_be_imported_are_told_with_their_place(project: Project) -> None:
    project.app("from no_such_module import anything\n")
    for command in ("graph", "schema"):
        said = refused(project.flask("db", command))
        assert "no_such_module" in said
        assert next_step(said)


def test_the_functions_return_the_pictures(tmp_path: Path, sqlite_url: str) -> None:
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlite_url
    db = SQLAlchemy(app)
    Migrate(app, db, directory=str(tmp_path / "migrations"))
    db.Table("customer", db.Column("id", db.Integer, primary_key=True))
    with app.app_context():
        assert "There are no migrations yet" in str(graph(format="mermaid"))
        assert "the database was not asked" not in str(graph())
        assert 'customer"] {' in str(schema(format="mermaid"))
        assert "no tables" not in str(schema(source="database"))
        assert "+ customer" in str(schema(source="diff", format="dot"))
        db.engine.dispose()

"""``flask db plan``: what would be done, shown to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine

from flask_migrate_ext import Migrate, plan
from histories import create, history, tables
from projects import Project, Run, done, refused

DROPS = ("op.drop_column('customer', 'email')", "pass")
MAKES = """
op.create_table('customer',
    sa.Column('id', sa.Integer, primary_key=True), sa.Column('email', sa.String(80)))
"""
READS = "op.get_bind().execute(sa.text('SELECT 1'))"


@pytest.fixture
def shop(project_anywhere: Project) -> Project:
    """A table that is there; one of its columns is about to go, and then it is read."""
    project = project_anywhere
    project.app()
    history(project.folder / "migrations", (MAKES, "op.drop_table('customer')"), DROPS, READS)
    done(project.flask("db", "upgrade", "r1"))
    return project


def test_a_plan_shows_sql_marks_and_what_comes_next(shop: Project) -> None:
    run = done(shop.flask("db", "plan"))
    assert "r1 -> r2, message of r2" in run.stdout
    assert "  ! destructive: drops customer.email and its values\n" in run.stdout
    assert "DROP COLUMN" in run.stdout
    assert "? What it does cannot be known: it reads the database (line 11)" in run.stdout
    assert run.stdout.splitlines()[-1].startswith("2 migrations, from r1 to r3 (1 destructive")
    assert run.stderr.splitlines()[-1] == "Nothing was changed. Next: flask db upgrade head"


def test_a_plan_changes_nothing(shop: Project, engine: Engine) -> None:
    done(shop.flask("db", "plan"))
    assert tables(engine) == {"customer"}
    assert "r1" in done(shop.flask("db", "current")).stdout


def test_upgrade_and_downgrade_can_be_planned(shop: Project) -> None:
    up = done(shop.flask("db", "upgrade", "--plan", "r2"))
    assert up.stderr.splitlines()[-1] == "Nothing was changed. Next: flask db upgrade r2"
    down = done(shop.flask("db", "downgrade", "--plan"))
    assert "! destructive: drops table customer and its rows" in down.stdout
    assert down.stderr.splitlines()[-1] == "Nothing was changed. Next: flask db downgrade -1"
    assert "r1" in done(shop.flask("db", "current")).stdout


def test_a_plan_is_no_script(shop: Project) -> None:
    run = shop.flask("db", "upgrade", "--plan", "--sql")
    assert run.returncode == 2
    assert "give one" in run.stderr


def test_programs_get_json_and_nothing_else(shop: Project) -> None:
    printing = shop.folder / "migrations" / "versions" / "r2_.py"
    printing.write_text(printing.read_text() + "\n\nprint('loaded')\n")
    found = json.loads(done(shop.flask("db", "plan", "--json")).stdout)
    assert (found["before"], found["after"]) == (["r1"], ["r3"])
    second, third = found["steps"]
    assert second["file"] == str(Path("migrations", "versions", "r2_.py"))
    (operation,) = second["operations"]
    assert operation["described"] == ["drop column customer.email"]
    assert operation["marks"][0] == {
        "kind": "destructive",
        "reason": "drops customer.email and its values",
        "instead": "",
    }
    assert third["unknown"].startswith("it reads the database")
    assert found["marks"]["destructive"] == 1


def test_where_nothing_is_pending_there_is_nothing_to_do(shop: Project) -> None:
    assert (
        "Nothing to do: the database stands at r1." in done(shop.flask("db", "plan", "r1")).stdout
    )


def test_what_would_stop_the_run_comes_in_the_place_of_the_next_command(
    tmp_path: Path, mariadb_url: str, flask_run: Callable[..., Run]
) -> None:
    project = Project(tmp_path, mariadb_url, flask_run)
    project.app()
    history(tmp_path / "migrations", create("a")[0] + "\nop.execute('SELECT * FROM nowhere')")
    refused(project.flask("db", "upgrade"))
    said = done(project.flask("db", "plan")).stderr
    assert "It would stop before that. " in said
    assert "flask db upgrade --resume" in said
    assert "Next: " not in said


def test_a_plan_makes_no_database_file(project: Project, sqlite_url: str) -> None:
    project.app()
    history(project.folder / "migrations", create("a"))
    assert "CREATE TABLE a" in done(project.flask("db", "plan")).stdout
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_the_function_returns_the_plan(tmp_path: Path) -> None:
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'shop.db'}"
    Migrate(app, SQLAlchemy(app), directory=tmp_path / "migrations")
    history(tmp_path / "migrations", create("a"))
    with app.app_context():
        assert plan().after == ("r1",)

"""Health checks, and what a developer is told at the start: nothing here migrates."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine

from flask_migrate_ext import Migrate, stamp, upgrade
from flask_migrate_ext.cli import say_pending
from histories import create, execute, history, migration, tables
from projects import Project

SECRET = "s3cr3t-word"


@contextmanager
def running(url: str, folder: Path, **config: Any) -> Iterator[tuple[Flask, Migrate]]:
    """An app and its Migrate, in its context."""
    app = Flask("shop")
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI=url, **config)
    db = SQLAlchemy(app)
    migrate = Migrate(app, db, directory=folder)
    with app.app_context():
        yield app, migrate
        db.engine.dispose()


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the app's engine sends within the block."""
    sent: list[str] = []

    def seen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", seen)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", seen)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations, each of which makes a table."""
    history(tmp_path / "migrations", create("a"), create("b"))
    return tmp_path / "migrations"


# -- in Python -------------------------------------------------------------------------------------


def test_pending_and_is_current_follow_the_database(
    database_url: str, engine: Engine, folder: Path
) -> None:
    with running(database_url, folder) as (_app, migrate):
        assert [revision.id for revision in migrate.pending()] == ["r1", "r2"]
        assert tables(engine) == set()
        stamp(revision="r1")
        assert [revision.id for revision in migrate.pending()] == ["r2"]
        assert not migrate.is_current()
        stamp(revision="head")
        assert migrate.pending() == ()
        assert migrate.is_current()


def test_a_check_sends_one_statement_and_a_new_file_is_seen(
    database_url: str, engine: Engine, folder: Path
) -> None:
    with running(database_url, folder) as (app, migrate):
        upgrade()
        migrate.is_current()
        with statements(app) as sent:
            assert migrate.is_current()
        assert len(sent) == 1
        assert "alembic_version" in sent[0]
        migration(folder, "r3", down_revision="r2")
        assert [revision.id for revision in migrate.pending()] == ["r3"]


def test_a_first_migration_that_another_process_ends_meanwhile_is_seen(
    database_url: str, engine: Engine, folder: Path
) -> None:
    execute(engine, "CREATE TABLE other (id INTEGER)")  # with which SQLite has a file
    with running(database_url, folder) as (app, migrate):

        def ended(_: Any) -> None:
            execute(
                engine,
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
                "INSERT INTO alembic_version VALUES ('r2')",
            )

        # The check's statement has found no table; what comes next is to look for it.
        sa.event.listen(app.extensions["sqlalchemy"].engine, "handle_error", ended, once=True)
        assert migrate.is_current()


def test_a_file_that_was_edited_in_place_is_seen(sqlite_url: str, folder: Path) -> None:
    with running(sqlite_url, folder) as (_app, migrate):
        upgrade()
        assert migrate.is_current()
        path = next((folder / "versions").glob("r2_*.py"))
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("'r2'", "'r9'"), encoding="utf-8")
        (standing,) = migrate.standings()
        assert standing.unknown == ("r2",)


def test_a_database_ahead_of_the_code_is_not_current_and_has_nothing_pending(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with running(sqlite_url, folder) as (_app, migrate):
        upgrade()
        execute(sqlite_engine, "UPDATE alembic_version SET version_num = 'newer'")
        assert not migrate.is_current()
        assert migrate.pending() == ()


# -- the route -------------------------------------------------------------------------------------


def test_the_readiness_route_answers_503_until_somebody_migrates(
    database_url: str, engine: Engine, folder: Path
) -> None:
    with running(database_url, folder, MIGRATE_REQUIRE_CURRENT=True) as (app, _migrate):
        before = app.test_client().get("/ready")
        assert before.status_code == 503
        assert before.json["databases"]["default"]["pending"] == ["r1", "r2"]
        assert tables(engine) == set()
        upgrade()
        after = app.test_client().get("/ready")
        assert (after.status_code, after.json["ready"]) == (200, True)


def test_the_route_is_ready_where_the_database_is_ahead(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with running(sqlite_url, folder, MIGRATE_REQUIRE_CURRENT=True) as (app, _migrate):
        upgrade()
        execute(sqlite_engine, "UPDATE alembic_version SET version_num = 'newer'")
        answer = app.test_client().get("/ready")
        assert answer.status_code == 200
        assert answer.json["databases"]["default"]["ahead"] == ["newer"]


def test_the_route_can_have_another_address(sqlite_url: str, folder: Path) -> None:
    settings = {"MIGRATE_REQUIRE_CURRENT": True, "MIGRATE_READY_ROUTE": "/health/db"}
    with running(sqlite_url, folder, **settings) as (app, _migrate):
        assert app.test_client().get("/health/db").status_code == 503
        assert app.test_client().get("/ready").status_code == 404


def test_without_the_setting_there_is_no_route(sqlite_url: str, folder: Path) -> None:
    with running(sqlite_url, folder) as (app, _migrate):
        assert app.test_client().get("/ready").status_code == 404


def test_a_database_that_does_not_answer_is_not_ready_and_says_no_address(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"postgresql+psycopg://ada:{SECRET}@127.0.0.1:1/shop"
    with running(url, folder, MIGRATE_REQUIRE_CURRENT=True) as (app, _migrate):
        answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reason": "DatabaseUnreachable"}
    assert SECRET not in caplog.text


# -- flask run -------------------------------------------------------------------------------------


def said_at_start(project: Project, *options: str) -> str:
    """What `flask run` says before it serves."""
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("flask")), "run", "--port", "0", *options],
        cwd=project.folder,
        env=os.environ | {"FLASK_APP": "app", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    last = "Debugger PIN" if options == ("--debug",) else "CTRL+C"  # the reloader's child is last
    said = []
    assert process.stdout is not None
    with process:
        try:
            for line in process.stdout:
                said.append(line)
                if last in line:
                    break
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    return "".join(said)


@pytest.mark.parametrize("options", [("--debug",), ("--debug", "--no-reload")])
def test_flask_run_in_debug_says_once_that_migrations_are_pending(
    project: Project, sqlite_engine: Engine, options: tuple[str, ...]
) -> None:
    project.app()
    history(project.folder / "migrations", create("a"))
    said = said_at_start(project, *options)
    assert said.count("Migrations are pending (default: r1)") == 1
    assert "Apply them: flask db upgrade" in said
    assert tables(sqlite_engine) == set()


@pytest.mark.parametrize(("no_colour", "coloured"), [("1", False), ("", True)])
def test_what_is_said_at_the_start_has_no_colour_with_no_color(
    sqlite_url: str, folder: Path, no_colour: str, coloured: bool
) -> None:
    with running(sqlite_url, folder) as (app, _migrate):
        say = click.Command("say", callback=lambda: say_pending(app, "db"))
        said = CliRunner().invoke(say, env={"NO_COLOR": no_colour}, color=True).stderr
    assert "Migrations are pending" in said
    assert ("\x1b[" in said) == coloured


def test_flask_run_without_debug_says_nothing(project: Project) -> None:
    project.app()
    history(project.folder / "migrations", create("a"))
    assert "pending" not in said_at_start(project)

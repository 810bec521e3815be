"""The functions in a deploy hook: values and typed errors, and nothing else touched."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine

import flask_migrate_ext
from flask_migrate_ext import Migrate, check, current, downgrade, migrate, status, upgrade
from histories import create, history, migration, rows, tables
from migrate_core.errors import (
    ConfigurationError,
    DatabaseUnreachable,
    DirectoryMissing,
    MigrationFailed,
    MultipleHeads,
    TargetNotUpToDate,
    UnknownRevision,
)
from migrate_core.runtime.requests import Generated, Outcome
from projects import Project

DEPLOY = """\
import sys

from app import app
from flask_migrate_ext import upgrade

with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    print(len(upgrade().steps))
"""


def made_app(url: str, folder: Path) -> Flask:
    """An app with one model, whose migrations are in the folder."""
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db = SQLAlchemy()

    class Customer(db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)

    db.init_app(app)
    Migrate(app, db, directory=folder)
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def in_context(sqlite_url: str, folder: Path) -> Iterator[Flask]:
    """An app on SQLite, whose context is active."""
    app = made_app(sqlite_url, folder)
    with app.app_context():
        yield app
        app.extensions["sqlalchemy"].engine.dispose()


# -- values ----------------------------------------------------------------------------------------


def test_an_upgrade_returns_what_it_did_and_prints_nothing(
    database_url: str, folder: Path, engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    history(folder, create("a"), create("b"))
    app = made_app(database_url, folder)
    with app.app_context():
        outcome = upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    assert isinstance(outcome, Outcome)
    assert (outcome.before, outcome.after) == ((), ("r2",))
    assert [step.revision.id for step in outcome.steps] == ["r1", "r2"]
    assert tables(engine) == {"a", "b"}
    assert capfd.readouterr() == ("", "")


def test_the_whole_way_returns_values_and_prints_nothing(
    in_context: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    written = migrate(message="first")
    assert isinstance(written, Generated)
    assert written.described == ("add table customer",)
    assert not status().is_current
    upgrade()
    assert status().is_current
    assert not check()
    assert migrate(message="again") is None
    assert current() == (written.revision.id,)
    assert downgrade().after == ()
    assert capfd.readouterr() == ("", "")


def test_the_logging_of_the_application_stays_as_it_was(in_context: Flask, folder: Path) -> None:
    history(folder, create("a"))
    handler = logging.NullHandler()
    for name, level in (("shop", logging.DEBUG), ("sqlalchemy.engine", logging.WARNING)):
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).addHandler(handler)
    before = logging_state()
    try:
        upgrade()
        after = logging_state()
    finally:
        for name in ("shop", "sqlalchemy.engine"):
            logging.getLogger(name).setLevel(logging.NOTSET)
            logging.getLogger(name).removeHandler(handler)
    assert {name: after[name] for name in before} == before


def logging_state() -> dict[str, tuple[object, ...]]:
    """Levels, handlers and flags of every logger that there is."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    return {
        each.name: (each.level, tuple(each.handlers), each.disabled, each.propagate)
        for each in loggers
    } | {"manager": (logging.root.manager.disable,)}


# -- errors ----------------------------------------------------------------------------------------


ARGUMENTS = {"rebase": ("r1",), "resolve": ("r1", "done")}
FUNCTIONS = sorted(
    set(flask_migrate_ext.__all__) - {"Config", "Migrate", "command", "list_templates"}
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_an_application_context_each_function_says_how_to_call_it(function: str) -> None:
    with pytest.raises(ConfigurationError, match=r"with app\.app_context\(\): upgrade\(\)$"):
        getattr(flask_migrate_ext, function)(*ARGUMENTS.get(function, ()))


def test_a_folder_that_is_not_there_is_a_typed_error(in_context: Flask, folder: Path) -> None:
    with pytest.raises(DirectoryMissing) as caught:
        upgrade()
    assert caught.value.directory == str(folder)


def test_a_migration_that_raises_is_a_typed_error_with_its_facts(
    in_context: Flask, folder: Path, sqlite_engine: Engine
) -> None:
    _first, path = history(folder, create("a"), "raise KeyError('what')")
    with pytest.raises(MigrationFailed) as caught:
        upgrade()
    error = caught.value
    assert (error.revision, error.direction, error.path) == ("r2", "upgrade", str(path))
    assert (error.reason, error.applied) == ("KeyError: 'what'", ())
    assert tables(sqlite_engine) == set()


def test_an_unknown_revision_is_a_typed_error(in_context: Flask, folder: Path) -> None:
    history(folder, create("a"))
    with pytest.raises(UnknownRevision) as caught:
        upgrade(revision="nonsense")
    assert caught.value.argument == "nonsense"


def test_two_heads_are_a_typed_error(in_context: Flask, folder: Path) -> None:
    history(folder, create("a"))
    migration(folder, "other", *create("b"))
    with pytest.raises(MultipleHeads) as caught:
        upgrade()
    assert set(caught.value.heads) == {"r1", "other"}


def test_pending_migrations_are_a_typed_error(in_context: Flask, folder: Path) -> None:
    history(folder, create("a"))
    with pytest.raises(TargetNotUpToDate) as caught:
        check()
    assert caught.value.pending == ("r1 message of r1",)


def test_a_server_that_does_not_answer_is_a_typed_error(folder: Path) -> None:
    history(folder, create("a"))
    app = made_app("postgresql+psycopg://ada:s3cr3t-word@127.0.0.1:1/shop", folder)
    with app.app_context(), pytest.raises(DatabaseUnreachable) as caught:
        upgrade()
    assert caught.value.url == "postgresql+psycopg://ada:***@127.0.0.1:1/shop"
    assert "s3cr3t-word" not in str(caught.value)


# -- several at once -------------------------------------------------------------------------------


def test_four_processes_at_once_run_each_migration_once(
    project_anywhere: Project, engine: Engine
) -> None:
    project_anywhere.app()
    script = project_anywhere.write("deploy.py", DEPLOY)
    history(
        project_anywhere.folder / "migrations",
        "op.create_table('ran', sa.Column('what', sa.String(20)))",
        "op.execute(\"INSERT INTO ran VALUES ('second')\")",
        "op.execute(\"INSERT INTO ran VALUES ('third')\")",
    )
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, str(script)],
                    cwd=project_anywhere.folder,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=120) for process in processes]

    assert [said for _, said in answers] == [""] * 4
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(steps for steps, _ in answers) == ["0\n", "0\n", "0\n", "3\n"]
    assert rows(engine, "SELECT what FROM ran ORDER BY what") == [("second",), ("third",)]
    assert rows(engine, "SELECT version_num FROM alembic_version") == [("r3",)]

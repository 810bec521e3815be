"""An app's own logging, beside what the commands say: each line once, and the app's as it was."""

from __future__ import annotations

import pytest

from histories import create, history
from projects import CUSTOMER, Project, done

STEP = " -> r1, message of r1"
"""What a step is said by, in the log and on the terminal."""

CONFIGURED = """
from logging.config import dictConfig

dictConfig({
    "version": 1,
    "formatters": {"default": {"format": "%(levelname)s in %(name)s: %(message)s"}},
    "handlers": {"it": HANDLER},
    "root": {"level": "INFO", "handlers": ["it"]},
})
"""
TERMINAL = """{
    "class": "logging.StreamHandler", "formatter": "default",
    "stream": "ext://flask.logging.wsgi_errors_stream"}"""
FILE = '{"class": "logging.FileHandler", "formatter": "default", "filename": "app.log"}'


@pytest.fixture
def shop(project: Project) -> Project:
    history(project.folder / "migrations", create("a"))
    return project


def app(project: Project, handler: str) -> None:
    project.app(CONFIGURED.replace("HANDLER", handler) + CUSTOMER)


def test_without_logging_a_step_is_said_once(shop: Project) -> None:
    shop.app()
    assert done(shop.flask("db", "upgrade")).stderr.count(STEP) == 1


def test_logging_to_the_terminal_takes_the_place_of_the_commands_own_lines(shop: Project) -> None:
    app(shop, TERMINAL)
    run = done(shop.flask("db", "upgrade"))
    assert run.stderr.count(STEP) == 1
    assert f"INFO in alembic.runtime.migration: Running upgrade {STEP}\n" in run.stderr
    assert run.stdout == "1 migration applied. The database stands at r1.\n"


def test_logging_to_a_file_has_the_lines_beside_the_terminal(shop: Project) -> None:
    app(shop, FILE)
    assert done(shop.flask("db", "upgrade")).stderr.count(STEP) == 1
    assert (
        f"INFO in alembic.runtime.migration: Running upgrade {STEP}\n"
        in (shop.folder / "app.log").read_text()
    )


def test_a_deploy_hook_is_silent_where_the_app_logs_nothing(shop: Project) -> None:
    shop.app()
    shop.write(
        "hook.py",
        """
        from app import app
        from flask_migrate_ext import upgrade

        with app.app_context():
            upgrade()
        """,
    )
    shop.write("app.py", (shop.folder / "app.py").read_text() + "\n\nimport hook\n")
    run = done(shop.flask("db", "current"))
    assert "Running upgrade" not in run.stderr
    assert "r1" in run.stdout

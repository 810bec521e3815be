"""What only a person knows, asked by `flask db migrate`: in a terminal, and where there is none."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, rows, tables
from projects import Project, done, next_step, refused

BEFORE = """
class User(db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
    fullname = db.Column(db.String(100))
"""
RENAMED = BEFORE.replace("fullname", "full_name")
REQUIRED = BEFORE + '    note = db.Column(db.String(20), nullable=False, default="none")\n'

ROWS = "INSERT INTO users (id, fullname) VALUES (1, 'Ada'), (2, NULL)"


@pytest.fixture
def grown(project: Project, sqlite_engine: Engine) -> Project:
    """A project whose users are in the database; its models are to change."""
    project.app(BEFORE)
    done(project.flask("db", "migrate", "-m", "users"))
    done(project.flask("db", "upgrade"))
    execute(sqlite_engine, ROWS)
    return project


def in_terminal(project: Project, answers: list[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and what stood on the terminal; each answer is typed at the next prompt."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("flask")), "db", *arguments],
        cwd=project.folder,
        env={**os.environ, "FLASK_APP": "app", "FLASK_SKIP_DOTENV": "1", "NO_COLOR": "1"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown, seen = "", 0
    left = list(answers)
    try:
        while select.select([ours], [], [], 60)[0]:
            try:
                data = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not data:
                break
            shown += data.decode()
            if left and shown[seen:].rstrip(" ").endswith(":"):
                seen = len(shown)
                os.write(ours, f"{left.pop(0)}\n".encode())
        code = process.wait(timeout=60)
    finally:
        process.kill()
        os.close(ours)
    assert left == [], shown
    return code, shown.replace("\r\n", "\n")


# -- renames ---------------------------------------------------------------------------------------


def test_without_a_terminal_a_rename_is_left_open_and_its_options_are_printed(
    grown: Project,
) -> None:
    grown.app(RENAMED)
    said = refused(grown.flask("db", "migrate"), code=4)
    assert "users.fullname: column fullname VARCHAR(100) NULL of table users is gone." in said
    assert "--rename users.fullname=full_name" in said
    assert "--no-rename users.fullname" in said
    assert "destroys 1 value" in said
    assert next_step(said).endswith("flask db migrate --rename users.fullname=full_name")
    assert len(grown.files) == 1


def test_the_printed_option_renames_on_every_database(
    project_anywhere: Project, engine: Engine
) -> None:
    project_anywhere.app(BEFORE)
    done(project_anywhere.flask("db", "migrate", "-m", "users"))
    done(project_anywhere.flask("db", "upgrade"))
    execute(engine, ROWS)
    project_anywhere.app(RENAMED)
    run = project_anywhere.flask("db", "migrate", "--rename", "users.fullname=full_name")
    assert "rename column users.fullname to full_name" in done(run).stdout
    done(project_anywhere.flask("db", "upgrade"))
    kept = [(1, "Ada"), (2, None)]
    assert rows(engine, "SELECT id, full_name FROM users ORDER BY id") == kept
    done(project_anywhere.flask("db", "check"))
    done(project_anywhere.flask("db", "downgrade"))
    assert rows(engine, "SELECT id, fullname FROM users ORDER BY id") == kept


def test_in_a_terminal_a_rename_is_asked_and_enter_answers_nothing(
    grown: Project, sqlite_engine: Engine
) -> None:
    grown.app(RENAMED)
    code, shown = in_terminal(grown, ["", "r"], "migrate", "-m", "rename")
    assert code == 0, shown
    assert "(r) renamed to full_name VARCHAR(100) NULL [likely" in shown
    assert "(d) drop it (destroys 1 value)" in shown
    assert shown.count("Your answer") == 2
    done(grown.flask("db", "upgrade"))
    assert rows(sqlite_engine, "SELECT full_name FROM users WHERE id = 1") == [("Ada",)]


def test_in_a_terminal_a_column_can_be_dropped_after_all(grown: Project) -> None:
    grown.app(RENAMED)
    code, shown = in_terminal(grown, ["d"], "migrate")
    assert code == 0, shown
    assert "add column users.full_name" in shown
    assert "drop column users.fullname" in shown


def test_who_quits_writes_nothing(grown: Project) -> None:
    grown.app(RENAMED)
    code, shown = in_terminal(grown, ["q"], "migrate")
    assert code == 4
    assert "users.fullname was left open, and nothing was written." in shown
    assert len(grown.files) == 1


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (("--rename", "users.fulname=full_name"), "users.fulname is no table or column"),
        (("--rename", "users.fullname=name"), "users.name is no new column"),
        (("--no-rename", "people"), "people is no table or column"),
    ],
)
def test_an_answer_to_no_question_is_an_error(
    grown: Project, option: tuple[str, str], reason: str
) -> None:
    grown.app(RENAMED)
    assert reason in refused(grown.flask("db", "migrate", *option))
    assert len(grown.files) == 1


def test_an_answer_of_another_form_is_a_wrong_command(grown: Project) -> None:
    said = refused(grown.flask("db", "migrate", "--rename", "users.fullname"), code=2)
    assert "is not of the form NAME=VALUE" in said


# -- rows that need a value ------------------------------------------------------------------------


def test_without_a_terminal_the_options_of_a_required_column_are_printed(grown: Project) -> None:
    grown.app(REQUIRED)
    said = refused(grown.flask("db", "migrate"), code=4)
    assert "--fill users.note=none" in said
    assert "--server-default users.note=none" in said
    assert "--nullable users.note" in said
    assert len(grown.files) == 1


@pytest.mark.parametrize("value", ["", "''"])
def test_an_empty_text_fills_rows(grown: Project, sqlite_engine: Engine, value: str) -> None:
    grown.app(REQUIRED)
    done(grown.flask("db", "migrate", "--fill", f"users.note={value}"))
    done(grown.flask("db", "upgrade"))
    assert rows(sqlite_engine, "SELECT note FROM users") == [("",), ("",)]
    done(grown.flask("db", "check"))


def test_in_a_terminal_the_models_default_is_the_suggestion(
    grown: Project, sqlite_engine: Engine
) -> None:
    grown.app(REQUIRED)
    code, shown = in_terminal(grown, ["f", ""], "migrate")
    assert code == 0, shown
    assert "[none]:" in shown
    done(grown.flask("db", "upgrade"))
    assert rows(sqlite_engine, "SELECT note FROM users") == [("none",), ("none",)]


# -- models that are missing -----------------------------------------------------------------------

MODELS = """
from app import db

class {name}(db.Model):
    id = db.Column(db.Integer, primary_key=True)
"""


def test_a_forgotten_import_is_named_and_drops_nothing(
    project: Project, sqlite_engine: Engine
) -> None:
    for name in ("Order", "Item", "Price"):
        project.write(f"shop/{name.lower()}.py", MODELS.format(name=name))
    project.app(BEFORE + "\nimport shop.order, shop.item, shop.price\n")
    done(project.flask("db", "migrate"))
    done(project.flask("db", "upgrade"))

    project.app(BEFORE)
    said = refused(project.flask("db", "migrate"))
    assert "This would drop 3 of 4 tables (item, order, price)" in said
    assert "Models were found in: app" in said
    assert "Not imported, and seem to define models: shop.item, shop.order, shop.price" in said
    assert next_step(said).endswith("flask db migrate --allow-drops")
    assert len(project.files) == 1

    done(project.flask("db", "migrate", "--allow-drops"))
    done(project.flask("db", "upgrade"))
    assert tables(sqlite_engine) == {"users"}


def test_no_models_at_all_names_the_module_that_has_them(project: Project) -> None:
    project.write("shop.py", MODELS.format(name="Order"))
    project.app("")
    said = refused(project.flask("db", "migrate"))
    assert "0 models found." in said
    assert "Not imported, and seem to define models: shop" in said


# -- check -----------------------------------------------------------------------------------------


def test_check_says_what_differs_in_words_and_as_code_and_asks_nothing(grown: Project) -> None:
    grown.app(RENAMED)
    said = refused(grown.flask("db", "check"), code=3)
    assert "\n  drop column users.fullname\n" in said
    assert "    batch_op.drop_column('fullname')" in said
    assert "users.fullname: column fullname VARCHAR(100) NULL of table users is gone." in said


def test_check_speaks_json(grown: Project) -> None:
    equal = json.loads(done(grown.flask("db", "check", "--json")).stdout)
    assert equal == {
        "differs": False,
        "operations": [],
        "source": [],
        "questions": [],
        "pending": [],
    }

    grown.app(RENAMED)
    run = grown.flask("db", "check", "--json")
    assert run.returncode == 3
    found = json.loads(run.stdout)
    assert found["differs"] is True
    assert found["operations"] == ["add column users.full_name", "drop column users.fullname"]
    assert "    batch_op.drop_column('fullname')" in found["source"]
    (question,) = found["questions"]
    assert question["name"] == "users.fullname"
    assert question["options"][0] == "--rename users.fullname=full_name"


def test_other_peoples_tables_are_left_alone_and_named(
    grown: Project, sqlite_engine: Engine
) -> None:
    execute(sqlite_engine, "CREATE TABLE spatial_index (id INTEGER)")
    run = done(grown.flask("db", "migrate"))
    assert run.stdout.startswith("No changes")
    assert "Unmanaged, left alone: spatial_index" in run.stderr
    assert "spatial_index" in sa.inspect(sqlite_engine).get_table_names()

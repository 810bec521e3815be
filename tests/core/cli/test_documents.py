"""What commands say to programs with ``--json``, and what their help says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

import mounted
from histories import create, execute, history, migration, opened
from migrate_core.migrations import Migrations

Run = Callable[..., Result]


@pytest.fixture
def migrations(tmp_path: Path, sqlite_engine: sa.Engine) -> Migrations:
    """r1 <- r2, of which r1 is applied."""
    history(tmp_path / "m", create("a"), create("b"))
    made = opened(tmp_path / "m", sqlite_engine)
    made.upgrade("r1")
    return made


@pytest.fixture
def run(migrations: Migrations, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(migrations.directory.root)
    return partial(mounted.run, migrations)


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


REVISION = {"revision", "message", "file", "created", "parents", "depends_on", "labels", "head"}


def test_heads_are_a_list_of_revisions(run: Run) -> None:
    (head,) = document(run("heads", "--json"))
    assert set(head) == {*REVISION, "current"}
    assert (head["revision"], head["parents"], head["head"]) == ("r2", ["r1"], True)
    assert (head["file"], head["message"]) == ("versions/r2_.py", "message of r2")


def test_the_history_says_where_the_database_stands_where_that_is_asked(run: Run) -> None:
    asked = document(run("history", "-i", "--json"))
    assert [(each["revision"], each["current"]) for each in asked] == [("r2", False), ("r1", True)]
    (only,) = document(run("history", "--json", "-r", "r2:"))
    assert (only["revision"], only["current"]) == ("r2", None)


def test_current_tells_what_no_file_has(run: Run, sqlite_engine: sa.Engine) -> None:
    execute(sqlite_engine, "INSERT INTO alembic_version VALUES ('zzzz')")
    found = document(run("current", "--json"))
    assert (set(found["current"]), found["unknown"]) == ({"r1", "zzzz"}, ["zzzz"])
    assert [each["revision"] for each in found["revisions"]] == ["r1"]


def test_current_needs_no_file_that_can_be_read(run: Run, migrations: Migrations) -> None:
    (migrations.directory.root / "versions" / "r2_.py").write_text("revision = (")
    found = document(run("current", "--json"))
    assert (found["current"], found["unknown"], found["revisions"]) == (["r1"], None, [])


def test_the_status_tells_what_is_pending_and_what_was_changed(
    run: Run, migrations: Migrations
) -> None:
    migration(migrations.directory.root, "r1", *create("other"))
    found = document(run("status", "--json"))
    (change,) = found.pop("changes")
    assert (change["kind"], change["revision"]) == ("edited", "r1")
    assert found == {
        "database": migrations.database,
        "is_current": False,
        "current": ["r1"],
        "unknown": [],
        "heads": ["r2"],
        "applied": 1,
        "pending": [{"revision": "r2", "message": "message of r2"}],
        "half_done": None,
    }


def test_the_status_counts_nothing_below_an_unknown_revision(
    run: Run, sqlite_engine: sa.Engine
) -> None:
    execute(sqlite_engine, "UPDATE alembic_version SET version_num = 'zzzz'")
    found = document(run("status", "--json"))
    assert (found["unknown"], found["applied"], found["pending"]) == (["zzzz"], None, [])


def test_a_check_tells_what_is_pending_before_it_compares(run: Run) -> None:
    result = run("check", "--json")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert (found["differs"], found["pending"], found["operations"]) == (None, ["r2"], [])


def test_a_check_tells_what_differs(run: Run, migrations: Migrations) -> None:
    migrations.upgrade()
    sa.Table("c", migrations.metadata[0], sa.Column("id", sa.Integer, primary_key=True))
    result = run("check", "--json")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert (found["differs"], found["pending"]) == (True, [])
    assert "add table c" in found["operations"]


@pytest.mark.parametrize("command", ["plan", "log"])
def test_other_documents_stand_alone_as_well(run: Run, command: str) -> None:
    assert document(run(command, "--json"))


def test_each_command_has_an_example_that_can_be_typed(run: Run, migrations: Migrations) -> None:
    for name in mounted.group(migrations).commands:
        said = run(name, "--help").output
        examples = said.rpartition("Example")[2].splitlines()[1:]
        assert examples, name
        for example in examples:
            assert example.startswith(f"  shop {name}"), said


def test_the_groups_help_tells_the_exit_codes(run: Run) -> None:
    said = run("--help").output
    assert "  3    models and database differ, or migrations are pending\n" in said
    assert "  130  interrupted (Ctrl-C)" in said

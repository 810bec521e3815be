"""Every command by the real ``flask``, in one story, on each database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask_migrate_ext.cli import db
from histories import migration
from projects import Project

Says = str | Callable[[Any], bool]
"""What is printed; or, for a command with ``--json``, what is true of its document."""

BEGUN: tuple[tuple[str, int, Says], ...] = (
    ("init", 0, "Migrations folder: migrations"),
    ("list-templates", 0, "flask-multidb: "),
    ("migrate -m first --rev-id r1", 0, "add table customer"),
    ("upgrade", 0, "1 migration applied. The database stands at r1."),
    ("redo", 0, "1 migration undone, 1 applied. The database stands at r1."),
    ("revision -m second --rev-id r2", 0, "Wrote migrations/versions/r2_second.py"),
    ("status --json", 0, lambda said: [each["revision"] for each in said["pending"]] == ["r2"]),
    ("plan --json", 0, lambda said: [each["revision"] for each in said["steps"]] == ["r2"]),
    ("check --json", 3, lambda said: said["pending"] == ["r2"]),
    ("sql", 0, "SET version_num='r2'"),
    ("stamp r2", 0, "The database is recorded to stand at r2."),
    ("downgrade", 0, "1 migration undone. The database stands at r1."),
)

BRANCHED: tuple[tuple[str, int, Says], ...] = (
    ("heads --json", 0, lambda said: [each["revision"] for each in said] == ["r2", "r3", "r4"]),
    ("branches", 0, "    -> r1 -> r3 (head), message of r3"),
    ("rebase r3 --onto r2", 0, "r3 follows r2 instead of r1"),
    ("merge -m both --rev-id r5", 0, "which follows r3 and r4"),
    ("history --json", 0, lambda said: len(said) == 5 and said[0]["parents"] == ["r3", "r4"]),
    ("history --graph", 0, "r5 (head) (mergepoint) (pending) both"),
    ("graph --format dot", 0, "digraph history {"),
    ("schema", 0, '<svg xmlns="http://www.w3.org/2000/svg"'),
    ("show r5", 0, "Merges: r3, r4"),
    ("edit r5", 0, "Revision ID: r5"),
    ("upgrade", 0, "4 migrations applied. The database stands at r5."),
    ("current --json", 0, lambda said: said["current"] == ["r5"]),
    ("log --json", 0, lambda said: said[0]["revision"] == "r5"),
    ("check", 0, "No difference"),
    ("resolve r5 --as done", 1, "r5 is not half done."),
    ("stamp base", 0, "The database is recorded to stand at base."),
    ("adopt", 0, "The database is recorded to stand at r5."),
)


def unlike(project: Project, story: tuple[tuple[str, int, Says], ...]) -> dict[str, str]:
    """The commands that ended or said otherwise, each with what it said."""
    found = {}
    for command, code, says in story:
        run = project.flask("db", *command.split(), EDITOR="cat")
        if isinstance(says, str):
            said = says in run.stdout + run.stderr
        else:
            said = bool(run.stdout) and says(json.loads(run.stdout))
        if run.returncode != code or not said or "Traceback" in run.stderr:
            found[command] = f"{run.returncode}\n{run.stdout}{run.stderr}"
    return found


def test_every_command_does_what_it_says(project_anywhere: Project) -> None:
    project = project_anywhere
    project.app()
    assert unlike(project, BEGUN) == {}
    for name in ("r3", "r4"):
        migration(project.folder / "migrations", name, down_revision="r1")
    assert unlike(project, BRANCHED) == {}


def test_no_command_is_left_out_of_the_story() -> None:
    told = {command.split()[0] for command, _, _ in BEGUN + BRANCHED}
    assert set(db.commands) == told

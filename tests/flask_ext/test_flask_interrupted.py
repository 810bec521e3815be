"""Ctrl-C while `flask db upgrade` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from children import Child
from histories import history
from projects import Project, done

SLOW = "print('half way', flush=True)\nimport time\ntime.sleep(60)"


def test_an_interrupted_upgrade_ends_with_130_and_says_what_it_left(project: Project) -> None:
    project.app()
    history(project.folder / "migrations", SLOW)
    with Child(
        [str(Path(sys.executable).with_name("flask")), "db", "upgrade"],
        cwd=project.folder,
        env=os.environ | {"FLASK_APP": "app", "FLASK_SKIP_DOTENV": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        child.says("half way")
        child.send_signal(signal.SIGINT)
        code, said = child.ended()
    assert code == 130
    assert "Interrupted. The run was rolled back: the database stands at base, as before." in said
    assert said.rstrip().endswith("To go on: flask db upgrade")
    assert "r1" not in done(project.flask("db", "current")).stdout


def test_looking_at_a_database_that_is_not_there_makes_none(project: Project) -> None:
    path = project.folder / "not_there.db"
    Project(project.folder, f"sqlite:///{path}", project.run).app()
    history(project.folder / "migrations", "pass")
    for command in ("status", "current", "history", "heads", "plan"):
        done(project.flask("db", command))
    assert not path.exists()

"""``--sql``: SQL alone on standard output, all of it or none, and no database in sight."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from histories import create, history

Run = Callable[..., "subprocess.CompletedProcess[str]"]

URL = "postgresql+psycopg://nobody:secret@no.such.host/x"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "no_models.py").write_text("import sqlalchemy as sa\nmetadata = sa.MetaData()\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        named = ("--url", URL, "--metadata", "no_models:metadata")
        return subprocess.run(
            [str(Path(sys.executable).with_name("migrate-core")), *named, *arguments],
            cwd=tmp_path,
            env={"PYTHONUTF8": "1", "NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("command", "last"),
    [
        (["upgrade", "--sql"], "UPDATE alembic_version SET version_num='r2'"),
        (["upgrade", "r1:head", "--sql"], "UPDATE alembic_version SET version_num='r2'"),
        (["downgrade", "--sql"], "UPDATE alembic_version SET version_num='r1'"),
        (["downgrade", "--sql", "head:-1"], "UPDATE alembic_version SET version_num='r1'"),
        (["downgrade", "--sql", "head:base"], "DELETE FROM alembic_version"),
        (["stamp", "--sql", "r1:r2"], "UPDATE alembic_version SET version_num='r2'"),
    ],
)
def test_a_command_prints_its_sql_and_nothing_else(
    run: Run, tmp_path: Path, command: list[str], last: str
) -> None:
    history(tmp_path / "migrations", create("a"), create("b"))
    done = run(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].endswith("on postgresql")
    assert done.stdout.split("\n\n")[-2].startswith(last)
    assert "secret" not in done.stdout


def test_the_sql_can_be_written_to_a_file(run: Run, tmp_path: Path) -> None:
    history(tmp_path / "migrations", create("a"))
    done = run("upgrade", "--sql", "-o", "up.sql")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Wrote up.sql. Nothing was run.\n"
    assert (tmp_path / "up.sql").read_text() == run("upgrade", "--sql").stdout


def test_a_migration_that_fails_leaves_no_half_script(run: Run, tmp_path: Path) -> None:
    history(tmp_path / "migrations", create("a"), "op.get_bind().execute(sa.text('SELECT 1'))")
    done = run("upgrade", "--sql", "-o", "up.sql")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The upgrade of r2 failed in " in done.stderr
    assert "r2_.py, line 11" in done.stderr
    assert "No script was written." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "up.sql").exists()


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (
            ["downgrade", "--sql", "base"],
            1,
            "Give START:END, for example head:base: migrate-core --url",
        ),
        (["upgrade", "-o", "up.sql"], 2, "--output is for the script of --sql."),
        (["stamp", "--sql", "--purge"], 2, "--purge forgets what a database holds"),
        (["upgrade", "--sql", "-o", "no/such/folder.sql"], 1, "no/such/folder.sql"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(
    run: Run, tmp_path: Path, command: list[str], code: int, said: str
) -> None:
    history(tmp_path / "migrations", create("a"))
    done = run(*command)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr

"""What a terminal shows of a run while it goes on, and what a pipe gets."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from histories import create, history
from migrate_core.cli.progress import bar_line
from migrate_core.graph import Revision, Step
from migrate_core.runtime.events import StepStarted

ERASED = "\r\x1b[K"
LONG = tuple(create(f"t{number}") for number in range(12))

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Typed = Callable[..., str]


@pytest.fixture
def command(tmp_path: Path, sqlite_url: str) -> list[str]:
    (tmp_path / "no_models.py").write_text("import sqlalchemy as sa\nmetadata = sa.MetaData()\n")
    program = str(Path(sys.executable).with_name("migrate-core"))
    return [program, "--url", sqlite_url, "--metadata", "no_models:metadata"]


@pytest.fixture
def run(command: list[str], tmp_path: Path) -> Run:
    """The command with its output in pipes."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env={"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def in_terminal(command: list[str], tmp_path: Path) -> Typed:
    """The command in a terminal; all that was written to it."""

    def run(*arguments: str, **environment: str) -> str:
        ours, its = pty.openpty()
        with subprocess.Popen(
            [*command, *arguments],
            cwd=tmp_path,
            env={"PYTHONUTF8": "1", "TERM": "xterm", "COLUMNS": "80", **environment},
            stdin=its,
            stdout=its,
            stderr=its,
        ):
            os.close(its)
            written = b""
            with suppress(OSError):  # Linux says so when nobody has the terminal open any more
                while piece := os.read(ours, 4096):
                    written += piece
        os.close(ours)
        return written.decode()

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


# -- in a terminal ---------------------------------------------------------------------------------


def test_a_long_run_has_a_bar_in_the_place_of_its_lines(folder: Path, in_terminal: Typed) -> None:
    history(folder, *LONG)
    said = in_terminal("upgrade")
    assert f"{ERASED}[{'#' * 12}{'-' * 12}]  7/12 r7, message of r7" in said
    assert "Running upgrade" not in said


def test_nothing_of_the_bar_stays_and_the_outcome_is_last(folder: Path, in_terminal: Typed) -> None:
    history(folder, *LONG)
    *_, last = in_terminal("upgrade").split(ERASED)
    assert last == "12 migrations applied. The database stands at r12.\r\n"


def test_a_long_run_that_fails_leaves_the_error_alone(folder: Path, in_terminal: Typed) -> None:
    history(folder, *LONG, "raise RuntimeError('no')")
    *_, last = in_terminal("upgrade").split(ERASED)
    assert last.startswith("Error: The upgrade of r13 failed")


def test_a_short_run_has_lines_and_no_bar(folder: Path, in_terminal: Typed) -> None:
    history(folder, create("a"), create("b"))
    said = in_terminal("upgrade")
    assert "[2/2] Running upgrade r1 -> r2, message of r2" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "true"}])
def test_a_terminal_that_nobody_watches_gets_lines(
    folder: Path, in_terminal: Typed, environment: dict[str, str]
) -> None:
    history(folder, *LONG)
    said = in_terminal("upgrade", **environment)
    assert "[12/12] Running upgrade r11 -> r12, message of r12" in said
    assert "\x1b" not in said


def test_the_bar_has_no_colour(folder: Path, in_terminal: Typed) -> None:
    history(folder, *LONG)
    said = in_terminal("upgrade", NO_COLOR="1").replace(ERASED, "")
    assert "\x1b" not in said


def bar(message: str, columns: int) -> str:
    revision = Revision("a1b2", down=(), doc=message)
    return bar_line(StepStarted(Step(revision, up=True), 30, 40), columns)


@pytest.mark.parametrize("columns", [20, 47, 48, 80])
def test_the_bar_never_fills_a_line(columns: int) -> None:
    assert len(bar("a message that is longer than a terminal is wide " * 3, columns)) < columns


def test_a_message_of_wide_characters_never_fills_a_line() -> None:
    assert bar("追加" * 30, 60).count("追加") == 5


def test_a_message_does_not_command_the_terminal() -> None:
    assert bar("\x1b[2J m", 80).endswith(" a1b2, [2J m")


def test_a_narrow_terminal_gets_numbers_alone() -> None:
    assert bar("m", 40) == "30/40 a1b2, m"


# -- in a pipe -------------------------------------------------------------------------------------


def test_a_pipe_gets_a_line_for_each_step(folder: Path, run: Run) -> None:
    history(folder, *LONG)
    done = run("upgrade")
    assert done.stdout == "12 migrations applied. The database stands at r12.\n"
    assert "[12/12] Running upgrade r11 -> r12, message of r12\n" in done.stderr
    assert "\x1b" not in done.stderr


def test_verbose_shows_each_statement_and_its_time(folder: Path, run: Run) -> None:
    history(folder, "op.execute('CREATE TABLE a\\n  (id INTEGER)')")
    told = run("upgrade", "--verbose").stderr.splitlines()
    at = told.index("    CREATE TABLE a (id INTEGER)")
    assert told[at + 1].endswith(" s")
    assert float(told[at + 1].removesuffix(" s")) >= 0


def test_verbose_shows_what_was_refused(folder: Path, run: Run) -> None:
    history(folder, "op.execute('SELECT * FROM nowhere')")
    assert "      refused: no such table: nowhere\n" in run("upgrade", "-v").stderr


def test_without_verbose_no_statement_is_shown(folder: Path, run: Run) -> None:
    history(folder, create("a"))
    assert "CREATE TABLE" not in run("upgrade").stderr

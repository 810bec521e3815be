"""Complete projects of other tools, and the programs that run them unchanged.

::

    program = PROGRAMS["migrate-core"]
    program(folder, "upgrade", "head")          a finished process: it went well
    story(program, folder, models, database)    what a project lives through, base to head and back
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from projects import Run, done

Program = Callable[..., Run]

BESIDE = Path(sys.executable).parent

COMMANDS = {
    "migrate-core": [str(BESIDE / "migrate-core")],
    "migrate_core.alembic": [sys.executable, "-m", "migrate_core.alembic"],
    "alembic": [sys.executable, "-m", "alembic"],
    "flask": [str(BESIDE / "flask"), "db"],
}
"""The first two are this project's, the third is Alembic's own."""


def ran(program: str, folder: Path, *arguments: str, **environment: str) -> Run:
    """What a program did in a folder, as a person would run it: no terminal, no colour."""
    return python(COMMANDS[program], folder, *arguments, **environment)


def python(command: Sequence[str], folder: Path, *arguments: str, **environment: str) -> Run:
    """The same of a command that is none of those."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
    settings = {"PYTHONUTF8": "1", "NO_COLOR": "1", "FLASK_SKIP_DOTENV": "1"}
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=inherited | settings | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def file_written(folder: Path, run: Run) -> str:
    """The text of the one file that a run says it has written."""
    said = done(run).stdout
    (path,) = set(re.findall(r"\S+\.py(?![\w.])", said))
    return (folder / path).read_text(encoding="utf-8")

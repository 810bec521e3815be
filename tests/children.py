"""Processes of their own that migrate, and what they do meanwhile.

::

    with upgrading(folder, url) as child:     `migrate-core upgrade`, its folder and its database
        child.says("half way")                waits until a migration has printed it
        child.remarks("Waiting for")          waits for a line on standard error
    runs(engine, "pg_sleep")                  waits until a statement runs on the server
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

PATIENCE = 60.0

ACTIVE = {
    "postgresql": "SELECT query FROM pg_stat_activity"
    " WHERE state = 'active' AND datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT info FROM information_schema.processlist"
    " WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}


class Child(subprocess.Popen[str]):
    """A process; what it says comes line by line."""

    def says(self, line: str) -> None:
        """Wait until it has said a line."""
        assert self.stdout is not None
        for said in self.stdout:
            if said.rstrip() == line:
                return
        raise AssertionError(f"it ended without saying {line!r}: {self.communicate()}")

    def remarks(self, beginning: str) -> str:
        """Wait until there is a line on standard error that begins so; the line."""
        assert self.stderr is not None
        return next(line for line in self.stderr if line.startswith(beginning))

    def ended(self) -> tuple[int, str]:
        """Wait for its end: the exit code, and what was on standard error."""
        _, errors = self.communicate(timeout=PATIENCE)
        return self.returncode, errors


@contextmanager
def upgrading(folder: Path, url: str, *options: str) -> Iterator[Child]:
    """`upgrade` as a process of its own."""
    models = folder.parent / "no_models.py"
    models.write_text("import sqlalchemy as sa\nmetadata = sa.MetaData()\n", encoding="utf-8")
    program = [sys.executable, "-m", "migrate_core", "--url", url]
    program += ["--metadata", "no_models:metadata", "-d", str(folder), "upgrade", *options]
    with Child(
        program,
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def runs(engine: sa.Engine, text: str) -> None:
    """Wait until a statement with this text runs on the server."""
    until(lambda: any(text in said for said in active(engine)))


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that can only be looked for."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def active(engine: sa.Engine) -> list[str]:
    """The statements that run in the database now."""
    with engine.connect() as connection:
        found = connection.execute(sa.text(ACTIVE[engine.dialect.name])).scalars()
        return [text for text in found if text]

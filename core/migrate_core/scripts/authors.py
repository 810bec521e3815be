"""Who added each migration file, as Git has it: one process for a whole folder.

Where that is not known nothing is said: without Git, outside a repository, for a file that is not
committed or was renamed, where Git takes too long, and in a shallow clone, whose oldest commit
seems to have added everything.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from migrate_core.scripts.checkout import is_whole
from migrate_core.scripts.directory import History

PATIENCE = 2.0
"""Seconds. Git walks all commits of the repository, and a picture is not worth a wait."""

_COMMIT = "\x01"


def authors(history: History) -> Mapping[str, str]:
    """By revision, the name of who added its file."""
    files = {header.path.resolve(): id for id, header in history.headers.items()}
    found: dict[str, str] = {}
    for folder in dict.fromkeys(path.parent for path in files):
        for name, author in _added(folder):
            if id := files.get(folder / name):
                found[id] = author
    return found


def _added(folder: Path) -> Iterable[tuple[str, str]]:
    if not is_whole(folder):
        return ()
    command = ("git", "-c", "log.showSignature=false", "-c", "core.quotePath=false", "log", "-z")
    asked = (f"--format={_COMMIT}%aN", "--diff-filter=A", "-M", "--name-only", "--relative", "--")
    try:
        run = subprocess.run(
            (*command, *asked, "."), cwd=folder, capture_output=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return _read(run.stdout.decode("utf-8", errors="replace"))


def _read(said: str) -> Iterable[tuple[str, str]]:
    """Each file and its author, from ``\\x01author\\0\\nfile\\0file\\0``."""
    for commit in said.split(_COMMIT)[1:]:
        author, *files = commit.split("\0")
        for file in files:
            if name := file.strip("\n"):
                yield name, author.strip("\n")

"""Which commit the migration files come from, read from Git's own files: no process is started.

::

    .git/HEAD       ref: refs/heads/main, or a commit
    .git            gitdir: /elsewhere       in a second worktree, whose refs are with the first
    packed-refs     <commit> <ref>           where a ref has no file (gitrepository-layout(5))
"""

from __future__ import annotations

import re
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit(folder: Path) -> str | None:
    """The commit that the checkout around ``folder`` is at; None where there is none to be read."""
    try:
        repository = _repository(folder.resolve())
        return None if repository is None else _head(repository)
    except (OSError, UnicodeDecodeError):
        return None


def is_whole(folder: Path) -> bool:
    """Whether ``folder`` is in a checkout with all of its history, and not in a shallow clone."""
    try:
        repository = _repository(folder.resolve())
        return repository is not None and not (_common(repository) / "shallow").exists()
    except (OSError, UnicodeDecodeError):
        return False


def _repository(folder: Path) -> Path | None:
    for place in (folder, *folder.parents):
        found = place / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            return place / found.read_text().partition("gitdir:")[2].strip()
    return None


def _head(repository: Path) -> str | None:
    said = (repository / "HEAD").read_text().strip()
    if not said.startswith("ref:"):
        return _checked(said)
    ref = said.partition(":")[2].strip()
    common = _common(repository)
    for place in (repository, common):
        if (place / ref).is_file():
            return _checked((place / ref).read_text().strip())
    packed = common / "packed-refs"
    lines = packed.read_text().splitlines() if packed.is_file() else []
    return next((_checked(line.split()[0]) for line in lines if line.endswith(f" {ref}")), None)


def _common(repository: Path) -> Path:
    """What a second worktree shares with the first."""
    shared = repository / "commondir"
    return repository / shared.read_text().strip() if shared.is_file() else repository


def _checked(text: str) -> str | None:
    return text if _COMMIT.fullmatch(text) else None

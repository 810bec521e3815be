"""Which files of a folder hold migrations.

::

    found(folder, deep, sourceless) -> {name: stamp}      by name

                              .py        always
    deep                      below too, and the name is 2026/03/1f0c_add_users.py
    sourceless                .pyc .pyo  where there is no .py of that name
                              __pycache__/x.cpython-311.pyc   where there is none of them
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TypeAlias

from migrate_core.errors import DirectoryNotReadable

COMPILED = (".pyc", ".pyo")
_CACHE = "__pycache__"
_CACHED = re.compile(rf"(.+)\.{re.escape(sys.implementation.cache_tag or '')}(?:\.opt-\w+)?\.pyc")


Stamp: TypeAlias = "tuple[int, int, int]"
"""A file's size in bytes, and when it was modified and changed, in nanoseconds."""


def found(folder: Path, *, deep: bool, sourceless: bool) -> dict[str, Stamp | None]:
    """The migration files of a folder, in the order of their names, which are relative to it.

    A file that the system can't give a stamp of, such as a link to nothing, has None. No folder is
    no files.

    :param deep: whether folders below are looked into as well.
    :param sourceless: whether compiled files count, where their source is not there.
    :raises DirectoryNotReadable: it is there and can't be listed.
    """
    listed = entries(folder)
    scripts = {entry.name: entry for entry in listed if is_script(entry.name)}
    if sourceless:
        scripts |= _compiled(folder, listed)
    names = {name: _stamp(entry) for name, entry in scripts.items()}
    for below in listed if deep else ():
        if below.name != _CACHE and below.is_dir(follow_symlinks=False):
            inside = found(Path(below.path), deep=True, sourceless=sourceless)
            names |= {f"{below.name}{os.sep}{name}": stamp for name, stamp in inside.items()}
    return {name: names[name] for name in sorted(names)}


def is_script(name: str) -> bool:
    """Whether a source file of that name holds a migration (``.#x.py`` is an editor's lock)."""
    return name.endswith(".py") and not name.startswith((".#", "__init__"))


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in the folder; nothing where there is none.

    :raises DirectoryNotReadable: it is there and can't be listed.
    """
    try:
        with os.scandir(folder) as listing:
            return list(listing)
    except FileNotFoundError as error:
        if folder.is_symlink():
            reason = f"it is a link to {folder.readlink()}, and nothing is there"
            raise DirectoryNotReadable(str(folder), reason) from error
        return []
    except NotADirectoryError as error:
        raise DirectoryNotReadable(str(folder), "it is not a folder") from error
    except OSError as error:
        raise DirectoryNotReadable(str(folder), error.strerror or str(error)) from error


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        stat = entry.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _compiled(folder: Path, listed: list[os.DirEntry[str]]) -> dict[str, os.DirEntry[str]]:
    """The compiled files that stand for a migration, by name: one for each that has no source."""
    chosen = {Path(entry.name).stem for entry in listed if is_script(entry.name)}
    candidates = [
        (Path(entry.name).stem, entry.name, entry)
        for suffix in COMPILED
        for entry in listed
        if entry.name.endswith(suffix)
    ]
    candidates += [
        (matched[1], _CACHE + os.sep + entry.name, entry)
        for entry in entries(folder / _CACHE)
        if (matched := _CACHED.fullmatch(entry.name))
    ]
    answer: dict[str, os.DirEntry[str]] = {}
    for stem, name, entry in candidates:
        if stem not in chosen and is_script(f"{stem}.py"):
            chosen.add(stem)
            answer[name] = entry
    return answer

"""The folder of migrations, and the history that its files tell.

::

    root/                      Directory.at(root)
        script.py.mako         .template    the user's own, or None
        versions/              .locations   or several, elsewhere
            1f0c_add_users.py  .history() -> History(graph, headers)
            7a21_add_age.py
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from migrate_core.errors import (
    CycleDetected,
    DirectoryMissing,
    DirectoryNotReadable,
    DirectoryNotWritable,
    DuplicateLabel,
    DuplicateRevision,
    UnknownParent,
)
from migrate_core.graph import RevisionGraph
from migrate_core.scripts import header
from migrate_core.scripts.header import Header


@dataclass(frozen=True, slots=True)
class History:
    """All migrations of a directory.

    :param headers: by revision id, in the order the files were read in.
    """

    graph: RevisionGraph
    headers: Mapping[str, Header]

    @classmethod
    def of(cls, headers: Iterable[Header]) -> History:
        """The history that these files make together.

        :raises RevisionError: they make none; the error names the files.
        """
        every = tuple(headers)
        try:
            graph = RevisionGraph.of(each.revision for each in every)
        except (DuplicateRevision, UnknownParent, DuplicateLabel, CycleDetected) as error:
            raise _placed(error, every) from error
        return cls(graph, MappingProxyType({each.revision.id: each for each in every}))


@dataclass(frozen=True, slots=True)
class Directory:
    """Where migrations are.

    :param root: the folder that holds ``script.py.mako``.
    :param locations: the folders that hold the files, in the order they are read in.
    """

    root: Path
    locations: tuple[Path, ...]

    @classmethod
    def at(cls, root: str | Path, version_locations: Iterable[str | Path] = ()) -> Directory:
        """The directory at ``root``, with its files in ``root/versions`` unless told otherwise.

        A location given twice, under whatever name, is read once.
        """
        root = Path(root)
        once: dict[str, Path] = {}
        for location in [Path(each) for each in version_locations] or [root / "versions"]:
            # Path.resolve() fails on links in a circle, which history() is to tell of
            once.setdefault(os.path.realpath(location), location)
        return cls(root, tuple(once.values()))

    @property
    def exists(self) -> bool:
        """Whether there is a folder to read."""
        try:
            return self.root.is_dir()
        except OSError:
            return False

    @property
    def template(self) -> Path | None:
        """The user's own template for new files."""
        path = self.root / "script.py.mako"
        return path if path.is_file() else None

    def require(self) -> None:
        """Let a directory pass that is there and can be read.

        :raises DirectoryMissing: nothing is there.
        :raises DirectoryNotReadable: something else is, or no permission to list it.
        """
        _names(self.root)
        if not self.exists:
            raise DirectoryMissing(str(self.root))

    def create(self) -> Path:
        """Make its folders, those that are missing.

        :raises DirectoryNotWritable: with the reason.
        """
        try:
            for folder in (self.root, *self.locations):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise DirectoryNotWritable(str(self.root), reason) from error
        return self.root

    def files(self) -> tuple[Path, ...]:
        """The migration files, location by location, in each by name.

        :raises DirectoryNotReadable: a location is there and can't be listed.
        """
        _names(self.root)
        return tuple(
            folder / name
            for folder in self.locations
            for name in sorted(_names(folder))
            if is_script(name)
        )

    def history(self) -> History:
        """All files, read and put in order. No folder is an empty history.

        :raises InvalidScript: a file can't be read.
        :raises RevisionError: the files make no history together.
        :raises DirectoryNotReadable: see :meth:`files`.
        """
        return History.of(header.read(path) for path in self.files())


def is_script(name: str) -> bool:
    """Whether a file of that name holds a migration (``.#x.py`` is an editor's lock)."""
    return name.endswith(".py") and not name.startswith((".#", "__init__"))


def _names(folder: Path) -> list[str]:
    """What is in the folder; nothing where there is none."""
    try:
        return [entry.name for entry in folder.iterdir()]
    except FileNotFoundError as error:
        if folder.is_symlink():
            reason = f"it is a link to {folder.readlink()}, and nothing is there"
            raise DirectoryNotReadable(str(folder), reason) from error
        return []
    except NotADirectoryError as error:
        raise DirectoryNotReadable(str(folder), "it is not a folder") from error
    except OSError as error:
        raise DirectoryNotReadable(str(folder), error.strerror or str(error)) from error


def _placed(
    error: DuplicateRevision | UnknownParent | DuplicateLabel | CycleDetected,
    headers: tuple[Header, ...],
) -> DuplicateRevision | UnknownParent | DuplicateLabel | CycleDetected:
    """The same error with the files it is about."""

    def places(*revisions: str) -> list[str]:
        return [str(each.path) for id_ in revisions for each in headers if each.revision.id == id_]

    match error:
        case DuplicateRevision():
            return DuplicateRevision(error.revision, places(error.revision))
        case UnknownParent():
            return UnknownParent(
                error.revision,
                error.parent,
                attribute=error.attribute,
                place=" ".join(places(error.revision)),
            )
        case DuplicateLabel():
            where = places(error.revision, error.other)
            return DuplicateLabel(error.label, error.revision, error.other, where)
        case CycleDetected():
            return type(error)(error.revisions, places(*dict.fromkeys(error.revisions)))

"""The folder of migrations, and the history that its files tell.

::

    root/                      Directory.at(root)
        script.py.mako         .template    the user's own, or None
        versions/              .locations   or several, elsewhere
            1f0c_add_users.py  .history() -> History(graph, headers)
            7a21_add_age.py

A root or a location may also be a folder within a package: ``shop:migrations``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from migrate_core.errors import (
    ConfigurationError,
    CycleDetected,
    DirectoryMissing,
    DirectoryNotWritable,
    DuplicateLabel,
    DuplicateRevision,
    UnknownParent,
)
from migrate_core.graph import RevisionGraph
from migrate_core.scripts.files import Stamp, entries, found
from migrate_core.scripts.header import Header
from migrate_core.scripts.index import Index


@dataclass(frozen=True, slots=True)
class History:
    """All migrations of a directory.

    :param headers: by revision id, in the order the files were read in.
    :param root: of the directory; None where there is none.
    """

    graph: RevisionGraph
    headers: Mapping[str, Header]
    root: Path | None = None

    @classmethod
    def of(cls, headers: Iterable[Header], root: Path | None = None) -> History:
        """The history that these files make together.

        :raises RevisionError: they make none; the error names the files.
        """
        every = tuple(headers)
        try:
            graph = RevisionGraph.of(each.revision for each in every)
        except (DuplicateRevision, UnknownParent, DuplicateLabel, CycleDetected) as error:
            raise _placed(error, every) from error
        return cls(graph, MappingProxyType({each.revision.id: each for each in every}), root)


@dataclass(frozen=True, slots=True)
class Directory:
    """Where migrations are.

    :param root: the folder that holds ``script.py.mako``.
    :param locations: the folders that hold the files, in the order they are read in.
    :param recursive: whether folders below a location hold files as well.
    :param sourceless: whether a compiled file counts, where its source is not there.
    """

    root: Path
    locations: tuple[Path, ...]
    recursive: bool = False
    sourceless: bool = False

    @classmethod
    def at(
        cls,
        root: str | os.PathLike[str],
        version_locations: Iterable[str | os.PathLike[str]] = (),
        *,
        recursive: bool = False,
        sourceless: bool = False,
    ) -> Directory:
        """The directory at ``root``, with its files in ``root/versions`` unless told otherwise.

        A location given twice, under whatever name, is read once.

        :raises ConfigurationError: one names a package that can't be imported.
        """
        root = located(root)
        once: dict[str, Path] = {}
        for location in [located(each) for each in version_locations] or [root / "versions"]:
            # Path.resolve() fails on links in a circle, which history() is to tell of
            once.setdefault(os.path.realpath(location), location)
        return cls(root, tuple(once.values()), recursive, sourceless)

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

    @property
    def shared(self) -> bool:
        """Whether new files are to have a function for each of several databases."""
        if self.template is None:
            return False
        return "engine_name" in self.template.read_text("utf-8", errors="replace")

    @property
    def env_py(self) -> Path | None:
        """The project's own env.py."""
        path = self.root / "env.py"
        return path if path.is_file() else None

    def require(self) -> None:
        """Let a directory pass that is there and can be read.

        :raises DirectoryMissing: nothing is there.
        :raises DirectoryNotReadable: something else is, or no permission to list it.
        """
        entries(self.root)
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

    def stamps(self) -> tuple[tuple[Path, Mapping[str, Stamp | None]], ...]:
        """What its files look like from outside, by location; another answer where one changed.

        :raises DirectoryNotReadable: a location is there and can't be listed.
        """
        return tuple((location, self._found(location)) for location in self.locations)

    def history(self) -> History:
        """All files, read and put in order: location by location, in each by name.

        No folder is an empty history.

        :raises InvalidScript: a file can't be read.
        :raises RevisionError: the files make no history together.
        :raises DirectoryNotReadable: a location is there and can't be listed.
        """
        entries(self.root)
        index = Index.below(self.root)
        headers: list[Header] = []
        for location in self.locations:
            headers += index.headers(location, self._found(location))
        index.save()
        return History.of(headers, self.root)

    def _found(self, location: Path) -> dict[str, Stamp | None]:
        return found(location, deep=self.recursive, sourceless=self.sourceless)


def is_resource(name: str | os.PathLike[str]) -> bool:
    """Whether the name is that of a folder in a package, ``package:folder``."""
    text = os.fspath(name)
    return ":" in text and not Path(text).is_absolute()


def located(name: str | os.PathLike[str]) -> Path:
    """The folder of that name: a path, or ``package:folder:folder`` within a package.

    :raises ConfigurationError: the package can't be imported, or is not made of files.
    """
    if not is_resource(name):
        return Path(name)
    package, *folders = os.fspath(name).split(":")
    try:
        folder = resources.files(package).joinpath(*folders)
    except (ImportError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"The folder {os.fspath(name)} is in the package {package!r}, "
            f"which cannot be imported: {error}.",
            "Install the package, or name the folder by its path.",
        ) from error
    if not isinstance(folder, Path):
        raise ConfigurationError(
            f"The folder {os.fspath(name)} is in the package {package!r}, which is no folder.",
            "Install the package unpacked (not as a zip file).",
        )
    return folder


def _placed(
    error: DuplicateRevision | UnknownParent | DuplicateLabel | CycleDetected,
    headers: tuple[Header, ...],
) -> DuplicateRevision | UnknownParent | DuplicateLabel | CycleDetected:
    """The same error with the files it is about."""

    def places(*revisions: str) -> list[str]:
        return [each.file for id_ in revisions for each in headers if each.revision.id == id_]

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

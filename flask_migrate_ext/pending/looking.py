"""Which databases of an app are behind their migrations, and by what."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask_migrate_ext.config import COMMANDS_KEY, PAGE_KEY, MigrateConfig
from flask_migrate_ext.discovery import Found, of_current_app
from flask_migrate_ext.health import Histories, standings_of
from migrate_core.errors import MigrateError
from migrate_core.graph import Revision
from migrate_core.runtime.planning import Plan
from migrate_core.scripts.directory import Directory

if TYPE_CHECKING:
    from flask import Flask

PAUSE = 5.0
"""Seconds until a database that could not be asked is asked again, or ten times what that took."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file system gives a change another time (FAT: two seconds)."""

Folders = tuple[tuple[Path, int | None], ...]
"""Folders of migrations, and when something last came or went there."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A database that is behind its migrations.

    :param command: the command group of its Migrate, as in ``flask db``.
    :param name: its bind, for people.
    :param alone: whether the command takes no ``--bind``: it has no other database, or an env.py
        says which there are.
    :param address: password masked.
    :param pending: what is not applied, oldest first.
    :param plan: what would be done; or why that cannot be told.
    """

    command: str
    name: str
    alone: bool
    address: str
    pending: tuple[Revision, ...]
    plan: Plan | MigrateError


class Looks:
    """What is known of an app's databases.

    That nothing is pending is remembered until a file comes or goes in a folder of migrations, or
    it is to be forgotten; that something is, never: it may be applied by another process.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._histories = Histories()
        self._current: Folders | None = None
        self._not_before = 0.0
        self._said = ""

    def forget(self) -> None:
        """Ask the databases again."""
        self._current = None
        self._not_before = 0.0

    def are_current(self) -> bool:
        """Whether it is remembered that nothing is pending, and no folder has changed since."""
        known = self._current
        return known is not None and _again(known) == known

    def behind(self) -> tuple[Behind, ...]:
        """Those that are behind. None where that cannot be told, which the log says once."""
        if self.are_current():
            return ()
        began = time.monotonic()
        if began < self._not_before:
            return ()
        try:
            return self.look()
        except Exception as error:  # the app's own code is asked, and no request is to fail for it
            self._say(error)
            ended = time.monotonic()
            self._not_before = ended + max(PAUSE, 10 * (ended - began))
            return ()

    def look(self) -> tuple[Behind, ...]:
        """Those that are behind, asked now.

        :raises MigrateError: a database cannot be asked, or a history cannot be read.
        """
        with self._app.app_context():
            found = tuple(commands(self._app))
            folders = _folders(found)
            behind = tuple(each for one in found for each in _behind(one, self._histories))
        is_settled = all(time.time_ns() - (at or 0) > SETTLED for _, at in folders)
        self._current = folders if is_settled and not behind else None
        self._said = ""
        return behind

    def _say(self, error: Exception) -> None:
        if str(error) != self._said:
            self._said = str(error)
            self._app.logger.warning(
                "It cannot be told whether migrations are pending: %s\n"
                'To not be told: app.config["%s"] = False',
                error,
                PAGE_KEY,
            )


def commands(app: Flask) -> Iterator[tuple[str, Found]]:
    """The databases of each Migrate of an app, whose context is active, by its command."""
    known: dict[str, MigrateConfig] = app.extensions[COMMANDS_KEY]
    for command in known:
        yield command, of_current_app(command=command)


def _behind(one: tuple[str, Found], histories: Histories) -> Iterator[Behind]:
    command, found = one
    alone = len(found.each) == 1 or found.environment is not None
    for database, standing in zip(found.each, standings_of(found, histories), strict=True):
        if standing.pending:
            migrations = found.migrations(database)
            try:
                # Without its env.py, which may set up logging, and is for commands.
                plan: Plan | MigrateError = migrations.plan("heads")
            except MigrateError as error:
                plan = error
            address, pending = migrations.database, standing.pending
            yield Behind(command, database.called, alone, address, pending, plan)


# -- folders ---------------------------------------------------------------------------------------


def _folders(found: tuple[tuple[str, Found], ...]) -> Folders:
    """All folders in which a migration file may come or go."""
    directories = (one.migrations(database).directory for _, one in found for database in one.each)
    folders = dict.fromkeys(each for directory in directories for each in _of(directory))
    return tuple((folder, _changed(folder)) for folder in folders)


def _of(directory: Directory) -> Iterator[Path]:
    yield directory.root
    for location in directory.locations:
        yield location
        if directory.recursive:
            yield from (each for each in location.rglob("*") if each.is_dir())


def _again(folders: Folders) -> Folders:
    return tuple((folder, _changed(folder)) for folder, _ in folders)


def _changed(folder: Path) -> int | None:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None

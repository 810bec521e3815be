"""The button: the migrations of an app's databases, applied, and told while it goes on.

The work is done in a thread of its own. Whoever watches may close the browser, and a migration is
not to be left in the middle for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from flask_migrate_ext import mistakes
from flask_migrate_ext.databases import DEFAULT
from flask_migrate_ext.discovery import Found
from flask_migrate_ext.health import Histories, standings_of
from flask_migrate_ext.pending.looking import Behind, commands
from migrate_core.errors import MigrateError, MigrationFailed
from migrate_core.runtime.events import Event

if TYPE_CHECKING:
    from flask import Flask

    from migrate_core.migrations import Migrations

Database = tuple[str, str]
"""The command group and the name of a database."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The button was pressed before by somebody else, whose run is not over yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to one database.

    :param database: None where it is about all of them.
    """

    database: Database | None
    event: Event | Queued


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one database.

    :param behind: as it was before.
    :param applied: what this run applied, in order.
    :param left: what is pending now; None where that cannot be told.
    :param error: what went wrong; anything but a MigrateError is a mistake of ours, or of the app.
    """

    behind: Behind
    applied: tuple[str, ...]
    left: tuple[str, ...] | None
    error: BaseException | None = None


@dataclass(slots=True)
class _Run:
    """One press of the button.

    :param behind: what the page showed, by database.
    """

    app: Flask
    behind: Mapping[Database, Behind]
    tell: Callable[[Told], None]
    histories: Histories = field(default_factory=Histories)
    at: Database | None = None

    def watch(self, event: Event) -> None:
        """Tell an event of the database that is migrated."""
        self.tell(Told(self.at, event))

    def all(self) -> tuple[Ended, ...]:
        """Migrate each database. One that fails keeps no other from being done."""
        ended = [
            each
            for command, found in commands(self.app)
            if any(of == command for of, _ in self.behind)
            for each in self._of(command, found)
        ]
        return tuple(map(self._looked_up, ended))

    def _of(self, command: str, found: Found) -> Iterator[Ended]:
        if found.environment is not None:
            yield from self._through_env_py(command, found)
            return
        for database in found.each:
            behind = self.behind.get((command, database.called))
            if behind is not None:
                self.at = (command, database.called)
                migrations = found.migrations(database, self.watch)
                try:
                    yield Ended(behind, _upgrade(migrations), None)
                except Exception as error:
                    yield self._failed(behind, error, migrations)

    def _through_env_py(self, command: str, found: Found) -> Iterator[Ended]:
        """All databases of a project whose env.py says which they are."""
        each = [behind for (of, _), behind in self.behind.items() if of == command]
        self.at = (command, each[0].name)
        env = found.running()
        assert env is not None
        done: dict[str, tuple[str, ...]] = {}

        def upgrade(migrations: Migrations) -> None:
            name = str(migrations.settings.run_args.get("engine_name") or DEFAULT)
            self.at = (command, name if len(each) > 1 else each[0].name)
            done[self.at[1]] = (*done.get(self.at[1], ()), *_upgrade(migrations))

        try:
            env.answers(upgrade, target="heads", watch=self.watch)
        except Exception as error:
            for behind in each:
                if behind.name not in done:
                    yield self._failed(behind, error, found.migrations(found.each[0]))
        yield from (Ended(one, done[one.name], None) for one in each if one.name in done)

    def _failed(self, behind: Behind, error: Exception, migrations: Migrations) -> Ended:
        """A database whose migrations were not all applied.

        :param migrations: its own, by which newcomers' mistakes are told apart.
        """
        if isinstance(error, MigrationFailed):
            next_step = mistakes.table_is_there(error, migrations)
            told = error if next_step is None else error.telling(next_step)
            return Ended(behind, error.applied, None, told)
        if not isinstance(error, MigrateError):
            self.app.logger.error("Migrations could not be applied", exc_info=error)
        return Ended(behind, (), None, error)

    def _looked_up(self, ended: Ended) -> Ended:
        """The same with what is pending now, which is no more said to be applied: where all runs
        in one transaction, a failure takes back what went well before it."""
        left = self._left(ended.behind)
        applied = tuple(id for id in ended.applied if id not in (left or ()))
        return replace(ended, applied=applied, left=left)

    def _left(self, behind: Behind) -> tuple[str, ...] | None:
        try:
            found = dict(commands(self.app))[behind.command]
            for database, standing in zip(
                found.each, standings_of(found, self.histories), strict=True
            ):
                if database.called == behind.name:
                    return tuple(revision.id for revision in standing.pending)
        except Exception:
            self.app.logger.exception("What is pending now cannot be told")
        return None


def _upgrade(migrations: Migrations) -> tuple[str, ...]:
    return tuple(step.revision.id for step in migrations.upgrade("heads").steps)


class Button:
    """Runs what was pressed, one after the other in this process.

    The migration lock keeps processes apart, and threads as well; but an env.py shares the app's
    registration, and a database in memory its one connection.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._turn = Lock()

    def press(self, behind: Sequence[Behind]) -> Iterator[Told | tuple[Ended, ...]]:
        """What happens, as it happens; then what became of each database."""
        told: SimpleQueue[Told | tuple[Ended, ...]] = SimpleQueue()
        Thread(target=self._work, args=(behind, told.put), name="pending-page").start()
        while True:
            one = told.get()
            yield one
            if isinstance(one, tuple):
                return

    def _work(
        self, behind: Sequence[Behind], tell: Callable[[Told | tuple[Ended, ...]], None]
    ) -> None:
        by_database = {(each.command, each.name): each for each in behind}
        if not self._turn.acquire(blocking=False):
            tell(Told(None, Queued()))
            self._turn.acquire()
        try:
            with self._app.app_context():
                ended = _Run(self._app, by_database, tell).all()
        except BaseException as error:  # whatever it is, somebody waits for an end
            self._app.logger.exception("Migrations could not be applied")
            ended = tuple(Ended(each, (), None, error) for each in behind)
        finally:
            self._turn.release()
        tell(ended)

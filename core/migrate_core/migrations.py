"""``Migrations``: the whole engine behind one object, without env.py and without an ini file.

What a deploy hook, a test, a FastAPI lifespan and the command lines call. It returns values and
raises typed errors; it never prints, exits, or touches anybody's logging.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from migrate_core import api, ddl
from migrate_core.database import connect, transactions
from migrate_core.errors import ConfigurationError, TargetNotUpToDate
from migrate_core.graph import Revision, Step, plan
from migrate_core.runtime import executor, generator
from migrate_core.runtime.events import Watch, ignore
from migrate_core.runtime.executor import Executor
from migrate_core.runtime.requests import (
    Differences,
    Downgrade,
    Generate,
    Generated,
    Outcome,
    Request,
    Stamp,
    Status,
    Upgrade,
)
from migrate_core.scripts import Directory, History
from migrate_core.settings import Settings

Surroundings = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Session:
    """One connection, and what works on it."""

    connection: Connection
    executor: Executor
    history: History


class Migrations:
    """The migrations of one database.

    :param directory: the migrations folder; it need not exist yet.
    :param engine: where the database is; or a connection, which stays open and, where it is in a
        transaction, stays uncommitted.
    :param metadata: the models, in one MetaData or several.
    :param watch: is told what a run does, as it does it.
    :param version_locations: folders of migration files, when not ``versions`` alone.
    :param surroundings: what migration files run in, such as :func:`migrate_core.alias.active`,
        for files that say ``from alembic import op``.
    :param options: any of :class:`~migrate_core.settings.Settings`.
    :raises ConfigurationError: an option that is not known.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        engine: Engine | Connection,
        metadata: sa.MetaData | Sequence[sa.MetaData],
        watch: Watch = ignore,
        version_locations: Sequence[str | os.PathLike[str]] = (),
        surroundings: Surroundings = nullcontext,
        **options: Any,
    ) -> None:
        self.directory = Directory.at(Path(directory), tuple(Path(p) for p in version_locations))
        self.engine = engine
        self.metadata = (metadata,) if isinstance(metadata, sa.MetaData) else tuple(metadata)
        self.watch = watch
        self._surroundings = surroundings
        self.settings = _settings(options)

    @property
    def database(self) -> str:
        """The database's address, password masked."""
        return connect.name(self.engine.engine.url)

    # -- running ---------------------------------------------------------------------------------

    def upgrade(self, target: str = "head") -> Outcome:
        """Apply what ``target`` needs and is not applied yet.

        :raises MigrateError: see :mod:`migrate_core.errors`; what was done is said in it.
        """
        return self._run(Upgrade(target))

    def downgrade(self, target: str = "-1") -> Outcome:
        """Undo what lies above ``target``; the last one, if no target is given.

        :raises MigrateError: see :mod:`migrate_core.errors`; what was done is said in it.
        """
        return self._run(Downgrade(target))

    def stamp(self, *targets: str, purge: bool = False) -> Outcome:
        """Record that the database stands at ``targets``, without running anything.

        :param purge: forget what was recorded before, even what no file has.
        """
        return self._run(Stamp(targets or ("head",), purge))

    def plan(self, target: str = "head") -> tuple[Step, ...]:
        """The steps that ``upgrade(target)`` would run now. Changes nothing."""
        with self._session() as session:
            heads = session.executor.heads()
            executor.unknown_heads(heads, session.history.graph, self.settings.version_table)
            return plan.upgrade(session.history.graph, heads, target)

    def _run(self, request: Request) -> Outcome:
        self.directory.require()
        with self._session() as session:
            return session.executor.run(request)

    # -- writing ---------------------------------------------------------------------------------

    def generate(self, message: str | None = None, **options: Any) -> Generated | None:
        """Write the migration that brings the database to the models; None where nothing differs.

        :param options: any of :class:`~migrate_core.runtime.requests.Generate`.
        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        """
        request = Generate(message=message, **options)
        with self._session() as session:
            self._require_current(session)
            comparison = self._comparison(session.connection)
            return generator.generate(
                comparison, self.directory, session.history, self.settings, request, _now()
            )

    def revision(self, message: str | None = None, **options: Any) -> Generated:
        """Write an empty migration, to be filled by hand. Needs no database."""
        request = Generate(message=message, compare=False, **options)
        history = self.directory.history()
        written = generator.generate(None, self.directory, history, self.settings, request, _now())
        assert written is not None
        return written

    def merge(
        self, revisions: Sequence[str] = ("heads",), message: str | None = None, **options: Any
    ) -> Generated:
        """Write an empty migration that follows several heads and joins them.

        :raises InvalidTarget: one of them is not a head.
        """
        return self.revision(message, head=revisions, **options)

    def init(self) -> Path:
        """Make the migrations folder; returns it."""
        return self.directory.create()

    # -- looking ---------------------------------------------------------------------------------

    def check(self) -> Differences:
        """What the next migration would do; empty, and so false, if nothing.

        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        """
        with self._session() as session:
            self._require_current(session)
            return generator.differences(self._comparison(session.connection))

    def status(self) -> Status:
        """Where the database stands, beside the history."""
        with self._session() as session:
            graph = session.history.graph
            current = session.executor.heads()
            unknown = tuple(head for head in current if head not in graph.revisions)
            known = [head for head in current if head in graph.revisions]
            pending = tuple(step.revision for step in plan.upgrade(graph, known, "heads"))
            return Status(
                database=self.database,
                current=current,
                heads=graph.heads,
                pending=pending,
                unknown=unknown,
                applied=len(graph.revisions) - len(pending),
            )

    def current(self) -> tuple[str, ...]:
        """The heads the database stands at; none where nothing was applied."""
        with self._session() as session:
            return session.executor.heads()

    def heads(self) -> tuple[Revision, ...]:
        """The heads of the history. Needs no database."""
        graph = self.directory.history().graph
        return tuple(graph.revisions[head] for head in graph.heads)

    def history(self) -> History:
        """The history as its files tell it. Needs no database."""
        return self.directory.history()

    def _require_current(self, session: _Session) -> None:
        graph = session.history.graph
        heads = session.executor.heads()
        executor.unknown_heads(heads, graph, self.settings.version_table)
        pending = plan.upgrade(graph, heads, "heads")
        if pending:
            raise TargetNotUpToDate(
                self.database, [f"{s.revision.id} {s.revision.doc}".rstrip() for s in pending]
            )

    def _comparison(self, connection: Connection) -> generator.Comparison:
        return generator.Comparison(connection, self.metadata, self.settings, self.watch)

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        """A connection with ``op`` working on it."""
        history = self.directory.history()
        with connect.connected(self.engine) as connection:
            scope = transactions.of(
                connection,
                self.settings,
                transactional=ddl.for_dialect(connection.dialect).transactional,
            )
            context = api.MigrationContext(connection, self.settings, self.metadata, scope)
            runner = Executor(connection, history, self.settings, scope, self.watch)
            with api.running(context), self._surroundings():
                yield _Session(connection, runner, history)


def _settings(options: dict[str, Any]) -> Settings:
    known = set(Settings.__dataclass_fields__)
    unknown = sorted(set(options) - known)
    if unknown:
        raise ConfigurationError(
            f"Unknown option {', '.join(unknown)}.",
            f"Known options: {', '.join(sorted(known))}.",
        )
    return Settings(**options)


def _now() -> datetime:
    return datetime.now(timezone.utc).astimezone()

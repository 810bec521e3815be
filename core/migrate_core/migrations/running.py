"""Migrations that are run, tried or written as a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from migrate_core.database import connect
from migrate_core.errors import InvalidTarget
from migrate_core.migrations.looking import Looking
from migrate_core.migrations.opened import explained
from migrate_core.runtime import logs
from migrate_core.scripts import History

if TYPE_CHECKING:
    from migrate_core import api
    from migrate_core.database.journal import Entry
    from migrate_core.database.offline import Offline
    from migrate_core.runtime.planning import Plan, Standing
    from migrate_core.runtime.recovery import Decision
    from migrate_core.runtime.requests import Outcome, Request


class Running(Looking):
    """Upgrades, downgrades and stamps."""

    def upgrade(self, target: str = "head", *, resume: bool = False) -> Outcome:
        """Apply what ``target`` needs and is not applied yet.

        :param resume: go on with a migration that an earlier run left half done.
        :raises HalfDone: there is one, and ``resume`` is not given. Nothing was run.
        :raises CannotResume: how to go on with it cannot be told.
        :raises MigrateError: see :mod:`migrate_core.errors`; what was done is said in it.
        """
        from migrate_core.runtime.requests import Upgrade

        return self._run(Upgrade(target, resume))

    def downgrade(self, target: str = "-1", *, resume: bool = False) -> Outcome:
        """Undo what lies above ``target``; the last one, if no target is given.

        :param resume: go on with a migration that an earlier run left half undone.
        :raises MigrateError: as :meth:`upgrade` does.
        """
        from migrate_core.runtime.requests import Downgrade

        return self._run(Downgrade(target, resume))

    def stamp(self, *targets: str, purge: bool = False) -> Outcome:
        """Record that the database stands at ``targets``, without running anything.

        :param purge: forget what was recorded before, even what no file has.
        """
        from migrate_core.runtime.requests import Stamp

        return self._run(Stamp(targets or ("head",), purge))

    def redo(self, steps: int = 1) -> tuple[Outcome, ...]:
        """Undo the last migrations and apply them again, up to where the database stood.

        :param steps: how many.
        :return: what undid them, then what applied them.
        :raises MigrateError: as :meth:`downgrade` and :meth:`upgrade` do.
        """
        before = self.current()
        undone = self.downgrade(f"-{steps}")
        redone = [self.upgrade(head) for head in before]
        return undone, *(outcome for outcome in redone if outcome.steps)

    def resolve(self, revision: str, decision: Decision) -> Entry:
        """Record what somebody found out about a migration that is half done.

        :param decision: ``done`` or ``retry`` if the statement that was interrupted took effect or
            did not; ``undone`` if nothing is left of the whole migration.
        :return: what was written to the journal.
        :raises NothingToResolve: it is not half done, or no statement is in question.
        """
        with self._session() as session:
            return session.executor.resolve(revision, decision)

    def _run(self, request: Request) -> Outcome:
        from migrate_core.runtime.events import Failed

        self.directory.require()
        try:
            with self._session(connect.connected) as session:
                return session.executor.run(request)
        except BaseException as error:
            self.watch(Failed(error))
            raise

    def plan(self, target: str = "head") -> Plan:
        """What ``upgrade(target)`` would do now. Changes nothing, and makes nothing.

        :raises RevisionError: the target leads nowhere.
        :raises InvalidScript: a migration file is not Python, or lacks the function it needs.
        """
        from migrate_core.runtime.requests import Upgrade

        return self._plan(Upgrade(target))

    def plan_downgrade(self, target: str = "-1") -> Plan:
        """What ``downgrade(target)`` would do now; as :meth:`plan`."""
        from migrate_core.runtime.requests import Downgrade

        return self._plan(Downgrade(target))

    def _plan(self, request: Request) -> Plan:
        from migrate_core import ddl
        from migrate_core.database import rehearsal
        from migrate_core.database.offline import ScriptTransactions
        from migrate_core.runtime import planning

        self.directory.require()
        history = self.history()
        standing = self._standing(history)
        engine = self.engine.engine
        style = ddl.for_dialect(engine.dialect).script
        channel = rehearsal.Rehearsal(engine.dialect, style, standing.stored)
        with rehearsal.unreachable(engine), self._offline(channel, history) as context:
            scope, settings = context.transactions, self.settings
            assert isinstance(scope, ScriptTransactions)
            return planning.rehearse(
                request, standing, history, channel, scope, engine.url, settings
            )

    def _standing(self, history: History) -> Standing:
        """What a plan begins from."""
        from migrate_core.database import shadow
        from migrate_core.runtime import recovery
        from migrate_core.runtime.planning import Standing

        with self._session() as session, connect.reading(session.connection):
            heads = self._known_rows(session)
            entries = session.executor.recorder.read()
            applied = history.graph.ancestors(heads)
            return Standing(
                heads=heads,
                stored=shadow.schema(session.connection),
                half_done=recovery.standing(entries, applied, history.headers),
            )

    def upgrade_sql(self, target: str = "head") -> str:
        """The SQL of an upgrade, as a script. No connection is made.

        :param target: ``START:END``, where START is what the database stands at; or END alone, for
            an empty database.
        :raises RevisionError: the target leads nowhere, or only a database knows where.
        :raises MigrationFailed: a migration raised, or needs a connection.
        """
        from migrate_core.runtime.requests import Upgrade

        return self._script(Upgrade(target))

    def downgrade_sql(self, target: str) -> str:
        """The SQL of a downgrade, as a script. No connection is made; raises as an upgrade does.

        :param target: ``START:END``, where START is what the database stands at.
        """
        from migrate_core.runtime.requests import Downgrade

        return self._script(Downgrade(target))

    def stamp_sql(self, *targets: str) -> str:
        """The SQL of a stamp, as a script. No connection is made; raises as an upgrade does.

        :param targets: each ``START:END``, all with one START; or END, for a database that has no
            version table.
        """
        from migrate_core.runtime.requests import Stamp

        return self._script(Stamp(targets or ("head",)))

    def pending_range(self) -> str:
        """``START:head``, from where the database stands, for :meth:`upgrade_sql`.

        :raises InvalidTarget: it stands at several revisions, which no script can start from.
        """
        with self._session() as session:
            rows = self._known_rows(session)
        if len(rows) > 1:
            raise InvalidTarget(
                "START",
                f"{self.database} stands at {' and '.join(rows)}, and a script has one start.",
                "Write one for each: flask db sql START:END",
            )
        return f"{rows[0] if rows else 'base'}:head"

    def _script(self, request: Request) -> str:
        from migrate_core import api
        from migrate_core.runtime import scripting

        self.directory.require()
        history, root = self.history(), self.directory.root
        if self._context is not None and self._context.as_sql:
            with explained(history), self._surroundings():
                return self._context.script_of(request, history, self.settings, root)
        dialect = self.engine.dialect
        complete = scripting.starts_at_base(request)
        channel = api.script_channel(dialect, self.settings, complete=complete)
        logs.scripting()
        with self._offline(channel, history) as context:
            return context.script_of(request, history, self.settings, root)

    @contextmanager
    def _offline(self, channel: Offline, history: History) -> Iterator[api.MigrationContext]:
        """``op`` working on a channel without a connection."""
        from migrate_core import api

        scope = api.script_transactions(channel, self.settings)
        logs.opened(channel.dialect.name, transactional=scope.transactional)
        context = api.MigrationContext.on(
            channel, self.settings, self.metadata, scope, self._environment
        )
        with explained(history), api.running(context), self._surroundings(), closing(channel):
            yield context

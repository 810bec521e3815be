"""What runs now: the documented MigrationContext, and where it is kept.

::

    MigrationContext(dialect, connection, opts)   documented: of what an environment configured
    MigrationContext.on(channel, settings, ...)   of what is there already
    running(context)  current()                   what `op` works on, in this thread or task
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url

from migrate_core import alias
from migrate_core.api.block import Block
from migrate_core.database import connect, scopes
from migrate_core.database.transactions import Transactions
from migrate_core.database.versions import VersionScript, VersionTable
from migrate_core.errors import (
    ConnectionNeeded,
    EnvironmentMisused,
    MultipleHeads,
    NothingRunning,
)
from migrate_core.graph import HeadChange, RevisionGraph, Step, advance
from migrate_core.runtime import logs
from migrate_core.runtime.watch import Watch, ignore
from migrate_core.settings import Settings, documented

if TYPE_CHECKING:
    from migrate_core.api.environment import EnvironmentContext
    from migrate_core.api.impl import DefaultImpl
    from migrate_core.database.channel import Channel
    from migrate_core.database.offline import Offline, ScriptTransactions
    from migrate_core.operations import CreateTableOp, DropTableOp, MigrateOperation
    from migrate_core.runtime.applier import Applier
    from migrate_core.runtime.executor import Applied, Executor
    from migrate_core.runtime.requests import Request
    from migrate_core.schema.build import Convention
    from migrate_core.scripts import History


class MigrationContext:
    """What ``op`` works on: a database or a script, how its dialect does things, the settings.

    :param dialect: what statements are written in.
    :param connection: the database; None, or ``opts["as_sql"]``, for a script.
    :param opts: the options of ``context.configure()``, and whatever else was given to it.
    :param environment_context: whose it is.
    """

    connection: Connection | None

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        opts: dict[str, Any],
        environment_context: EnvironmentContext | None = None,
    ) -> None:
        settings = documented(opts)
        metadata = listed(opts.get("target_metadata"))
        if connection is None or opts.get("as_sql"):
            from migrate_core.api.offline import script_channel, script_transactions

            script = script_channel(dialect, settings, complete=_at_base(settings))
            scope = script_transactions(script, settings)
            self.channel = script
            self._assemble(dialect, None, settings, metadata, scope, opts, environment_context)
            logs.scripting()
            logs.opened(dialect.name, transactional=scope.transactional)
            return
        transactional = scopes.undoes_ddl(connection.dialect)
        own = scopes.of(connection, settings, self._waiting, transactional=transactional)
        self._assemble(
            connection.dialect, connection, settings, metadata, own, opts, environment_context
        )
        logs.opened(dialect.name, transactional=transactional)

    @classmethod
    def on(
        cls,
        channel: Channel,
        settings: Settings,
        metadata: Sequence[sa.MetaData],
        transactions: Transactions | ScriptTransactions,
        environment_context: EnvironmentContext | None = None,
    ) -> MigrationContext:
        """A context of what is there already.

        :param channel: where statements go.
        """
        context = cls.__new__(cls)
        opts = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
        context.channel = channel
        context._assemble(
            channel.dialect,
            channel.connection,
            settings,
            metadata,
            transactions,
            opts,
            environment_context,
        )
        context._writes_out = False  # what it was given a channel by takes the text from there
        return context

    def _assemble(
        self,
        dialect: Dialect,
        connection: Connection | None,
        settings: Settings,
        metadata: Sequence[sa.MetaData],
        transactions: Transactions | ScriptTransactions,
        opts: dict[str, Any],
        environment_context: EnvironmentContext | None,
    ) -> None:
        self.settings = settings
        self.metadata = tuple(metadata)
        self.transactions = transactions
        self.opts = opts
        self.environment_context = environment_context
        self.watch: Watch = logs.logged(ignore, logs.MIGRATION)
        self.dialect: Dialect = dialect
        self.connection = connection
        self.output_buffer: Any = opts.get("output_buffer") or sys.stdout
        self.version_table = settings.version_table
        self.version_table_schema = settings.version_table_schema
        self.purge: bool = bool(opts.get("purge"))
        self._blocks = 0
        self._writes_out = True

    @classmethod
    def configure(
        cls,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect: Dialect | None = None,
        environment_context: EnvironmentContext | None = None,
        dialect_opts: dict[str, Any] | None = None,
        opts: Any | None = None,
    ) -> MigrationContext:
        """A context for a connection; or for a script, in the dialect of whatever else is given.

        :param opts: see the constructor.
        :raises EnvironmentMisused: an engine was given, or nothing that says which dialect.
        """
        if isinstance(connection, Engine):
            raise _misused(
                environment_context,
                "configure() was given an engine, and needs a connection.",
                "Write: with engine.connect() as connection: context.configure(connection, ...)",
            )
        if hasattr(connection, "run_sync"):
            raise _misused(
                environment_context,
                "configure() was given an AsyncConnection, and needs the connection inside of it.",
                "Move it into a function of its own and write: await connection.run_sync(function)",
            )
        if connection is not None:
            dialect = connection.dialect
        elif url is not None:
            dialect = make_url(url).get_dialect()(**dialect_opts or {})
        elif dialect_name is not None:
            dialect = make_url(f"{dialect_name}://").get_dialect()(**dialect_opts or {})
        if dialect is None:
            raise _misused(
                environment_context,
                "configure() was given no connection, and no dialect for a script.",
                "Give it connection=..., or url=... or dialect_name=... with --sql.",
            )
        return cls(dialect, connection, {} if opts is None else opts, environment_context)

    @cached_property
    def channel(self) -> Channel:
        """Where statements go; for a database, made for the first: most commands send none."""
        from migrate_core.database.patience import Patient

        assert self.connection is not None
        assert isinstance(self.transactions, Transactions)
        return Patient(self.connection, self.settings, self.transactions, self._noted)

    @cached_property
    def _script(self) -> Offline | None:
        """The script that is written; None where there is a database."""
        if self.connection is not None:
            return None
        from migrate_core.database.offline import Offline

        return self.channel if isinstance(self.channel, Offline) else None

    @cached_property
    def _doing(self) -> tuple[DefaultImpl, Applier]:
        """What does operations, made for the first of them: most commands do none."""
        from migrate_core import ddl
        from migrate_core.api.impl import impl_for

        impl = impl_for(self)
        return impl, impl.applying(ddl.for_dialect(self.dialect, self), self.channel)

    @property
    def impl(self) -> DefaultImpl:
        """How the dialect does operations, as it is documented."""
        return self._doing[0]

    @property
    def applier(self) -> Applier:
        """What does them."""
        return self._doing[1]

    # -- what it is ------------------------------------------------------------------------------

    @property
    def as_sql(self) -> bool:
        """Whether a script is written, and there is no connection."""
        return self.connection is None

    @property
    def bind(self) -> Connection:
        """The connection; None while a script is written, which few callers have to expect."""
        return self.connection  # type: ignore[return-value]

    @property
    def config(self) -> Any:
        """The configuration of the environment; None where there is none."""
        return None if self.environment_context is None else self.environment_context.config

    @property
    def script(self) -> Any:
        """The script directory of the environment; None where there is none."""
        if self.environment_context is not None:
            return self.environment_context.script
        return self.opts.get("script")

    @property
    def naming_convention(self) -> Convention | None:
        """The convention of the models; of several MetaData none, as it is documented."""
        return self.metadata[0].naming_convention if len(self.metadata) == 1 else None

    # -- where the database stands ---------------------------------------------------------------

    def get_current_heads(self) -> tuple[str, ...]:
        """The revisions that the version table holds; for a script, what it starts from.

        :raises ConnectionNeeded: a script is written that was not told.
        """
        if self.connection is None:
            start = self.settings.starting_rev
            if start is None and self.environment_context is None:
                raise ConnectionNeeded("get_current_heads() reads the version table")
            return () if start in (None, "base") else (str(start),)
        with connect.reading(self.connection):
            return VersionTable(self.connection, self.settings).heads()

    def get_current_revision(self) -> str | None:
        """The revision that the version table holds; None where it holds none.

        :raises MultipleHeads: it holds several.
        :raises ConnectionNeeded: as above.
        """
        heads = self.get_current_heads()
        if len(heads) > 1:
            raise MultipleHeads(heads, "current")
        return heads[0] if heads else None

    def _ensure_version_table(self, purge: bool = False) -> None:
        """Make the version table, unless it is there; a recipe that is widely used calls this.

        :param purge: empty it.
        """
        settings = self._with_own_table(self.settings)
        if self.connection is None:
            self.channel.send(VersionScript(self.dialect, settings).create())
            return
        versions = VersionTable(self.connection, settings)
        versions.ensure()
        if purge:
            versions.replace(())

    # -- what it does ----------------------------------------------------------------------------

    def execute(
        self, sql: sa.Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Run a statement, or write it."""
        from migrate_core.operations import ExecuteSQLOp

        self.perform(ExecuteSQLOp(sql, execution_options=execution_options))

    def perform(self, operation: MigrateOperation) -> Any:
        """Do an operation; returns what its directive returns.

        The journal's table is left as it is: a comparison that does not know what it is writes that
        it be dropped, and no run can be recorded in a table that it drops.
        """
        if getattr(operation, "table_name", None) == self.settings.journal_table:
            from migrate_core.operations import CreateTableOp, DropTableOp

            if isinstance(operation, (CreateTableOp, DropTableOp)) and self._is_journal(operation):
                self._noted(f"{operation.table_name} is the journal of migrations: left as it is")
                return operation.to_table(self) if isinstance(operation, CreateTableOp) else None
        self._before_sending()
        result = self.applier.apply(operation)
        self._after_sending()
        return result

    def _is_journal(self, operation: CreateTableOp | DropTableOp) -> bool:
        own = (self.version_table_schema, self.settings.journal_table)
        return (operation.schema, operation.table_name) == own

    @contextmanager
    def sending(self) -> Iterator[Applier]:
        """What does operations; a script that no block is around is written out afterwards."""
        self._before_sending()
        yield self.applier
        self._after_sending()

    def _before_sending(self) -> None:
        if self._blocks and not isinstance(self.transactions, Transactions):
            self.impl.writes(self.transactions)
            self.transactions.begin()

    def _after_sending(self) -> None:
        if not self._blocks:
            self._write_out()

    def static_output(self, text: str) -> None:
        """Write text as it is: into the script, or where scripts would go."""
        if (script := self._script) is not None:
            script.put(text)
            if not self._blocks:
                self._write_out()
        else:
            self.output_buffer.write(f"{text}\n\n")

    def begin_transaction(self, _per_migration: bool = False) -> Block:
        """A block around a run, and what goes with it.

        What was sent in it is committed at its end, and rolled back if it raises; the run that is
        in it has its own transactions (see :mod:`migrate_core.database.transactions`). What is
        within a transaction of the caller's stays theirs. A script is written out at the end.
        """
        return Block(self._enter, self._leave)

    def autocommit_block(self) -> AbstractContextManager[None]:
        """A block outside of any transaction: what came before it is committed first."""
        return self.transactions.autocommit()

    def run_migrations(self, **kw: Any) -> None:
        """Run the steps that ``opts["fn"]`` says.

        :param kw: what each ``upgrade()`` and ``downgrade()`` is called with.
        :raises EnvironmentMisused: no function was given.
        """
        from migrate_core.runtime.requests import Custom

        fn = self.opts.get("fn")
        if fn is None:
            raise _misused(
                self.environment_context,
                "run_migrations() was called, and nothing says what to run.",
                "Give the context a function: EnvironmentContext(config, script, fn=...), "
                "or call one of alembic.command.",
            )
        steps = _Steps(lambda heads: fn(heads, self))
        settings = replace(self.settings, run_args=kw)
        self._run(Custom(steps, purge=self.purge), self._history(), settings)

    def stamp(self, script_directory: Any, revision: str) -> None:
        """Record that the database stands at a revision, without running anything."""
        from migrate_core.runtime.requests import Stamp

        self._run(Stamp((revision,)), history_of(script_directory), self.settings)

    def _with_own_table(self, settings: Settings) -> Settings:
        """The settings, with the version table that the dialect's class makes, if it does."""
        if not self.impl.overrides("version_table_impl"):
            return settings
        return replace(settings, version_table_impl=self.impl.version_table_impl)

    def executor(self, history: History, settings: Settings, watch: Watch) -> Executor:
        """What runs migrations on this connection.

        :raises ConnectionNeeded: a script is written.
        """
        from migrate_core.runtime.executor import Executor

        if not isinstance(self.transactions, Transactions) or self.connection is None:
            raise ConnectionNeeded("A run needs a database")
        told = self._told(settings, history.graph)
        self.impl.start_migrations()
        own = self._with_own_table(settings)
        if self.environment_context is not None:
            watch = self.environment_context.once(watch)
        return Executor(self.connection, history, own, self.transactions, watch, told)

    def script_of(self, request: Request, history: History, settings: Settings, folder: Any) -> str:
        """Write a run into the script; the script so far.

        :param folder: where byte code is kept.
        """
        from migrate_core.runtime import scripting
        from migrate_core.scripts import Bodies

        script = self._script
        assert script is not None
        assert not isinstance(self.transactions, Transactions)
        self.impl.start_migrations()
        self.impl.writes(self.transactions)
        return scripting.script(
            request,
            history,
            self._with_own_table(settings),
            script,
            self.transactions,
            Bodies.below(folder),
            self._told(settings, history.graph),
        )

    def _told(self, settings: Settings, graph: RevisionGraph) -> Applied:
        """Tells ``on_version_apply`` of a step."""
        from migrate_core.api.information import MigrationInfo
        from migrate_core.runtime.executor import untold

        hooks, run_args = settings.on_version_apply, dict(settings.run_args)
        if not hooks:
            return untold

        def tell(step: Step, change: HeadChange, heads: tuple[str, ...]) -> None:
            revision_map = getattr(self.script, "revision_map", None)
            info = MigrationInfo.of(revision_map, graph, step, change)
            for hook in hooks:
                hook(ctx=self, step=info, heads=set(heads), run_args=run_args)

        return tell

    def close(self) -> None:
        """Give back what a script needed while it was written."""
        if (script := self._script) is not None:
            script.close()

    @contextmanager
    def heard(self, watch: Watch) -> Iterator[None]:
        """Tell ``watch`` of waits and notes within the block."""
        before, self.watch = self.watch, watch
        try:
            yield
        finally:
            self.watch = before

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Around a run: what it leaves open outside of any block is committed, or rolled back."""
        with Block(self._enter, self._leave):
            yield

    def _run(self, request: Request, history: History, settings: Settings) -> None:
        with self.settled(), running(self), alias.active():
            if self.as_sql:
                self.script_of(request, history, settings, self.script.dir)
            else:
                self.executor(history, settings, self.watch).run(request)

    def _history(self) -> History:
        if self.script is None:
            raise _misused(
                None,
                "run_migrations() was called where no folder of migrations is known.",
                "Give the context one: EnvironmentContext(config, script, fn=...); "
                "or opts={'script': ScriptDirectory(...)}.",
            )
        return history_of(self.script)

    def _enter(self) -> None:
        self._blocks += 1

    def _leave(self, failed: bool) -> None:
        self._blocks -= 1
        if self._blocks:
            return
        if isinstance(self.transactions, Transactions):
            if failed:
                self.transactions.abandon()
            else:
                self.transactions.end()
        elif failed:
            script = self._script
            assert script is not None
            script.drain()
        else:
            self.transactions.end()
            self._write_out()

    def _write_out(self) -> None:
        """Write the script where it belongs, as far as it is."""
        script = self._script
        if script is None or not self._writes_out:
            return
        text = script.drain()
        encoding = self.opts.get("output_encoding")
        if text:
            self.output_buffer.write(text.encode(encoding) if encoding else text)
            if hasattr(self.output_buffer, "flush"):
                self.output_buffer.flush()

    def _waiting(self, holder: str) -> None:
        from migrate_core.runtime.events import Waiting

        self.watch(Waiting(holder))

    def _noted(self, text: str) -> None:
        from migrate_core.runtime.events import Noted

        self.watch(Noted(text))


class _Steps:
    """The steps that a function says, as the engine's; it is asked once for the same heads."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self._known: dict[tuple[str, ...], tuple[Step, ...]] = {}

    def __call__(self, heads: tuple[str, ...]) -> tuple[Step, ...]:
        if heads not in self._known:
            self._known[heads] = tuple(self._planned(heads))
        return self._known[heads]

    def _planned(self, heads: Collection[str]) -> Iterator[Step]:
        for said in self._function(heads) or ():
            step = said.at(heads)
            yield step
            heads = advance(said.revision_map.graph, heads, step).applied_to(heads)


def history_of(script_directory: Any) -> History:
    """The history of a script directory."""
    found: History = script_directory.directory.history()
    return found


def listed(metadata: sa.MetaData | Sequence[sa.MetaData] | None) -> tuple[sa.MetaData, ...]:
    """None, one or several as a tuple."""
    if metadata is None:
        return ()
    return (metadata,) if isinstance(metadata, sa.MetaData) else tuple(metadata)


def _at_base(settings: Settings) -> bool:
    return settings.starting_rev in (None, "base")


def _misused(environment: EnvironmentContext | None, problem: str, next_step: str) -> Exception:
    if environment is not None:
        return environment.misused(problem, next_step)
    return EnvironmentMisused(None, None, problem, next_step)


_running: ContextVar[MigrationContext | None] = ContextVar("migrate_core_running", default=None)


@contextmanager
def running(context: MigrationContext) -> Iterator[MigrationContext]:
    """Let ``op`` work on ``context`` within the block, in this thread or task only."""
    token = _running.set(context)
    try:
        yield context
    finally:
        _running.reset(token)


def runs() -> MigrationContext | None:
    """The context that ``op`` works on; None where nothing runs."""
    return _running.get()


def current() -> MigrationContext:
    """The context that ``op`` works on.

    :raises NothingRunning: none is.
    """
    context = _running.get()
    if context is None:
        raise NothingRunning("op")
    return context

"""The documented EnvironmentContext: what an env.py asks for, and what runs when it says so.

::

    with EnvironmentContext(config, script, work=...) as environment:      a command
        script.run_env()
            context.configure(connection=..., target_metadata=...)         the env.py
            with context.begin_transaction():
                context.run_migrations()
                    work(Configured)                                        the command again

An env.py for several databases configures and runs once for each, and ``work`` is called as often.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect

from migrate_core.api.block import Block
from migrate_core.api.context import MigrationContext, running, runs
from migrate_core.api.proxy import ModuleClsProxy
from migrate_core.errors import ConfigurationError, EnvironmentMisused, NothingRunning
from migrate_core.runtime.watch import Watch
from migrate_core.settings import (
    CompareServerDefault,
    CompareType,
    IncludeName,
    IncludeObject,
    OnVersionApply,
    ProcessRevisionDirectives,
    RenderItem,
    Settings,
)

if TYPE_CHECKING:
    from migrate_core.runtime.events import Event


@dataclass(frozen=True, slots=True)
class Configured:
    """What an env.py configured, as it asks for the migrations to be run.

    :param connection: the database; None where a script is written.
    :param metadata: the models.
    :param settings: the rest; among them ``run_args``, what ``run_migrations()`` was called with.
    :param context: what ``op`` works on.
    """

    connection: Connection | None
    dialect: Dialect
    metadata: tuple[sa.MetaData, ...]
    settings: Settings
    context: MigrationContext

    @property
    def run_args(self) -> Mapping[str, Any]:
        """What each ``upgrade()`` and ``downgrade()`` is called with."""
        return self.settings.run_args


Work = Callable[[Configured], None]
"""What is to be done with the database that was configured."""

_STICKY = (
    "transactional_ddl",
    "output_buffer",
    "output_encoding",
    "starting_rev",
    "tag",
    "autogenerate_plugins",
    "render_item",
)
"""Options that stay as they were where a later ``configure()`` does not name them."""


class EnvironmentContext(ModuleClsProxy):
    """What ``alembic.context`` speaks for while an env.py runs. A context manager.

    :param config: the documented Config.
    :param script: the documented ScriptDirectory.
    :param kw: ``work``, what ``run_migrations()`` does; or ``fn``, the documented function
        ``(heads, context)`` that says which steps to run. Further the documented ``as_sql``,
        ``starting_rev``, ``destination_rev``, ``tag``, ``purge``, ``dont_mutate``; and options of
        ``configure()``.
    """

    config: Any
    script: Any

    def __init__(self, config: Any, script: Any, **kw: Any) -> None:
        self.config = config
        self.script = script
        self._work: Work | None = kw.pop("work", None)
        self.context_opts = kw
        self._context: MigrationContext | None = None
        self._waiting_for_run = False
        self._working = False
        self._ran = False
        self._raised: Exception | None = None
        self._told_of_transaction = False
        self._token: Token[EnvironmentContext | None] | None = None

    _entered: ClassVar[list[EnvironmentContext]] = []
    """Those at work in any thread: an env.py may hand its run to a thread of its own, which knows
    nothing of the ContextVar."""

    @classmethod
    def at_work(cls) -> EnvironmentContext:
        return environment()

    @classmethod
    def only(cls) -> EnvironmentContext | None:
        """The one that is at work in this process; None where there is none, or are several."""
        return cls._entered[0] if len(cls._entered) == 1 else None

    def __enter__(self) -> EnvironmentContext:
        self._token = _environment.set(self)
        self._entered.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _environment.reset(self._token)
            self._entered.remove(self)
            self._token = None
        if self._context is not None:
            self._context.close()
        if error is not None and self._raised is not None and error.__cause__ is self._raised:
            # A program's own, on its way through its own function: none of the env.py's.
            raise self._raised from self._raised.__cause__
        if kind is None and self._work is not None and not self._ran:
            raise EnvironmentMisused(
                self._path,
                None,
                "it never called context.run_migrations(), and nothing was done.",
                "Call it after context.configure(): with context.begin_transaction(): "
                "context.run_migrations()",
            )

    def once(self, watch: Watch) -> Watch:
        """``watch``, told only once that an env.py for several databases has to commit itself."""
        from migrate_core.runtime.events import Noted
        from migrate_core.runtime.executor import UNCOMMITTED

        def told(event: Event) -> None:
            if event == Noted(UNCOMMITTED):
                if self._told_of_transaction:
                    return
                self._told_of_transaction = True
            watch(event)

        return told

    # -- what was asked for ----------------------------------------------------------------------

    def is_offline_mode(self) -> bool:
        """Whether a script is written, and there is no connection."""
        if self._working:
            return self.get_context().as_sql
        return bool(self.context_opts.get("as_sql"))

    def requires_connection(self) -> bool:
        """Whether a connection has to be configured."""
        return not self.is_offline_mode()

    def is_transactional_ddl(self) -> bool:
        """Whether the database can undo DDL, or was configured to."""
        context = self.get_context()
        given = context.settings.transactional_ddl
        return context.applier.ddl.transactional if given is None else given

    def get_head_revision(self) -> str | tuple[str, ...] | None:
        """The head of the history.

        :raises MultipleHeads: it has several.
        """
        return self._number("head")

    def get_head_revisions(self) -> str | tuple[str, ...] | None:
        """The heads of the history."""
        return self._number("heads")

    def get_starting_revision_argument(self) -> str | tuple[str, ...] | None:
        """Where the run starts: for a script what it was told, otherwise where the database is.

        :raises EnvironmentMisused: nothing says so yet.
        """
        if self._context is not None and not self._context.as_sql:
            return self._number(self._context.get_current_heads())
        if "starting_rev" in self.context_opts:
            return self._number(self.context_opts["starting_rev"])
        raise self.misused(
            "get_starting_revision_argument() was called where nothing says where the run starts.",
            "Call it after context.configure(), or with --sql START:END.",
        )

    def get_revision_argument(self) -> str | tuple[str, ...] | None:
        """Where the run is to lead, as a full id; None for base.

        :raises EnvironmentMisused: the command leads nowhere.
        """
        if "destination_rev" not in self.context_opts:
            raise self.misused(
                "get_revision_argument() was called in a command that has no target.",
                "Ask for it in upgrade, downgrade and stamp only.",
            )
        return self._number(self.context_opts["destination_rev"])

    def get_tag_argument(self) -> str | None:
        """What ``--tag`` gave."""
        if self.context_opts.get("tag") is not None:
            return str(self.context_opts["tag"])
        return None if self._context is None else self._context.settings.tag

    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """What ``-x`` gave.

        :param as_dictionary: ``name=value`` as a pair; a name alone has an empty value.
        """
        given = self._x_arguments()
        if not as_dictionary:
            return list(given)
        pairs = (each.partition("=") for each in given)
        return {name: value for name, _, value in pairs}

    def _x_arguments(self) -> tuple[str, ...]:
        return self._x_given() if self._context is None else self._context.settings.x_arguments

    def _number(self, name: Any) -> str | tuple[str, ...] | None:
        found: str | tuple[str, ...] | None = self.script.as_revision_number(name)
        return found

    # -- what it configures ----------------------------------------------------------------------

    def configure(
        self,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect_opts: dict[str, Any] | None = None,
        transactional_ddl: bool | None = None,
        transaction_per_migration: bool = False,
        output_buffer: TextIO | None = None,
        starting_rev: str | None = None,
        tag: str | None = None,
        template_args: dict[str, Any] | None = None,
        render_as_batch: bool = False,
        target_metadata: sa.MetaData | Sequence[sa.MetaData] | None = None,
        include_name: IncludeName | None = None,
        include_object: IncludeObject | None = None,
        include_schemas: bool = False,
        process_revision_directives: ProcessRevisionDirectives | None = None,
        compare_type: bool | CompareType = True,
        compare_server_default: bool | CompareServerDefault = False,
        render_item: RenderItem | None = None,
        literal_binds: bool = False,
        upgrade_token: str = "upgrades",
        downgrade_token: str = "downgrades",
        alembic_module_prefix: str = "op.",
        sqlalchemy_module_prefix: str = "sa.",
        user_module_prefix: str | None = None,
        on_version_apply: OnVersionApply | Sequence[OnVersionApply] | None = None,
        autogenerate_plugins: Sequence[str] | None = None,
        **kw: Any,
    ) -> None:
        """Say which database, which models, and how; see :class:`~migrate_core.settings.Settings`.

        :param connection: the database. One that is in a transaction stays in it: the caller
            commits.
        :param url: of which a script takes the dialect; ``dialect_name`` does too.
        :param dialect_opts: arguments of the dialect.
        :param output_buffer: where a script goes.
        :param target_metadata: the models.
        :param literal_binds: scripts always have their values in them; given with a connection, it
            is an error, as documented.
        :param kw: any other of :class:`~migrate_core.settings.Settings`; what is none of them is
            kept in ``MigrationContext.opts``.
        :raises EnvironmentMisused: these cannot go together.
        """
        given = {name: value for name, value in locals().items() if name not in _NOT_OPTIONS}
        options = {
            name: value
            for name, value in {**given, **kw}.items()
            if name not in _STICKY or value is not None
        }
        self._refuse(connection, starting_rev, literal_binds=literal_binds)
        if template_args and isinstance(held := self.context_opts.get("template_args"), dict):
            held.update(template_args)  # the caller's own, who writes a file with them
            options["template_args"] = held
        self.context_opts.update(options)
        if self._waiting_for_run:
            warnings.warn(
                "context.configure() is called again before context.run_migrations(): "
                "what was configured before is not used.",
                stacklevel=2,
            )
        if self._context is not None:
            self._context.close()
        self._context = MigrationContext.configure(
            connection=connection,
            url=url,
            dialect_name=dialect_name,
            environment_context=self,
            dialect_opts=dialect_opts,
            opts=self._options(),
        )
        self._waiting_for_run = True

    def _options(self) -> dict[str, Any]:
        """What is configured now, with what configuration and command line say."""
        options = dict(self.context_opts)
        if options.get("output_buffer") is None:
            options["output_buffer"] = getattr(self.config, "output_buffer", None)
        if "x_arguments" not in options:
            options["x_arguments"] = self._x_given()
        options["script"] = self.script
        return options

    def _x_given(self) -> tuple[str, ...]:
        return tuple(getattr(getattr(self.config, "cmd_opts", None), "x", None) or ())

    def _refuse(
        self, connection: Connection | None, starting_rev: str | None, *, literal_binds: bool
    ) -> None:
        if connection is None or self.context_opts.get("as_sql"):
            return
        if starting_rev is not None:
            raise self.misused(
                "configure() was given starting_rev beside a connection.",
                "Leave it out: the version table of the database says where it stands.",
            )
        if literal_binds:
            raise self.misused(
                "configure() was given literal_binds beside a connection.",
                "Leave it out, or give url=... to write a script.",
            )

    # -- what it does ----------------------------------------------------------------------------

    def begin_transaction(self) -> Block:
        """A block around ``run_migrations()``; see :meth:`MigrationContext.begin_transaction`."""
        return self.get_context().begin_transaction()

    def run_migrations(self, **kw: Any) -> None:
        """Do what the command is for, on the database that was configured.

        :param kw: what each ``upgrade()`` and ``downgrade()`` is called with.
        :raises EnvironmentMisused: nothing was configured, or no connection for a run.
        :raises MigrateError: whatever the command raises.
        """
        context = self.get_context()
        if context.as_sql and not self.context_opts.get("as_sql"):
            raise self.misused(
                "run_migrations() was called without a connection.",
                "Give context.configure() a connection; only with --sql it needs none.",
            )
        self._ran = True
        self._waiting_for_run = False
        self._working = True
        try:
            if self._work is None:
                with self._kept():
                    context.run_migrations(**kw)
                return
            with context.settled(), running(context):
                settings = replace(context.settings, run_args=kw)
                self._work(
                    Configured(
                        context.connection, context.dialect, context.metadata, settings, context
                    )
                )
        finally:
            self._working = False

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Keep in mind what was raised within the block."""
        try:
            yield
        except Exception as error:
            self._raised = error
            raise

    def execute(
        self, sql: sa.Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Run a statement, or write it."""
        self.get_context().execute(sql, execution_options=execution_options)

    def static_output(self, text: str) -> None:
        """Write text as it is into the script."""
        self.get_context().static_output(text)

    def get_context(self) -> MigrationContext:
        """What was configured.

        :raises EnvironmentMisused: nothing was.
        """
        context = (runs() if self._working else None) or self._context
        if context is None:
            raise self.misused(
                "context.configure() was not called.",
                "Call it first: context.configure(connection=connection, target_metadata=...)",
            )
        return context

    def get_bind(self) -> Connection:
        """The connection; None while a script is written."""
        return self.get_context().bind

    def get_impl(self) -> Any:
        """How the dialect does things."""
        return self.get_context().impl

    # -- what went wrong -------------------------------------------------------------------------

    def misused(self, problem: str, next_step: str) -> EnvironmentMisused:
        """The error that names the line of the env.py that is running."""
        path = self._path
        frame = sys._getframe(1)
        line = None
        while frame is not None and line is None:
            if frame.f_code.co_filename == path:
                line = frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return EnvironmentMisused(path if line is not None else None, line, problem, next_step)

    @property
    def _path(self) -> str | None:
        path = getattr(self.script, "env_py_location", None)
        return None if path is None else str(path)


_NOT_OPTIONS = ("self", "kw", "connection", "url", "dialect_name", "dialect_opts")


class _Absent:
    """In the place of a configuration that there is none of."""

    def __getattr__(self, name: str) -> Any:
        raise ConfigurationError(
            f"A migration asked its configuration for {name}, and it runs without an env.py.",
            "Ask with context.get_x_argument() or os.environ instead; or run it by an env.py.",
        )


class Unconfigured(EnvironmentContext):
    """What ``context`` speaks for in a migration that runs without an env.py.

    :param context: what runs.
    """

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(_Absent(), _Absent())
        self._context = context
        self._working = True

    def configure(self, *args: Any, **kw: Any) -> None:
        """
        :raises ConfigurationError: always.
        """
        raise ConfigurationError(
            "context.configure() was called where no env.py runs.",
            "Give the options to Migrate(...) or Migrations(...).",
        )

    @property
    def _path(self) -> None:
        """There is no env.py."""


_environment: ContextVar[EnvironmentContext | None] = ContextVar(
    "migrate_core_environment", default=None
)


def environment() -> EnvironmentContext:
    """What ``context`` speaks for now, in this thread or task.

    :raises NothingRunning: neither an env.py runs nor a migration.
    """
    found = _environment.get()
    if found is not None:
        return found
    context = runs()
    if context is not None:
        return context.environment_context or Unconfigured(context)
    only = EnvironmentContext.only()
    if only is None:
        raise NothingRunning("context")
    return only

"""``Migrations``: the whole engine behind one object, without env.py and without an ini file.

What a deploy hook, a test, a FastAPI lifespan and the command lines call. It returns values and
raises typed errors; it never prints, exits, or touches anybody's logging.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from migrate_core.database import connect
from migrate_core.errors import (
    CannotRebase,
    ConfigurationError,
    InvalidTarget,
    MultipleHeads,
    NoModels,
    TargetNotUpToDate,
    TooManyDrops,
)
from migrate_core.graph import (
    PREFIX_LENGTH,
    Named,
    Relative,
    Revision,
    RevisionGraph,
    parse,
    parse_range,
    plan,
    resolve,
    resolve_one,
)
from migrate_core.runtime import logs
from migrate_core.runtime.events import Watch, ignore
from migrate_core.scripts import Directory, History
from migrate_core.settings import Settings

if TYPE_CHECKING:
    from migrate_core.database.journal import Entry
    from migrate_core.database.offline import Offline, ScriptTransactions
    from migrate_core.runtime.comparison import Comparison
    from migrate_core.runtime.executor import Executor
    from migrate_core.runtime.planning import Plan, Standing
    from migrate_core.runtime.recovery import Decision
    from migrate_core.runtime.requests import (
        Adopted,
        Differences,
        Generated,
        Outcome,
        Request,
        Status,
    )
    from migrate_core.runtime.settling import Ask
    from migrate_core.scripts import Rebased

Surroundings = Callable[[], AbstractContextManager[None]]

Connecting = Callable[[Engine | Connection], AbstractContextManager[Connection]]

Modules = Callable[[], tuple[Sequence[str], Sequence[str]]]
"""Modules of models that were imported, and those that were not."""


def no_modules() -> tuple[Sequence[str], Sequence[str]]:
    """The :data:`Modules` of whoever cannot tell."""
    return (), ()


@dataclass(frozen=True, slots=True)
class _Session:
    """One connection, and what works on it."""

    connection: Connection
    executor: Executor
    history: History


class Migrations:
    """The migrations of one database.

    :param directory: the migrations folder, which need not exist yet; or ``package:folder``.
    :param engine: where the database is; or a connection, which stays open and, where it is in a
        transaction, stays uncommitted.
    :param metadata: the models, in one MetaData or several.
    :param watch: is told what a run does, as it does it.
    :param version_locations: folders of migration files, when not ``versions`` alone.
    :param modules: tells which modules define models and were imported, and which seem to and were
        not; asked where models seem to be missing.
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
        modules: Modules = no_modules,
        surroundings: Surroundings = nullcontext,
        **options: Any,
    ) -> None:
        self.settings = _settings(options)
        self.directory = Directory.at(
            directory,
            version_locations,
            recursive=self.settings.recursive_version_locations,
            sourceless=self.settings.sourceless,
        )
        self.engine = engine
        self.metadata = (metadata,) if isinstance(metadata, sa.MetaData) else tuple(metadata)
        self.watch = logs.logged(watch, logs.MIGRATION)
        self._watch_comparison = logs.logged(watch, logs.COMPARE)
        self._modules = modules
        self._surroundings = surroundings

    def having(self, **options: Any) -> Migrations:
        """The same migrations with other options.

        :param options: any of :class:`~migrate_core.settings.Settings` that is about running.
        :raises ConfigurationError: an option that is not known.
        """
        other = copy(self)
        other.settings = replace(self.settings, **_known(options))
        return other

    @property
    def database(self) -> str:
        """The database's address, password masked."""
        return connect.name(self.engine.engine.url)

    # -- running ---------------------------------------------------------------------------------

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

    def adopt(self, target: str = "head", *, scratch: str | None = None) -> Adopted:
        """Record that a database stands at ``target``, which no migration made and which has what
        the migrations make. Nothing else is changed, and no row is looked at.

        On SQLite the migrations are tried in memory. Elsewhere they are tried on ``scratch``;
        without one the database is compared with the models, and ``target`` has to be the head.

        It is compared and recorded while the migration lock is held.

        :param scratch: the URL of an empty database of the same kind, which is written to, and
            empty again afterwards.
        :raises CannotAdopt: it has a revision, or no tables, or differs, or the migrations do not
            run on an empty database.
        :raises ConfigurationError: ``scratch`` is of another kind, or not empty.
        """
        from migrate_core.database import trial
        from migrate_core.runtime import adoption, generator
        from migrate_core.runtime.requests import Adopted, Stamp

        adoption.require_unversioned(self.database, self.current())
        graph = self.history().graph
        adoption.require_history(self.database, graph.heads)
        ids = resolve(graph, parse(target), shortest=PREFIX_LENGTH)
        adoption.require_revision(self.database, target, ids)
        with self._session() as session:
            adoption.require_tables(self.database, self._comparison(session).columns)
        with trial.scratch(self.engine.engine, scratch) as place:
            made = None if place is None else self._made_on(place, ids)
        if made is None:
            adoption.require_head(self.database, ids, graph.heads)
        tried = made is not None

        def require_equal() -> None:
            adoption.require_unversioned(self.database, session.executor.heads())
            models = self._comparison(session)
            comparison = models if made is None else self._beside(session, made)
            found = generator.differences(comparison, session.history)
            unmade = comparison.columns.keys() & models.models.keys() - comparison.models.keys()
            dialect = self.engine.dialect
            adoption.require_equal(self.database, ids, found, unmade, dialect, tried=tried)

        with self._session(connect.connected) as session, self._naming_modules():
            outcome = session.executor.run(Stamp(ids), require_equal)
        return Adopted(self.database, outcome.after, tried)

    def _made_on(self, place: Engine, ids: Sequence[str]) -> tuple[sa.MetaData, ...]:
        """What the migrations make of an empty database, read back."""
        from migrate_core.runtime import adoption

        trying = copy(self)
        trying.engine, trying.watch = place, ignore
        trying.settings = replace(self.settings, journal=False)
        with adoption.telling_failures(self.database):
            for id in ids:
                trying.upgrade(id)
        with trying._session() as session:
            return (trying._beside(session, self.metadata).read_back(),)

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

    # -- looking ahead ---------------------------------------------------------------------------

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
        from migrate_core.runtime import planning

        self.directory.require()
        history = self.history()
        standing = self._standing(history)
        engine = self.engine.engine
        style = ddl.for_dialect(engine.dialect).script
        channel = rehearsal.Rehearsal(engine.dialect, style, standing.stored)
        with rehearsal.unreachable(engine), self._offline(channel, history) as scope:
            name = self.settings.engine_name
            return planning.rehearse(request, standing, history, channel, scope, engine.url, name)

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

    # -- writing scripts -------------------------------------------------------------------------

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
        from migrate_core import ddl
        from migrate_core.database.offline import Offline
        from migrate_core.runtime import scripting
        from migrate_core.scripts import Bodies

        self.directory.require()
        history = self.history()
        dialect = self.engine.dialect
        style = ddl.for_dialect(dialect).script
        channel = Offline(dialect, style, complete=scripting.starts_at_base(request))
        logs.scripting()
        with self._offline(channel, history) as scope:
            bodies = Bodies.below(self.directory.root)
            return scripting.script(request, history, self.settings, channel, scope, bodies)

    @contextmanager
    def _offline(self, channel: Offline, history: History) -> Iterator[ScriptTransactions]:
        """``op`` working on a channel without a connection."""
        from migrate_core import api, ddl
        from migrate_core.database.offline import ScriptTransactions

        transactional = ddl.for_dialect(channel.dialect).transactional
        logs.opened(channel.dialect.name, transactional=transactional)
        per_step = self.settings.transaction_per_migration
        scope = ScriptTransactions(channel, transactional=transactional, per_step=per_step)
        context = api.MigrationContext(channel, self.settings, self.metadata, scope)
        with _explained(history), api.running(context), self._surroundings(), closing(channel):
            yield scope

    # -- writing ---------------------------------------------------------------------------------

    def generate(
        self, message: str | None = None, *, ask: Ask | None = None, **options: Any
    ) -> Generated | None:
        """Write the migration that brings the database to the models; None where nothing differs.

        :param ask: is given the questions that are open, and answers at least one of them;
            without it nobody is asked.
        :param options: any of :class:`~migrate_core.runtime.requests.Generate`; answers given
            there are not asked for.
        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        :raises TooManyDrops: most of the known tables would be dropped.
        :raises AnswersNeeded: something looks renamed, or rows need a value, and nobody was asked.
        :raises InvalidAnswer: an answer is to no question, or cannot be.
        """
        from migrate_core.runtime import generator
        from migrate_core.runtime.requests import Generate
        from migrate_core.runtime.settling import nobody
        from migrate_core.scripts import names

        request = Generate(message=message, **options)
        with self._session() as session, self._naming_modules():
            self._require_current(session)
            comparison = self._comparison(session)
            created = names.now(self.settings.timezone)
            return generator.generate(
                comparison,
                self.directory,
                session.history,
                self.settings,
                request,
                created,
                ask or nobody,
            )

    def revision(self, message: str | None = None, **options: Any) -> Generated:
        """Write an empty migration, to be filled by hand. Needs no database."""
        from migrate_core.runtime import generator
        from migrate_core.runtime.requests import Generate
        from migrate_core.scripts import names

        request = Generate(message=message, compare=False, **options)
        history = self.history()
        created = names.now(self.settings.timezone)
        with _explained(history), self._surroundings():
            written = generator.generate(
                None, self.directory, history, self.settings, request, created
            )
        assert written is not None
        return written

    def merge(
        self, revisions: Sequence[str] = ("heads",), message: str | None = None, **options: Any
    ) -> Generated:
        """Write an empty migration that follows several heads and joins them.

        :raises InvalidTarget: one of them is not a head; see ``splice``.
        """
        return self.revision(message, head=tuple(revisions), **options)

    def rebase(self, revision: str, onto: str = "head") -> Rebased:
        """Give a revision that is not applied yet another parent, in its file.

        :param onto: the new parent; ``head`` is the one that is not built upon the revision.
        :raises CannotRebase: it is applied to this database, or see
            :func:`~migrate_core.scripts.rebase.rebase`.
        :raises MultipleHeads: ``head``, and several are not built upon the revision.
        """
        from migrate_core.scripts.rebase import rebase

        with self._session() as session:
            history = session.history
            graph = history.graph
            id = resolve_one(graph, parse(revision), shortest=PREFIX_LENGTH)
            if id in graph.ancestors(self._known_rows(session)):
                raise CannotRebase(
                    id,
                    history.headers[id].file,
                    f"it is applied to {self.database}",
                    "Undo it first: flask db downgrade; "
                    "or join the heads: flask db merge heads -m 'merge'",
                )
            return rebase(history, id, _new_parent(history, id, onto))

    def init(self) -> Path:
        """Make the migrations folder; returns it."""
        return self.directory.create()

    # -- looking ---------------------------------------------------------------------------------

    def check(self) -> Differences:
        """What the next migration would do; empty, and so false, if nothing.

        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        """
        from migrate_core.runtime import generator

        with self._session() as session, self._naming_modules():
            self._require_current(session)
            return generator.differences(self._comparison(session), session.history)

    def status(self) -> Status:
        """Where the database stands, beside the history."""
        from migrate_core.runtime import audit, recovery
        from migrate_core.runtime.requests import Status
        from migrate_core.scripts import fingerprint

        with self._session() as session:
            graph = session.history.graph
            current = session.executor.heads()
            unknown = tuple(head for head in current if head not in graph.revisions)
            known = [head for head in current if head in graph.revisions]
            pending = tuple(step.revision for step in plan.upgrade(graph, known, "heads"))
            entries = session.executor.recorder.read()
            headers = session.history.headers
            return Status(
                database=self.database,
                current=current,
                heads=graph.heads,
                pending=pending,
                unknown=unknown,
                applied=len(graph.revisions) - len(pending),
                changes=tuple(
                    audit.changes(
                        entries, graph, known, lambda id: fingerprint.read(headers[id].path)
                    )
                ),
                half_done=recovery.standing(entries, graph.ancestors(known), headers),
            )

    def log(self, limit: int | None = None) -> tuple[Entry, ...]:
        """What the journal has, newest first; nothing where there is none. Reads no file.

        :param limit: the most entries to read.
        """
        with self._executor(History.of(())) as runner:
            return runner.recorder.read(limit)

    def remove_log(self) -> bool:
        """Drop the journal's table; whether there was one. The next run makes it again, unless the
        option ``journal`` is off.

        :raises JournalUnusable: the table of that name is something else.
        """
        with self._executor(History.of(())) as runner:
            return runner.remove_journal()

    def current(self) -> tuple[str, ...]:
        """The heads the database stands at; none where nothing was applied. Reads no file."""
        from migrate_core.database.versions import VersionTable

        with connect.looking(self.engine) as connection, connect.reading(connection):
            _say_opened(connection.dialect)
            return VersionTable(connection, self.settings).heads()

    def heads(self) -> tuple[Revision, ...]:
        """The heads of the history. Needs no database."""
        graph = self.history().graph
        return tuple(graph.revisions[head] for head in graph.heads)

    def history(self) -> History:
        """The history as its files tell it. Needs no database."""
        # A file that computes its identifiers is run to be read.
        with self._surroundings():
            return self.directory.history()

    def show(self, *targets: str) -> tuple[Revision, ...]:
        """The revisions that targets stand for. Needs a database for ``current`` and ``+N`` only.

        :raises ResolutionError: one leads nowhere.
        """
        graph = self.history().graph
        rows = self._rows_for(graph, *targets)
        found = [id for each in targets for id in resolve(graph, parse(each), rows)]
        return tuple(graph[id] for id in dict.fromkeys(found))

    def between(self, ends: str) -> tuple[Revision, ...]:
        """The revisions of a range ``a:b``, newest first. Needs a database as :meth:`show` does.

        :raises InvalidTarget: it is written wrongly.
        :raises RangeNotAncestorError: ``a`` is not below ``b``.
        """
        graph = self.history().graph
        lower, upper = parse_range(ends)
        return plan.between(graph, lower, upper, self._rows_for(graph, lower, upper))

    def _rows_for(self, graph: RevisionGraph, *targets: str) -> tuple[str, ...]:
        """The rows, where one of the targets is counted from them."""
        if not any(each and _counts_from_rows(each) for each in targets):
            return ()
        with self._executor(self.history()) as runner:
            return runner.known_heads()

    def _known_rows(self, session: _Session) -> tuple[str, ...]:
        return session.executor.known_heads()

    def _require_current(self, session: _Session) -> None:
        from migrate_core.scripts import multiple_heads

        history = session.history
        rows = self._known_rows(session)
        pending = plan.upgrade(history.graph, rows, "heads")
        if not pending:
            return
        said = [f"{step.revision.id} {step.revision.doc}".rstrip() for step in pending]
        next_step = ""
        if len(history.graph.heads) > 1:
            next_step = str(multiple_heads(history, history.graph.heads, "head", rows))
        raise TargetNotUpToDate(self.database, said, next_step)

    def _comparison(self, session: _Session) -> Comparison:
        """The models beside the database, with views and all."""
        from migrate_core.scripts.created import created_views

        return self._beside(session, self.metadata, created_views(session.history))

    def _beside(
        self,
        session: _Session,
        models: Sequence[sa.MetaData],
        made_views: frozenset[str] = frozenset(),
    ) -> Comparison:
        from migrate_core import api
        from migrate_core.runtime.comparison import Comparison

        return Comparison(
            session.connection,
            models,
            self.settings,
            self._watch_comparison,
            api.AutogenContext(api.current()),
            made_views,
        )

    @contextmanager
    def _naming_modules(self) -> Iterator[None]:
        """Where models seem to be missing: which modules were looked at, and which were not."""
        try:
            yield
        except (NoModels, TooManyDrops) as error:
            raise error.knowing(*self._modules()) from error

    @contextmanager
    def _session(self, connecting: Connecting = connect.looking) -> Iterator[_Session]:
        """A connection with ``op`` working on it."""
        history = self.history()
        with (
            self._executor(history, connecting) as runner,
            _explained(history, runner.heads),
        ):
            yield _Session(runner.connection, runner, history)

    @contextmanager
    def _executor(
        self, history: History, connecting: Connecting = connect.looking
    ) -> Iterator[Executor]:
        from migrate_core import api, ddl
        from migrate_core.database import scopes
        from migrate_core.database.patience import Patient
        from migrate_core.runtime.events import Noted, Waiting
        from migrate_core.runtime.executor import Executor

        with connecting(self.engine) as connection:
            transactional = ddl.for_dialect(connection.dialect).transactional
            logs.opened(connection.dialect.name, transactional=transactional)
            transactions = scopes.of(
                connection,
                self.settings,
                lambda who: self.watch(Waiting(who)),
                transactional=transactional,
            )
            channel = Patient(
                connection, self.settings, transactions, lambda text: self.watch(Noted(text))
            )
            context = api.MigrationContext(channel, self.settings, self.metadata, transactions)
            with api.running(context), self._surroundings():
                yield Executor(connection, history, self.settings, transactions, self.watch)


def _say_opened(dialect: sa.Dialect) -> None:
    """Log which database is worked on, where somebody hears it."""
    if logs.are_heard():
        from migrate_core import ddl

        logs.opened(dialect.name, transactional=ddl.for_dialect(dialect).transactional)


@contextmanager
def _explained(history: History, rows: Callable[[], Sequence[str]] = tuple) -> Iterator[None]:
    """Where one head was asked for: which there are, what they have in common, what to type."""
    from migrate_core.scripts import multiple_heads

    try:
        yield
    except MultipleHeads as error:
        if error.origin or not set(error.heads) <= set(history.graph.heads):
            raise
        known = [row for row in rows() if row in history.graph]
        raise multiple_heads(history, error.heads, error.argument, known) from error


def _counts_from_rows(target: str) -> bool:
    match parse(target):
        case Named(name):
            return name == "current"
        case Relative(steps, start):
            return start == "current" or (start is None and steps > 0)


def _new_parent(history: History, id: str, onto: str) -> str:
    from migrate_core.scripts import multiple_heads

    graph = history.graph
    if onto == "head":
        above = graph.descendants([id])
        others = tuple(head for head in graph.heads if head not in above)
        if len(others) > 1:
            raise multiple_heads(history, others, onto)
        return others[0] if others else next(iter(graph[id].down), id)
    return resolve_one(graph, parse(onto), shortest=PREFIX_LENGTH)


def _settings(options: dict[str, Any]) -> Settings:
    return Settings(**_known(options))


def _known(options: dict[str, Any]) -> dict[str, Any]:
    known = set(Settings.__dataclass_fields__)
    unknown = sorted(set(options) - known)
    if unknown:
        raise ConfigurationError(
            f"Unknown option {', '.join(unknown)}.",
            f"Known options: {', '.join(sorted(known))}.",
        )
    return options

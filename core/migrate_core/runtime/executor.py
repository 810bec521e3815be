"""Runs upgrades, downgrades and stamps: lock, read heads, plan, and each step in turn."""

from __future__ import annotations

import difflib
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Literal

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from migrate_core.database import connect, faults, locks, retries, session
from migrate_core.database.ends import Ends
from migrate_core.database.journal import Entry
from migrate_core.database.statements import Observer, observed
from migrate_core.database.transactions import Transactions
from migrate_core.database.versions import VersionTable
from migrate_core.errors import (
    CannotResume,
    CommitUnanswered,
    Interrupted,
    MigrateError,
    MigrationFailed,
    RunCutShort,
    UnknownDatabaseRevision,
)
from migrate_core.graph import HeadChange, RevisionGraph, Step, advance, plan
from migrate_core.runtime import recorder, recovery
from migrate_core.runtime.aftermath import aftermath
from migrate_core.runtime.attempts import Attempts, Moved
from migrate_core.runtime.events import Noted, Planned, StepFinished, StepStarted, Waiting
from migrate_core.runtime.progress import Progress
from migrate_core.runtime.recorder import Resumed
from migrate_core.runtime.recovery import Decision
from migrate_core.runtime.requests import Custom, Downgrade, Outcome, Request, Stamp, Upgrade
from migrate_core.runtime.telling import Telling
from migrate_core.runtime.watch import Watch
from migrate_core.scripts import Bodies, History, Prepared, fingerprint, loader
from migrate_core.settings import Settings

UNCOMMITTED = (
    "The connection was given inside a transaction, which stays open: what was done is kept when "
    "that is committed, for example by connection.commit()."
)

Applied = Callable[[Step, HeadChange, tuple[str, ...]], None]
"""Told of each step inside its transaction: what it changed, and the heads after it."""


def untold(_step: Step, _change: HeadChange, _heads: tuple[str, ...]) -> None:
    """Nobody is told."""


def _nothing() -> None:
    """What a run requires that nobody asked about."""


class Executor:
    """One run against one database.

    :param applied: is told of each step.
    """

    def __init__(
        self,
        connection: Connection,
        history: History,
        settings: Settings,
        transactions: Transactions,
        watch: Watch,
        applied: Applied = untold,
    ) -> None:
        self.connection = connection
        self.history = history
        self.settings = settings
        self.transactions = transactions
        self.watch = watch
        self.applied = applied
        self.versions = VersionTable(connection, settings)
        self.recorder = recorder.of(connection, history, settings, transactions)
        self._ends = Ends(self.versions, self.recorder.kept)
        self._telling = Telling(watch, connection.engine.url)

    @property
    def database(self) -> str:
        """The database's address, password masked."""
        return connect.name(self.connection.engine.url)

    def heads(self) -> tuple[str, ...]:
        """The heads the database stands at, read without leaving a transaction behind."""
        with connect.reading(self.connection):
            return self.versions.heads()

    def _seen(self) -> tuple[str, ...] | None:
        """The heads, without the lock; None where a writer keeps readers out, as SQLite's may."""
        try:
            return self.heads()
        except DBAPIError as error:
            if retries.refusal(error, self.connection.dialect.name) != "lock":
                raise
            return None

    def known_heads(self) -> tuple[str, ...]:
        """The heads, each of which has a file.

        :raises UnknownDatabaseRevision: one has none; it says what the journal knows of it.
        """
        heads = self.heads()
        unknown_heads(heads, self.history.graph, self.versions.name, self.recorder.read)
        return heads

    def resolve(self, revision: str, decision: Decision) -> Entry:
        """Record what somebody found out about a migration that is half done.

        :raises NothingToResolve: it is not, or no statement is in question.
        """
        with self._lock(), self.transactions.each():
            return self.recorder.resolve(revision, decision)

    def remove_journal(self) -> bool:
        """Drop the journal; whether there was one."""
        with self.transactions.each():
            return self.recorder.remove()

    def run(self, request: Request, require: Callable[[], None] = _nothing) -> Outcome:
        """Do what was asked.

        :param require: is called before anything is written, with the lock held, so that what it
            finds stays so; it raises where the run may not be.
        :raises LockTimeout: another process is migrating this database.
        :raises MigrationFailed: a migration raised; it says what was undone.
        :raises RunCutShort: a COMMIT had no answer, and not all of the run is done.
        :raises Interrupted: somebody pressed Ctrl-C.
        :raises RevisionError: the target leads nowhere.
        """
        self.transactions.adopt()
        before = self._seen()
        if before is not None and not self._asks_for_work(request, before):
            return Outcome(self.database, before, before, ())
        progress = Progress.at(before or ())
        with self._interrupts(request, progress):
            try:
                with (
                    session.prepared(self.connection, self.settings),
                    self._lock(),
                    self._failures_recorded(),
                ):
                    outcome = self._attempts(progress).until_done(
                        lambda: self._locked(request, progress, require)
                    )
                if self.transactions.undone == "caller":
                    self.watch(Noted(UNCOMMITTED))
                return outcome
            except CommitUnanswered as error:
                return self._believed(request, progress, error)

    def _asks_for_work(self, request: Request, heads: tuple[str, ...]) -> bool:
        """Whether there is anything to do from ``heads``."""
        known = self._known(heads, request)
        return bool(steps_for(request, self.history.graph, known)) or _forgets(request, heads)

    def _lock(self) -> AbstractContextManager[None]:
        return locks.held(
            self.connection,
            self.settings,
            lambda who: self.watch(Waiting(who)),
            until_commit=self.transactions.undone == "caller",
        )

    def _attempts(self, progress: Progress) -> Attempts:
        return Attempts(
            self.connection,
            self.settings,
            self.watch,
            repeatable=lambda: self._undone(progress) and not self.transactions.adopted,
        )

    def _undone(self, progress: Progress) -> bool:
        """Whether nothing stays of the step that ran last, where it failed."""
        split = self.transactions.splits > progress.splits or self.recorder.committed
        return self.transactions.undone in ("run", "step") and not split

    def _locked(self, request: Request, progress: Progress, require: Callable[[], None]) -> Outcome:
        """The run itself. The heads are read again: whoever had the lock may have moved them."""
        self.recorder.start()
        with self._scope(request):
            require()
            before = self._heads_within()
            known = self._known(before, request)
            steps = steps_for(request, self.history.graph, known)
            progress.begin(before, known, len(steps))
            progress.splits = self.transactions.splits
            resumed = self._resumed(request, steps, known)
            prepared = self._prepared(steps)
            if steps:
                self._ensure_tables()
                self.watch(Planned(steps))
            if _forgets(request, before):
                self.versions.replace(())
            with observed(self.connection) as observer:
                for number, step in enumerate(steps, 1):
                    self.watch(StepStarted(step, number, len(steps)))
                    started = time.monotonic()
                    script = prepared.get(step.revision.id)
                    self._step(step, script, progress, resumed, observer)
                    self.watch(StepFinished(step, time.monotonic() - started))
            self.recorder.write()
        return Outcome(self.database, progress.before, progress.heads, tuple(progress.done))

    def _believed(self, request: Request, progress: Progress, error: CommitUnanswered) -> Outcome:
        """What came of a COMMIT that had no answer, as the version table says.

        It is read with the lock held again, so that the connection that was lost is at its end.

        :raises RunCutShort: it was not done, or there is more to do.
        :raises CommitUnanswered: there is nobody to be asked.
        """
        try:
            with self._lock():
                heads = self.heads()
        except DBAPIError:
            raise error from None
        done = heads == progress.next
        if done:
            progress.finished()
        if not done or len(progress.done) < progress.total:
            state = ""
            if not done and self.transactions.undone == "nothing":
                state = " What the migration did to the schema was committed as it was made."
            raise RunCutShort(error.happened, done, heads, state, verb_of(request)) from error
        self.watch(Noted(f"{error.problem} The version table says that it was done."))
        return Outcome(self.database, progress.before, heads, tuple(progress.done))

    def _prepared(self, steps: Sequence[Step]) -> Mapping[str, Prepared]:
        """The files that will be run, by revision.

        :raises InvalidScript: one is not Python.
        """
        ids = [step.revision.id for step in steps if not step.stamp]
        if not ids:
            return {}
        bodies = Bodies.below(self.history.root)
        prepared = {id: bodies.prepared(self.history.headers[id].file) for id in ids}
        bodies.save()
        return prepared

    def _scope(self, request: Request) -> AbstractContextManager[None]:
        """The transaction around a run; a stamp is rows only, so every database has one for it."""
        if isinstance(request, Stamp):
            return self.transactions.each()
        return self.transactions.whole()

    def _heads_within(self) -> tuple[str, ...]:
        return self.versions.heads() if self.connection.in_transaction() else self.heads()

    def _ensure_tables(self) -> None:
        if self.connection.in_transaction():
            self.versions.ensure()
            self.recorder.ensure()
            return
        with self.transactions.each():
            self.versions.ensure()
            self.recorder.ensure()

    def _resumed(
        self, request: Request, steps: Sequence[Step], heads: Sequence[str]
    ) -> Resumed | None:
        """What an earlier run left half done, if this one is to go on with it.

        :raises HalfDone: there is something, and it is not.
        """
        unfinished = self.recorder.unfinished()
        if isinstance(request, Stamp) or not unfinished:
            return None
        resume = not isinstance(request, Custom) and request.resume
        entry = recovery.half_done(unfinished, self.history.graph.ancestors(heads))
        if entry is None:
            return None
        coming = [(step.revision.id, recorder.direction_of(step)) for step in steps]
        if not resume or (entry.revision, entry.direction) not in coming:
            header = self.history.headers.get(entry.revision)
            raise recovery.refusal(entry, header.file if header else None)
        return self.recorder.resumed(entry)

    def _step(
        self,
        step: Step,
        script: Prepared | None,
        progress: Progress,
        resumed: Resumed | None,
        observer: Observer,
    ) -> None:
        """One migration and its row, in one transaction where the database can.

        One that committed within its body is committed at its end too: its row belongs to it.

        :param script: its file; None where it is recorded, and not run.
        """
        change = advance(self.history.graph, progress.heads, step)
        splits = progress.splits = self.transactions.splits
        progress.starts(step, change.applied_to(progress.heads))
        with self.transactions.each():
            if self.transactions.released() and self.versions.heads() != progress.heads:
                raise Moved
            record = self.recorder.begin(step, self._fingerprint(step, script), resumed)
            if script is not None:
                with self._failures(step, progress), observer.telling(record, self._telling):
                    run_body(step, script.file, script.module(), self.settings)
                self.transactions.notice()
            self._ends.write(change, record.finish())
            with self._failures(step, progress):
                self.applied(step, change, progress.next)
            if self.transactions.splits > splits:
                self.recorder.write()
                self.transactions.settle()
        progress.finished()
        if self.transactions.splits > splits or self.transactions.undone in ("step", "nothing"):
            progress.keep()

    def _fingerprint(self, step: Step, script: Prepared | None) -> str | None:
        """Of a step's file, which one that is recorded alone may lack."""
        if script is not None:
            return script.fingerprint
        header = self.history.headers.get(step.revision.id)
        return None if header is None else fingerprint.read(header.path)

    @contextmanager
    def _failures_recorded(self) -> Iterator[None]:
        """A run that failed is rolled back by then; what it was in is recorded by itself."""
        try:
            yield
        except CommitUnanswered:
            raise  # whether it failed is not known yet
        except BaseException as error:
            # What stopped the run is told, even where the database takes no more rows.
            with suppress(SQLAlchemyError, MigrateError):
                self.recorder.failed(self._said(error))
            raise

    def _known(self, heads: tuple[str, ...], request: Request) -> tuple[str, ...]:
        """``heads``, each of which has a file; a purging stamp forgets them instead."""
        if _forgets(request, heads):
            return ()
        if isinstance(request, Custom):
            return heads
        unknown_heads(heads, self.history.graph, self.versions.name, self.recorder.read)
        return heads

    @contextmanager
    def _interrupts(self, request: Request, progress: Progress) -> Iterator[None]:
        """Say what an interrupt left; the transactions are rolled back and the lock is free."""
        try:
            yield
        except KeyboardInterrupt as error:
            state, next_step = "Nothing was run.", f"To go on: flask db {verb_of(request)}"
            if progress.total:
                state, next_step = self._aftermath(verb_of(request), progress, progress.splits)
            if self._undone(progress):
                next_step = f"To go on: flask db {verb_of(request)}"
            raise Interrupted(progress.kept, state, next_step) from error

    @contextmanager
    def _failures(self, step: Step, progress: Progress) -> Iterator[None]:
        """Say which migration failed, on which line, and what became of the run."""
        splits = self.transactions.splits
        try:
            yield
        except CannotResume:
            raise
        except (Exception, SystemExit) as error:  # sys.exit() in a migration ends the migration
            path = str(self.history.headers[step.revision.id].path)
            direction = "upgrade" if step.up else "downgrade"
            if self.transactions.splits > splits or self.recorder.committed:
                progress.keep()
            state, next_step = self._aftermath(direction, progress, splits)
            told = (
                error.next_step
                if isinstance(error, MigrateError)
                else faults.next_step(error, self.connection.dialect.name, self.database)
            )
            raise MigrationFailed(
                step.revision.id,
                direction,
                path,
                line_in(error, path),
                self._said(error),
                progress.kept,
                state,
                told or next_step,
            ) from error

    def _said(self, error: BaseException) -> str:
        if isinstance(error, MigrationFailed):
            return error.reason
        if isinstance(error, MigrateError):
            return error.problem
        said = connect.reason(error, self.connection.engine.url)
        statement = getattr(error, "statement", None)
        kind = type(getattr(error, "orig", None) or error).__name__
        if statement:
            said += f"\n  in: {connect.masked(statement.strip(), self.connection.engine.url)}"
        if more := faults.explained(error):
            said += f"\n  {more}"
        return f"{kind}: {said}"

    def _aftermath(self, direction: str, progress: Progress, splits: int) -> tuple[str, str]:
        return aftermath(
            direction,
            progress,
            self.transactions.undone,
            split=self.transactions.splits > splits or self.recorder.committed,
            recorded=self.recorder.keeps,
        )


def steps_for(request: Request, graph: RevisionGraph, heads: Sequence[str]) -> tuple[Step, ...]:
    """The steps that a request needs from ``heads``."""
    match request:
        case Upgrade(target):
            return plan.upgrade(graph, heads, target)
        case Downgrade(target):
            return plan.downgrade(graph, heads, target)
        case Stamp(targets):
            return plan.stamp(graph, heads, targets)
        case Custom(steps):
            return tuple(steps(tuple(heads)))


def verb_of(request: Request) -> str:
    """The command that asks for it."""
    match request:
        case Upgrade() | Custom():
            return "upgrade"
        case Downgrade():
            return "downgrade"
        case Stamp():
            return "stamp"


def _forgets(request: Request, heads: Sequence[str]) -> bool:
    """Whether a request throws away rows that are there."""
    return isinstance(request, Stamp | Custom) and request.purge and bool(heads)


def run_body(step: Step, path: str | Path, module: ModuleType, settings: Settings) -> None:
    """Call what a step's file has for it, on this one of its databases."""
    direction: Literal["upgrade", "downgrade"] = "upgrade" if step.up else "downgrade"
    if settings.run_args:
        loader.function_of(module, path, direction)(**settings.run_args)
    else:
        loader.body(module, path, direction, settings.engine_name)()


def unknown_heads(
    heads: Sequence[str],
    graph: RevisionGraph,
    table: str,
    journal: Callable[[], Sequence[Entry]],
) -> None:
    """Refuse to go on from a revision that no file has.

    :param journal: asked, where there is one, what it knows of it.
    :raises UnknownDatabaseRevision: the first such head.
    """
    for head in heads:
        if head not in graph.revisions:
            near = [known for known in graph.revisions if known[:4] == head[:4]]
            near += difflib.get_close_matches(head, graph.revisions, cutoff=_ALIKE)
            raise UnknownDatabaseRevision(
                head,
                table,
                list(dict.fromkeys(near))[:3],
                recovery.known_of(head, journal()),
            )


_ALIKE = 0.75
"""How much of an identifier has to be the same for it to be named."""


def line_in(error: BaseException, path: str) -> int | None:
    """The last line of the migration file that was running, counted from 1."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == path
    ]
    return lines[-1] if lines else None

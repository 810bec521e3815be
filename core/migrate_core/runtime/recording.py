"""How a run writes its journal: a row for each step, and marks where a step can stay half done.

=======================  =================================  ====================================
database                 a step's row                       marks
=======================  =================================  ====================================
transactional DDL        written before the commit of what  none: what a killed run did is
                         it tells of, with others           rolled back, its row as well
 ... but in the middle   from there on                      before that commit; in an
 something commits                                          autocommit_block at each statement
no transactional DDL     from the first statement that      at each statement that commits by
                         commits by itself                  itself; rows change in the
                                                            transaction that holds their mark
=======================  =================================  ====================================

One mark says that a statement is done and that the next one begins.

A step that goes on behind what an earlier run did hears its own statements again. Those that were
done have to be the same; they are not sent.
"""

from __future__ import annotations

import getpass
import hashlib
import socket
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from datetime import time as time_of_day
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from migrate_core import ddl
from migrate_core.database import connect
from migrate_core.database.journal import (
    LONGEST_ERROR,
    LONGEST_STATEMENT,
    Direction,
    Entry,
    Journal,
    Pending,
    Sent,
    Trail,
)
from migrate_core.database.probe import took_effect
from migrate_core.database.statements import Statement
from migrate_core.database.transactions import Transactions
from migrate_core.database.wording import Kind, kind_of
from migrate_core.ddl.effects import effect
from migrate_core.errors import CannotResume, NothingToResolve, StillRunning
from migrate_core.graph import Step
from migrate_core.runtime import recovery
from migrate_core.scripts import History, checkout, fingerprint
from migrate_core.settings import Settings

AT_ONCE = 100
"""Rows that are written in one statement."""

_KILLED = "the process ended without saying why"

DISTRIBUTION = "flask-migrate-ext"


def direction_of(step: Step) -> Direction:
    """What a step does, in the words of the journal."""
    if step.stamp:
        return "stamp"
    return "upgrade" if step.up else "downgrade"


class Circumstances:
    """What all rows of a run have in common; found out when the first is written.

    :param folder: of the migration files, None where there are none.
    :param people: whether host and user are told.
    """

    def __init__(self, folder: Path | None, *, people: bool) -> None:
        self._folder = folder
        self._people = people

    @cached_property
    def tool(self) -> str:
        """Name and version of what runs."""
        try:
            return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
        except metadata.PackageNotFoundError:
            return DISTRIBUTION

    @cached_property
    def commit(self) -> str | None:
        """That the files come from."""
        return None if self._folder is None else checkout.commit(self._folder)

    @cached_property
    def host(self) -> str | None:
        """The machine's name."""
        return socket.gethostname()[:255] if self._people else None

    @cached_property
    def user(self) -> str | None:
        """Who runs it; a container's user may have no name."""
        try:
            return getpass.getuser()[:255] if self._people else None
        except (KeyError, OSError):
            return None


def of(
    connection: Connection, history: History, settings: Settings, transactions: Transactions
) -> Recorder:
    """What records a run on this connection: nothing, where the journal is turned off."""
    name = settings.journal_table
    if name is None:
        return Unrecorded()
    folder = next((header.path.parent for header in history.headers.values()), None)
    return Recorder(
        Journal(connection, settings, name),
        transactions,
        Circumstances(folder, people=settings.journal_people),
        transactional=ddl.for_dialect(connection.dialect).transactional,
    )


class Recorder:
    """The journal of one run.

    :param transactional: whether DDL can be rolled back.
    """

    def __init__(
        self,
        journal: Journal,
        transactions: Transactions,
        circumstances: Circumstances,
        *,
        transactional: bool,
    ) -> None:
        self.journal = journal
        self.transactions = transactions
        self.transactional = transactional
        self._circumstances = circumstances
        self._step: Recording | None = None
        self._ended: list[Entry] = []

    @cached_property
    def session(self) -> str | None:
        """The server's number for the connection of this run."""
        return self.journal.session()

    def start(self) -> None:
        """The run starts, or starts again after all that it did was rolled back."""
        self._step = None
        self._ended.clear()

    def ensure(self) -> None:
        """Make the table, unless it is there."""
        self.journal.ensure()

    def remove(self) -> bool:
        """Drop the table; whether it was there."""
        return self.journal.remove()

    def read(self, limit: int | None = None) -> tuple[Entry, ...]:
        """The entries, newest first; see :class:`Journal`."""
        return self.journal.read(limit)

    def unfinished(self) -> tuple[Entry, ...]:
        """The last rows of revisions that may be half done; see :class:`Journal`."""
        return self.journal.unfinished()

    def resumed(self, entry: Entry) -> Resumed:
        """What a half-done migration goes on behind.

        :raises StillRunning: the server still carries out its statement.
        :raises Undecided: whether the interrupted statement took effect cannot be told.
        """
        now = recovery.interrupted(entry)
        if now is None:
            return Resumed(entry, recovery.carried_out(entry, None))
        if entry.session and (text := self.journal.still_running(entry.session)):
            raise StillRunning(entry.revision, entry.direction, entry.session, text)
        return Resumed(entry, recovery.carried_out(entry, self._took_effect(now)))

    def _took_effect(self, now: Pending) -> bool | None:
        if now.effect is None:
            return None
        connection = self.journal.connection
        with connect.reading(connection):
            return took_effect(connection, now.effect)

    def resolve(self, revision: str, decision: recovery.Decision) -> Entry:
        """Write a row that says what somebody found out, and end the one that it is about.

        :raises NothingToResolve: see :func:`recovery.resolved`.
        """
        found = [entry for entry in self.unfinished() if entry.revision == revision]
        about = found[0] if found else None
        resolved = replace(
            recovery.resolved(about, revision, decision),
            started=datetime.now(timezone.utc),
            host=self._circumstances.host,
            user=self._circumstances.user,
            tool=self._circumstances.tool,
        )
        if about is not None and about.result == "running":
            self._end(about)
        self.journal.add([resolved])
        return resolved

    def _end(self, entry: Entry) -> None:
        """Say of a row that its run ended, which it could not say itself."""
        if entry.id is not None:
            self.journal.finish(entry.id, replace(entry, result="stopped", error=_KILLED))

    def begin(self, step: Step, path: Path, resumed: Resumed | None) -> Recording:
        """A step begins.

        :param path: its file.
        :param resumed: what an earlier run did, of this step or another one.
        """
        found = self._circumstances
        entry = Entry(
            revision=step.revision.id,
            parents=step.revision.down,
            direction=direction_of(step),
            started=datetime.now(timezone.utc),
            seconds=None,
            result="running",
            tool=found.tool,
            host=found.host,
            user=found.user,
            commit=found.commit,
            fingerprint=fingerprint.read(path),
        )
        if resumed is None or resumed.entry.revision != entry.revision:
            self._step = Recording(self, entry, ())
        else:
            self._step = Recording(self, entry, resumed.done)
            if resumed.entry.result == "running":
                self._end(resumed.entry)
            self._step.take_over()
        return self._step

    def ended(self, entry: Entry) -> None:
        """A step ended. Its row is written later where the whole run is one transaction."""
        self._ended.append(entry)
        if self.transactions.undone != "run" or len(self._ended) >= AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write the rows of the steps that ended: they belong to what is committed next."""
        if self._ended:
            self.journal.add(self._ended)
            self._ended.clear()

    def failed(self, said: str) -> None:
        """The run failed in the step that was begun last, and was rolled back as far as it can be.

        In a caller's transaction that is not over, and nothing is written.

        :param said: why, without a password.
        """
        self._ended.clear()
        if self._step is not None and self.transactions.undone != "caller":
            with self.transactions.each():
                self.journal.ensure()
                self._step.give_up(said[:LONGEST_ERROR])
                self.write()


@dataclass(frozen=True, slots=True)
class Resumed:
    """A step that an earlier run left half done, and that is to go on.

    :param entry: its row.
    :param done: what is not to be sent again.
    """

    entry: Entry
    done: tuple[Sent, ...]


class Recording:
    """One step: its row, and what is heard of its statements."""

    def __init__(self, recorder: Recorder, entry: Entry, past: tuple[Sent, ...]) -> None:
        self._recorder = recorder
        self._journal = recorder.journal
        self._entry = entry
        self._past = past
        self._started = time.monotonic()
        self._row: int | None = None
        self._done: list[Sent] = []
        self._now: Pending | None = None
        self._refused: Pending | None = None
        self._cannot: CannotResume | None = None

    # -- the statements of the body --------------------------------------------------------------

    def before(self, statement: Statement) -> int | None:
        """It is sent, unless an earlier run has done it."""
        if self._cannot is not None:
            raise self._cannot  # the migration caught it, and must not go on
        kind = kind_of(statement.text)
        if kind in ("read", "session"):
            return None
        if kind == "commit":
            self.committing()
            return None
        digest = digest_of(statement)
        if self._refused is not None:
            if self._refused.digest != digest:  # else it is tried again
                self._done.append(Sent(self._refused.digest, None))
            self._refused = None
        if len(self._done) < len(self._past):
            return self._left_out(statement, kind, digest)
        if kind != "temporary":
            text = statement.text.strip()[:LONGEST_STATEMENT]
            self._now = Pending(digest, text, effect(statement.element))
            if self._stays_by_itself(kind):
                self._mark()
        return None

    def after(self, statement: Statement, seconds: float) -> None:
        """It is done."""
        if self._now is None:
            return
        self._done.append(Sent(self._now.digest, statement.rows))
        self._now = None
        if not self._recorder.transactions.inside():
            self._mark()  # nothing that follows would take it along

    def failed(self, statement: Statement, error: BaseException) -> None:
        """It was refused. The migration may catch that and go on."""
        self._refused, self._now = self._now, None

    def committing(self) -> None:
        """What was done so far stays."""
        self._recorder.write()
        if self._done and len(self._done) >= len(self._past):
            self._mark()

    def _stays_by_itself(self, kind: Kind) -> bool:
        """Whether a statement's effect outlasts a run that is killed right after it."""
        if not self._recorder.transactions.inside():
            return True
        return kind == "other" and not self._recorder.transactional

    def _mark(self) -> None:
        trail = Trail(tuple(self._done), self._now)
        if self._row is None:
            session = self._recorder.session
            self._row = self._journal.begin(replace(self._entry, trail=trail, session=session))
        else:
            self._journal.mark(self._row, trail)

    # -- going on behind an earlier run ----------------------------------------------------------

    def take_over(self) -> None:
        """Begin with what an earlier run did."""
        started = replace(self._entry, trail=Trail(self._past), session=self._recorder.session)
        self._row = self._journal.begin(started)

    def _left_out(self, statement: Statement, kind: Kind, digest: str) -> int:
        """What an earlier run did is not sent again, if it is the same and nobody misses it."""
        number = len(self._done) + 1
        past = self._past[number - 1]
        if digest != past.digest:
            raise self._unable(
                f"its statement {number} is not the one that was done:\n  {statement.text.strip()}",
                "Restore the file as it was up to there (git log -p shows it), then: "
                f"flask db {self._entry.direction} --resume; or {self._otherwise}",
            )
        if past.rows is None:
            raise self._unable(f"its statement {number} was refused, and it went on all the same")
        if kind == "temporary":
            raise self._unable(f"its statement {number} makes a table that is gone with that run")
        if statement.heard and _answers(statement):
            raise self._unable(f"what the database answered its statement {number} is not known")
        self._done.append(past)
        return past.rows

    def _unable(self, reason: str, next_step: str = "") -> CannotResume:
        self._cannot = CannotResume(self._entry.revision, self._entry.direction, reason, next_step)
        return self._cannot

    @property
    def _otherwise(self) -> str:
        return (
            f"undo it all by hand and say so: flask db resolve {self._entry.revision} --as undone"
        )

    # -- the ends --------------------------------------------------------------------------------

    def finish(self) -> None:
        """The body ended well.

        :raises CannotResume: it sent fewer statements than an earlier run had done.
        """
        if self._cannot is not None:
            raise self._cannot
        if len(self._done) < len(self._past):
            raise self._unable(
                f"it sends {len(self._done)} statements now, and {len(self._past)} were done"
            )
        self._write(replace(self._entry, result="done", seconds=self._seconds()))

    def give_up(self, said: str) -> None:
        """The run failed, and what could be rolled back is."""
        kept = None if self._row is None else self._journal.entry(self._row)
        if kept is None:
            self._row = None
        written = Trail(self._past) if kept is None else kept.trail or Trail()
        done = recovery.persisted(written, tuple(self._done))
        at = self._refused if len(done) == len(self._done) else None
        ended = replace(self._entry, seconds=self._seconds(), error=said)
        if done:
            self._write(replace(ended, result="stopped", trail=Trail(done, at)))
        else:
            self._write(replace(ended, result="failed"))

    def _write(self, entry: Entry) -> None:
        if self._row is None:
            self._recorder.ended(entry)
        else:
            self._journal.finish(self._row, entry)

    def _seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)


class Unrecorded(Recorder):
    """Records nothing."""

    def __init__(self) -> None:
        """There is no journal."""

    def start(self) -> None:
        """Nothing is kept."""

    def ensure(self) -> None:
        """Nothing is made."""

    def remove(self) -> bool:
        """There is no table."""
        return False

    def read(self, limit: int | None = None) -> tuple[Entry, ...]:
        """There are none."""
        return ()

    def resolve(self, revision: str, decision: recovery.Decision) -> Entry:
        """Nobody knows what is half done."""
        raise NothingToResolve(revision, "is not known to be half done: the journal is turned off")

    def unfinished(self) -> tuple[Entry, ...]:
        """Nobody knows of any."""
        return ()

    def write(self) -> None:
        """There are no rows."""

    def begin(self, step: Step, path: Path, resumed: Resumed | None) -> Recording:
        """A step begins, and nothing is heard of it."""
        return NotRecorded()

    def failed(self, said: str) -> None:
        """Nothing is written."""


class NotRecorded(Recording):
    """Hears nothing."""

    def __init__(self) -> None:
        """There is no row."""

    def before(self, statement: Statement) -> None:
        """It is sent."""

    def after(self, statement: Statement, seconds: float) -> None:
        """Nobody asks."""

    def failed(self, statement: Statement, error: BaseException) -> None:
        """Nobody asks."""

    def committing(self) -> None:
        """Nobody asks."""

    def finish(self) -> None:
        """Nothing is written."""


# -- statements, to be known again -----------------------------------------------------------------

_MANY = 1_000
"""Rows of one statement that are looked at, half of them at either end."""


def digest_of(statement: Statement) -> str:
    """A statement as it will be known again: 16 hexadecimal digits.

    A time and a UUID are others on each run, so only their kind counts.
    """
    values = statement.values
    if isinstance(values, list) and len(values) > _MANY:
        values = [len(values), *values[: _MANY // 2], *values[-_MANY // 2 :]]
    told = f"{statement.text}\0{_told(values)}"
    return hashlib.blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{_told(each)}' for key, each in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_told, value))}]"
    if isinstance(value, (date, time_of_day, UUID)):
        return type(value).__name__
    return repr(value)


def _answers(statement: Statement) -> bool:
    """Whether the database told more than a number of rows: made keys, or rows themselves."""
    text = statement.text.upper()
    one_row = not isinstance(statement.values, list)
    return "RETURNING" in text or (one_row and text.lstrip().startswith(("INSERT", "REPLACE")))

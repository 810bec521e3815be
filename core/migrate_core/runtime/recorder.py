"""The journal of a run: what all its rows have in common, and when they are written.

A step's row belongs to the transaction of the step, so it is written before that is committed:
where the whole run is one, with the rows of other steps. What failed is recorded in a transaction
of its own, after the rollback.
"""

from __future__ import annotations

import getpass
import socket
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from importlib import metadata
from pathlib import Path

from sqlalchemy.engine import Connection

from migrate_core.database import connect, scopes
from migrate_core.database.journal import LONGEST_ERROR, Direction, Entry, Journal, Pending, Sent
from migrate_core.database.probe import took_effect
from migrate_core.database.transactions import Transactions
from migrate_core.errors import NothingToResolve, StillRunning
from migrate_core.graph import Step
from migrate_core.runtime import recovery
from migrate_core.runtime.recording import NotRecorded, Recording
from migrate_core.scripts import History, checkout
from migrate_core.settings import Settings

AT_ONCE = 100
"""Rows that are written in one statement."""

DISTRIBUTION = "flask-migrate-ext"

_KILLED = "the process ended without saying why"


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
        transactional=scopes.undoes_ddl(connection.dialect),
    )


def direction_of(step: Step) -> Direction:
    """What a step does, in the words of the journal."""
    if step.stamp:
        return "stamp"
    return "upgrade" if step.up else "downgrade"


@dataclass(frozen=True, slots=True)
class Resumed:
    """A step that an earlier run left half done, and that is to go on.

    :param entry: its row.
    :param done: what is not to be sent again.
    """

    entry: Entry
    done: tuple[Sent, ...]


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

    @property
    def kept(self) -> Journal | None:
        """The journal; None where it is turned off."""
        return self.journal

    @property
    def keeps(self) -> bool:
        """Whether anything is recorded."""
        return self.kept is not None

    @property
    def committed(self) -> bool:
        """Whether the migration that runs has had something committed."""
        return self._step is not None and self._step.committed

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
            stopped = replace(entry, result="stopped", error=_KILLED)
            self.journal.finish(self.journal.ending(entry.id, stopped))

    def begin(self, step: Step, script: str | None, resumed: Resumed | None) -> Recording:
        """A step begins.

        :param script: the fingerprint of its file.
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
            fingerprint=script,
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

        In a caller's transaction that is not over, and nothing is written. Nor is anything where
        the connection is gone: what the server made of the last statement is to be looked up
        then, as after a kill.

        :param said: why, without a password.
        """
        self._ended.clear()
        lost = self.journal.connection.invalidated or self.journal.connection.closed
        if self._step is not None and not lost and self.transactions.undone != "caller":
            with self.transactions.each():
                self.journal.ensure()
                self._step.give_up(said[:LONGEST_ERROR])
                self.write()


class Unrecorded(Recorder):
    """Records nothing."""

    def __init__(self) -> None:
        """There is no journal."""
        self._step = None

    @property
    def kept(self) -> Journal | None:
        return None

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

    def begin(self, step: Step, script: str | None, resumed: Resumed | None) -> Recording:
        """A step begins, and nothing is written of it."""
        self._step = NotRecorded()
        return self._step

    def failed(self, said: str) -> None:
        """Nothing is written."""


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

"""How one step comes into the journal: a row, and marks where the step can stay half done.


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

import hashlib
import time
from dataclasses import replace
from datetime import date
from datetime import time as time_of_day
from typing import Any, Protocol
from uuid import UUID

from migrate_core.database import connect
from migrate_core.database.journal import (
    LONGEST_STATEMENT,
    Ending,
    Entry,
    Journal,
    Pending,
    Sent,
    Trail,
)
from migrate_core.database.statements import Statement
from migrate_core.database.transactions import Transactions
from migrate_core.database.wording import Kind, kind_of
from migrate_core.ddl.effects import effect
from migrate_core.errors import CannotResume
from migrate_core.runtime import recovery


class Desk(Protocol):
    """What a step's recording is written at: the run's own."""

    @property
    def journal(self) -> Journal:
        """Where rows are."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Those of the run."""
        ...

    @property
    def transactional(self) -> bool:
        """Whether DDL can be rolled back."""
        ...

    @property
    def session(self) -> str | None:
        """The server's number for the connection of this run."""
        ...

    def ended(self, entry: Entry) -> None:
        """A step ended, and has no row yet."""
        ...

    def write(self) -> None:
        """Write the rows of the steps that ended."""
        ...


class Recording:
    """One step: its row, and what is heard of its statements.

    ``committed`` says whether the body had something committed before its end.
    """

    def __init__(self, desk: Desk, entry: Entry, past: tuple[Sent, ...]) -> None:
        self._desk = desk
        self._journal = desk.journal
        self._entry = entry
        self._past = past
        self._started = time.monotonic()
        self._row: int | None = None
        self._done: list[Sent] = []
        self._now: Pending | None = None
        self._refused: Pending | None = None
        self._cannot: CannotResume | None = None
        self.committed = False

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
            text = connect.masked(statement.text.strip(), self._journal.connection.engine.url)
            self._now = Pending(digest, text[:LONGEST_STATEMENT], effect(statement.element))
            if self._stays_by_itself(kind):
                self._mark()
        return None

    def after(self, statement: Statement, seconds: float) -> None:
        """It is done."""
        if self._now is None:
            return
        self._done.append(Sent(self._now.digest, statement.rows))
        self._now = None
        if not self._desk.transactions.inside():
            self._mark()  # nothing that follows would take it along

    def failed(self, statement: Statement, error: BaseException) -> None:
        """It was refused. The migration may catch that and go on."""
        self._refused, self._now = self._now, None

    def committing(self) -> None:
        """What was done so far stays."""
        self.committed = True
        self._desk.write()
        if self._done and len(self._done) >= len(self._past):
            self._mark()

    def _stays_by_itself(self, kind: Kind) -> bool:
        """Whether a statement's effect outlasts a run that is killed right after it."""
        if not self._desk.transactions.inside():
            return True
        return kind == "other" and not self._desk.transactional

    def _mark(self) -> None:
        trail = Trail(tuple(self._done), self._now)
        if self._row is None:
            session = self._desk.session
            self._row = self._journal.begin(replace(self._entry, trail=trail, session=session))
        else:
            self._journal.mark(self._row, trail)

    # -- going on behind an earlier run ----------------------------------------------------------

    def take_over(self) -> None:
        """Begin with what an earlier run did."""
        started = replace(self._entry, trail=Trail(self._past), session=self._desk.session)
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

    def finish(self) -> Ending | None:
        """The body ended well.

        :return: what is still to be written into its row; None where it has none yet.
        :raises CannotResume: it sent fewer statements than an earlier run had done.
        """
        if self._cannot is not None:
            raise self._cannot
        if len(self._done) < len(self._past):
            raise self._unable(
                f"it sends {len(self._done)} statements now, and {len(self._past)} were done"
            )
        return self._ended(replace(self._entry, result="done", seconds=self._seconds()))

    def give_up(self, said: str) -> None:
        """The run failed, and what could be rolled back is."""
        kept = None if self._row is None else self._journal.entry(self._row)
        if kept is None:
            self._row = None
        written = Trail(self._past) if kept is None else kept.trail or Trail()
        done = recovery.persisted(written, tuple(self._done))
        at = self._refused if len(done) == len(self._done) else None
        ended = replace(self._entry, seconds=self._seconds(), error=said)
        result = (
            replace(ended, result="stopped", trail=Trail(done, at))
            if done
            else replace(ended, result="failed")
        )
        ending = self._ended(result)
        if ending is not None:
            self._journal.finish(ending)

    def _ended(self, entry: Entry) -> Ending | None:
        if self._row is None:
            self._desk.ended(entry)
            return None
        return self._journal.ending(self._row, entry)

    def _seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)


class NotRecorded(Recording):
    """Hears nothing."""

    def __init__(self) -> None:
        """There is no row."""
        self.committed = False

    def before(self, statement: Statement) -> None:
        """It is sent."""

    def after(self, statement: Statement, seconds: float) -> None:
        """Nobody asks."""

    def failed(self, statement: Statement, error: BaseException) -> None:
        """Nobody asks."""

    def committing(self) -> None:
        """What was done so far stays."""
        self.committed = True

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

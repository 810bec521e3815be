"""The journal: what was applied, undone, stamped, or failed; by whom, when, and from which file.

One row for each revision that a run took a step with, in the order of ``id``; no clock decides. A
row is written when its step ends. Only where a step can stay half done is it written before the
step begins to change anything, marked as the step goes, and finished with it.

===========  ===========================================================
result       means
===========  ===========================================================
``running``  it began; no end was written: it runs, or was killed
``done``     it ended well
``failed``   it failed, and nothing of it stayed
``stopped``  it failed, and what ``trail`` has as done stayed
``undone``   somebody said that nothing is left of what had stayed
===========  ===========================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable, DropTable

from migrate_core.database import connect
from migrate_core.ddl.effects import Effect
from migrate_core.errors import JournalUnusable
from migrate_core.settings import Settings

Direction = Literal["upgrade", "downgrade", "stamp"]
Result = Literal["running", "done", "failed", "stopped", "undone"]

LONGEST_ERROR = 2_000
"""Characters of an error that are kept."""
LONGEST_STATEMENT = 1_000
"""Characters of a statement that are kept."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement that was carried out.

    :param digest: of its text and values.
    :param rows: how many it concerned; -1 where the driver did not say, None where it was refused
        and the migration went on.
    """

    digest: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A statement that began, and of which no end was written.

    :param effect: what it changes, where that has a name.
    """

    digest: str
    text: str
    effect: Effect | None


def _fields(value: Pending | Effect) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a step came.

    :param done: what is carried out, and will not be undone by itself.
    :param now: what began next.
    """

    done: tuple[Sent, ...] = ()
    now: Pending | None = None

    def written(self) -> str:
        """As the journal keeps it."""
        done = [[each.digest, each.rows] for each in self.done]
        said = {"done": done, "now": self.now}
        return json.dumps(said, separators=(",", ":"), default=_fields)

    @classmethod
    def read(cls, text: str) -> Trail:
        """What :meth:`written` wrote."""
        found = json.loads(text)
        now = found["now"]
        if now is not None:
            kept = now["effect"]
            effect = kept and Effect(**{**kept, "columns": tuple(kept["columns"])})
            now = Pending(now["digest"], now["text"], effect)
        return cls(tuple(Sent(digest, rows) for digest, rows in found["done"]), now)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    :param parents: what the revision followed then.
    :param started: in UTC.
    :param seconds: how long it took; None while no end was written.
    :param error: without a password, and cut at 2,000 characters.
    :param commit: that the files were checked out at.
    :param fingerprint: of the file, see :mod:`migrate_core.scripts.fingerprint`.
    :param session: the server's number for the connection, while the step runs.
    :param id: None until it is written.
    """

    revision: str
    parents: tuple[str, ...]
    direction: Direction
    started: datetime
    seconds: float | None
    result: Result
    tool: str
    error: str | None = None
    host: str | None = None
    user: str | None = None
    commit: str | None = None
    fingerprint: str | None = None
    session: str | None = None
    trail: Trail | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a row's step, which is not written yet.

    :param table: the journal's.
    :param row: its id.
    :param values: by column.
    """

    table: sa.Table
    row: int
    values: Mapping[str, Any]


class Journal:
    """Reads and writes the journal of one database.

    :param name: its name; see ``Settings.journal_table``.
    """

    def __init__(self, connection: Connection, settings: Settings, name: str) -> None:
        self.connection = connection
        self.table = _table(name, settings, connection.dialect.name)
        # Made once: a run of thousands of steps sends each of them thousands of times.
        self._add = sa.insert(self.table).inline()
        self._begin = sa.insert(self.table)
        this = sa.update(self.table).where(self.table.c.id == sa.bindparam("row"))
        self._mark = this.values(trail=sa.bindparam("new_trail"))
        self._finish = this.values({name: sa.bindparam(f"new_{name}") for name in END})
        self._versions = settings.version_table

    @property
    def name(self) -> str:
        """Its name, with the schema where there is one."""
        return self.table.fullname

    def exists(self) -> bool:
        """Whether it is there."""
        return sa.inspect(self.connection).has_table(self.table.name, schema=self.table.schema)

    def ensure(self) -> None:
        """Make it, unless it is there."""
        if not self.exists():
            self.connection.execute(CreateTable(self.table))

    def remove(self) -> bool:
        """Drop it; whether it was there.

        :raises JournalUnusable: a table of that name is there, and it is something else.
        """
        if not self.exists():
            return False
        self.unfinished()  # which something else refuses
        self.connection.execute(DropTable(self.table))
        return True

    # -- reading ---------------------------------------------------------------------------------

    def read(self, limit: int | None = None) -> tuple[Entry, ...]:
        """The entries, newest first; none where there is no journal, or none that can be read."""
        statement = self._select().order_by(self.table.c.id.desc()).limit(limit)
        with suppress(DBAPIError), self._aside():
            if self.exists():
                return tuple(map(_entry, self.connection.execute(statement)))
        return ()

    def unfinished(self) -> tuple[Entry, ...]:
        """The last entry of each revision of which something may have stayed half done.

        :raises JournalUnusable: a table of that name is there, and it is something else.
        """
        columns = self.table.c
        last = (
            sa.select(sa.func.max(columns.id))
            .where(columns.version_table == self._versions, columns.direction != "stamp")
            .group_by(columns.revision)
        )
        statement = self._select().where(
            columns.id.in_(last), columns.result.in_(("running", "stopped"))
        )
        try:
            with connect.reading(self.connection):
                found = self.connection.execute(statement) if self.exists() else ()
                return tuple(map(_entry, found))
        except DBAPIError as error:
            raise JournalUnusable(
                self.name, connect.reason(error, self.connection.engine.url)
            ) from error

    def entry(self, id: int) -> Entry | None:
        """One row, as the database has it now."""
        row = self.connection.execute(self._select().where(self.table.c.id == id)).first()
        return None if row is None else _entry(row)

    # -- writing ---------------------------------------------------------------------------------

    def add(self, entries: Sequence[Entry]) -> None:
        """Write rows that are finished, in one statement."""
        self.connection.execute(self._add, [self._row(entry) for entry in entries])

    def begin(self, entry: Entry) -> int:
        """Write a row that is marked and finished later; returns its id."""
        key = self.connection.execute(self._begin, self._row(entry)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def mark(self, id: int, trail: Trail) -> None:
        """Write how far a row's step is."""
        self.connection.execute(self._mark, {"row": id, "new_trail": trail.written()})

    def ending(self, id: int, entry: Entry) -> Ending:
        """The end of a row's step, to be written with what else the step changes."""
        written = self._row(replace(entry, session=None))
        return Ending(self.table, id, {name: written[name] for name in END})

    def finish(self, ending: Ending) -> None:
        """Write the end of a row's step."""
        values = {f"new_{name}": value for name, value in ending.values.items()}
        self.connection.execute(self._finish, {"row": ending.row, **values})

    # -- the connection itself -------------------------------------------------------------------

    def session(self) -> str | None:
        """The server's number for this connection; None where it has none."""
        text = _SESSION.get(self.connection.dialect.name)
        return None if text is None else str(self.connection.exec_driver_sql(text).scalar())

    def still_running(self, session: str) -> str | None:
        """What another connection of that number is carrying out now; None if nothing."""
        text = _RUNNING.get(self.connection.dialect.name)
        if text is None:
            return None
        with suppress(DBAPIError), self._aside():
            found = self.connection.execute(sa.text(text), {"id": int(session)}).scalar()
            return None if found is None else str(found)
        return None

    # -- rows ------------------------------------------------------------------------------------

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Read so that a failure leaves no trace, not in a caller's transaction either."""
        if self.connection.in_transaction():
            with self.connection.begin_nested():
                yield
            return
        with connect.reading(self.connection):
            yield

    def _select(self) -> sa.Select[Any]:
        return sa.select(self.table).where(self.table.c.version_table == self._versions)

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "version_table": self._versions,
            "revision": entry.revision,
            "parents": "\n".join(entry.parents),
            "direction": entry.direction,
            "started": entry.started.replace(tzinfo=None),
            "seconds": entry.seconds,
            "result": entry.result,
            "error": entry.error,
            "tool": entry.tool,
            "host": entry.host,
            "account": entry.user,
            "git_commit": entry.commit,
            "fingerprint": entry.fingerprint,
            "session": entry.session,
            "trail": entry.trail and entry.trail.written(),
        }


END = ("result", "seconds", "error", "trail", "session")
"""What the end of a step writes into its row."""

_SESSION = {
    "postgresql": "SELECT pg_backend_pid()",
    "mysql": "SELECT CONNECTION_ID()",
    "mariadb": "SELECT CONNECTION_ID()",
}

_PROCESSES = (
    "SELECT info FROM information_schema.processlist"
    " WHERE id = :id AND id <> CONNECTION_ID() AND info IS NOT NULL"
)
_RUNNING = {
    "postgresql": "SELECT query FROM pg_stat_activity"
    " WHERE pid = :id AND pid <> pg_backend_pid() AND state = 'active'",
    "mysql": _PROCESSES,
    "mariadb": _PROCESSES,
}


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        revision=row.revision,
        parents=tuple(row.parents.split("\n")) if row.parents else (),
        direction=row.direction,
        started=row.started.replace(tzinfo=timezone.utc),
        seconds=row.seconds,
        result=row.result,
        error=row.error,
        tool=row.tool,
        host=row.host,
        user=row.account,
        commit=row.git_commit,
        fingerprint=row.fingerprint,
        session=row.session,
        trail=Trail.read(row.trail) if row.trail else None,
    )


def _table(name: str, settings: Settings, dialect: str) -> sa.Table:
    long: sa.types.TypeEngine[str] = sa.Text()
    options: dict[str, Any] = {}
    if dialect in ("mysql", "mariadb"):
        from sqlalchemy.dialects.mysql import MEDIUMTEXT

        long = MEDIUMTEXT()
        options = {f"{dialect}_engine": "InnoDB"}  # a mark is undone with the rows it tells of
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("version_table", sa.String(255), nullable=False),
        sa.Column("revision", sa.String(255), nullable=False),
        sa.Column("parents", sa.Text, nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("result", sa.String(10), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("tool", sa.String(100), nullable=False),
        sa.Column("host", sa.String(255)),
        sa.Column("account", sa.String(255)),
        sa.Column("git_commit", sa.String(64)),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("session", sa.String(40)),
        sa.Column("trail", long),
        schema=settings.version_table_schema,
        **options,
    )

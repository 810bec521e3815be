"""A connection for one command, and how its database is called in messages.

Passwords appear in neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from migrate_core.database import faults
from migrate_core.errors import ConnectionNeeded, DatabaseUnreachable, StatementFailed


@contextmanager
def connected(engine: Engine | Connection) -> Iterator[Connection]:
    """A connection of ``engine``, closed afterwards; a connection given is left as it is.

    :raises DatabaseUnreachable: none could be made.
    :raises StatementFailed: the database refused a statement of the engine's own.
    """
    if isinstance(engine, Connection):
        with _typed(engine.engine.url):
            yield engine
        return
    try:
        connection = engine.connect()
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise DatabaseUnreachable(name(engine.url), reason(error, engine.url)) from None
    with connection, _typed(engine.url):
        yield connection


class Nowhere:
    """What stands for an engine where only the dialect of a script is known."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.url = make_url(f"{dialect.name}://")

    @property
    def engine(self) -> Nowhere:
        """Itself, as it is with an engine."""
        return self

    def connect(self) -> Connection:
        """
        :raises ConnectionNeeded: always.
        """
        raise ConnectionNeeded("This needs a database")


def looking(engine: Engine | Connection) -> AbstractContextManager[Connection]:
    """A connection for reading alone: an empty database stands for a SQLite file that is not there,
    which SQLite would make.

    :raises DatabaseUnreachable: none could be made.
    """
    file = _file(engine.url) if isinstance(engine, Engine) else None
    if file is None or file.exists() or not file.parent.is_dir():
        return connected(engine)
    return connected(create_engine("sqlite://", poolclass=NullPool))


@contextmanager
def _typed(url: URL) -> Iterator[None]:
    """The driver's errors as ours; those of a migration's own statements are by then."""
    try:
        yield
    except DBAPIError as error:
        raise StatementFailed(
            (error.statement or "").strip(),
            reason(error, url),
            faults.next_step(error, url.get_backend_name(), name(url))
            or f"Check that {name(url)} is the database you mean, that it can be written to, "
            "and what its account may do.",
        ) from error


def name(url: URL) -> str:
    """The address, password masked; the file of a SQLite database with its whole path.

    A file that is not there yet is said to be new: a path that is relative to another folder than
    its writer meant makes one.
    """
    path = _file(url)
    if path is not None:
        return f"sqlite:///{path}" if path.exists() else f"sqlite:///{path} (new file)"
    written = url.render_as_string(hide_password=True)
    return written.replace("%3A", ":") if url.get_backend_name() == "sqlite" else written


def short_name(url: URL) -> str:
    """The database's name alone, for what others get to see: no account, host or folder."""
    return Path(url.database or "").name or url.get_backend_name()


def _file(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, and for other databases."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    if url.database.startswith((":memory:", "file:")):
        return None
    return Path(url.database).resolve()


def reason(error: BaseException, url: URL) -> str:
    """What the driver said, in one line, without the password."""
    original = getattr(error, "orig", None) or error
    said = next((line.strip() for line in str(original).splitlines() if line.strip()), "")
    return masked(said, url) or type(original).__name__


def masked(text: str, url: URL) -> str:
    """The text without the database's password, should a person have written it there."""
    return text.replace(str(url.password), "***") if url.password else text


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """A transaction of its own for a question of the engine's; a caller's is joined."""
    if connection.in_transaction():
        yield
    else:
        with connection.begin():
            yield


def asked(connection: Connection, text: str) -> list[Any]:
    """What the driver itself answers: a question that is none of a migration's statements."""
    with apart(connection), closing(connection.connection.cursor()) as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())


def literal(text: str) -> str:
    """A value in such a question, as standard SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Read, and leave the connection in no transaction that it was not in before."""
    owned = not connection.in_transaction()
    try:
        yield
    finally:
        if owned:
            connection.rollback()

"""A connection for one command, and how its database is called in messages.

Passwords appear in neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from migrate_core.errors import DatabaseUnreachable


@contextmanager
def connected(engine: Engine | Connection) -> Iterator[Connection]:
    """A connection of ``engine``, closed afterwards; a connection given is left as it is.

    :raises DatabaseUnreachable: none could be made.
    """
    if isinstance(engine, Connection):
        yield engine
        return
    try:
        connection = engine.connect()
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise DatabaseUnreachable(name(engine.url), reason(error, engine.url)) from None
    with connection:
        yield connection


def name(url: URL) -> str:
    """The address, password masked; the file of a SQLite database with its whole path.

    A file that is not there yet is said to be new: a path that is relative to another folder than
    its writer meant makes one.
    """
    written = url.render_as_string(hide_password=True)
    if url.get_backend_name() != "sqlite":
        return written
    if not url.database or url.database.startswith((":memory:", "file:")):
        return written.replace("%3A", ":")
    path = Path(url.database).resolve()
    return f"sqlite:///{path}" if path.exists() else f"sqlite:///{path} (new file)"


def reason(error: Exception, url: URL) -> str:
    """What the driver said, in one line, without the password."""
    original = getattr(error, "orig", None) or error
    said = next((line.strip() for line in str(original).splitlines() if line.strip()), "")
    if url.password:
        said = said.replace(str(url.password), "***")
    return said or type(original).__name__

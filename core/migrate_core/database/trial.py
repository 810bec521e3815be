"""A scratch database: an empty one of the same kind, on which migrations can be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool, StaticPool

from migrate_core.database import connect
from migrate_core.database.emptying import emptied_again
from migrate_core.errors import ConfigurationError


@contextmanager
def scratch(like: Engine, url: str | None) -> Iterator[Engine | None]:
    """An engine on an empty database of the same kind; None where none is to be had.

    SQLite has one in memory. On a server none is made: the one that is named is used, and what is
    made in it is dropped at the end.

    :param url: where it is.
    :raises ConfigurationError: it is of another kind, or not empty.
    """
    if url is None:
        if like.dialect.name != "sqlite":
            yield None
            return
        engine = sa.create_engine("sqlite://", poolclass=StaticPool)
        try:
            yield engine
        finally:
            engine.dispose()
        return
    engine = _named(like, url)
    with emptied_again(engine):
        yield engine


def _named(like: Engine, url: str) -> Engine:
    try:
        engine = sa.create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"The scratch database's URL cannot be used: {type(error).__name__}.",
            "Write it as driver://user:password@host:port/name",
        ) from None
    name = connect.name(engine.url)
    if engine.dialect.name != like.dialect.name:
        raise ConfigurationError(
            f"The scratch database {name} is of another kind than {connect.name(like.url)}.",
            f"Name one on {like.dialect.name}, where the migrations make the same.",
        )
    with connect.looking(engine) as connection:
        tables = sa.inspect(connection).get_table_names()
    if tables:
        raise ConfigurationError(
            f"The scratch database {name} is not empty: it has {', '.join(sorted(tables)[:8])}.",
            "Name one that holds nothing, or drop it and create it again.",
        )
    return engine

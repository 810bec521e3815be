"""Databases of one experiment or one run, on the servers that the tests use."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks.made.schemas import models
from benchmarks.table import Place
from tests.servers import MARIADB, POSTGRESQL, NoServer, find, fresh_database

KINDS = ("sqlite", "postgresql", "mariadb")
PRODUCTS = {"postgresql": POSTGRESQL, "mariadb": MARIADB}


def product_of(kind: str) -> str | None:
    """The name of the server that this kind of database needs."""
    return PRODUCTS[kind].name if kind in PRODUCTS else None


def server(name: str, running: ExitStack) -> str:
    """The administrator's URL of a server, found as ``tests/servers.py`` says.

    :param running: a server that had to be started is stopped when this closes.
    :raises NoServer: there is none; the text says what was tried.
    """
    (product,) = (each for each in PRODUCTS.values() if each.name == name)
    return find(product, running).render_as_string(hide_password=False)


def version(url: str) -> str:
    """What the server at this URL says it is."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return ".".join(map(str, connection.dialect.server_version_info or ("unknown",)))


@contextmanager
def empty(kind: str, place: Place) -> Iterator[str]:
    """The URL of a new database, which is dropped at the end."""
    if kind in PRODUCTS:
        with fresh_database(PRODUCTS[kind], sa.make_url(place.server)) as url:
            yield url
        return
    path = place.folder / f"{uuid.uuid4().hex[:12]}.db"
    try:
        yield f"sqlite:///{path}"
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def holding(kind: str, place: Place, tables: int) -> Iterator[str]:
    """The URL of a new database that has :func:`~benchmarks.made.schemas.models` in it."""
    with empty(kind, place) as url:
        engine = sa.create_engine(url, poolclass=NullPool)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in _QUICKLY.get(kind, ()):
                connection.exec_driver_sql(statement)
            for statements in _batches(kind, models(tables), connection.dialect):
                connection.exec_driver_sql(statements)
            if kind == "postgresql":
                connection.exec_driver_sql("ANALYZE")
        yield url


_QUICKLY = {
    "postgresql": ("SET synchronous_commit TO off",),
    "sqlite": ("PRAGMA synchronous=OFF", "PRAGMA journal_mode=OFF", "BEGIN"),
}
"""Making a schema is not measured, so it need not wait for the disk at each statement."""

AT_ONCE = 50
"""Tables in one transaction: PostgreSQL has no room for the locks of a thousand."""


def _batches(kind: str, metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[str]:
    """What makes the tables, in as few statements as the database takes."""
    ordered = metadata.sorted_tables
    for start in range(0, len(ordered), AT_ONCE):
        made = [_made(kind, table, dialect) for table in ordered[start : start + AT_ONCE]]
        if kind == "postgresql":
            yield ";".join(statement for statements in made for statement in statements)
        else:
            yield from (statement for statements in made for statement in statements)
    if kind == "sqlite":
        yield "COMMIT"


def _made(kind: str, table: sa.Table, dialect: sa.Dialect) -> list[str]:
    """CREATE TABLE, and its indexes; MariaDB takes them along."""
    created = str(CreateTable(table).compile(dialect=dialect)).strip()
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if kind != "mariadb":
        return [created, *(str(CreateIndex(each).compile(dialect=dialect)) for each in indexes)]
    keys = [f"INDEX {each.name} ({', '.join(each.columns.keys())})" for each in indexes]
    return [f"{created.removesuffix(')')}, {', '.join(keys)})"]


__all__ = ["KINDS", "NoServer", "empty", "holding", "product_of", "server", "version"]

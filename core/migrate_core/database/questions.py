"""Asks the server how it would store something, in a scratch place that nobody else sees.

==============  ===========================================  ============================
database        scratch place                                left behind
==============  ===========================================  ============================
PostgreSQL      a temporary table inside a savepoint         nothing, it is rolled back
MySQL, MariaDB  a temporary table (commits nothing: manual,  nothing, it is dropped
                "Statements That Cause an Implicit Commit")
SQLite          a database in memory, of the same driver     nothing, it is closed
others          none                                         every answer is None
==============  ===========================================  ============================

All scratch tables are made, read back by the same reader as any table, and removed together: the
number of statements does not grow with them on PostgreSQL and SQLite, and on MySQL by four each.
Where the server refuses one item, the items are asked about in halves until it stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, CompileError, DBAPIError, StatementError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable, ExecutableDDLElement

from migrate_core.schema import rows, versions
from migrate_core.schema.scratch import TEXT, Answer, Scratch

Answers: TypeAlias = "Mapping[tuple[str, str], Answer]"

NAME = "migrate_core_scratch"

# insufficient_privilege and read_only_sql_transaction; MySQL's errors 1044, 1142, 1227, 1290, 1792
_FORBIDDEN = {"42501", "25006", 1044, 1142, 1227, 1290, 1792}


def stored_forms(connection: Connection, scratches: Sequence[Scratch]) -> tuple[Answers, ...]:
    """How this server would store the items of scratch tables.

    The caller's transaction stays as it is.

    :return: for each scratch table its items as they were read back, by field and name. An item
        that the server refuses is not among them; none is, where the role may make no temporary
        table or the dialect has no scratch place.
    """
    ask = _asker(connection.dialect.name)
    if ask is None or not scratches:
        return tuple({} for _ in scratches)
    try:
        return tuple(_answers(ask, connection, scratches))
    except Forbidden:
        return tuple({} for _ in scratches)


# -- asking ----------------------------------------------------------------------------------------


class Forbidden(Exception):
    """The role may make no scratch table, whatever is in it."""


_Ask: TypeAlias = Callable[[Connection, Sequence[Scratch]], Sequence[rows.TableRow]]


def _asker(dialect: str) -> _Ask | None:
    match dialect:
        case "sqlite":
            return _ask_sqlite
        case "postgresql":
            return _ask_postgresql
        case "mysql" | "mariadb":
            return _ask_mysql
        case _:
            return None


def _answers(ask: _Ask, connection: Connection, scratches: Sequence[Scratch]) -> list[Answers]:
    """Answers to all, in halves where something in them is refused.

    :raises Forbidden: no scratch table can be made.
    """
    try:
        read = ask(connection, scratches)
    except (CompileError, ArgumentError, StatementError) as error:
        raise_unless_refused(error)
        if len(scratches) > 1:
            half = len(scratches) // 2
            return [
                *_answers(ask, connection, scratches[:half]),
                *_answers(ask, connection, scratches[half:]),
            ]
        return [_split(ask, connection, scratches[0])]
    return [scratch.answers(row) for scratch, row in zip(scratches, read, strict=True)]


def _split(ask: _Ask, connection: Connection, scratch: Scratch) -> Answers:
    asked = scratch.asked
    if len(asked) < 2:
        return {}
    half = len(asked) // 2
    parts = [scratch.only(asked[:half]), scratch.only(asked[half:])]
    return {
        key: answer
        for part in parts
        for answers in _answers(ask, connection, [part])
        for key, answer in answers.items()
    }


def raise_unless_refused(error: Exception) -> None:
    """Let go of errors that no other column would mend."""
    if not isinstance(error, DBAPIError):
        return
    if error.connection_invalidated:
        raise error
    if not _FORBIDDEN.isdisjoint(_codes(error)):
        raise Forbidden from error


def _codes(error: DBAPIError) -> list[Any]:
    """SQLSTATE, as psycopg, asyncpg or psycopg2 call it, and what MySQL's drivers say first."""
    original: Any = error.orig
    codes = [getattr(original, name, None) for name in ("sqlstate", "pgcode")]
    return [*codes, *getattr(original, "args", ())[:1]]


def _ask_sqlite(connection: Connection, scratches: Sequence[Scratch]) -> Sequence[rows.TableRow]:
    from migrate_core.database.reflect import sqlite

    dialect = connection.dialect
    memory = sa.create_engine(f"{dialect.name}+{dialect.driver}://", poolclass=StaticPool)
    try:
        with memory.begin() as elsewhere:
            for place, scratch in enumerate(scratches):
                for element in scratch.elements(_name(place)):
                    elsewhere.execute(element)
            read = {row.name: row for row in sqlite.read(elsewhere, None, rows.everything)}
    finally:
        memory.dispose()
    return [read[_name(place)] for place in range(len(scratches))]


def _name(place: int) -> str:
    return f"{NAME}_{place}"


def _ask_postgresql(
    connection: Connection, scratches: Sequence[Scratch]
) -> Sequence[rows.TableRow]:
    from migrate_core.database.reflect import postgresql

    with undone(connection):
        send_together(
            connection,
            [
                _explicit(element, connection).compile(dialect=connection.dialect)
                for place, scratch in enumerate(scratches)
                for element in scratch.elements(_name(place), "TEMPORARY")
            ],
        )
        read = {row.name: row for row in postgresql.read_temporary(connection, NAME)}
    return [read[_name(place)] for place in range(len(scratches))]


def _explicit(element: ExecutableDDLElement, connection: Connection) -> ExecutableDDLElement:
    """A scratch table whose computed columns say how they are kept.

    Before version 18 that is STORED in any case, and SQLAlchemy warns of each that does not say so:
    of the models' own, when they are made, and not of a table of ours.
    """
    version: Any = connection.dialect.server_version_info
    if isinstance(element, CreateTable) and version < (18,):
        for column in element.element.columns:
            if column.computed is not None and column.computed.persisted is None:
                column.computed.persisted = True
    return element


def send_together(connection: Connection, statements: Sequence[Any]) -> None:
    """All statements as one, where the driver takes several: each is a round trip otherwise."""
    if connection.dialect.driver not in ("psycopg", "psycopg_async", "psycopg2"):
        for statement in statements:
            connection.exec_driver_sql(str(statement))
        return
    texts = [versions.unescaped_percents(each, str(each)) for each in statements]
    connection.exec_driver_sql("\n;".join(texts), execution_options={"no_parameters": True})


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo what the block does, in a savepoint; in a transaction of its own under autocommit."""
    try:
        savepoint = connection.begin_nested()
    except DBAPIError as error:
        if "25P01" not in _codes(error):  # no_active_sql_transaction
            raise
        connection.exec_driver_sql("BEGIN")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")
        return
    try:
        yield
    finally:
        savepoint.rollback()


def _ask_mysql(connection: Connection, scratches: Sequence[Scratch]) -> Sequence[rows.TableRow]:
    return [_shown(connection, scratch) for scratch in scratches]


def _shown(connection: Connection, scratch: Scratch) -> rows.TableRow:
    from migrate_core.database.reflect import mysql_show

    for element in scratch.elements(NAME, "TEMPORARY"):
        connection.execute(element)
    try:
        return mysql_show.table(connection, NAME, like=TEXT)
    finally:
        connection.exec_driver_sql(f"DROP TEMPORARY TABLE {NAME}")

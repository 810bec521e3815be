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

One scratch table answers for all plain columns. Computed columns need the columns they are computed
from, so each table that has some is one scratch table of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import CompileError, DBAPIError, StatementError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable

from migrate_core.database.reflect import build, mysql_show, postgresql, rows, sqlite
from migrate_core.schema import versions

AnyColumn: TypeAlias = "sa.Column[Any]"
Stored: TypeAlias = Mapping[str, rows.ColumnRow]

_NAME = "migrate_core_scratch"
_TEXT = "migrate_core_text"

# insufficient_privilege and read_only_sql_transaction; MySQL's errors 1044, 1142, 1227, 1290, 1792
_FORBIDDEN = {"42501", "25006", 1044, 1142, 1227, 1290, 1792}


def stored_forms(
    connection: Connection, columns: Sequence[AnyColumn]
) -> tuple[sa.Column[Any] | None, ...]:
    """How this server would store the columns' types, nullability, defaults and expressions.

    The number of statements does not grow with the columns, unless the server refuses one of them:
    then each is asked for by itself. The caller's transaction stays as it is.

    :return: for each column its stored form, under its own name and attached to nothing; None
        where the column cannot be made alone, or the role may make no temporary table.
    """
    ask = _asker(connection.dialect.name)
    answers: list[sa.Column[Any] | None] = [None] * len(columns)
    if ask is None or not columns:
        return tuple(answers)
    for scratch in _scratches(columns):
        try:
            stored = _answers(ask, connection, scratch)
        except _Forbidden:
            break
        for position, row in stored.items():
            named = replace(row, name=columns[position].name)
            answers[position] = build.column(named)
    return tuple(answers)


# -- what to ask -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A column to ask for: its place among all that were given, and its name in the scratch."""

    position: int
    name: str
    column: AnyColumn


@dataclass(frozen=True, slots=True)
class _Scratch:
    """Columns that are asked for in one table.

    :param helpers: columns that only have to be there.
    """

    asked: tuple[_Asked, ...]
    helpers: tuple[AnyColumn, ...] = ()

    def table(self, *prefixes: str) -> sa.Table:
        """The scratch table, without any constraint."""
        table = sa.Table(
            _NAME,
            sa.MetaData(),
            sa.Column(_TEXT, sa.String(1)),
            *(sa.Column(helper.name, _type_of(helper)) for helper in self.helpers),
            *(_bare(each) for each in self.asked),
            prefixes=list(prefixes),
        )
        for constraint in list(table.constraints):
            if isinstance(constraint, sa.CheckConstraint):  # came with a Boolean or an Enum
                table.constraints.discard(constraint)
        return table


def _scratches(columns: Sequence[AnyColumn]) -> Iterator[_Scratch]:
    asked = [_Asked(at, f"c{at}", column) for at, column in enumerate(columns)]
    plain = tuple(each for each in asked if each.column.computed is None)
    if plain:
        yield _Scratch(plain)
    owners: dict[Any, list[_Asked]] = {}
    for each in asked:
        if each.column.computed is not None:
            owners.setdefault(each.column.table, []).append(replace(each, name=each.column.name))
    for owner, group in owners.items():
        yield _Scratch(tuple(group), _helpers(owner))


def _helpers(owner: sa.Table | None) -> tuple[AnyColumn, ...]:
    if owner is None:
        return ()
    return tuple(column for column in owner.columns if column.computed is None)


def _bare(asked: _Asked) -> AnyColumn:
    """A column that has only what is asked about."""
    column = asked.column
    items: list[Any] = []
    if column.computed is not None:
        items.append(sa.Computed(column.computed.sqltext, column.computed.persisted))
    if column.identity is not None:
        items.append(versions.copied(column.identity))
    default = column.server_default
    return sa.Column(
        asked.name,
        _type_of(column),
        *items,
        nullable=column.nullable or column.computed is not None,  # MariaDB takes no NOT NULL there
        server_default=sa.DefaultClause(default.arg)
        if isinstance(default, sa.DefaultClause)
        else None,
    )


def _type_of(column: AnyColumn) -> Any:
    """The type; one that takes notice of its table as a copy, so that it keeps its own."""
    kind: Any = column.type
    return versions.copied(column).type if isinstance(kind, sa.types.SchemaType) else kind


# -- asking ----------------------------------------------------------------------------------------


class _Forbidden(Exception):
    """The role may make no scratch table, whatever is in it."""


_Ask: TypeAlias = Callable[[Connection, _Scratch], Stored]


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


def _answers(ask: _Ask, connection: Connection, scratch: _Scratch) -> Mapping[int, rows.ColumnRow]:
    """Rows by position; none for a column that the server refuses.

    :raises _Forbidden: no scratch table can be made.
    """
    try:
        stored = ask(connection, scratch)
    except (CompileError, StatementError) as error:
        _raise_unless_refused(error)
        if len(scratch.asked) == 1:
            return {}
        alone = (replace(scratch, asked=(each,)) for each in scratch.asked)
        return dict(_merged(_answers(ask, connection, each) for each in alone))
    return {each.position: stored[each.name] for each in scratch.asked}


def _merged(
    answers: Iterable[Mapping[int, rows.ColumnRow]],
) -> Iterator[tuple[int, rows.ColumnRow]]:
    for each in answers:
        yield from each.items()


def _raise_unless_refused(error: Exception) -> None:
    """Let go of errors that no other column would mend."""
    if not isinstance(error, DBAPIError):
        return
    if error.connection_invalidated:
        raise error
    if not _FORBIDDEN.isdisjoint(_codes(error)):
        raise _Forbidden from error


def _codes(error: DBAPIError) -> list[Any]:
    """SQLSTATE, as psycopg, asyncpg or psycopg2 call it, and what MySQL's drivers say first."""
    original: Any = error.orig
    codes = [getattr(original, name, None) for name in ("sqlstate", "pgcode")]
    return [*codes, *getattr(original, "args", ())[:1]]


def _ask_sqlite(connection: Connection, scratch: _Scratch) -> Stored:
    dialect = connection.dialect
    memory = sa.create_engine(f"{dialect.name}+{dialect.driver}://", poolclass=StaticPool)
    try:
        with memory.begin() as elsewhere:
            elsewhere.execute(CreateTable(scratch.table()))
            (read,) = sqlite.read(elsewhere, None, rows.everything)
    finally:
        memory.dispose()
    return {column.name: column for column in read.columns}


def _ask_postgresql(connection: Connection, scratch: _Scratch) -> Stored:
    with _undone(connection):
        connection.execute(CreateTable(scratch.table("TEMPORARY")))
        oid: int = connection.execute(
            sa.text(f"SELECT CAST('pg_temp.{_NAME}' AS regclass)::oid")
        ).scalar_one()
        columns = postgresql.columns_of(connection, [oid])[oid]
    return {column.row.name: column.row for column in columns}


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
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


def _ask_mysql(connection: Connection, scratch: _Scratch) -> Stored:
    connection.execute(CreateTable(scratch.table("TEMPORARY")))
    try:
        columns = mysql_show.columns_of(connection, _NAME, like=_TEXT)
    finally:
        connection.exec_driver_sql(f"DROP TEMPORARY TABLE {_NAME}")
    return {column.name: column for column in columns}

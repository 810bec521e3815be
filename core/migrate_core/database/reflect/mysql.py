"""MySQL and MariaDB: ``information_schema`` in six statements.

::

    TABLES, COLUMNS, STATISTICS, KEY_COLUMN_USAGE, REFERENTIAL_CONSTRAINTS, CHECK_CONSTRAINTS

A unique constraint is a unique index there and nothing else: a plain one is told as the constraint,
one with a prefix, an order or an expression as the index it has to be. A foreign key makes an index
for itself where there is none (InnoDB, "FOREIGN KEY Constraints"); that one is implicit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from migrate_core.database.reflect.mysql_types import Types, mariadb_default, mysql_default
from migrate_core.database.reflect.parentheses import unwrapped
from migrate_core.schema import versions
from migrate_core.schema.rows import (
    CheckRow,
    ColumnRow,
    ComputedRow,
    ForeignKeyRow,
    Include,
    IndexedColumn,
    IndexedExpression,
    IndexRow,
    KeyRow,
    TableRow,
)

_TABLES = """
    SELECT TABLE_NAME AS name, TABLE_SCHEMA AS stored_schema, ENGINE AS engine,
           TABLE_COLLATION AS collation, TABLE_COMMENT AS comment
    FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = {schema} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
    ORDER BY TABLE_NAME"""
# What few columns have is NULL elsewhere: a driver reads and decodes an empty text like any other.
_COLUMNS = """
    SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name, COLUMN_TYPE AS type,
           COLLATION_NAME AS collation, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS default_text,
           NULLIF(EXTRA, '') AS extra, NULLIF(GENERATION_EXPRESSION, '') AS generation,
           NULLIF(COLUMN_COMMENT, '') AS comment
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = {schema}
    ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_STATISTICS = """
    SELECT TABLE_NAME AS table_name, INDEX_NAME AS name, NON_UNIQUE AS non_unique,
           COLUMN_NAME AS column_name, COLLATION AS sorted, SUB_PART AS prefix,
           INDEX_TYPE AS type, {expression} AS expression
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {schema}
    ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"""
_KEY_COLUMNS = """
    SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, COLUMN_NAME AS column_name,
           REFERENCED_TABLE_SCHEMA AS referred_schema, REFERENCED_TABLE_NAME AS referred_table,
           REFERENCED_COLUMN_NAME AS referred_column
    FROM information_schema.KEY_COLUMN_USAGE
    WHERE TABLE_SCHEMA = {schema} AND REFERENCED_TABLE_NAME IS NOT NULL
    ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"""
_RULES = """
    SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, UPDATE_RULE AS onupdate,
           DELETE_RULE AS ondelete
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = {schema}"""
_CHECKS_MARIADB = """
    SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS condition_text,
           LEVEL AS level
    FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = {schema}
    ORDER BY TABLE_NAME, CONSTRAINT_NAME"""
_CHECKS_MYSQL = """
    SELECT t.TABLE_NAME AS table_name, t.CONSTRAINT_NAME AS name,
           c.CHECK_CLAUSE AS condition_text, 'Table' AS level
    FROM information_schema.TABLE_CONSTRAINTS t
    JOIN information_schema.CHECK_CONSTRAINTS c
      ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
    WHERE t.TABLE_SCHEMA = {schema} AND t.CONSTRAINT_TYPE = 'CHECK'
    ORDER BY t.TABLE_NAME, t.CONSTRAINT_NAME"""

_PREFIXES = {"FULLTEXT", "SPATIAL"}
_NO_ACTION = {"RESTRICT", "NO ACTION"}  # the same there, and the default
_COMPUTED = re.compile(r"\b(VIRTUAL|STORED|PERSISTENT)\b", re.IGNORECASE)


class StoredColumn(NamedTuple):
    """A column as the server tells it.

    :param default: the column COLUMN_DEFAULT, in the server's own way of writing it.
    :param extra: the column EXTRA; None where it is empty.
    :param generation: the expression of a generated column.
    :param is_json: that a CHECK which came with the type says so (MariaDB, "JSON Data Type").
    """

    name: str
    type: str
    collation: str | None
    nullable: bool
    default: str | None
    extra: str | None
    generation: str | None
    comment: str | None
    is_json: bool


class Columns:
    """Columns of one server, as rows."""

    def __init__(self, connection: Connection) -> None:
        self._is_mariadb = is_mariadb(connection)
        self._types = Types(versions.known_types(connection.dialect))

    def row(self, column: StoredColumn, usual: str | None) -> ColumnRow:
        """One column of a table whose columns usually have the collation ``usual``."""
        extra = column.extra or ""
        generated = _COMPUTED.search(extra) if column.generation else None
        type_text = "json" if column.is_json else column.type
        return ColumnRow(
            column.name,
            self._types(type_text, None if column.is_json else column.collation, usual),
            nullable=column.nullable,
            default=None if generated else self._default(column),
            computed=self._computed(column.generation or "", generated[1]) if generated else None,
            autoincrement="auto_increment" in extra.lower() or "auto",
            comment=column.comment,
        )

    def _default(self, column: StoredColumn) -> str | None:
        if self._is_mariadb:
            return mariadb_default(column.default, column.extra)
        return mysql_default(column.default, column.extra, column.type)

    def _computed(self, expression: str, kind: str) -> ComputedRow:
        text = expression if self._is_mariadb else expression.replace("\\'", "'")
        return ComputedRow(unwrapped(text), kind.upper() != "VIRTUAL")


def is_mariadb(connection: Connection) -> bool:
    """Whether the server is MariaDB, whichever of the two the URL says."""
    return bool(getattr(connection.dialect, "is_mariadb", False))


def read(connection: Connection, schema: str | None, include: Include) -> Sequence[TableRow]:
    """The tables of one schema (database), the connection's own for None."""
    tables = [row for row in _rows(connection, _TABLES, schema) if include(row.name, schema)]
    if not tables:
        return []
    catalogue = _Catalogue(
        connection.dialect.name,
        schema,
        tables[0].stored_schema,
        connection.dialect.default_schema_name,
        Columns(connection),
        _by_table(_rows(connection, _COLUMNS, schema)),
        _by_table(_rows(connection, _statistics(connection), schema)),
        _by_table(_rows(connection, _KEY_COLUMNS, schema)),
        {(row.table_name, row.name): row for row in _rows(connection, _RULES, schema)},
        _by_table(_checks(connection, schema)),
    )
    return [_table(row, catalogue) for row in tables]


ByTable = Mapping[str, Sequence[Row[Any]]]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What was read of one schema, by table.

    :param prefix: of SQLAlchemy's options: the dialect's name.
    :param schema: as it was asked for.
    :param stored_schema: what the server calls it.
    """

    prefix: str
    schema: str | None
    stored_schema: str
    default_schema: str | None
    make: Columns
    columns: ByTable
    statistics: ByTable
    key_columns: ByTable
    rules: Mapping[tuple[str, str], Row[Any]]
    checks: ByTable


def _rows(connection: Connection, statement: str, schema: str | None) -> Sequence[Row[Any]]:
    if schema is None:
        return connection.execute(sa.text(statement.format(schema="DATABASE()"))).all()
    sql = sa.text(statement.format(schema=":schema"))
    return connection.execute(sql, {"schema": schema}).all()


def _by_table(rows: Iterable[Row[Any]]) -> ByTable:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.table_name].append(row)
    return found


def _statistics(connection: Connection) -> str:
    """MySQL 8.0.13 has expressions in indexes, MariaDB has none."""
    has_expressions = not is_mariadb(connection) and _version(connection) >= (8, 0, 13)
    return _STATISTICS.replace("{expression}", "EXPRESSION" if has_expressions else "NULL")


def _checks(connection: Connection, schema: str | None) -> Sequence[Row[Any]]:
    """None where the server does not tell the table of a CHECK, or has none."""
    if is_mariadb(connection):
        known, statement = _version(connection) >= (10, 5, 10), _CHECKS_MARIADB
    else:
        known, statement = _version(connection) >= (8, 0, 16), _CHECKS_MYSQL
    return _rows(connection, statement, schema) if known else []


def _version(connection: Connection) -> tuple[int, ...]:
    found = connection.dialect.server_version_info or ()
    return tuple(part for part in found if isinstance(part, int))


# -- one table -------------------------------------------------------------------------------------


def _table(row: Row[Any], catalogue: _Catalogue) -> TableRow:
    checks = catalogue.checks[row.name]
    json_columns = {check.name for check in checks if _is_json(check)}
    columns = [
        catalogue.make.row(_stored(each, each.name in json_columns), row.collation)
        for each in catalogue.columns[row.name]
    ]
    keys = [_Key(rows, catalogue.prefix) for rows in _grouped(catalogue.statistics[row.name])]
    primary = next((key.columns for key in keys if key.name == "PRIMARY"), ())
    foreign_keys = _foreign_keys(row.name, catalogue)
    others = [key for key in keys if key.name != "PRIMARY"]
    return TableRow(
        row.name,
        catalogue.schema,
        tuple(
            column._replace(autoincrement=False)
            if column.name in primary and column.autoincrement == "auto"
            else column
            for column in columns
        ),
        primary_key=KeyRow(None, primary) if primary else None,
        foreign_keys=foreign_keys,
        uniques=tuple(KeyRow(key.name, key.columns) for key in others if key.is_constraint),
        checks=tuple(_check(check) for check in checks if not _is_json(check)),
        indexes=tuple(key.index(foreign_keys) for key in others if not key.is_constraint),
        comment=row.comment or None,
        options=_table_options(row, catalogue.prefix),
    )


def _table_options(row: Row[Any], prefix: str) -> dict[str, str]:
    options = {f"{prefix}_engine": row.engine} if row.engine else {}
    if row.collation:
        options[f"{prefix}_default_charset"] = row.collation.split("_")[0]
        options[f"{prefix}_collate"] = row.collation
    return options


def _stored(row: Row[Any], is_json: bool) -> StoredColumn:
    return StoredColumn(
        row.name,
        row.type,
        row.collation,
        row.nullable == "YES",
        row.default_text,
        row.extra,
        row.generation,
        row.comment,
        is_json,
    )


def _is_json(check: Row[Any]) -> bool:
    """A CHECK of that form at a column: what MariaDB makes of the type JSON."""
    quoted = check.name.replace("`", "``")
    said: str = check.condition_text
    return check.level == "Column" and said == f"json_valid(`{quoted}`)"


def _check(row: Row[Any]) -> CheckRow:
    """A CHECK at a column is listed under the column's name and has none of its own."""
    return CheckRow(None if row.level == "Column" else row.name, unwrapped(row.condition_text))


def _grouped(rows: Sequence[Row[Any]]) -> list[list[Row[Any]]]:
    """Rows of the same name together."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.name].append(row)
    return list(found.values())


def _foreign_keys(table: str, catalogue: _Catalogue) -> tuple[ForeignKeyRow, ...]:
    found = []
    for rows in _grouped(catalogue.key_columns[table]):
        first = rows[0]
        rule = catalogue.rules[table, first.name]
        found.append(
            ForeignKeyRow(
                first.name,
                tuple(row.column_name for row in rows),
                _referred_schema(first.referred_schema, catalogue),
                first.referred_table,
                tuple(row.referred_column for row in rows),
                onupdate=None if rule.onupdate in _NO_ACTION else rule.onupdate,
                ondelete=None if rule.ondelete in _NO_ACTION else rule.ondelete,
            )
        )
    return tuple(found)


def _referred_schema(stored: str, catalogue: _Catalogue) -> str | None:
    """As the schema was asked for; the connection's own has none."""
    if stored == catalogue.stored_schema:
        return catalogue.schema
    return None if stored == catalogue.default_schema else stored


class _Key:
    """One index, from the rows of its parts."""

    def __init__(self, rows: Sequence[Row[Any]], prefix: str) -> None:
        self._rows = rows
        self._prefix = prefix
        self.name: str = rows[0].name
        self.columns: tuple[str, ...] = tuple(row.column_name for row in rows)
        self._unique = not int(rows[0].non_unique)

    @property
    def is_constraint(self) -> bool:
        """Whether a unique constraint says all there is to it."""
        return self._unique and not any(
            row.prefix or row.expression or row.sorted == "D" or row.type == "HASH"
            for row in self._rows
        )

    def index(self, foreign_keys: Sequence[ForeignKeyRow]) -> IndexRow:
        """The index; implicit if one of ``foreign_keys`` made it."""
        return IndexRow(
            self.name,
            tuple(_element(row) for row in self._rows),
            unique=self._unique,
            implicit=not self._unique and any(self._made_by(key) for key in foreign_keys),
            options=self._options(),
        )

    def _made_by(self, key: ForeignKeyRow) -> bool:
        """Same columns, and the name that InnoDB gives: the key's own, or that of a column."""
        by_column = rf"{re.escape(key.columns[0])}(_\d+)?"
        return self.columns == key.columns and bool(
            self.name == key.name or re.fullmatch(by_column, self.name)
        )

    def _options(self) -> dict[str, Any]:
        kind = self._rows[0].type
        if kind in _PREFIXES:
            return {f"{self._prefix}_prefix": kind}
        options: dict[str, Any] = {f"{self._prefix}_using": "hash"} if kind == "HASH" else {}
        lengths = {row.column_name: int(row.prefix) for row in self._rows if row.prefix}
        return options | ({f"{self._prefix}_length": lengths} if lengths else {})


def _element(row: Row[Any]) -> IndexedColumn | IndexedExpression:
    descending = row.sorted == "D"
    if row.expression is None:
        return IndexedColumn(row.column_name, descending)
    sql = row.expression.replace("\\'", "'")
    return IndexedExpression(f"({sql}) DESC" if descending else f"({sql})")

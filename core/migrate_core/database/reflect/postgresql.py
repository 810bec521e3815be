"""PostgreSQL: the catalogue in six statements.

::

    tables ──oids──> columns, sequences, types, constraints, indexes ──> TableRow

A sequence that belongs to a column makes it an identity column, or a serial one if the column's
default takes its values from it. SQLAlchemy says "serial" of the one automatic column of a primary
key only, so any other keeps its default as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from migrate_core.database.reflect import postgresql_queries as queries
from migrate_core.database.reflect.parentheses import unwrapped
from migrate_core.database.reflect.postgresql_types import NamedType, Types
from migrate_core.schema import versions
from migrate_core.schema.rows import (
    CheckRow,
    ColumnRow,
    ComputedRow,
    ExclusionRow,
    ForeignKeyRow,
    IdentityRow,
    Include,
    IndexedColumn,
    IndexedExpression,
    IndexRow,
    KeyRow,
    SequenceRow,
    TableRow,
)

# Manual, "pg_constraint"; what does nothing is left out.
_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES = {"f": "FULL", "p": "PARTIAL"}
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
# Manual, "pg_index", indoption
_DESCENDING, _NULLS_FIRST = 1, 2

Rows = Mapping[int, Sequence[Any]]


def read(connection: Connection, schema: str | None, include: Include) -> Sequence[TableRow]:
    """The tables of one schema, those on the search path for None."""
    tables = [row for row in _tables(connection, schema) if include(row.name, schema)]
    return _with_parts(connection, tables, schema)


def read_temporary(connection: Connection, prefix: str) -> Sequence[TableRow]:
    """This session's temporary tables whose names begin with ``prefix``."""
    statement = sa.text(queries.TABLES_TEMPORARY)
    return _with_parts(connection, connection.execute(statement, {"prefix": prefix}).all(), None)


def sequences(connection: Connection, schema: str | None) -> Sequence[SequenceRow]:
    """The sequences of one schema that no column owns, of the current one for None."""
    found = connection.execute(sa.text(queries.LOOSE_SEQUENCES), {"schema": schema})
    return [SequenceRow(row.name, schema, _counting(row)) for row in found]


def _with_parts(
    connection: Connection, tables: Sequence[Row[Any]], schema: str | None
) -> Sequence[TableRow]:
    if not tables:
        return []
    oids = [row.oid for row in tables]
    version = connection.dialect.server_version_info or ()
    columns = columns_of(connection, oids)
    constraints = _send(connection, queries.constraints(version), oids)
    indexes = _send(connection, queries.indexes(version), oids)
    return [
        _Table(row, schema, columns[row.oid]).with_constraints(
            constraints[row.oid], indexes[row.oid]
        )
        for row in tables
    ]


@dataclass(frozen=True, slots=True)
class NumberedColumn:
    """A column, and the number that constraints and indexes know it by."""

    number: int
    row: ColumnRow
    is_serial: bool


def columns_of(
    connection: Connection, oids: Sequence[int]
) -> Mapping[int, Sequence[NumberedColumn]]:
    """The columns of these tables, in three statements."""
    found = _send(connection, queries.COLUMNS, oids)
    sequences = {
        (row.oid, row.number): row
        for rows in _send(connection, queries.SEQUENCES, oids).values()
        for row in rows
    }
    named = {row.oid: _named(row) for row in connection.execute(sa.text(queries.TYPES))}
    types = Types(versions.known_types(connection.dialect), named)
    alike: dict[tuple[Any, ...], ColumnRow] = {}  # one row for all columns that say the same

    def numbered(row: Any) -> NumberedColumn:
        sequence = sequences.get((row[0], row[1]))
        if sequence is not None:
            return _column(row, types, sequence)
        said = row[2:]
        column = alike.get(said)
        if column is None:
            column = alike[said] = _column(row, types, None).row
        return NumberedColumn(row[1], column, False)

    return {oid: [numbered(row) for row in found[oid]] for oid in oids}


def _tables(connection: Connection, schema: str | None) -> Sequence[Row[Any]]:
    if schema is None:
        return connection.execute(sa.text(queries.TABLES_VISIBLE)).all()
    return connection.execute(sa.text(queries.TABLES_OF_SCHEMA), {"schema": schema}).all()


def _send(connection: Connection, statement: str, oids: Sequence[int]) -> Rows:
    """The rows of each table; none for a table that has none."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(sa.text(statement), {"oids": list(oids)}).all():
        found[row[0]].append(row)
    return found


# -- columns ---------------------------------------------------------------------------------------


def _named(row: Row[Any]) -> NamedType:
    schema = None if row.visible else row.schema
    if not row.is_domain:
        return NamedType(row.name, schema, tuple(row.labels))
    return NamedType(
        row.name,
        schema,
        base=(row.base, row.base_oid),
        not_null=row.not_null,
        default=row.default_text,
        collation=row.collation,
        constraint=row.constraint_name,
        condition=None if row.condition is None else unwrapped(row.condition),
    )


def _column(row: Any, types: Types, sequence: Row[Any] | None) -> NumberedColumn:
    # in the order of queries.COLUMNS; by name it is the slowest step of all
    (
        _,
        number,
        name,
        type_text,
        type_oid,
        collation,
        not_null,
        expression,
        generated,
        identity,
        comment,
    ) = row
    column = ColumnRow(
        name,
        types(type_text, type_oid, collation),
        not not_null,
        None if generated else expression,
        ComputedRow(unwrapped(expression), generated == "s") if generated else None,
        _identity(identity, sequence) if identity and sequence else None,
        "auto",
        comment,
    )
    serial = sequence is not None and expression == _nextval(sequence.name)
    return NumberedColumn(number, column, serial)


def _nextval(sequence: str) -> str:
    escaped = sequence.replace("'", "''")
    return f"nextval('{escaped}'::regclass)"


def _identity(kind: str, sequence: Row[Any]) -> IdentityRow:
    return IdentityRow(always=kind == "a", options=_counting(sequence))


def _counting(sequence: Row[Any]) -> dict[str, Any]:
    """Settings of a sequence that counts down are all kept: its defaults are other ones."""
    said = {
        "start": sequence.start,
        "increment": sequence.increment,
        "minvalue": sequence.minvalue,
        "maxvalue": sequence.maxvalue,
        "cache": sequence.cache,
        "cycle": sequence.cycle or None,
    }
    usual = {"start": 1, "increment": 1, "minvalue": 1, "cache": 1, "cycle": None}
    usual["maxvalue"] = _LARGEST.get(sequence.type)
    if sequence.increment < 0:
        usual = {"cache": 1, "cycle": None}
    return {name: value for name, value in said.items() if (name, value) not in usual.items()}


# -- tables ----------------------------------------------------------------------------------------


class _Table:
    """One table while its constraints are put in."""

    def __init__(
        self, row: Row[Any], schema: str | None, columns: Sequence[NumberedColumn]
    ) -> None:
        self._row = row
        self._schema = schema
        self._columns = columns
        self._names = {column.number: column.row.name for column in columns}

    def with_constraints(
        self, constraints: Sequence[Row[Any]], indexes: Sequence[Row[Any]]
    ) -> TableRow:
        by_kind: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in constraints:
            by_kind[row.kind].append(row)
        primary = by_kind["p"][0] if by_kind["p"] else None
        partition_by = self._row.partition_by
        return TableRow(
            self._row.name,
            self._schema,
            self._in_key(primary.columns if primary is not None else []),
            primary_key=None if primary is None else self._key(primary),
            foreign_keys=tuple(self._foreign_key(row) for row in by_kind["f"]),
            uniques=tuple(self._key(row) for row in by_kind["u"]),
            checks=tuple(_check(row) for row in by_kind["c"]),
            exclusions=tuple(_exclusion(row) for row in by_kind["x"]),
            indexes=tuple(self._index(row) for row in indexes),
            comment=self._row.comment,
            options={"postgresql_partition_by": partition_by} if partition_by else {},
        )

    def _in_key(self, key: Sequence[int]) -> tuple[ColumnRow, ...]:
        """The columns, those of the primary key marked as automatic or not."""
        serials = [each.number for each in self._columns if each.is_serial]
        automatic = next((number for number in key if number in serials), None)
        return tuple(
            each.row
            if each.number not in key or each.row.identity is not None
            else replace(each.row, default=None, autoincrement=True)
            if each.number == automatic
            else replace(each.row, autoincrement=False)
            for each in self._columns
        )

    def _key(self, row: Row[Any]) -> KeyRow:
        options: dict[str, Any] = {}
        if included := self._included(row):
            options["postgresql_include"] = included
        if row.nulls_equal:
            options["postgresql_nulls_not_distinct"] = True
        return KeyRow(
            row.name,
            tuple(self._names[number] for number in row.columns),
            deferrable=row.deferrable or None,
            initially="DEFERRED" if row.deferred else None,
            options=options,
        )

    def _included(self, row: Row[Any]) -> list[str]:
        return [self._names[number] for number in (row.keys or ())[row.key_count or 0 :]]

    def _foreign_key(self, row: Row[Any]) -> ForeignKeyRow:
        return ForeignKeyRow(
            row.name,
            tuple(self._names[number] for number in row.columns),
            self._referred_schema(row),
            row.referred_table,
            tuple(row.referred_columns),
            onupdate=_ACTIONS.get(row.onupdate),
            ondelete=_ACTIONS.get(row.ondelete),
            match=_MATCHES.get(row.match),
            deferrable=row.deferrable or None,
            initially="DEFERRED" if row.deferred else None,
            options=_validity(row),
        )

    def _referred_schema(self, row: Row[Any]) -> str | None:
        """As the schema was asked for; what the search path finds has none."""
        if row.referred_schema == self._schema:
            return self._schema
        return None if row.referred_visible else row.referred_schema

    def _index(self, row: Row[Any]) -> IndexRow:
        options: dict[str, Any] = {}
        if row.method != "btree":
            options["postgresql_using"] = row.method
        if row.predicate is not None:
            options["postgresql_where"] = unwrapped(row.predicate)
        if included := self._included(row):
            options["postgresql_include"] = included
        if row.settings:
            options["postgresql_with"] = dict(each.split("=", 1) for each in row.settings)
        if row.nulls_equal:
            options["postgresql_nulls_not_distinct"] = True
        elements = [self._element(row, place) for place in range(row.key_count)]
        classes = {
            element.name: named
            for element, named in zip(elements, row.classes or (), strict=False)
            if isinstance(element, IndexedColumn) and named is not None
        }
        if classes:
            options["postgresql_ops"] = classes
        return IndexRow(row.name, tuple(elements), unique=row.is_unique, options=options)

    def _element(self, row: Row[Any], place: int) -> IndexedColumn | IndexedExpression:
        descending = bool(row.orders[place] & _DESCENDING)
        nulls_first = bool(row.orders[place] & _NULLS_FIRST)
        unusual = descending != nulls_first
        collation = row.collations[place] if row.collations else None
        named = row.classes[place] if row.classes else None
        number = row.keys[place]
        if number and collation is None:
            nulls: Literal["first", "last"] = "first" if nulls_first else "last"
            return IndexedColumn(self._names[number], descending, nulls if unusual else None)
        text = [_quoted(self._names[number]) if number else _in_parentheses(row.texts[place])]
        text += [f"COLLATE {collation}"] if collation is not None else []
        text += [named] if named is not None else []
        text += ["DESC"] if descending else []
        text += [f"NULLS {'FIRST' if nulls_first else 'LAST'}"] if unusual else []
        return IndexedExpression(" ".join(text))


def _check(row: Row[Any]) -> CheckRow:
    return CheckRow(row.name, unwrapped(row.condition), options=_validity(row))


def _exclusion(row: Row[Any]) -> ExclusionRow:
    return ExclusionRow(
        row.name,
        tuple(zip(row.texts, row.operators, strict=True)),
        row.method,
        row.definition,
        where=None if row.predicate is None else unwrapped(row.predicate),
        deferrable=row.deferrable or None,
        initially="DEFERRED" if row.deferred else None,
    )


def _validity(row: Row[Any]) -> dict[str, bool]:
    return {} if row.validated else {"postgresql_not_valid": True}


def _in_parentheses(expression: str) -> str:
    """The catalogue puts a second pair around what needs one; a bare call needs none."""
    return f"({unwrapped(expression)})" if expression.startswith("(") else expression


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

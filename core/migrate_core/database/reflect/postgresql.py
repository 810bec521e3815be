"""PostgreSQL: the catalogue in six statements, whatever the number of tables.

::

    tables ──oids──> columns, sequences, types, constraints, indexes ──> TableRow

A sequence that belongs to a column makes it an identity column, or a serial one if the column's
default takes its values from it. SQLAlchemy says "serial" of the one automatic column of a primary
key only, so any other keeps its default as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from migrate_core.database.reflect import postgresql_queries as queries
from migrate_core.database.reflect.parentheses import unwrapped
from migrate_core.database.reflect.postgresql_queries import FoundConstraint, FoundIndex, FoundTable
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

Told = TypeVar("Told", bound=Sequence[Any])
Names = Mapping[int, Mapping[int, str]]
"""Of each table, its columns' names by their numbers."""


def read(connection: Connection, schema: str | None, include: Include) -> Sequence[TableRow]:
    """The tables of one schema, those on the search path for None."""
    tables = [found for found in _tables(connection, schema) if include(found.name, schema)]
    with _without_jit(connection):
        return _with_parts(connection, tables, schema)


def read_temporary(connection: Connection, prefix: str) -> Sequence[TableRow]:
    """This session's temporary tables whose names begin with ``prefix``."""
    rows = connection.execute(sa.text(queries.TABLES_TEMPORARY), {"prefix": prefix})
    return _with_parts(connection, list(map(FoundTable._make, rows)), None)


def sequences(connection: Connection, schema: str | None) -> Sequence[SequenceRow]:
    """The sequences of one schema that no column owns, of the current one for None."""
    found = connection.execute(sa.text(queries.LOOSE_SEQUENCES), {"schema": schema})
    return [SequenceRow(row.name, schema, _counting(row)) for row in found]


def _with_parts(
    connection: Connection, tables: Sequence[FoundTable], schema: str | None
) -> Sequence[TableRow]:
    if not tables:
        return []
    version = connection.dialect.server_version_info or ()
    columns = columns_of(connection, [row.oid for row in tables])
    constrained = [row.oid for row in tables if row.may_have_constraints]
    constraints = _of_tables(
        map(FoundConstraint._make, _send(connection, queries.constraints(version), constrained))
    )
    collated = [oid for oid, found in columns.items() if any(map(_is_collated, found))]
    indexed = [row.oid for row in tables if row.may_have_indexes]
    indexes = _of_tables(
        map(
            FoundIndex._make,
            _send(connection, queries.indexes(version), indexed, collated=_array(collated)),
        )
    )
    read = {oid: {each.number: each.row.name for each in found} for oid, found in columns.items()}
    names = {**read, **_names_elsewhere(connection, constraints, read)}
    return [
        _Table(row, schema, columns[row.oid], names).with_constraints(
            constraints[row.oid], indexes[row.oid]
        )
        for row in tables
    ]


def _names_elsewhere(
    connection: Connection, constraints: Mapping[int, Sequence[FoundConstraint]], known: Names
) -> Names:
    """The names of columns that foreign keys refer to, of tables that were not read."""
    referred = {row.referred_oid for rows in constraints.values() for row in rows}
    unknown = sorted(oid for oid in referred if oid is not None and oid not in known)
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for oid, number, name in _send(connection, queries.COLUMN_NAMES, unknown):
        names[oid][number] = name
    return names


@contextmanager
def _without_jit(connection: Connection) -> Iterator[None]:
    """For this transaction; at its end PostgreSQL puts the setting back by itself."""
    before = connection.execute(sa.text(queries.WITHOUT_JIT)).scalar()
    yield
    connection.execute(sa.text(queries.WITH_JIT_AS_BEFORE), {"jit": before})


class NumberedColumn(NamedTuple):
    """A column, and the number that constraints and indexes know it by."""

    number: int
    row: ColumnRow
    is_serial: bool


def columns_of(
    connection: Connection, oids: Sequence[int]
) -> Mapping[int, Sequence[NumberedColumn]]:
    """The columns of these tables, in three statements."""
    found = _of_tables(_send(connection, queries.COLUMNS, oids))
    sequences = {(row.oid, row.number): row for row in _send(connection, queries.SEQUENCES, oids)}
    named = {
        oid: _named(row)
        for row in connection.execute(sa.text(queries.TYPES))
        for oid in (row.oid, row.array_oid)
    }
    types = Types(versions.known_types(connection.dialect), named)
    alike: dict[tuple[Any, ...], NumberedColumn] = {}  # one for all that say the same

    def numbered(row: Any) -> NumberedColumn:
        if (row[0], row[1]) in sequences:
            return _column(row, types, sequences[row[0], row[1]])
        said = row[1:]
        column = alike.get(said)
        if column is None:
            column = alike[said] = _column(row, types, None)
        return column

    return {oid: [numbered(row) for row in found[oid]] for oid in oids}


def _tables(connection: Connection, schema: str | None) -> Iterator[FoundTable]:
    if schema is None:
        rows = connection.execute(sa.text(queries.TABLES_VISIBLE))
    else:
        rows = connection.execute(sa.text(queries.TABLES_OF_SCHEMA), {"schema": schema})
    return map(FoundTable._make, rows)


def _send(
    connection: Connection, statement: str, oids: Sequence[int], **further: str
) -> Sequence[Any]:
    """The rows of these tables. Of no table, nothing is asked."""
    if not oids:
        return []
    return connection.execute(sa.text(statement), {"oids": _array(oids), **further}).all()


def _of_tables(rows: Iterable[Told]) -> Mapping[int, Sequence[Told]]:
    """The rows of each table, whose number they begin with; none for one that has none."""
    found: dict[int, list[Told]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _array(oids: Sequence[int]) -> str:
    """As the server reads it from a text: drivers take long to write a long list."""
    return "{" + ",".join(map(str, oids)) + "}"


def _is_collated(column: NumberedColumn) -> bool:
    return getattr(column.row.type, "collation", None) is not None


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
        self,
        row: FoundTable,
        schema: str | None,
        columns: Sequence[NumberedColumn],
        names: Names,
    ) -> None:
        self._row = row
        self._schema = schema
        self._columns = columns
        self._everywhere = names
        self._names = names[row.oid]

    def with_constraints(
        self, constraints: Sequence[FoundConstraint], indexes: Sequence[FoundIndex]
    ) -> TableRow:
        by_kind: dict[str, list[FoundConstraint]] = {"p": [], "f": [], "u": [], "c": [], "x": []}
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
        rows = [column.row for column in self._columns]
        serials = [number for number, _, is_serial in self._columns if is_serial]
        automatic = next((number for number in key if number in serials), None)
        for place, (number, row, _) in enumerate(self._columns):
            if number == automatic and row.identity is None:
                rows[place] = row._replace(default=None, autoincrement=True)
            elif number in key and row.identity is None:
                rows[place] = row._replace(autoincrement=False)
        return tuple(rows)

    def _key(self, row: FoundConstraint) -> KeyRow:
        options: dict[str, Any] = {}
        if row.included:
            options["postgresql_include"] = [self._names[number] for number in row.included]
        if row.nulls_equal:
            options["postgresql_nulls_not_distinct"] = True
        return KeyRow(
            row.name,
            tuple(self._names[number] for number in row.columns),
            deferrable=row.deferrable or None,
            initially="DEFERRED" if row.deferred else None,
            options=options,
        )

    def _foreign_key(self, row: FoundConstraint) -> ForeignKeyRow:
        return ForeignKeyRow(
            row.name,
            tuple(self._names[number] for number in row.columns),
            self._referred_schema(row),
            row.referred_table,
            tuple(self._everywhere[row.referred_oid][number] for number in row.referred_columns),
            onupdate=_ACTIONS.get(row.onupdate),
            ondelete=_ACTIONS.get(row.ondelete),
            match=_MATCHES.get(row.match),
            deferrable=row.deferrable or None,
            initially="DEFERRED" if row.deferred else None,
            options=_validity(row),
        )

    def _referred_schema(self, row: FoundConstraint) -> str | None:
        """As the schema was asked for; what the search path finds has none."""
        if row.referred_schema == self._schema:
            return self._schema
        return None if row.referred_visible else row.referred_schema

    def _index(self, row: FoundIndex) -> IndexRow:
        options: dict[str, Any] = {}
        if row.method != "btree":
            options["postgresql_using"] = row.method
        if row.predicate is not None:
            options["postgresql_where"] = unwrapped(row.predicate)
        if row.included:
            options["postgresql_include"] = [self._names[number] for number in row.included]
        if row.settings:
            options["postgresql_with"] = dict(each.split("=", 1) for each in row.settings)
        if row.nulls_equal:
            options["postgresql_nulls_not_distinct"] = True
        if row.texts is None and not (row.classes or row.collations or any(row.orders)):
            plain = tuple(IndexedColumn(self._names[number]) for number in row.keys)
            return IndexRow(row.name, plain[: row.key_count], row.is_unique, options=options)
        elements = [self._element(row, place) for place in range(row.key_count)]
        classes = {
            element.name: named
            for element, named in zip(elements, row.classes or (), strict=False)
            if isinstance(element, IndexedColumn) and named is not None
        }
        if classes:
            options["postgresql_ops"] = classes
        return IndexRow(row.name, tuple(elements), unique=row.is_unique, options=options)

    def _element(self, row: FoundIndex, place: int) -> IndexedColumn | IndexedExpression:
        descending = bool(row.orders[place] & _DESCENDING)
        nulls_first = bool(row.orders[place] & _NULLS_FIRST)
        unusual = descending != nulls_first
        collation = row.collations[place] if row.collations else None
        named = row.classes[place] if row.classes else None
        number = row.keys[place]
        if number and collation is None:
            nulls: Literal["first", "last"] = "first" if nulls_first else "last"
            return IndexedColumn(self._names[number], descending, nulls if unusual else None)
        text = [
            _quoted(self._names[number]) if number else _in_parentheses((row.texts or ())[place])
        ]
        text += [f"COLLATE {collation}"] if collation is not None else []
        text += [named] if named is not None else []
        text += ["DESC"] if descending else []
        text += [f"NULLS {'FIRST' if nulls_first else 'LAST'}"] if unusual else []
        return IndexedExpression(" ".join(text))


def _check(row: FoundConstraint) -> CheckRow:
    return CheckRow(row.name, unwrapped(row.condition), options=_validity(row))


def _exclusion(row: FoundConstraint) -> ExclusionRow:
    return ExclusionRow(
        row.name,
        tuple(zip(row.texts, row.operators, strict=True)),
        row.method,
        row.definition,
        where=None if row.predicate is None else unwrapped(row.predicate),
        deferrable=row.deferrable or None,
        initially="DEFERRED" if row.deferred else None,
    )


def _validity(row: FoundConstraint) -> dict[str, bool]:
    return {} if row.validated else {"postgresql_not_valid": True}


def _in_parentheses(expression: str) -> str:
    """The catalogue puts a second pair around what needs one; a bare call needs none."""
    return f"({unwrapped(expression)})" if expression.startswith("(") else expression


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

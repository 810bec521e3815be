"""Questions to put to the rows before the first statement, each with the error it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from migrate_core.batch.draft import Draft
from migrate_core.batch.held import condition, of
from migrate_core.batch.sqltext import first_list
from migrate_core.batch.tokens import folded, plain, quoted, significant
from migrate_core.errors import (
    DuplicatesInTheWay,
    EditRefused,
    NullsInTheWay,
    OperationError,
    RowsFailCheck,
    ValueMissing,
    ValuesLost,
)


@dataclass(frozen=True, slots=True)
class Check:
    """A query for a number of rows, which has to be 0.

    :param kind: the class of the error; it takes the facts and the number.
    """

    sql: str
    kind: Callable[..., OperationError]
    facts: tuple[str, ...]

    def error(self, count: int) -> OperationError:
        """What to raise for that many rows."""
        return self.kind(*self.facts, count)


def needed(draft: Draft) -> tuple[Check, ...]:
    """All questions that a batch raises."""
    return (*_of_columns(draft), *_of_constraints(draft), *_of_indexes(draft))


def _of_columns(draft: Draft) -> Iterator[Check]:
    keys = _keys_without_null(draft)
    for column in draft.columns:
        mandatory = column.text.find("NOT NULL") is not None or folded(column.text.name) in keys
        if column.source is None:
            default = column.text.find("DEFAULT")
            empty = default is None or plain(default.text) == "default null"
            if mandatory and empty and not column.generated:
                yield no_rows(draft, column.name)
            continue
        if mandatory and column.source.find("NOT NULL") is None:
            yield no_nulls(draft, column.source.name)
        target = cast(column.source.type.text, column.text.type.text)
        if target in {"INTEGER", "REAL", "NUMERIC"}:
            yield no_loss(draft, column.source.name, target)


def _keys_without_null(draft: Draft) -> frozenset[str]:
    """The columns, folded, that must have values because the table loses its rowids."""
    if not draft.without_rowid or "ROWID" in draft.source.words:
        return frozenset()
    keys = (one for one in draft.held() if one.kind == "PRIMARY KEY")
    return frozenset(folded(name) for one in keys for name in one.columns)


def _of_constraints(draft: Draft) -> Iterator[Check]:
    for constraint in draft.constraints:
        if draft.stored(constraint):
            continue
        one = of(constraint.clause)
        if draft.named_in(constraint.clause.text) & draft.new_columns:
            continue  # there are no rows with values to ask about
        if one.kind == "CHECK":
            yield all_pass(draft, condition(constraint.clause.text))
        if one.kind in {"UNIQUE", "PRIMARY KEY"}:
            yield no_duplicates(draft, one.columns)


def _of_indexes(draft: Draft) -> Iterator[Check]:
    for index in draft.indexes:
        words = [token.keyword for token in significant(index.sql)]
        if draft.stored(index) or words[1] != "UNIQUE" or "WHERE" in words:
            continue
        columns = first_list(index.sql)
        if "" not in columns and not draft.new_columns & set(map(folded, columns)):
            yield no_duplicates(draft, columns)


def cast(old: str, new: str) -> str | None:
    """The type to cast to where a column gets another affinity; None where values stay.

    Types that SQLite does not know have NUMERIC affinity (https://www.sqlite.org/datatype3.html,
    3.1): as DATE or JSON is one of them, and a cast makes '2020-01-01' 2020, they are left alone.
    """
    target = affinity(new)
    if target == affinity(old):
        return None
    if target == "NUMERIC" and not new.upper().startswith(("NUMERIC", "DECIMAL")):
        return None
    return target


def affinity(type_: str) -> str:
    """The affinity of a column type (https://www.sqlite.org/datatype3.html, 3.1)."""
    text = type_.upper()
    for marks, name in _AFFINITIES:
        if any(mark in text for mark in marks):
            return name
    return "NUMERIC" if text else "BLOB"


_AFFINITIES = (
    (("INT",), "INTEGER"),
    (("CHAR", "CLOB", "TEXT"), "TEXT"),
    (("BLOB",), "BLOB"),
    (("REAL", "FLOA", "DOUB"), "REAL"),
)


def no_nulls(draft: Draft, column: str) -> Check:
    """Each row has a value in the column."""
    sql = f"SELECT count(*) FROM {draft.here} WHERE {quoted(column)} IS NULL"
    return Check(sql, NullsInTheWay, (draft.table.name, column))


def no_rows(draft: Draft, column: str) -> Check:
    """There is no row that the new column would have no value for."""
    return Check(f"SELECT count(*) FROM {draft.here}", ValueMissing, (draft.table.name, column))


def no_loss(draft: Draft, column: str, type_: str) -> Check:
    """Each value is the same number after the cast: SQLite casts 'abc' and 'x' to 0, 5.7 to 5."""
    name = quoted(column)
    sql = f"SELECT count(*) FROM {draft.here} WHERE {name} <> CAST({name} AS {type_})"
    return Check(sql, ValuesLost, (draft.table.name, f"{column} {type_}"))


def no_duplicates(draft: Draft, columns: Sequence[str]) -> Check:
    """No two rows are equal in all the columns; a NULL is equal to nothing."""
    names = [quoted(column) for column in columns]
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    sql = (
        f"SELECT count(*) FROM (SELECT 1 FROM {draft.here} WHERE {filled} "
        f"GROUP BY {', '.join(names)} HAVING count(*) > 1)"
    )
    return Check(sql, DuplicatesInTheWay, (draft.table.name, ", ".join(columns)))


def intact(table: str, schema: str | None, version: tuple[int, ...]) -> Check:
    """SQLite finds no fault in the table, in what is stored or in its values.

    ``quick_check`` is ``integrity_check`` without a look into the indexes, which takes longer than
    a copy of the table (https://www.sqlite.org/pragma.html#pragma_quick_check).
    """
    name, inside = (text.replace("'", "''") for text in (table, schema or "main"))
    only = f"'{name}', " if version >= _OF_ONE_TABLE_SINCE else ""
    sql = f"SELECT count(*) FROM pragma_quick_check({only}'{inside}') WHERE quick_check <> 'ok'"
    return Check(sql, EditRefused, (table,))


_OF_ONE_TABLE_SINCE = (3, 33)


def all_pass(draft: Draft, condition: str) -> Check:
    """Each row passes a CHECK; one that is neither true nor false passes, as SQLite has it."""
    sql = f"SELECT count(*) FROM {draft.here} WHERE NOT ({condition})"
    return Check(sql, RowsFailCheck, (draft.table.name, condition))

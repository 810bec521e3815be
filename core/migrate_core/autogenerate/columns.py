"""One table's columns: added, dropped, changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate.facts import ColumnFacts, TableFacts
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import AddColumnOp, AlterColumnOp, DropColumnOp, MigrateOperation
from migrate_core.schema import versions

_ARGUMENTS = re.compile(r"\([^()]*\)")


def compared(
    before: TableFacts, after: TableFacts, rules: Rules, remade: frozenset[str]
) -> Iterator[MigrateOperation]:
    """Added columns in the model's order, then changed ones, then dropped ones.

    :param remade: columns that are dropped and added again, which come first.
    """
    schema, table = after.key
    for name in sorted(remade):
        yield DropColumnOp.from_column_and_tablename(schema, table, bare(before.column(name)))
        yield AddColumnOp(table, bare(after.column(name)), schema=schema)
    for name in after.columns:
        if name not in before.columns and rules.wants(after, name, "column"):
            yield AddColumnOp(table, bare(after.column(name)), schema=schema)
    for name, column in after.columns.items():
        stored = before.columns.get(name)
        if stored is None or name in remade or (stored == column and rules.include_object is None):
            continue
        if rules.wants(after, name, "column", before):
            op = _altered(before, after, stored, column, rules)
            if op.has_changes():
                yield op
    for name in before.columns:
        if name not in after.columns and rules.wants_gone(before, name, "column"):
            yield DropColumnOp.from_column_and_tablename(schema, table, bare(before.column(name)))


def remade(before: TableFacts, after: TableFacts, rules: Rules) -> frozenset[str]:
    """Computed columns with another expression: no value is lost when one is made anew."""
    if not rules.compare_server_default:
        return frozenset()
    return frozenset(
        name
        for name, column in after.columns.items()
        if column.computed is not None
        and (stored := before.columns.get(name)) is not None
        and stored.computed is not None
        and stored.computed != column.computed
    )


def unalterable(before: TableFacts, after: TableFacts, rules: Rules) -> Iterator[str]:
    """In words, what differs in columns and that no statement changes without losing values."""
    for name, column in after.columns.items():
        stored = before.columns.get(name)
        if stored is None or stored == column:
            continue
        where = f"{after.key[1]}.{name}"
        if rules.compare_server_default and (stored.computed is None) != (column.computed is None):
            said = "computed in the models" if column.computed else "computed in the database"
            yield f"{where} is {said} alone: drop it and add it again, which loses its values"
        if stored.counts != column.counts and not rules.alters_counting:
            said = "models" if column.counts else "database"
            yield f"{where} numbers its rows in the {said} alone, which is not changed in place"


def counting(
    before: TableFacts, after: TableFacts, rules: Rules
) -> tuple[list[AlterColumnOp], list[AlterColumnOp]]:
    """AUTO_INCREMENT taken off, which comes before all else, and given, which comes last.

    MySQL manual, "Using AUTO_INCREMENT": such a column has to be a key, at every moment.
    """
    if not rules.alters_counting:
        return [], []
    old, new = before.primary_key, after.primary_key
    rekeyed = (old and old.content) != (new and new.content)
    off = [
        _counting(before, name, was=True)
        for name, column in before.columns.items()
        if column.counts and (rekeyed or not _counts(after, name))
    ]
    on = [
        _counting(after, name, was=False)
        for name, column in after.columns.items()
        if column.counts and name in before.columns and (rekeyed or not _counts(before, name))
    ]
    return off, on


def _counts(table: TableFacts, name: str) -> bool:
    return name in table.columns and table.columns[name].counts


def _counting(table: TableFacts, name: str, *, was: bool) -> AlterColumnOp:
    schema, table_name = table.key
    return AlterColumnOp(
        table_name,
        name,
        schema=schema,
        existing_type=table.column(name).type,
        existing_nullable=False,
        existing_comment=table.columns[name].comment,
        autoincrement=not was,
        existing_autoincrement=was,
    )


def bare(column: sa.Column[Any]) -> sa.Column[Any]:
    """A copy without constraints and indexes: those are operations of their own."""
    copy = versions.copied(column)
    copy.index = None
    copy.unique = None
    copy.primary_key = False
    for constraint in list(copy.constraints):
        copy.constraints.discard(constraint)
    copy.foreign_keys.clear()
    return copy


def same_type(stored: str, said: str) -> bool:
    """Whether two types are the same; arguments that one side leaves out are not compared."""
    if stored == said or not stored or not said:
        return True
    if ("(" in stored) == ("(" in said):
        return False
    return _ARGUMENTS.sub("", stored) == _ARGUMENTS.sub("", said)


def _altered(
    before: TableFacts, after: TableFacts, stored: ColumnFacts, column: ColumnFacts, rules: Rules
) -> AlterColumnOp:
    old, new = before.column(column.name), after.column(column.name)
    type_changes = rules.compare_type and not same_type(stored.type, column.type)
    computed = stored.computed is not None or column.computed is not None
    default_changes = (
        rules.compare_server_default and not computed and _default_differs(stored, column)
    )
    changes: dict[str, Any] = {}
    if type_changes:
        changes["modify_type"] = new.type
    if stored.nullable != column.nullable and column.identity is None and not computed:
        changes["modify_nullable"] = column.nullable
    if default_changes:
        changes["modify_server_default"] = new.server_default
    if stored.comment != column.comment:
        changes["modify_comment"] = column.comment
    if changes and rules.alters_counting and stored.counts and column.counts:
        changes["existing_autoincrement"] = True
    schema, name = after.key
    return AlterColumnOp(
        name,
        column.name,
        schema=schema,
        existing_type=old.type if type_changes else new.type,
        existing_nullable=stored.nullable,
        existing_server_default=_existing_default(old, new, changed=default_changes),
        existing_comment=stored.comment,
        **changes,
    )


def _default_differs(stored: ColumnFacts, column: ColumnFacts) -> bool:
    return (stored.default, stored.identity) != (column.default, column.identity)


def _existing_default(old: sa.Column[Any], new: sa.Column[Any], *, changed: bool) -> Any:
    """The default as the model says it where both say the same, else as it is stored."""
    default = (old if changed else new).server_default
    if default is not None:
        return default
    return None if changed else False

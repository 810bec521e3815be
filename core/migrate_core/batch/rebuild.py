"""A draft as the statements that move its table's rows into a new one.

::

    CREATE new   INSERT ... SELECT   DROP old   RENAME new   indexes   triggers   sequence   names

This is the order that https://www.sqlite.org/lang_altertable.html, section 7, gives: with the old
table renamed first, other tables would follow it with their foreign keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from migrate_core.batch.checks import Check, cast, needed
from migrate_core.batch.columns import rename_statement
from migrate_core.batch.draft import Column, Draft, unused
from migrate_core.batch.tokens import folded, joined, quoted, tokens
from migrate_core.batch.writer import Writer
from migrate_core.errors import ForeignKeysEnforced
from migrate_core.schema.stored import StoredObject

_LEGACY_OFF = "PRAGMA legacy_alter_table=OFF"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A new table in the place of the old one.

    Whoever runs it asks the checks first, then sends the statements inside one transaction, with
    foreign keys off, and checks them before it commits.

    :param resets: what to send where a statement failed: pragmas are no part of a transaction.
    """

    table: str
    checks: tuple[Check, ...]
    statements: tuple[str, ...]
    proofs: tuple[Check, ...] = ()
    resets: tuple[str, ...] = ()


def rebuild(draft: Draft, writer: Writer) -> Rebuild:
    """The statements for the whole draft.

    :raises ForeignKeysEnforced: dropping the old table would act on rows of other tables.
    """
    table = draft.table
    others = sorted({r.table for r in table.referrers if folded(r.table) != folded(table.name)})
    if table.foreign_keys and others:
        raise ForeignKeysEnforced(table.name, others)
    new = unused(f"_migrate_tmp_{table.name}", {folded(name) for name in table.taken})
    statements = (
        draft.create(new),
        _copy(draft, new),
        f"DROP TABLE {draft.here}",
        *_rename_table(draft, new),
        *_indexes(draft),
        *(_in_schema(draft, trigger) for trigger in table.triggers),
        *_sequence(draft),
        *rename_columns(draft, writer),
    )
    resets = () if table.legacy_alter_table else (_LEGACY_OFF,)
    return Rebuild(table.name, needed(draft), statements, resets=resets)


def _copy(draft: Draft, new: str) -> str:
    columns, values = [], []
    for column in draft.columns:
        if column.source is None or column.generated or column.source.find("GENERATED"):
            continue
        name = quoted(column.source.name)
        target = cast(column.source.type.text, column.text.type.text)
        columns.append(quoted(column.text.name))
        values.append(f"CAST({name} AS {target})" if target else name)
    rowid = _rowid(draft)
    if rowid is not None:
        columns.insert(0, rowid)
        values.insert(0, rowid)
    return (
        f"INSERT INTO {draft.qualified(new)} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM {draft.here}"
    )


def _rowid(draft: Draft) -> str | None:
    """The name of the rowid, where there is one that no column stands for.

    https://www.sqlite.org/rowidtable.html: a column of that name hides it.
    """
    if (
        draft.without_rowid
        or "ROWID" in draft.source.words
        or any(column.source is not None and is_rowid(column, draft) for column in draft.columns)
    ):
        return None
    used = {folded(c.name) for c in draft.source.columns}
    used |= {folded(c.text.name) for c in draft.columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in used), None)


def is_rowid(column: Column, draft: Draft) -> bool:
    """Whether a column is the INTEGER PRIMARY KEY, another name of the rowid."""
    if column.text.type.text.upper() != "INTEGER":
        return False
    at_column = column.text.find("PRIMARY KEY")
    if at_column is not None:
        return "DESC" not in at_column.text.upper().split()
    return any(
        one.kind == "PRIMARY KEY" and list(map(folded, one.columns)) == [folded(column.text.name)]
        for one in draft.held()
    )


def _rename_table(draft: Draft, new: str) -> Iterator[str]:
    """Without the pragma SQLite looks into each view and trigger, where the old table is gone."""
    if not draft.table.legacy_alter_table:
        yield "PRAGMA legacy_alter_table=ON"
    yield f"ALTER TABLE {draft.qualified(new)} RENAME TO {quoted(draft.table.name)}"
    if not draft.table.legacy_alter_table:
        yield _LEGACY_OFF


def _indexes(draft: Draft) -> Iterator[str]:
    for index in draft.indexes:
        yield _in_schema(draft, index) if draft.stored(index) else index.sql


def _in_schema(draft: Draft, item: StoredObject) -> str:
    """A stored statement, in which SQLite keeps no schema, with the schema it belongs to."""
    schema = "temp" if item.temporary else draft.table.schema
    if schema is None:
        return item.sql
    parts = tokens(item.sql)
    place = next(i for i, part in enumerate(parts) if part.name and part.name == item.name)
    return f"{joined(parts[:place])}{quoted(schema)}.{joined(parts[place:])}"


def _sequence(draft: Draft) -> Iterator[str]:
    """The highest rowid there ever was, which AUTOINCREMENT never gives again."""
    value = draft.table.sequence
    counting = any(
        "AUTOINCREMENT" in clause.text.upper()
        for column in draft.columns
        for clause in column.text.clauses
        if clause.kind == "PRIMARY KEY"
    )
    if value is None or not counting:
        return
    name = draft.table.name.replace("'", "''")
    sequences = draft.qualified("sqlite_sequence")
    yield f"DELETE FROM {sequences} WHERE name = '{name}'"
    yield f"INSERT INTO {sequences} (name, seq) VALUES ('{name}', {value})"


def rename_columns(draft: Draft, writer: Writer) -> Iterator[str]:
    """The statements that give the columns their final names."""
    for old, new in _renames(draft):
        yield rename_statement(draft, writer, old, new)


def _renames(draft: Draft) -> Iterator[tuple[str, str]]:
    """The columns that get their final name, in an order in which no two are called the same."""
    pending = {c.text.name: c.name for c in draft.columns if c.text.name != c.name}
    taken = {folded(c.text.name) for c in draft.columns}
    while pending:
        old = next((o for o, n in pending.items() if folded(n) not in taken - {folded(o)}), None)
        if old is None:  # a circle: one of them steps aside
            old = next(iter(pending))
            aside = unused(old, taken | set(map(folded, pending.values())))
            yield old, aside
            pending[aside] = pending.pop(old)
        else:
            aside = pending.pop(old)
            yield old, aside
        taken = taken - {folded(old)} | {folded(aside)}

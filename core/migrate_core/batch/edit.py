"""A draft as an edit of the text that SQLite stores, where no row has to be written anew.

::

    CREATE new   DROP new   writable_schema on   UPDATE sqlite_master   schema_version   reload

https://www.sqlite.org/lang_altertable.html, section 7, the second procedure. SQLite does not look
at a text that is written into ``sqlite_master``, so an empty table is made of it before. Keys and
indexes stay as they are, so the check after it need not look into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migrate_core.batch.checks import Check, affinity, intact, needed
from migrate_core.batch.draft import Column, Draft, unused
from migrate_core.batch.held import Held, held, without_name
from migrate_core.batch.rebuild import rename_columns
from migrate_core.batch.sqltext import ColumnDef
from migrate_core.batch.tokens import folded, plain
from migrate_core.batch.writer import Writer
from migrate_core.errors import UnsupportedOperation
from migrate_core.schema.stored import StoredObject

_EDIT_SINCE = (3, 26)  # the oldest that renames columns; writable_schema=RESET is older

_DDL_BEFORE = 2  # the empty table comes and goes, and each counts schema_version up by one

_RELOAD = "PRAGMA writable_schema=RESET"


@dataclass(frozen=True, slots=True)
class SchemaEdit:
    """Another definition for the rows that are there.

    Whoever runs it asks the checks first, sends the statements inside one transaction, and asks the
    proofs before it commits.

    :param resets: what to send where a statement failed: pragmas are no part of a transaction.
    """

    table: str
    checks: tuple[Check, ...]
    statements: tuple[str, ...]
    proofs: tuple[Check, ...]
    resets: tuple[str, ...]


def schema_edit(draft: Draft, writer: Writer) -> SchemaEdit:
    """The statements for the whole draft.

    :raises UnsupportedOperation: rows or indexes would have to be written anew, or the connection
        does not let its schema be edited.
    """
    reason = next(_obstacles(draft), None)
    if reason is not None:
        raise UnsupportedOperation(
            f"An edit of the stored definition of table {draft.table.name!r}",
            "sqlite",
            reason,
            "Leave recreate='edit' out: the table is then rebuilt.",
        )
    table = draft.table
    new = unused(f"_migrate_tmp_{table.name}", {folded(name) for name in table.taken})
    statements = (
        draft.create(new),
        f"DROP TABLE {draft.qualified(new)}",
        "PRAGMA writable_schema=ON",
        f"UPDATE {draft.qualified('sqlite_master')} SET sql = {_literal(draft.definition)} "
        f"WHERE type = 'table' AND name = {_literal(table.name)}",
        f"PRAGMA {draft.prefix}schema_version={table.schema_version + _DDL_BEFORE + 1}",
        _RELOAD,
        *(f"DROP INDEX {draft.qualified(index.name)}" for index in _dropped(draft)),
        *(index.sql for index in draft.indexes if not draft.stored(index)),
        *rename_columns(draft, writer),
    )
    proof = intact(table.name, table.schema, table.sqlite_version)
    return SchemaEdit(table.name, needed(draft), statements, (proof,), (_RELOAD,))


def _obstacles(draft: Draft) -> Iterator[str]:
    """Why the rows and indexes that are stored would not fit the new definition."""
    if not draft.table.writable_schema:
        yield "this connection is in defensive mode, where SQLite lets no one edit the schema"
    if draft.table.sqlite_version < _EDIT_SINCE:
        yield "it can be done since version 3.26"
    if [column.source for column in draft.columns] != list(draft.source.columns):
        yield "a column comes, goes or moves, so the rows have to be written anew"
    if draft.ending != draft.source.ending:
        yield "other options of the table, so the rows have to be written anew"
    if _keys(held(draft.source.columns, draft.source.constraints)) != _keys(draft.held()):
        yield "a key comes, goes or changes, and its index with it"
    for column in draft.columns:
        for what in _stored_otherwise(column, draft):
            yield f"another {what} of column {column.name} changes how its values are stored"


def _keys(constraints: Iterable[Held]) -> list[tuple[str, ...]]:
    """What decides how the keys of a table are stored, in order; their names do not."""
    return [
        (one.kind, *map(folded, one.columns), plain(without_name(one.clause.text)))
        for one in constraints
        if one.kind in {"PRIMARY KEY", "UNIQUE"}
    ]


def _stored_otherwise(column: Column, draft: Draft) -> Iterator[str]:
    """What of a column decides how its values are stored, and is not as it was."""
    if column.source is None:
        return
    old, new = column.source, column.text
    is_key = any(
        one.kind == "PRIMARY KEY" and folded(new.name) in map(folded, one.columns)
        for one in draft.held()
    )
    same_type = plain(old.type.text) == plain(new.type.text)
    strict = "STRICT" in draft.source.words
    if affinity(old.type.text) != affinity(new.type.text) or (not same_type and (is_key or strict)):
        yield "type"
    for kind, what in (("COLLATE", "collation"), ("GENERATED", "expression")):
        if _plain(old, kind) != _plain(new, kind):
            yield what


def _plain(column: ColumnDef, kind: str) -> str:
    clause = column.find(kind)
    return "" if clause is None else plain(clause.text)


def _dropped(draft: Draft) -> list[StoredObject]:
    return [index for index in draft.table.indexes if index not in draft.indexes]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""What is said about a table besides the operations: columns, constraints, options, order.

https://www.sqlite.org/lang_createtable.html, https://www.sqlite.org/stricttables.html,
https://www.sqlite.org/withoutrowid.html, https://www.sqlite.org/autoinc.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NULLTYPE

from migrate_core.batch import constraints
from migrate_core.batch.draft import Column, Draft
from migrate_core.batch.held import Held, of
from migrate_core.batch.order import layered
from migrate_core.batch.sqltext import parse_constraint
from migrate_core.batch.tokens import closing, folded, joined, plain, significant, tokens
from migrate_core.batch.writer import Writer
from migrate_core.errors import UnsupportedOperation
from migrate_core.schema import build, versions

_AS_GIVEN = ("DEFAULT", "NOT NULL", "NULL")
_STRICT_TYPES = frozenset({"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"})


def override(draft: Draft, writer: Writer, columns: Iterable[sa.Column[Any]]) -> None:
    """Take a column's type, default and nullability as they are given, not as they are stored.

    :raises NoSuchObject: the table has no such column.
    """
    for given in columns:
        column = draft.column(str(given.name))
        attached = build.column_on(draft.table.name, given, convention=_convention(writer))
        new = writer.column(attached)
        text = column.text.without(*_AS_GIVEN)
        if plain(new.type.text) != plain(text.type.text):
            text = text.typed(new.type.text)
        for clause in new.clauses:
            if clause.kind in _AS_GIVEN or clause.kind == "COLLATE":
                text = text.having(clause.kind, clause.text)
        draft.put(column, replace(column, text=text))


# -- constraints and indexes -----------------------------------------------------------------------


def extend(draft: Draft, writer: Writer, items: Sequence[Any]) -> None:
    """Add constraints and indexes; one that the table has already is not added twice.

    :raises UnsupportedOperation: something else, a column say.
    """
    for item in items:
        if not isinstance(item, (sa.Constraint, sa.Index)):
            raise UnsupportedOperation(
                f"batch_alter_table({draft.table.name!r}, table_args=[{item!r}])",
                writer.dialect.name,
                "they are constraints and indexes",
                "Add a column inside of the block: batch_op.add_column(...).",
            )
    columns = [sa.Column(column.name, NULLTYPE) for column in draft.columns]
    table = build.table(draft.table.name, *columns, *items, convention=_convention(writer))
    for constraint in versions.ordered_constraints(table):
        if not isinstance(constraint, sa.PrimaryKeyConstraint) or constraint.columns:
            _add(draft, writer, constraint)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if draft.find_index(str(index.name)) is None:
            constraints.add_index(draft, writer, index)


def _add(draft: Draft, writer: Writer, constraint: sa.Constraint) -> None:
    text = draft.in_text(writer.constraint(constraint))
    says = of(parse_constraint(text).clause).says
    if any(one.says == says for one in draft.held()):
        return
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        constraints.refuse_primary_key(draft)
    draft.add_constraint(text)
    draft.obstruct("a new constraint")


# -- options of the table --------------------------------------------------------------------------


def configure(draft: Draft, keywords: Mapping[str, Any]) -> None:
    """Set the options of the table; those of other databases mean nothing here.

    :raises UnsupportedOperation: an unknown keyword, or one that does not suit the table.
    """
    words = {"sqlite_strict": "STRICT", "sqlite_with_rowid": "WITHOUT ROWID"}
    for keyword, value in keywords.items():
        if keyword == "sqlite_autoincrement":
            _autoincrement(draft, bool(value))
        elif keyword in words:
            wanted = bool(value) if keyword == "sqlite_strict" else not value
            _set_option(draft, words[keyword], wanted=wanted)
        elif keyword.startswith("sqlite_") or "_" not in keyword:
            raise _refusal(draft, keyword, "it is not a keyword of tables there")


def _set_option(draft: Draft, option: str, *, wanted: bool) -> None:
    parenthesis, *parts = tokens(draft.ending)
    remarks = [part.text for part in parts if part.kind == "remark"]
    written = " ".join(part.text for part in parts if not part.blank)
    there = [one.strip() for one in written.split(",") if one.strip()]
    kept = [one for one in there if one.upper() != option]
    if (len(kept) < len(there)) == wanted:
        return
    if wanted:
        _refuse_option(draft, option)
    listed = ", ".join([*kept, option] if wanted else kept)
    draft.ending = " ".join(text for text in (parenthesis.text, listed, *remarks) if text)
    draft.obstruct(f"{option} on a table")


def _refuse_option(draft: Draft, option: str) -> None:
    key = _key(draft)
    if option == "WITHOUT ROWID" and key is None:
        raise _refusal(draft, "sqlite_with_rowid", "a table without rowid needs a primary key")
    if option == "WITHOUT ROWID" and key and "AUTOINCREMENT" in _words(key.clause.text):
        raise _refusal(draft, "sqlite_with_rowid", "AUTOINCREMENT counts rowids")
    if option == "STRICT":
        other = [
            f"{column.name} {column.text.type.text}".strip()
            for column in draft.columns
            if column.text.type.text.upper() not in _STRICT_TYPES
        ]
        if other:
            raise _refusal(
                draft, "sqlite_strict", f"a strict table has no such types: {', '.join(other)}"
            )


def _autoincrement(draft: Draft, wanted: bool) -> None:
    """AUTOINCREMENT stands at the column, so a primary key of the table moves there."""
    key = _key(draft)
    there = key is not None and "AUTOINCREMENT" in _words(key.clause.text)
    if there == wanted or (key is None and not wanted):
        return
    column = draft.find(key.columns[0]) if key is not None and len(key.columns) == 1 else None
    if key is None or column is None or column.text.type.text.upper() != "INTEGER":
        raise _refusal(
            draft, "sqlite_autoincrement", "it works on one INTEGER PRIMARY KEY column only"
        )
    if wanted:
        draft.remove_constraint(key)
        column = draft.column(column.name)
        text = f"{_at_column(key)} AUTOINCREMENT"
    else:
        text = joined([t for t in tokens(key.clause.text) if t.keyword != "AUTOINCREMENT"]).strip()
    draft.put(column, replace(column, text=column.text.having("PRIMARY KEY", text)))
    draft.obstruct("AUTOINCREMENT on a table")


def _at_column(key: Held) -> str:
    """A primary key without its list of columns, as it is written at the only one of them."""
    parts = tokens(key.clause.text)
    start = next((i for i, part in enumerate(parts) if part.text == "("), None)
    if start is None:
        return key.clause.text
    return (joined(parts[:start]).rstrip() + joined(parts[closing(parts, start) + 1 :])).rstrip()


def _key(draft: Draft) -> Held | None:
    return next((one for one in draft.held() if one.kind == "PRIMARY KEY"), None)


def _words(text: str) -> frozenset[str]:
    return frozenset(token.keyword for token in significant(text))


def _refusal(draft: Draft, keyword: str, reason: str) -> UnsupportedOperation:
    return UnsupportedOperation(
        f"batch_alter_table({draft.table.name!r}, table_kwargs={{{keyword!r}: ...}})",
        "sqlite",
        reason,
        "Leave that keyword out, or change the columns first, in a batch before this one.",
    )


# -- order -----------------------------------------------------------------------------------------


def reorder(draft: Draft, order: Sequence[Sequence[str]]) -> None:
    """Put columns one after the other, those that were put beside another one too.

    :param order: names of columns, new or old.
    :raises NoSuchObject: the table has no such column.
    :raises UnsupportedOperation: they go round in a circle.
    """
    if not order:
        return
    groups = [[_called(draft, name).name for name in names] for names in order]
    pairs = {pair for names in groups for pair in pairwise(names)}
    there = {column.name: column for column in draft.columns}
    beside = {pair for pair in draft.beside if there.keys() >= set(pair)}
    placed = layered(draft.table.name, list(there), pairs | beside)
    columns = [there[name] for name in placed]
    if columns != draft.columns:
        draft.columns = columns
        draft.obstruct("another order of columns")


def _called(draft: Draft, name: str) -> Column:
    for column in draft.columns:
        if column.source is not None and folded(column.source.name) == folded(name):
            return column
    return draft.column(name)


def _convention(writer: Writer) -> build.Convention | None:
    return writer.naming.naming_convention if writer.naming is not None else None

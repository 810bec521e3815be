"""Constraints and indexes in a batch: add and drop."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from migrate_core.batch import mentions, unnamed
from migrate_core.batch.draft import Draft
from migrate_core.batch.held import Held, named, of, without_name
from migrate_core.batch.sqltext import parse_constraint, same_name
from migrate_core.batch.tokens import folded, quoted
from migrate_core.batch.writer import Writer
from migrate_core.ddl import for_dialect
from migrate_core.errors import AlreadyExists, AmbiguousConstraint, NoSuchObject
from migrate_core.operations import (
    AddConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    DropIndexOp,
    RenameConstraintOp,
    RenameIndexOp,
)
from migrate_core.schema.stored import StoredObject

TYPE_OF = {
    "PRIMARY KEY": "primary",
    "UNIQUE": "unique",
    "CHECK": "check",
    "FOREIGN KEY": "foreignkey",
}
"""The documented ``type_`` for each kind of constraint."""

_KIND_OF = {type_: kind for kind, type_ in TYPE_OF.items()} | {"primarykey": "PRIMARY KEY"}


def add(draft: Draft, writer: Writer, op: AddConstraintOp) -> None:
    """Add a constraint."""
    match op:
        case CreatePrimaryKeyOp(columns=columns) | CreateUniqueConstraintOp(columns=columns):
            used = list(columns)
        case CreateForeignKeyOp():
            own = folded(op.referent_table) == folded(draft.table.name)
            used = [*op.local_cols, *(op.remote_cols if own else ())]
        case _:
            used = []
    for name in used:
        draft.column(name)
    if isinstance(op, CreatePrimaryKeyOp):
        refuse_primary_key(draft)
    draft.add_constraint(draft.in_text(writer.constraint(op.to_constraint(writer.naming))))
    draft.obstruct("a new constraint")


def refuse_primary_key(draft: Draft) -> None:
    """
    :raises AlreadyExists: the table has a primary key.
    """
    for one in draft.held():
        if one.kind == "PRIMARY KEY":
            raise AlreadyExists("primary key", ", ".join(one.columns), draft.table.name)


def drop(draft: Draft, writer: Writer, op: DropConstraintOp) -> None:
    """Drop a constraint.

    :raises NoSuchObject: there is none of that name, nor one that says what is meant.
    :raises AmbiguousConstraint: several may be meant.
    """
    found = _meant(draft, writer, op)
    if not found and op.if_exists:
        return
    if not found:
        known = [one.name for one in draft.held() if one.name]
        wanted = op.constraint_name or f"without a name ({op.constraint_type})"
        raise NoSuchObject("constraint", wanted, draft.table.name, known)
    if len(found) > 1:
        texts = [one.clause.text for one in found]
        raise AmbiguousConstraint(draft.table.name, op.constraint_type or "such", texts)
    draft.remove_constraint(found[0])
    draft.obstruct("dropping a constraint")


def _meant(draft: Draft, writer: Writer, op: DropConstraintOp) -> list[Held]:
    """By name, by a name that is made of it, by what it says, by its kind."""
    held = draft.held()
    if found := named(held, op.constraint_name) or named(held, _by_convention(writer, op)):
        return found
    if found := _called_by_convention(draft, writer, op.constraint_name):
        return found
    if found := _called_by_default(draft, op.constraint_name):
        return found
    if op._reverse is not None:
        text = draft.in_text(writer.constraint(op._reverse.to_constraint(writer.naming)))
        says = of(parse_constraint(text).clause).says
        return [one for one in held if one.says == says or _short_reference(one, says)]
    if op.constraint_name is None:
        kind = _KIND_OF.get(op.constraint_type or "")
        return [one for one in held if one.kind == kind and one.name is None]
    return []


def _by_convention(writer: Writer, op: DropConstraintOp) -> str | None:
    if op.constraint_name is None or writer.naming is None:
        return None
    name = for_dialect(writer.dialect, writer.naming).constraint_to_drop(op).name
    return str(name) if isinstance(name, str) else None


def _called_by_convention(draft: Draft, writer: Writer, name: str | None) -> list[Held]:
    """The constraints without a name that the naming convention calls that."""
    convention = writer.naming.naming_convention if writer.naming is not None else None
    if name is None or not convention:
        return []
    table = draft.table.name
    return [
        one
        for one in draft.held()
        if one.name is None
        and (called := unnamed.name_of(one, table, convention)) is not None
        and same_name(called, name)
    ]


def _called_by_default(draft: Draft, name: str | None) -> list[Held]:
    """The constraints without a name that a generated migration calls that."""
    table = draft.table.name
    return [
        one
        for one in draft.held()
        if name is not None and one.name is None and unnamed.default_name(one, table) == name
    ]


def _short_reference(one: Held, says: tuple[object, ...]) -> bool:
    """REFERENCES without columns means the primary key of the table it names."""
    return one.kind == "FOREIGN KEY" and one.says[:3] == says[:3] and one.says[3:] == ((),)


def rename(draft: Draft, op: RenameConstraintOp) -> None:
    """Give a constraint another name.

    :raises NoSuchObject: there is none of that name.
    :raises AlreadyExists: there is one of the new name.
    """
    held = draft.held()
    found = named(held, op.constraint_name)
    if not found:
        known = [one.name for one in held if one.name]
        raise NoSuchObject("constraint", op.constraint_name, draft.table.name, known)
    if named(held, op.new_constraint_name):
        raise AlreadyExists("constraint", op.new_constraint_name, draft.table.name)
    old = found[0].clause
    text = f"CONSTRAINT {quoted(op.new_constraint_name)} {without_name(old.text)}"
    draft.replace_constraint(old, replace(old, name=op.new_constraint_name, text=text))
    draft.obstruct("another name for a constraint")


# -- indexes -------------------------------------------------------------------------------------


def create_index(draft: Draft, writer: Writer, op: CreateIndexOp) -> None:
    """Create an index."""
    for column in op.columns:
        if isinstance(column, str):
            draft.column(column)
    index = op.to_index(writer.naming)
    if op.if_not_exists and draft.find_index(str(index.name)):
        return
    add_index(draft, writer, index)


def add_index(draft: Draft, writer: Writer, index: sa.Index) -> None:
    """
    :raises AlreadyExists: the table has an index of that name.
    """
    name = str(index.name)
    if draft.find_index(name):
        raise AlreadyExists("index", name, draft.table.name)
    sql = writer.index(index)
    draft.native.append(sql)
    names = draft.text_names
    draft.indexes.append(
        StoredObject("index", name, mentions.renamed_index(sql, names) if names else sql)
    )


def drop_index(draft: Draft, writer: Writer, op: DropIndexOp) -> None:
    """Drop an index.

    :raises NoSuchObject: the table has none of that name.
    """
    name = str(op.to_index(writer.naming).name)
    index = draft.find_index(name)
    if index is not None:
        remove_index(draft, index)
    elif not op.if_exists:
        raise NoSuchObject("index", name, draft.table.name, [i.name for i in draft.indexes])


def rename_index(draft: Draft, op: RenameIndexOp) -> None:
    """Give an index another name, by making it anew.

    :raises NoSuchObject: the table has none of that name.
    :raises AlreadyExists: it has one of the new name.
    """
    index = draft.find_index(op.index_name)
    if index is None:
        known = [each.name for each in draft.indexes]
        raise NoSuchObject("index", op.index_name, draft.table.name, known)
    if draft.find_index(op.new_index_name):
        raise AlreadyExists("index", op.new_index_name, draft.table.name)
    new = quoted(op.new_index_name)
    written = f"{draft.prefix}{new}" if draft.stored(index) else new
    sql = mentions.index_called(index.sql, written)
    names = {folded(c.text.name): quoted(c.name) for c in draft.columns if c.name != c.text.name}
    remove_index(draft, index)
    draft.native.append(mentions.renamed_index(sql, names) if names else sql)
    draft.indexes.append(StoredObject("index", op.new_index_name, sql))


def remove_index(draft: Draft, index: StoredObject) -> None:
    """Take an index away."""
    draft.indexes.remove(index)
    draft.native.append(f"DROP INDEX {draft.qualified(index.name)}")

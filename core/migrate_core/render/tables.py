"""Operations on tables and what belongs to them, as source."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import to_instance

from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
    RenameTableOp,
    ValidateConstraintOp,
)
from migrate_core.render import schema
from migrate_core.render.source import Call, Writer, call, keywords
from migrate_core.render.types import rendered as type_source
from migrate_core.render.values import identifier, identifiers
from migrate_core.schema import versions

Said = tuple[str, list[str | Call]]
"""The directive, and its arguments."""


def statement(op: MigrateOperation, writer: Writer, *, batch: bool = False) -> Call:
    """The call that does ``op``: in a batch on ``batch_op``, and without the table.

    :raises UnsupportedOperation: a class of a plugin's own.
    """
    method, arguments = _said(op, writer, batch=batch)
    return call(f"batch_op.{method}" if batch else writer.op(method), arguments)


def _said(op: MigrateOperation, writer: Writer, *, batch: bool) -> Said:
    match op:
        case CreateTableOp() | DropTableOp() | RenameTableOp():
            return _table(op, writer)
        case CreateTableCommentOp() | DropTableCommentOp():
            return _comment(op, writer, batch=batch)
        case AddColumnOp() | DropColumnOp() | AlterColumnOp():
            return _column(op, writer, batch=batch)
        case CreateIndexOp() | DropIndexOp() | RenameIndexOp():
            return _index(op, writer, batch=batch)
        case DropConstraintOp() | RenameConstraintOp() | ValidateConstraintOp():
            return _named_constraint(op, writer, batch=batch)
        case CreateForeignKeyOp():
            return "create_foreign_key", _foreign_key(op, writer, batch=batch)
        case CreateExcludeConstraintOp():
            return "create_exclude_constraint", _exclusion(op, writer, batch=batch)
        case CreateUniqueConstraintOp() | CreatePrimaryKeyOp() | CreateCheckConstraintOp():
            return _constraint(op, writer, batch=batch)
    raise UnsupportedOperation(
        type(op).__name__,
        "Python source",
        "how it is written is not known",
        "Register a function that writes it, with renderers.dispatch_for(), "
        "or write this operation into the migration by hand.",
    )


# -- whole tables ----------------------------------------------------------------------------------


def _table(op: CreateTableOp | DropTableOp | RenameTableOp, writer: Writer) -> Said:
    name, where = identifier(op.table_name, writer), keywords(schema=op.schema)
    match op:
        case RenameTableOp():
            return "rename_table", [name, identifier(op.new_table_name, writer), *where]
        case DropTableOp():
            own = {} if op._reverse is not None else op.table_kw
            said = [*where, *keywords(if_exists=op.if_exists), *schema.options(own, writer)]
            return "drop_table", [name, *said]
    said = [*where, *keywords(comment=op.comment, prefixes=list(op.prefixes or ()) or None)]
    said += [*schema.options(op.kw, writer), *keywords(if_not_exists=op.if_not_exists)]
    return "create_table", [name, *_items(op, writer), *said]


def _items(op: CreateTableOp, writer: Writer) -> list[str | Call]:
    """Columns, then constraints; those that a column declares by itself stay in it."""
    inline = not op._constraints_included
    keys = [item for item in op.columns if isinstance(item, sa.PrimaryKeyConstraint)]
    in_key = {name for key in keys for name in schema.columns_of(key)}
    found = [
        schema.column(_keyed(item, in_key), writer, inline=inline)
        if isinstance(item, sa.Column)
        else schema.constraint(item, writer)
        for item in op.columns
    ]
    return [each for each in found if each is not None]


def _keyed(column: sa.Column[Any], in_key: set[str]) -> sa.Column[Any]:
    """The column, which as part of a key that stands beside it is never NULL."""
    if column.name not in in_key or not column.nullable:
        return column
    copied = versions.copied(column)
    copied.nullable = False
    return copied


def _comment(op: CreateTableCommentOp | DropTableCommentOp, writer: Writer, *, batch: bool) -> Said:
    table, where = _where(op, writer, batch=batch)
    options = [*keywords(existing_comment=op.existing_comment), *where]
    if isinstance(op, DropTableCommentOp):
        return "drop_table_comment", [*table, *options]
    return "create_table_comment", [*table, repr(op.comment), *options]


def _where(op: Any, writer: Writer, *, batch: bool) -> tuple[list[str], list[str]]:
    """The table and its schema, which a batch has said already."""
    if batch:
        return [], []
    return [identifier(op.table_name, writer)], keywords(schema=op.schema)


# -- columns ---------------------------------------------------------------------------------------


def _column(op: AddColumnOp | DropColumnOp | AlterColumnOp, writer: Writer, *, batch: bool) -> Said:
    table, where = _where(op, writer, batch=batch)
    match op:
        case AddColumnOp():
            method, said = "add_column", _added(op, writer, batch=batch)
        case DropColumnOp():
            method, said = "drop_column", [identifier(op.column_name, writer)]
            said += [*keywords(if_exists=op.if_exists), *schema.options(op.kw, writer)]
        case AlterColumnOp():
            method, said = "alter_column", _altered(op, writer)
    return method, [*table, *said, *where]


def _added(op: AddColumnOp, writer: Writer, *, batch: bool) -> list[str | Call]:
    column = schema.column(op.column, writer, inline=True)
    options = keywords(
        if_not_exists=op.if_not_exists,
        inline_references=op.inline_references,
        inline_primary_key=op.inline_primary_key,
    )
    if batch:
        options += keywords(**{key: op.kw.get(key) for key in ("insert_before", "insert_after")})
    if column is None:
        raise UnsupportedOperation(
            f"add_column {op.table_name}.{op.column.name}",
            "Python source",
            "render_item leaves the column out, and there is nothing else to add",
            "Let render_item return False for it, or leave the column out with include_object.",
        )
    return [column, *options]


def _altered(op: AlterColumnOp, writer: Writer) -> list[str | Call]:
    """What changes first, then what was there before."""
    said: list[str | Call] = [identifier(op.column_name, writer)]
    if op.modify_name is not None:
        said.append(f"new_column_name={identifier(op.modify_name, writer)}")
    if op.modify_type is not None:
        said.append(f"type_={type_source(to_instance(op.modify_type), writer)}")
    said += keywords(nullable=op.modify_nullable)
    if op.modify_server_default is not False:
        said.append(f"server_default={_default(op.modify_server_default, writer)}")
    if op.modify_comment is not False:
        said.append(f"comment={op.modify_comment!r}")
    if op.existing_type is not None:
        said.append(f"existing_type={type_source(to_instance(op.existing_type), writer)}")
    if op.modify_nullable is None:
        said += keywords(existing_nullable=op.existing_nullable)
    if op.existing_server_default not in (False, None) and (
        op.modify_server_default is False or isinstance(op.existing_server_default, sa.Identity)
    ):
        said.append(f"existing_server_default={_default(op.existing_server_default, writer)}")
    said += keywords(existing_comment=op.existing_comment)
    said += [f"{key}={schema.option(value, writer)}" for key, value in sorted(op.kw.items())]
    return said


def _default(default: Any, writer: Writer) -> str:
    if default is None:
        return "None"
    if isinstance(default, (sa.Identity, sa.Computed)):
        return str(schema.generated(sa.Column("x", sa.Integer, default), writer)[0])
    return schema.default(default, writer) or "None"


# -- indexes ---------------------------------------------------------------------------------------


def _index(op: CreateIndexOp | DropIndexOp | RenameIndexOp, writer: Writer, *, batch: bool) -> Said:
    said: list[str | Call] = [identifier(op.index_name, writer)]
    where = [] if batch else keywords(schema=op.schema)
    if isinstance(op, CreateIndexOp):
        table = [] if batch else [identifier(op.table_name, writer)]
        columns = ", ".join(_element(each, writer) for each in op.columns)
        options = [*keywords(unique=op.unique, if_not_exists=op.if_not_exists), *where]
        said += [*table, f"[{columns}]", *options, *schema.options(op.kw, writer)]
        return "create_index", said
    if not batch and op.table_name is not None:
        where = [f"table_name={identifier(op.table_name, writer)}", *where]
    if isinstance(op, RenameIndexOp):
        return "rename_index", [*said, identifier(op.new_index_name, writer), *where]
    options = [*keywords(if_exists=op.if_exists), *schema.options(op.kw, writer)]
    return "drop_index", [*said, *where, *options]


def _element(column: Any, writer: Writer) -> str:
    if isinstance(column, (str, sa.Column)):
        return identifier(column if isinstance(column, str) else column.name, writer)
    return schema.text(column, writer)


# -- constraints -----------------------------------------------------------------------------------


def _named_constraint(
    op: DropConstraintOp | RenameConstraintOp | ValidateConstraintOp, writer: Writer, *, batch: bool
) -> Said:
    table, where = _where(op, writer, batch=batch)
    said: list[str | Call] = [identifier(op.constraint_name, writer)]
    match op:
        case ValidateConstraintOp():
            return "validate_constraint", [*said, *table, *where]
        case RenameConstraintOp():
            new = identifier(op.new_constraint_name, writer)
            of = keywords(type_=op.constraint_type)
            return "rename_constraint", [*said, new, *table, *of, *where]
    options = keywords(type_=op.constraint_type, if_exists=op.if_exists)
    return "drop_constraint", [*said, *table, *options, *where]


def _constraint(
    op: CreateUniqueConstraintOp | CreatePrimaryKeyOp | CreateCheckConstraintOp,
    writer: Writer,
    *,
    batch: bool,
) -> Said:
    table, where = _where(op, writer, batch=batch)
    name, options = identifier(op.constraint_name, writer), schema.options(op.kw, writer)
    match op:
        case CreateCheckConstraintOp():
            method, of = "create_check_constraint", repr(schema.expression(op.condition, writer))
        case CreatePrimaryKeyOp():
            method, of = "create_primary_key", identifiers(op.columns, writer)
        case CreateUniqueConstraintOp():
            method, of = "create_unique_constraint", identifiers(op.columns, writer)
    return method, [name, *table, of, *where, *options]


def _foreign_key(op: CreateForeignKeyOp, writer: Writer, *, batch: bool) -> list[str | Call]:
    table = [] if batch else [identifier(op.source_table, writer)]
    kw = {key: value for key, value in op.kw.items() if not (batch and key == "source_schema")}
    return [
        identifier(op.constraint_name, writer),
        *table,
        identifier(op.referent_table, writer),
        identifiers(op.local_cols, writer),
        identifiers(op.remote_cols, writer),
        *schema.options(kw, writer),
    ]


def _exclusion(op: CreateExcludeConstraintOp, writer: Writer, *, batch: bool) -> list[str | Call]:
    table, where = _where(op, writer, batch=batch)
    said: list[str | Call] = [identifier(op.constraint_name, writer), *table]
    said += schema.elements(op.elements, writer)
    if op.where is not None:
        said.append(f"where={schema.text(op.where, writer)}")
    return [*said, *where, *schema.options(op.kw, writer)]

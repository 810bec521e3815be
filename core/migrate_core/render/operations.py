"""Operations as source: the body of ``upgrade()`` and ``downgrade()``."""

from __future__ import annotations

from collections.abc import Sequence
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
    ExecuteSQLOp,
    MigrateOperation,
    ModifyTableOps,
    OpContainer,
    RenameConstraintOp,
    RenameIndexOp,
    RenameTableOp,
    ValidateConstraintOp,
)
from migrate_core.render import objects, schema
from migrate_core.render.source import INDENT, Call, Source, Writer, call, indented, keywords
from migrate_core.render.types import rendered as type_source


def body(ops: Sequence[MigrateOperation], writer: Writer) -> Source:
    """The lines that do ``ops``, and the imports that they need."""
    lines: list[str] = []
    for op in ops:
        block = _lines(op, writer)
        if lines and block and (block[0].startswith("with ") or lines[-1].startswith(INDENT)):
            lines.append("")
        lines += block
    return Source(tuple(lines), tuple(sorted(writer.imports)))


def _lines(op: MigrateOperation, writer: Writer) -> list[str]:
    match op:
        case ModifyTableOps():
            return _table_block(op, writer)
        case OpContainer():
            return [line for inner in op.ops for line in _lines(inner, writer)]
        case CreateTableOp():
            return _create_table(op, writer)
    return _statement(op, writer).lines()


def _table_block(op: ModifyTableOps, writer: Writer) -> list[str]:
    if not op.ops:
        return []
    if not writer.render_as_batch:
        return [line for inner in op.ops for line in _statement(inner, writer).lines()]
    arguments = [repr(op.table_name), *keywords(schema=op.schema)]
    inner_lines = [line for each in op.ops for line in _statement(each, writer, batch=True).lines()]
    return [f"with {call('op.batch_alter_table', arguments)} as batch_op:", *indented(inner_lines)]


def _create_table(op: CreateTableOp, writer: Writer) -> list[str]:
    parts: list[str | Call | None] = [repr(op.table_name)]
    for item in op.columns:
        if isinstance(item, sa.Column):
            parts.append(schema.column(item, writer))
        else:
            parts.append(schema.constraint(item, writer))
    parts += keywords(schema=op.schema, comment=op.comment, prefixes=op.prefixes or None)
    parts += [f"{key}={schema.option(value, writer)}" for key, value in sorted(op.kw.items())]
    if op.if_not_exists:
        parts.append("if_not_exists=True")
    created = call("op.create_table", [part for part in parts if part is not None])
    return created.spread()


def _statement(op: MigrateOperation, writer: Writer, *, batch: bool = False) -> Call:
    """One call, on ``op`` with the table's name or on ``batch_op`` without it."""
    target = "batch_op" if batch else "op"
    match op:
        case AddColumnOp() | DropColumnOp() | AlterColumnOp():
            method, arguments, options = _column(op, writer)
            table: str | None = op.table_name
        case CreateIndexOp() | DropIndexOp():
            return call(f"{target}.{_index_method(op)}", _index(op, writer, batch=batch))
        case DropConstraintOp():
            return call(f"{target}.drop_constraint", _drop_constraint(op, batch=batch))
        case CreateForeignKeyOp():
            return call(f"{target}.create_foreign_key", _foreign_key(op, writer, batch=batch))
        case CreateExcludeConstraintOp():
            return call(f"{target}.create_exclude_constraint", _exclusion(op, writer, batch=batch))
        case CreateUniqueConstraintOp() | CreatePrimaryKeyOp() | CreateCheckConstraintOp():
            method, arguments = _constraint(op, writer, batch=batch)
            return call(f"{target}.{method}", arguments)
        case CreateTableCommentOp():
            method, arguments = "create_table_comment", [repr(op.comment)]
            options, table = keywords(existing_comment=op.existing_comment), op.table_name
        case DropTableCommentOp():
            method, arguments = "drop_table_comment", []
            options, table = keywords(existing_comment=op.existing_comment), op.table_name
        case RenameConstraintOp() | RenameIndexOp() | ValidateConstraintOp():
            method, arguments = objects.names(op, batch=batch)
            return call(f"{target}.{method}", arguments)
        case _:
            return objects.beside_tables(op, writer) or _standalone(op)
    if not batch:
        arguments = [repr(table), *arguments]
        options = [*options, *keywords(schema=op.schema)]
    return call(f"{target}.{method}", [*arguments, *options])


def _standalone(op: MigrateOperation) -> Call:
    """Operations that belong to no table's block."""
    match op:
        case DropTableOp():
            options = keywords(schema=op.schema, if_exists=op.if_exists)
            return call("op.drop_table", [repr(op.table_name), *options])
        case RenameTableOp():
            names = [repr(op.table_name), repr(op.new_table_name)]
            return call("op.rename_table", [*names, *keywords(schema=op.schema)])
        case ExecuteSQLOp() if isinstance(op.sqltext, str):
            return call("op.execute", [repr(op.sqltext)])
    raise UnsupportedOperation(
        type(op).__name__,
        "Python source",
        "how it is written is not known",
        "Write this operation into the migration by hand.",
    )


def _column(
    op: AddColumnOp | DropColumnOp | AlterColumnOp, writer: Writer
) -> tuple[str, Sequence[str | Call], list[str]]:
    match op:
        case AddColumnOp():
            source = schema.column(op.column, writer)
            options = keywords(
                if_not_exists=op.if_not_exists,
                inline_references=op.inline_references,
                inline_primary_key=op.inline_primary_key,
                **op.kw,
            )
            return "add_column", [source or ""], options
        case DropColumnOp():
            options = keywords(if_exists=op.if_exists, **op.kw)
            return "drop_column", [repr(str(op.column_name))], options
    return "alter_column", [repr(str(op.column_name))], _altered(op, writer)


def _altered(op: AlterColumnOp, writer: Writer) -> list[str]:
    """What changes first, then what was there before."""
    parts: list[str] = []
    if op.modify_name is not None:
        parts.append(f"new_column_name={str(op.modify_name)!r}")
    if op.modify_type is not None:
        parts.append(f"type_={type_source(to_instance(op.modify_type), writer)}")
    parts += keywords(nullable=op.modify_nullable)
    if op.modify_server_default is not False:
        parts.append(f"server_default={_default(op.modify_server_default, writer)}")
    if op.modify_comment is not False:
        parts.append(f"comment={op.modify_comment!r}")
    if op.existing_type is not None:
        parts.append(f"existing_type={type_source(to_instance(op.existing_type), writer)}")
    if op.modify_nullable is None:
        parts += keywords(existing_nullable=op.existing_nullable)
    if op.existing_server_default not in (False, None) and (
        op.modify_server_default is False or isinstance(op.existing_server_default, sa.Identity)
    ):
        parts.append(f"existing_server_default={_default(op.existing_server_default, writer)}")
    parts += keywords(existing_comment=op.existing_comment, **op.kw)
    return parts


def _default(value: Any, writer: Writer) -> str:
    if value is None:
        return "None"
    if isinstance(value, (sa.Identity, sa.Computed)):
        column = sa.Column("x", sa.Integer, value)
        return str(schema.generated(column)[0])
    return schema.default(value, writer)


def _index_method(op: CreateIndexOp | DropIndexOp) -> str:
    return "create_index" if isinstance(op, CreateIndexOp) else "drop_index"


def _index(op: CreateIndexOp | DropIndexOp, writer: Writer, *, batch: bool) -> list[str]:
    arguments = [schema.name(op.index_name)]
    options = [] if batch else keywords(schema=op.schema)
    if isinstance(op, DropIndexOp):
        if not batch and op.table_name is not None:
            options = [f"table_name={op.table_name!r}", *options]
        return [*arguments, *options, *keywords(if_exists=op.if_exists)]
    if not batch:
        arguments.append(repr(op.table_name))
    columns = [
        repr(str(c)) if isinstance(c, str) else f"sa.text({schema.expression(c, writer)!r})"
        for c in op.columns
    ]
    arguments.append(f"[{', '.join(columns)}]")
    options.append(f"unique={op.unique!r}")
    options += keywords(if_not_exists=op.if_not_exists)
    return [*arguments, *options, *_dialect(op.kw, writer)]


def _constraint(
    op: CreateUniqueConstraintOp | CreatePrimaryKeyOp | CreateCheckConstraintOp,
    writer: Writer,
    *,
    batch: bool,
) -> tuple[str, list[str]]:
    arguments = [schema.name(op.constraint_name)]
    if not batch:
        arguments.append(repr(op.table_name))
    options = [*([] if batch else keywords(schema=op.schema)), *_dialect(op.kw, writer)]
    if isinstance(op, CreateCheckConstraintOp):
        condition = repr(schema.expression(op.condition, writer))
        return "create_check_constraint", [*arguments, condition, *options]
    method = (
        "create_primary_key" if isinstance(op, CreatePrimaryKeyOp) else "create_unique_constraint"
    )
    return method, [*arguments, repr([str(c) for c in op.columns]), *options]


def _foreign_key(op: CreateForeignKeyOp, writer: Writer, *, batch: bool) -> list[str]:
    arguments = [schema.name(op.constraint_name)]
    if not batch:
        arguments.append(repr(op.source_table))
    arguments += [
        repr(op.referent_table),
        repr([str(c) for c in op.local_cols]),
        repr([str(c) for c in op.remote_cols]),
    ]
    kw = {k: v for k, v in op.kw.items() if not (batch and k == "source_schema")}
    return [*arguments, *_dialect(kw, writer)]


def _exclusion(op: CreateExcludeConstraintOp, writer: Writer, *, batch: bool) -> list[str]:
    arguments = [schema.name(op.constraint_name)]
    if not batch:
        arguments.append(repr(op.table_name))
    for element, operator in op.elements:
        expression = (
            repr(str(element))
            if isinstance(element, str)
            else f"sa.text({schema.expression(element, writer)!r})"
        )
        arguments.append(f"({expression}, {operator!r})")
    if op.where is not None:
        where = op.where if isinstance(op.where, str) else schema.expression(op.where, writer)
        arguments.append(f"where=sa.text({where!r})")
    return [*arguments, *([] if batch else keywords(schema=op.schema)), *_dialect(op.kw, writer)]


def _drop_constraint(op: DropConstraintOp, *, batch: bool) -> list[str]:
    arguments = [schema.name(op.constraint_name)]
    if batch:
        return [*arguments, *keywords(type_=op.constraint_type)]
    options = keywords(type_=op.constraint_type, schema=op.schema, if_exists=op.if_exists)
    return [*arguments, repr(op.table_name), *options]


def _dialect(kw: dict[str, Any], writer: Writer) -> list[str]:
    return [
        f"{key}={schema.option(value, writer)}"
        for key, value in kw.items()
        if value is not None and not (isinstance(value, (tuple, list, dict)) and not value)
    ]

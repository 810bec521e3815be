"""Rows and raw SQL as source."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType

from migrate_core.operations import BulkInsertOp, ExecuteSQLOp, MigrateOperation
from migrate_core.render import schema
from migrate_core.render.source import Call, Listed, Writer, call, keywords
from migrate_core.render.types import rendered as type_source
from migrate_core.render.values import identifier, value
from migrate_core.schema.literal import InlineLiteral


def statement(op: MigrateOperation, writer: Writer) -> Call | None:
    """The call that does ``op``; None for an operation on the schema."""
    match op:
        case ExecuteSQLOp():
            is_text = isinstance(op.sqltext, str)
            sql = repr(op.sqltext) if is_text else schema.text(op.sqltext, writer)
            said = []
            if op.execution_options:
                said.append(f"execution_options={value(op.execution_options, writer)}")
            return call(writer.op("execute"), [sql, *said])
        case BulkInsertOp():
            return _inserted(op, writer)
    return None


def _inserted(op: BulkInsertOp, writer: Writer) -> Call:
    columns: list[str | Call] = [_column(column, writer) for column in op.table.columns]
    options = keywords(schema=op.table.schema)
    table = call(writer.sa("table"), [identifier(op.table.name, writer), *columns, *options])
    rows = Listed("", tuple(_row(row, writer) for row in op.rows))
    options = [] if op.multiinsert else ["multiinsert=False"]
    return call(writer.op("bulk_insert"), [table, rows, *options])


def _column(column: Any, writer: Writer) -> str:
    arguments = [identifier(column.name, writer)]
    if not isinstance(column.type, NullType):
        arguments.append(type_source(column.type, writer))
    return f"{writer.sa('column')}({', '.join(arguments)})"


def _row(row: dict[str, Any], writer: Writer) -> str:
    pairs = (f"{str(key)!r}: {_cell(each, writer)}" for key, each in row.items())
    return f"{{{', '.join(pairs)}}}"


def _cell(cell: Any, writer: Writer) -> str:
    if isinstance(cell, InlineLiteral):
        of = type_source(cell.type, writer)
        return f"{writer.op('inline_literal')}({value(cell.value, writer)}, {of})"
    if isinstance(cell, sa.sql.ClauseElement):
        return schema.text(cell, writer)
    return value(cell, writer)

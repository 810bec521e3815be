"""Operations on what lives beside the tables, as source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrate_core.operations import (
    AlterEnumOp,
    AlterSequenceOp,
    CreateEnumOp,
    CreateSchemaOp,
    CreateSequenceOp,
    CreateViewOp,
    Definition,
    DropEnumOp,
    DropSchemaOp,
    DropSequenceOp,
    DropViewOp,
    MigrateOperation,
    ReplaceViewOp,
)
from migrate_core.render import schema
from migrate_core.render.source import Call, Writer, call, keywords
from migrate_core.render.values import identifier


def beside_tables(op: MigrateOperation, writer: Writer) -> Call | None:
    """The call that does ``op``; None for an operation on tables."""
    match op:
        case CreateEnumOp() | AlterEnumOp() | DropEnumOp():
            return _enum(op, writer)
        case CreateSchemaOp() | DropSchemaOp():
            return _schema(op, writer)
        case CreateSequenceOp() | AlterSequenceOp() | DropSequenceOp():
            return _sequence(op, writer)
        case CreateViewOp() | ReplaceViewOp() | DropViewOp():
            return _view(op, writer)
    return None


def _enum(op: CreateEnumOp | AlterEnumOp | DropEnumOp, writer: Writer) -> Call:
    name, options = identifier(op.name, writer), keywords(schema=op.schema)
    match op:
        case CreateEnumOp():
            return call(writer.op("create_enum"), [name, _values(op.values), *options])
        case DropEnumOp():
            return call(writer.op("drop_enum"), [name, *options])
    changes = [f"existing_values={_values(op.existing_values)}"]
    changes += keywords(rename=op.rename or None, replace=op.replace or None)
    return call(writer.op("alter_enum"), [name, _values(op.values), *changes, *options])


def _values(values: tuple[str, ...]) -> str:
    return repr([str(value) for value in values])


def _schema(op: CreateSchemaOp | DropSchemaOp, writer: Writer) -> Call:
    name = identifier(op.name, writer)
    if isinstance(op, CreateSchemaOp):
        options = keywords(if_not_exists=op.if_not_exists)
        return call(writer.op("create_schema"), [name, *options])
    return call(writer.op("drop_schema"), [name, *keywords(if_exists=op.if_exists)])


def _sequence(op: CreateSequenceOp | AlterSequenceOp | DropSequenceOp, writer: Writer) -> Call:
    name, options = identifier(op.name, writer), keywords(schema=op.schema)
    match op:
        case CreateSequenceOp():
            options += [*keywords(if_not_exists=op.if_not_exists), *_options(op.options, writer)]
            return call(writer.op("create_sequence"), [name, *options])
        case DropSequenceOp():
            options += keywords(if_exists=op.if_exists)
            return call(writer.op("drop_sequence"), [name, *options])
    changes = [*_options(op.options, writer), *keywords(restart=op.restart)]
    if op.existing:
        changes.append(f"existing=dict({', '.join(_options(op.existing, writer))})")
    return call(writer.op("alter_sequence"), [name, *changes, *options])


def _options(options: Mapping[str, Any], writer: Writer) -> list[str]:
    return [f"{name}={schema.option(value, writer)}" for name, value in options.items()]


def _view(op: CreateViewOp | ReplaceViewOp | DropViewOp, writer: Writer) -> Call:
    options = keywords(schema=op.schema)
    if isinstance(op, DropViewOp):
        options += keywords(if_exists=op.if_exists, materialized=op.materialized or None)
        return call(writer.op("drop_view"), [identifier(op.name, writer), *options])
    arguments = [identifier(op.name, writer), _definition(op.definition, writer)]
    options += keywords(columns=list(op.columns) or None)
    if isinstance(op, CreateViewOp):
        options += keywords(materialized=op.materialized or None)
        return call(writer.op("create_view"), [*arguments, *options])
    if op.existing_definition is not None:
        options.append(f"existing_definition={_definition(op.existing_definition, writer)}")
    return call(writer.op("replace_view"), [*arguments, *options])


def _definition(definition: Definition, writer: Writer) -> str:
    """A view's SELECT as text, which is sent as it is written."""
    return repr(definition if isinstance(definition, str) else schema.sql(definition, writer))

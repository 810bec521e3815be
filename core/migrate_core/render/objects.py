"""Operations on what lives beside the tables, and on names, as source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine, to_instance

from migrate_core.operations import (
    AlterEnumOp,
    AlterSequenceOp,
    CreateEnumOp,
    CreateSequenceOp,
    CreateViewOp,
    Definition,
    DropEnumOp,
    DropSequenceOp,
    DropViewOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
    ReplaceViewOp,
    ValidateConstraintOp,
)
from migrate_core.render import schema
from migrate_core.render.source import Call, Writer, call, keywords
from migrate_core.render.types import rendered as type_source


def beside_tables(op: MigrateOperation, writer: Writer) -> Call | None:
    """The call that does ``op``; None for an operation on tables."""
    match op:
        case CreateEnumOp() | AlterEnumOp() | DropEnumOp():
            return _enum(op)
        case CreateSequenceOp() | AlterSequenceOp() | DropSequenceOp():
            return _sequence(op, writer)
        case CreateViewOp() | ReplaceViewOp() | DropViewOp():
            return _view(op, writer)
    return None


def names(
    op: RenameConstraintOp | RenameIndexOp | ValidateConstraintOp, *, batch: bool
) -> tuple[str, list[str]]:
    """The directive and its arguments, which in a batch leave out the table."""
    options = [] if batch else keywords(schema=op.schema)
    match op:
        case RenameConstraintOp():
            arguments = [schema.name(op.constraint_name), schema.name(op.new_constraint_name)]
            if not batch:
                arguments.append(repr(op.table_name))
            return "rename_constraint", [
                *arguments,
                *keywords(type_=op.constraint_type),
                *options,
            ]
        case RenameIndexOp():
            arguments = [schema.name(op.index_name), schema.name(op.new_index_name)]
            table = [] if batch else keywords(table_name=op.table_name)
            return "rename_index", [*arguments, *table, *options]
    return "validate_constraint", [
        schema.name(op.constraint_name),
        repr(op.table_name),
        *options,
    ]


def _enum(op: CreateEnumOp | AlterEnumOp | DropEnumOp) -> Call:
    options = keywords(schema=op.schema)
    match op:
        case CreateEnumOp():
            return call("op.create_enum", [repr(op.name), _values(op.values), *options])
        case DropEnumOp():
            return call("op.drop_enum", [repr(op.name), *options])
    changes = [f"existing_values={_values(op.existing_values)}"]
    changes += keywords(rename=op.rename or None, replace=op.replace or None)
    return call("op.alter_enum", [repr(op.name), _values(op.values), *changes, *options])


def _values(values: tuple[str, ...]) -> str:
    return repr([str(value) for value in values])


def _sequence(op: CreateSequenceOp | AlterSequenceOp | DropSequenceOp, writer: Writer) -> Call:
    name, options = repr(op.name), keywords(schema=op.schema)
    match op:
        case CreateSequenceOp():
            options += [*keywords(if_not_exists=op.if_not_exists), *_options(op.options, writer)]
            return call("op.create_sequence", [name, *options])
        case DropSequenceOp():
            options += keywords(if_exists=op.if_exists)
            return call("op.drop_sequence", [name, *options])
    changes = [*_options(op.options, writer), *keywords(restart=op.restart)]
    if op.existing:
        changes.append(f"existing=dict({', '.join(_options(op.existing, writer))})")
    return call("op.alter_sequence", [name, *changes, *options])


def _options(options: Mapping[str, Any], writer: Writer) -> list[str]:
    return [f"{name}={_option(value, writer)}" for name, value in options.items()]


def _option(value: Any, writer: Writer) -> str:
    if isinstance(value, (TypeEngine, type)):
        return str(type_source(to_instance(value), writer))
    return repr(value)


def _view(op: CreateViewOp | ReplaceViewOp | DropViewOp, writer: Writer) -> Call:
    options = keywords(schema=op.schema)
    if isinstance(op, DropViewOp):
        options += keywords(if_exists=op.if_exists, materialized=op.materialized or None)
        return call("op.drop_view", [repr(op.name), *options])
    arguments = [repr(op.name), _definition(op.definition, writer)]
    options += keywords(columns=list(op.columns) or None)
    if isinstance(op, CreateViewOp):
        options += keywords(materialized=op.materialized or None)
        return call("op.create_view", [*arguments, *options])
    if op.existing_definition is not None:
        options.append(f"existing_definition={_definition(op.existing_definition, writer)}")
    return call("op.replace_view", [*arguments, *options])


def _definition(definition: Definition, writer: Writer) -> str:
    """A view's SELECT as text, which is sent as it is written."""
    if isinstance(definition, str):
        return repr(definition)
    if isinstance(definition, TextClause):
        return repr(schema.expression(definition, writer))
    compiled = definition.compile(dialect=writer.dialect, compile_kwargs={"literal_binds": True})
    return repr(str(compiled))

"""An operation in words, for people: "add column orders.note"."""

from __future__ import annotations

from migrate_core.operations.base import MigrateOperation
from migrate_core.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from migrate_core.operations.constraints import AddConstraintOp, DropConstraintOp
from migrate_core.operations.data import BulkInsertOp, ExecuteSQLOp
from migrate_core.operations.indexes import CreateIndexOp, DropIndexOp
from migrate_core.operations.renames import (
    RenameConstraintOp,
    RenameIndexOp,
    ValidateConstraintOp,
)
from migrate_core.operations.schemas import CreateSchemaOp, DropSchemaOp
from migrate_core.operations.sequences import AlterSequenceOp, CreateSequenceOp, DropSequenceOp
from migrate_core.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)
from migrate_core.operations.types import AlterEnumOp, CreateEnumOp, DropEnumOp
from migrate_core.operations.views import CreateViewOp, DropViewOp, ReplaceViewOp

_KINDS = {
    "primarykey": "primary key",
    "primary": "primary key",
    "unique": "unique constraint",
    "foreignkey": "foreign key",
    "check": "check constraint",
    "exclude": "exclusion constraint",
}


def describe(op: MigrateOperation) -> str:
    """``op`` in words, naming the table and what changes in it."""
    match op:
        case CreateTableOp():
            return f"add table {_table(op.table_name, op.schema)}"
        case DropTableOp():
            return f"drop table {_table(op.table_name, op.schema)}"
        case RenameTableOp():
            return f"rename table {_table(op.table_name, op.schema)} to {op.new_table_name}"
        case CreateTableCommentOp() | DropTableCommentOp():
            return f"change comment of table {_table(op.table_name, op.schema)}"
        case AddColumnOp():
            return f"add column {_table(op.table_name, op.schema)}.{op.column.name}"
        case DropColumnOp():
            return f"drop column {_table(op.table_name, op.schema)}.{op.column_name}"
        case AlterColumnOp(modify_name=str(new)) if _aspects(op) == "name":
            where = _table(op.table_name, op.schema)
            return f"rename column {where}.{op.column_name} to {new}"
        case AlterColumnOp():
            where = f"{_table(op.table_name, op.schema)}.{op.column_name}"
            return f"change {_aspects(op)} of column {where}"
        case CreateIndexOp():
            return f"add index {op.index_name} on {_table(op.table_name, op.schema)}"
        case DropIndexOp():
            return f"drop index {op.index_name} on {_table(op.table_name or '?', op.schema)}"
        case AddConstraintOp():
            kind = _KINDS.get(op.constraint_type, "constraint")
            return f"add {kind} {op.constraint_name} on {_table(op.table_name, op.schema)}"
        case DropConstraintOp():
            kind = _KINDS.get(op.constraint_type or "", "constraint")
            return f"drop {kind} {op.constraint_name} on {_table(op.table_name, op.schema)}"
        case RenameConstraintOp():
            kind = _KINDS.get(op.constraint_type or "", "constraint")
            where = _table(op.table_name, op.schema)
            return f"rename {kind} {op.constraint_name} on {where} to {op.new_constraint_name}"
        case RenameIndexOp():
            where = _table(op.table_name or "?", op.schema)
            return f"rename index {op.index_name} on {where} to {op.new_index_name}"
        case ValidateConstraintOp():
            where = _table(op.table_name, op.schema)
            return f"validate constraint {op.constraint_name} on {where}"
        case _ if (said := _beside_tables(op)) is not None:
            return said
        case ExecuteSQLOp():
            return "run SQL"
        case BulkInsertOp():
            return f"insert {len(op.rows)} rows into {op.table.name}"
    return type(op).__name__


def _beside_tables(op: MigrateOperation) -> str | None:
    """Schemas, types, sequences and views, which belong to no table."""
    match op:
        case CreateSchemaOp():
            said = f"add schema {op.name}"
        case DropSchemaOp():
            said = f"drop schema {op.name}"
        case CreateEnumOp():
            said = f"add enum {_table(op.name, op.schema)}"
        case AlterEnumOp():
            said = f"change enum {_table(op.name, op.schema)}"
        case DropEnumOp():
            said = f"drop enum {_table(op.name, op.schema)}"
        case CreateSequenceOp():
            said = f"add sequence {_table(op.name, op.schema)}"
        case AlterSequenceOp():
            said = f"change sequence {_table(op.name, op.schema)}"
        case DropSequenceOp():
            said = f"drop sequence {_table(op.name, op.schema)}"
        case CreateViewOp():
            said = f"add view {_table(op.name, op.schema)}"
        case ReplaceViewOp():
            said = f"change view {_table(op.name, op.schema)}"
        case DropViewOp():
            said = f"drop view {_table(op.name, op.schema)}"
        case _:
            return None
    return said


def _table(name: str, schema: str | None) -> str:
    return f"{schema}.{name}" if schema else name


def _aspects(op: AlterColumnOp) -> str:
    changed = [
        aspect
        for aspect, touched in (
            ("type", op.modify_type is not None),
            ("nullable", op.modify_nullable is not None),
            ("server default", op.modify_server_default is not False),
            ("comment", op.modify_comment is not False),
            ("name", op.modify_name is not None),
        )
        if touched
    ]
    return " and ".join(changed) or "nothing"

"""A migration's source run by the real directives, which keep the operations instead of doing them.

Two operations are compared by what they say: columns, types and constraints by what SQLAlchemy
writes for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import NullType, TypeEngine, to_instance

from migrate_core.api import BatchOperations, MigrationContext, Operations
from migrate_core.database import scopes
from migrate_core.operations import CreateTableOp, MigrateOperation, ModifyTableOps
from migrate_core.render import Source
from migrate_core.schema.literal import InlineLiteral
from migrate_core.settings import Settings

NOT_SAID = {"_reverse", "_namespace_metadata", "_constraints_included", "_info", "_mutations"}
"""What an operation remembers for its reverse, which no file says."""


class Recorder(Operations):
    """``op``, keeping what it is asked for."""

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.recorded: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> Any:
        self.recorded.append(operation)

    @contextmanager
    def batch_alter_table(
        self, table_name: str, schema: str | None = None, *args: Any, **kw: Any
    ) -> Iterator[BatchOperations]:
        batch = BatchOperations(self.migration_context, table_name, schema=schema)
        yield batch
        self.recorded.append(ModifyTableOps(table_name, batch.collected, schema=schema))


def recorded(source: Source) -> list[MigrateOperation]:
    """The operations that a body asks for when it is run."""
    text = "\n".join([*source.imports, "import sqlalchemy as sa", *source.lines])
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        settings = Settings()
        scope = scopes.of(connection, settings, lambda _holder: None, transactional=True)
        op = Recorder(MigrationContext.on(connection, settings, [sa.MetaData()], scope))
        exec(compile(text, "migration", "exec"), {"op": op})
    engine.dispose()
    return op.recorded


def said(value: Any) -> Any:
    """A value as something that can be compared."""
    match value:
        case CreateTableOp():
            own = {key: each for key, each in vars(value).items() if key != "columns"}
            return (
                type(value),
                said({k: v for k, v in own.items() if k not in NOT_SAID}),
                _table(value),
            )
        case MigrateOperation():
            kept = {key: each for key, each in vars(value).items() if key not in NOT_SAID}
            return type(value), said(kept)
        case sa.Column():
            return _column(value)
        case sa.Table() | sa.sql.expression.TableClause():
            return value.name, value.schema, [(c.name, said(c.type)) for c in value.columns]
        case TypeEngine():
            return _type(value)
        case type() if issubclass(value, TypeEngine):
            return _type(to_instance(value))
        case sa.DefaultClause() | sa.Identity() | sa.Computed():
            return _column(sa.Column("x", sa.Integer, value))
        case InlineLiteral():
            return value.value, said(value.type)
        case ClauseElement():
            return str(
                value.compile(compile_kwargs={"literal_binds": True, "include_table": False})
            )
        case dict():
            return {key: said(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [said(each) for each in value]
    return value


def _type(type_: TypeEngine[Any]) -> Any:
    if isinstance(type_, NullType):
        return None
    written = [str(d.type_compiler_instance.process(type_)) for d in _dialects([type_])]
    return written, getattr(type_, "enums", None), getattr(type_, "name", None)


def _column(column: sa.Column[Any]) -> Any:
    default = column.server_default
    return (
        _table(CreateTableOp("t", [column])),
        column.name,
        column.comment,
        column.nullable,
        column.system,
        column.autoincrement,
        (column.unique, column.index),
        said(default.arg) if isinstance(default, sa.DefaultClause) else None,
    )


def _table(op: CreateTableOp) -> Any:
    table = op.to_table()
    dialects = _dialects([column.type for column in table.columns])
    return (
        [str(CreateTable(table).compile(dialect=dialect)) for dialect in dialects],
        [column.comment for column in table.columns],
        dict(table.kwargs),
        sorted(str(dict(c.dialect_kwargs)) for c in table.constraints),
        [str(index.name) for index in table.indexes],
    )


def _dialects(types: Sequence[TypeEngine[Any]]) -> list[Dialect]:
    """Those that can write all of the types."""
    modules = {type(type_).__module__ for type_ in types}
    found: list[Dialect] = []
    if not any("mysql" in module for module in modules):
        found.append(postgresql.dialect())
    if not any("postgresql" in each for each in modules) and not any(
        isinstance(type_, sa.ARRAY) for type_ in types
    ):
        found.append(mysql.dialect())
    return found

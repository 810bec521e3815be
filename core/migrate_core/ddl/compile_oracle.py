"""Oracle's text: Oracle Database SQL Language Reference, "ALTER TABLE", "CREATE INDEX"."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from migrate_core.ddl.compile import (
    Compiler,
    altering,
    column_text,
    default_text,
    quoted,
    type_text,
)
from migrate_core.ddl.elements import (
    AddColumn,
    AlterColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    IdentityColumnDefault,
    IfMissing,
)
from migrate_core.ddl.objects import AlterSequence


@compiles(AddColumn, "oracle")
def _add_column(element: AddColumn, compiler: Compiler, **_: Any) -> str:
    return f"{altering(compiler, element)} ADD {column_text(compiler, element)}"


def _modifying(compiler: Compiler, element: AlterColumn) -> str:
    return f"{altering(compiler, element)} MODIFY {compiler.preparer.quote(element.column_name)}"


@compiles(ColumnNullable, "oracle")
def _nullable(element: ColumnNullable, compiler: Compiler, **_: Any) -> str:
    return f"{_modifying(compiler, element)} {'NULL' if element.nullable else 'NOT NULL'}"


@compiles(ColumnType, "oracle")
def _type(element: ColumnType, compiler: Compiler, **_: Any) -> str:
    return f"{_modifying(compiler, element)} {type_text(compiler, element.type_)}"


@compiles(ColumnDefault, "oracle")
def _default(element: ColumnDefault, compiler: Compiler, **_: Any) -> str:
    """A default cannot be taken away, and one of NULL is the same as none."""
    default = "NULL" if element.default is None else default_text(compiler, element.default)
    return f"{_modifying(compiler, element)} DEFAULT {default}"


@compiles(IdentityColumnDefault, "oracle")
def _identity(element: IdentityColumnDefault, compiler: Compiler, **_: Any) -> str:
    text = _modifying(compiler, element)
    if element.default is None:
        return f"{text} DROP IDENTITY"
    return f"{text} {compiler.visit_identity_column(element.default)}"


@compiles(ColumnName, "oracle")
def _name(element: ColumnName, compiler: Compiler, **_: Any) -> str:
    old, new = (compiler.preparer.quote(n) for n in (element.column_name, element.newname))
    return f"{altering(compiler, element)} RENAME COLUMN {old} TO {new}"


@compiles(AlterSequence, "oracle")
def _alter_sequence(element: AlterSequence, compiler: Compiler, **_: Any) -> str:
    text = f"ALTER SEQUENCE {quoted(compiler, element.name, element.schema)}"
    if element.changes:
        options = sa.Sequence(element.name, **element.changes)
        text += f" {compiler.get_identity_options(options)}"
    if element.restart is not None:
        text += f" RESTART START WITH {int(element.restart)}"
    return text


@compiles(IfMissing, "oracle")
def _if_missing(element: IfMissing, compiler: Compiler, **_: Any) -> str:
    """Of an index; Oracle 23ai, and SQLAlchemy writes it for tables alone."""
    statement: str = compiler.process(element.statement)
    return statement.replace("INDEX ", "INDEX IF NOT EXISTS ", 1)

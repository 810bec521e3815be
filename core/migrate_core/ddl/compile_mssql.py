"""SQL Server's text: Transact-SQL reference, "ALTER TABLE", "sp_rename", "sp_addextendedproperty".

A name inside a string is written as an identifier first, with its brackets where it needs them, and
then as a string.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from migrate_core.ddl.compile import (
    Compiler,
    altering,
    column_text,
    default_text,
    literal,
    quoted,
    type_text,
)
from migrate_core.ddl.elements import (
    AddColumn,
    AlterTable,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnTypeAndNull,
    DropBoundConstraint,
    IdentityInsert,
    IfMissing,
    RenameTable,
    TableComment,
)
from migrate_core.ddl.objects import RenameConstraint, RenameIndex


@compiles(AddColumn, "mssql")
def _add_column(element: AddColumn, compiler: Compiler, **_: Any) -> str:
    return f"{altering(compiler, element)} ADD {column_text(compiler, element)}"


@compiles(RenameTable, "mssql")
def _rename_table(element: RenameTable, compiler: Compiler, **_: Any) -> str:
    old = literal(compiler, quoted(compiler, element.table_name, element.schema))
    return f"EXEC sp_rename {old}, {compiler.preparer.quote(element.new_table_name)}"


@compiles(ColumnName, "mssql")
def _name(element: ColumnName, compiler: Compiler, **_: Any) -> str:
    table = quoted(compiler, element.table_name, element.schema)
    old = literal(compiler, f"{table}.{compiler.preparer.quote(element.column_name)}")
    return f"EXEC sp_rename {old}, {compiler.preparer.quote(element.newname)}, 'COLUMN'"


@compiles(RenameConstraint, "mssql")
def _rename_constraint(element: RenameConstraint, compiler: Compiler, **_: Any) -> str:
    old = literal(compiler, quoted(compiler, element.old, element.schema))
    return f"EXEC sp_rename {old}, {compiler.preparer.quote(element.new)}, 'OBJECT'"


@compiles(RenameIndex, "mssql")
def _rename_index(element: RenameIndex, compiler: Compiler, **_: Any) -> str:
    table = quoted(compiler, str(element.table_name), element.schema)
    old = literal(compiler, f"{table}.{compiler.preparer.quote(element.name)}")
    return f"EXEC sp_rename {old}, {compiler.preparer.quote(element.new)}, 'INDEX'"


@compiles(ColumnTypeAndNull, "mssql")
def _type_and_null(element: ColumnTypeAndNull, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.column_name)
    text = f"{altering(compiler, element)} ALTER COLUMN {name} "
    text += type_text(compiler, element.type_)
    if element.nullable is None:
        return text
    return text + (" NULL" if element.nullable else " NOT NULL")


@compiles(ColumnDefault, "mssql")
def _default(element: ColumnDefault, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.column_name)
    default = default_text(compiler, element.default)
    return f"{altering(compiler, element)} ADD DEFAULT {default} FOR {name}"


_BOUND = {
    "default": ("sys.default_constraints", ""),
    "check": ("sys.check_constraints", ""),
    "foreign_key": (
        "sys.foreign_keys fk join sys.foreign_key_columns fkc "
        "on fk.object_id=fkc.constraint_object_id",
        "fkc.",
    ),
}


@compiles(DropBoundConstraint, "mssql")
def _drop_bound(element: DropBoundConstraint, compiler: Compiler, **_: Any) -> str:
    """Its name is the server's own choice in most cases, so a batch looks it up and uses it."""
    table = quoted(compiler, element.table_name, element.schema)
    catalogue, prefix = _BOUND[element.kind]
    column = literal(compiler, element.column_name)
    return (
        "declare @const_name varchar(256)\n"
        f"select @const_name = QUOTENAME([name]) from {catalogue}\n"
        f"where {prefix}parent_object_id = object_id({literal(compiler, table)})\n"
        f"and col_name({prefix}parent_object_id, {prefix}parent_column_id) = {column}\n"
        f"exec({literal(compiler, f'alter table {table} drop constraint ')} + @const_name)"
    )


@compiles(ColumnComment, "mssql")
def _column_comment(element: ColumnComment, compiler: Compiler, **_: Any) -> str:
    return (
        f"exec {_property(compiler, element.comment, element.replaces)}, "
        f"{_described(compiler, element)}, 'column', {compiler.preparer.quote(element.column_name)}"
    )


@compiles(TableComment, "mssql")
def _table_comment(element: TableComment, compiler: Compiler, **_: Any) -> str:
    said = _property(compiler, element.comment, element.replaces)
    return f"execute {said}, {_described(compiler, element)}"


def _property(compiler: Compiler, comment: str | None, replaces: bool) -> str:
    """The procedure for a comment: each of the three fails where another one is right."""
    if comment is None:
        return "sp_dropextendedproperty 'MS_Description'"
    verb = "update" if replaces else "add"
    text = compiler.sql_compiler.render_literal_value(comment, sa.NVARCHAR())
    return f"sp_{verb}extendedproperty 'MS_Description', {text}"


def _described(compiler: Compiler, element: AlterTable) -> str:
    schema = compiler.preparer.quote_schema(element.schema)
    return f"'schema', {schema}, 'table', {compiler.preparer.quote(element.table_name)}"


@compiles(IdentityInsert, "mssql")
def _identity_insert(element: IdentityInsert, compiler: Compiler, **_: Any) -> str:
    """Error 8106 where the table has no identity, 545 where the rows bring no value for it."""
    table = quoted(compiler, element.table_name, element.schema)
    columns = ", ".join(literal(compiler, name) for name in element.columns)
    return (
        "IF EXISTS (SELECT 1 FROM sys.identity_columns "
        f"WHERE object_id = OBJECT_ID({literal(compiler, table)}) AND name IN ({columns})) "
        f"SET IDENTITY_INSERT {table} {element.state}"
    )


@compiles(IfMissing, "mssql")
def _if_missing(element: IfMissing, compiler: Compiler, **_: Any) -> str:
    statement = compiler.process(element.statement).strip()
    table = literal(compiler, quoted(compiler, element.table_name, element.schema))
    missing = literal(compiler, element.missing or "")
    condition = {
        "table": f"OBJECT_ID({table}, 'U') IS NULL",
        "column": f"COL_LENGTH({table}, {missing}) IS NULL",
        "index": f"INDEXPROPERTY(OBJECT_ID({table}), {missing}, 'IndexID') IS NULL",
    }[element.kind]
    return f"IF {condition} {statement}"

"""The text of each element, as most databases have it; MySQL and PostgreSQL where they differ.

``compile_mssql``, ``compile_oracle`` and ``compile_sqlite`` say what those have otherwise, and
dialects of third parties add theirs with ``@compiles`` likewise.

Percent signs: SQLAlchemy doubles them in names and literals where the driver needs it, so no text
is pasted that did not go through its preparer or literal renderer. An expression that a migration
gives as text is pasted as written, with its percent signs doubled likewise.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NULLTYPE, TypeEngine

from migrate_core.ddl.elements import (
    AddColumn,
    AlterTable,
    ChangeColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    CreateEnum,
    DropColumn,
    DropConstraintByKind,
    DropEnum,
    IdentityColumnDefault,
    RenameTable,
    Verbatim,
)
from migrate_core.schema import versions

Compiler = Any  # SQLAlchemy's DDLCompiler, whose helper methods its stubs do not all declare


def quoted(compiler: Compiler, name: str, schema: str | None = None) -> str:
    """``name`` as an identifier, with its schema."""
    preparer = compiler.preparer
    text: str = preparer.quote(name)
    return f"{preparer.quote_schema(schema)}.{text}" if schema else text


def alter_table(compiler: Compiler, name: str, schema: str | None) -> str:
    """``ALTER TABLE name``."""
    return f"ALTER TABLE {quoted(compiler, name, schema)}"


def altering(compiler: Compiler, element: AlterTable) -> str:
    """``ALTER TABLE name``, of an element."""
    return alter_table(compiler, element.table_name, element.schema)


def literal(compiler: Compiler, text: str) -> str:
    """``text`` as a string literal."""
    rendered: str = compiler.sql_compiler.render_literal_value(text, sa.String())
    return rendered


def type_text(compiler: Compiler, type_: TypeEngine[Any]) -> str:
    """The type as the dialect writes it."""
    rendered: str = compiler.dialect.type_compiler_instance.process(type_)
    return rendered


def default_text(compiler: Compiler, default: Any) -> str:
    """A server default, whichever form the documented ``server_default`` takes."""
    column = sa.Column("x", NULLTYPE, server_default=default)
    rendered: str = compiler.get_column_default_string(column)
    return rendered


@compiles(AddColumn)
def add_column(element: AddColumn, compiler: Compiler, **_: Any) -> str:
    """``ADD COLUMN``, as most databases have it."""
    return adding_column(compiler, element, column_text(compiler, element))


def adding_column(compiler: Compiler, element: AddColumn, specification: str) -> str:
    """``ADD COLUMN`` and a column's specification."""
    guard = "IF NOT EXISTS " if element.if_not_exists else ""
    return f"{altering(compiler, element)} ADD COLUMN {guard}{specification}"


def column_text(compiler: Compiler, element: AddColumn) -> str:
    """The added column: specification, inline checks, and what was asked to be inline."""
    column = element.column
    text: str = compiler.get_column_specification(column, first_pk=column.primary_key)
    checks = [
        compiler.process(constraint)
        for constraint in column.constraints
        if isinstance(constraint, sa.CheckConstraint)
    ]
    if element.inline_primary_key and column.primary_key:
        text += " PRIMARY KEY"
    if checks:
        text += " " + " ".join(checks)
    if element.inline_references and len(column.foreign_keys) == 1:
        text += inline_reference(compiler, next(iter(column.foreign_keys)))
    return text


def constraint_name(compiler: Compiler, constraint: sa.Constraint) -> str:
    """``CONSTRAINT name``, nothing for one that has no name."""
    name = compiler.preparer.format_constraint(constraint)
    return f" CONSTRAINT {name}" if name else ""


def inline_reference(compiler: Compiler, key: sa.ForeignKey) -> str:
    """``REFERENCES``, for the definition of the column that has the key."""
    constraint = key.constraint
    assert constraint is not None
    referred = key.column.table
    text = (
        f" REFERENCES {quoted(compiler, referred.name, referred.schema)} "
        f"({compiler.preparer.quote(key.column.name)})"
    )
    text += compiler.define_constraint_match(constraint)
    text += compiler.define_constraint_cascades(constraint)
    text += compiler.define_constraint_deferrability(constraint)
    return str(text)


@compiles(DropColumn)
def _drop_column(element: DropColumn, compiler: Compiler, **_: Any) -> str:
    guard = "IF EXISTS " if element.if_exists else ""
    name = compiler.preparer.quote(element.column.name)
    return f"{altering(compiler, element)} DROP COLUMN {guard}{name}"


@compiles(RenameTable)
def rename_table(element: RenameTable, compiler: Compiler, **_: Any) -> str:
    return f"{altering(compiler, element)} RENAME TO {quoted(compiler, element.new_table_name)}"


@compiles(RenameTable, "mysql", "mariadb")
def _rename_table_mysql(element: RenameTable, compiler: Compiler, **_: Any) -> str:
    new = quoted(compiler, element.new_table_name, element.schema)
    return f"{altering(compiler, element)} RENAME TO {new}"


@compiles(ColumnNullable)
def _nullable(element: ColumnNullable, compiler: Compiler, **_: Any) -> str:
    verb = "DROP" if element.nullable else "SET"
    name = compiler.preparer.quote(element.column_name)
    return f"{altering(compiler, element)} ALTER COLUMN {name} {verb} NOT NULL"


@compiles(ColumnType)
def _type(element: ColumnType, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.column_name)
    text = f"{altering(compiler, element)} ALTER COLUMN {name} TYPE "
    text += type_text(compiler, element.type_)
    if element.using:
        text += " USING " + versions.escaped_percents(compiler, element.using)
    return text


@compiles(ColumnName)
def _name(element: ColumnName, compiler: Compiler, **_: Any) -> str:
    old, new = (compiler.preparer.quote(n) for n in (element.column_name, element.newname))
    return f"{altering(compiler, element)} RENAME {old} TO {new}"


@compiles(ColumnDefault)
def _default(element: ColumnDefault, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.column_name)
    text = f"{altering(compiler, element)} ALTER COLUMN {name} "
    if element.default is None:
        return text + "DROP DEFAULT"
    return text + f"SET DEFAULT {default_text(compiler, element.default)}"


@compiles(IdentityColumnDefault)
def _identity(element: IdentityColumnDefault, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.column_name)
    text = f"{altering(compiler, element)} ALTER COLUMN {name} "
    if element.default is None:
        return text + "DROP IDENTITY"
    if element.existing is None:
        return f"{text}ADD {compiler.visit_identity_column(element.default)}"
    return text + _identity_changes(compiler, element.default, element.existing)


def _identity_changes(compiler: Compiler, new: sa.Identity, old: sa.Identity) -> str:
    """``SET`` for each option that differs (PostgreSQL manual, "ALTER TABLE", SET GENERATED)."""
    changes = []
    if bool(new.always) != bool(old.always):
        changes.append(f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}")
    for option, usual in _IDENTITY.items():
        value = getattr(new, option)
        if value != getattr(old, option):
            said = {option: value} if value is not None else usual
            changes.append(f"SET {compiler.get_identity_options(sa.Identity(**said))}")
    return " ".join(changes)


# What an option is when nothing is said of it any more.
_IDENTITY: dict[str, dict[str, Any]] = {
    "start": {"start": 1},
    "increment": {"increment": 1},
    "minvalue": {"nominvalue": True},
    "maxvalue": {"nomaxvalue": True},
    "cycle": {"cycle": False},
    "cache": {"cache": 1},
}


@compiles(ChangeColumn)
def _change_column(element: ChangeColumn, compiler: Compiler, **_: Any) -> str:
    column = element.column
    preparer = compiler.preparer
    names = preparer.quote(element.column_name)
    if element.change:
        names += f" {preparer.quote(column.name)}"
    text = f"{altering(compiler, element)} {'CHANGE' if element.change else 'MODIFY'} {names} "
    text += type_text(compiler, column.type)
    text += " NULL" if column.nullable else " NOT NULL"
    if element.autoincrement:
        text += " AUTO_INCREMENT"
    default = compiler.get_column_default_string(column)
    if default is not None:
        text += f" DEFAULT {default}"
    if column.comment:
        text += f" COMMENT {literal(compiler, column.comment)}"
    return str(text)


@compiles(DropConstraintByKind)
def _drop_by_kind(element: DropConstraintByKind, compiler: Compiler, **_: Any) -> str:
    text = f"{altering(compiler, element)} DROP {element.kind}"
    if element.if_exists:
        text += " IF EXISTS"
    if element.constraint_name is None:
        return text
    return f"{text} {compiler.preparer.quote(element.constraint_name)}"


@compiles(CreateEnum)
def _create_enum(element: CreateEnum, compiler: Compiler, **_: Any) -> str:
    """PostgreSQL has no CREATE TYPE IF NOT EXISTS: the block swallows just that one error."""
    labels = ", ".join(literal(compiler, value) for value in element.values)
    name = quoted(compiler, element.name, element.schema)
    body = (
        f"BEGIN CREATE TYPE {name} AS ENUM ({labels}); "
        "EXCEPTION WHEN duplicate_object THEN NULL; END"
    )
    return f"DO {dollar_quoted(body)}"


def dollar_quoted(body: str) -> str:
    """``body`` between dollar signs, with a tag that does not occur in it."""
    tag = "$migrate$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"{tag} {body} {tag}"


@compiles(DropEnum)
def _drop_enum(element: DropEnum, compiler: Compiler, **_: Any) -> str:
    return f"DROP TYPE IF EXISTS {quoted(compiler, element.name, element.schema)}"


@compiles(Verbatim)
def _verbatim(element: Verbatim, compiler: Compiler, **_: Any) -> str:
    return versions.escaped_percents(compiler, element.text)

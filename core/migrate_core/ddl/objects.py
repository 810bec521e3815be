"""What lives beside the tables, and names: elements and their text.

::

    EnumValueAdded, EnumValueRenamed, EnumReplaced       PostgreSQL
    AlterSequence
    CreateView, DropView
    RenameConstraint, RenameIndex, ValidateConstraint
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import to_instance

from migrate_core.ddl.compile import (
    Compiler,
    altering,
    dollar_quoted,
    literal,
    quoted,
    type_text,
)
from migrate_core.ddl.elements import AlterTable
from migrate_core.operations import Definition
from migrate_core.schema import versions

ViewKind = Literal["VIEW", "MATERIALIZED VIEW"]


class Named(ExecutableDDLElement):
    """A statement about one object beside the tables."""

    def __init__(self, name: str, schema: str | None = None) -> None:
        self.name = name
        self.schema = schema


# -- enums (PostgreSQL manual, "ALTER TYPE") -------------------------------------------------------


class EnumValueAdded(Named):
    """``ADD VALUE``, at the end or before another value."""

    def __init__(
        self,
        name: str,
        value: str,
        schema: str | None = None,
        before: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.value = value
        self.before = before


@compiles(EnumValueAdded)
def _value_added(element: EnumValueAdded, compiler: Compiler, **_: Any) -> str:
    text = f"ALTER TYPE {_quoted(compiler, element)} ADD VALUE {literal(compiler, element.value)}"
    if element.before is None:
        return text
    return f"{text} BEFORE {literal(compiler, element.before)}"


class EnumValueRenamed(Named):
    """``RENAME VALUE``."""

    def __init__(self, name: str, value: str, newvalue: str, schema: str | None = None) -> None:
        super().__init__(name, schema)
        self.value = value
        self.newvalue = newvalue


@compiles(EnumValueRenamed)
def _value_renamed(element: EnumValueRenamed, compiler: Compiler, **_: Any) -> str:
    old, new = literal(compiler, element.value), literal(compiler, element.newvalue)
    return f"ALTER TYPE {_quoted(compiler, element)} RENAME VALUE {old} TO {new}"


class EnumReplaced(Named):
    """A new type in the place of the old one, in all columns that use it.

    PostgreSQL cannot take a value away, nor move one. Which columns there are is asked by the
    statement itself, so that it is right in a script too.
    """

    def __init__(
        self,
        name: str,
        values: Sequence[str],
        replace: Mapping[str, str],
        schema: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.values = tuple(values)
        self.replace: dict[str, str] = dict(replace)


_REPLACE_ENUM = """DECLARE
  used record;
  former text;
BEGIN
  ALTER TYPE {type} RENAME TO {aside_name};
  CREATE TYPE {type} AS ENUM ({labels});
  FOR used IN
    SELECT a.attrelid::regclass AS on_table, a.attname AS on_column,
           a.atttypid <> t.oid AS is_array, pg_get_expr(d.adbin, d.adrelid) AS default_text
    FROM pg_type t
    JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray)
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.oid = {aside_literal}::regtype AND NOT a.attisdropped AND a.attinhcount = 0
    ORDER BY a.attrelid, a.attnum
  LOOP
    IF left(used.default_text, 1) NOT IN ('''', '(', 'A') THEN
      RAISE EXCEPTION 'the default of %.% is computed: drop it before the enum changes',
        used.on_table, used.on_column;
    END IF;
    IF used.default_text IS NOT NULL THEN
      EXECUTE format(CASE WHEN used.is_array THEN {default_of_array} ELSE {default_of_one} END,
                     used.default_text) INTO former;
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', used.on_table, used.on_column);
    END IF;
    EXECUTE format(CASE WHEN used.is_array THEN {using_of_array} ELSE {using_of_one} END,
                   used.on_table, used.on_column);
    IF used.default_text IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %L',
                     used.on_table, used.on_column, former);
    END IF;
  END LOOP;
  DROP TYPE {aside};
END"""


@compiles(EnumReplaced)
def _enum_replaced(element: EnumReplaced, compiler: Compiler, **_: Any) -> str:
    aside_name = f"{element.name[:50]}_replaced"
    type_, aside = (quoted(compiler, name, element.schema) for name in (element.name, aside_name))
    # The statements that the block puts together go through format(), and literal() once more.
    inner_type = versions.unescaped_percents(compiler, type_).replace("%", "%%")
    alter = f"ALTER TABLE %1$s ALTER COLUMN %2$I TYPE {inner_type}"
    default, value = "(%1$s)::text", "%2$I::text"
    statements = {
        "default_of_one": f"SELECT {_replaced(default, element.replace)}",
        "default_of_array": f"SELECT ({_all_replaced(default + '[]', element.replace)})::text",
        "using_of_one": f"{alter} USING ({_replaced(value, element.replace)})::{inner_type}",
        "using_of_array": (
            f"{alter}[] USING ({_all_replaced(value + '[]', element.replace)})::{inner_type}[]"
        ),
    }
    body = versions.escaped_percents(compiler, _REPLACE_ENUM).format(
        type=type_,
        aside=aside,
        aside_name=quoted(compiler, aside_name),
        aside_literal=literal(compiler, versions.unescaped_percents(compiler, aside)),
        labels=", ".join(literal(compiler, each) for each in element.values),
        **{name: literal(compiler, text) for name, text in statements.items()},
    )
    return f"DO {dollar_quoted(body)}"


def _replaced(value: str, replace: Mapping[str, str]) -> str:
    """SQL for one value, with what is replaced replaced."""
    if not replace:
        return value
    cases = " ".join(
        f"WHEN {_inner(old)} THEN {_inner(new)}" for old, new in sorted(replace.items())
    )
    return f"CASE {value} {cases} ELSE {value} END"


def _all_replaced(values: str, replace: Mapping[str, str]) -> str:
    """SQL for an array of values. Its expression may hold no subquery: hence one call in another.

    What replaces is never replaced itself: it is among the new values.
    """
    for old, new in sorted(replace.items()):
        values = f"array_replace({values}, {_inner(old)}, {_inner(new)})"
    return values


def _inner(value: str) -> str:
    """A literal in a statement that format() puts together."""
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"


# -- sequences -------------------------------------------------------------------------------------


class AlterSequence(Named):
    """``ALTER SEQUENCE``."""

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any],
        restart: int | None = None,
        schema: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.changes = dict(options)
        self.restart = restart


@compiles(AlterSequence)
def _alter_sequence(element: AlterSequence, compiler: Compiler, **_: Any) -> str:
    text = f"ALTER SEQUENCE {_quoted(compiler, element)}"
    options: dict[str, Any] = dict(element.changes)
    data_type = options.pop("data_type", None)
    if data_type is not None:
        text += f" AS {type_text(compiler, to_instance(data_type))}"
    if options:
        text += f" {compiler.get_identity_options(sa.Sequence(element.name, **options))}"
    if element.restart is not None:
        text += f" RESTART WITH {int(element.restart)}"
    return text


# -- views -----------------------------------------------------------------------------------------


class CreateView(Named):
    """``CREATE VIEW``.

    :param verb: what stands before the name, such as ``CREATE OR REPLACE VIEW``.
    """

    def __init__(
        self,
        name: str,
        definition: Definition,
        columns: Sequence[str] = (),
        schema: str | None = None,
        verb: str = "CREATE VIEW",
    ) -> None:
        super().__init__(name, schema)
        self.definition = definition
        self.columns = tuple(columns)
        self.verb = verb


@compiles(CreateView)
def _create_view(element: CreateView, compiler: Compiler, **_: Any) -> str:
    text = f"{element.verb} {_quoted(compiler, element)}"
    if element.columns:
        text += f" ({', '.join(compiler.preparer.quote(name) for name in element.columns)})"
    return f"{text} AS {_definition(compiler, element.definition)}"


def _definition(compiler: Compiler, definition: Definition) -> str:
    if isinstance(definition, str):
        return versions.escaped_percents(compiler, definition.strip().rstrip(";"))
    rendered: str = compiler.sql_compiler.process(definition, literal_binds=True)
    return rendered


class DropView(Named):
    """``DROP VIEW``."""

    def __init__(
        self,
        name: str,
        schema: str | None = None,
        if_exists: bool | None = None,
        kind: ViewKind = "VIEW",
    ) -> None:
        super().__init__(name, schema)
        self.if_exists = if_exists
        self.kind = kind


@compiles(DropView)
def _drop_view(element: DropView, compiler: Compiler, **_: Any) -> str:
    guard = "IF EXISTS " if element.if_exists else ""
    return f"DROP {element.kind} {guard}{_quoted(compiler, element)}"


# -- names -----------------------------------------------------------------------------------------


class RenameConstraint(AlterTable):
    """``RENAME CONSTRAINT``."""

    def __init__(self, name: str, old: str, new: str, schema: str | None = None) -> None:
        super().__init__(name, schema)
        self.old = old
        self.new = new


@compiles(RenameConstraint)
def _rename_constraint(element: RenameConstraint, compiler: Compiler, **_: Any) -> str:
    old, new = (compiler.preparer.quote(name) for name in (element.old, element.new))
    return f"{altering(compiler, element)} RENAME CONSTRAINT {old} TO {new}"


class RenameIndex(Named):
    """``ALTER INDEX ... RENAME TO``, or in the words of its table where it belongs to one."""

    def __init__(
        self, name: str, new: str, table_name: str | None = None, schema: str | None = None
    ) -> None:
        super().__init__(name, schema)
        self.new = new
        self.table_name = table_name


@compiles(RenameIndex)
def _rename_index(element: RenameIndex, compiler: Compiler, **_: Any) -> str:
    new = compiler.preparer.quote(element.new)
    return f"ALTER INDEX {_quoted(compiler, element)} RENAME TO {new}"


@compiles(RenameIndex, "mysql", "mariadb")
def _rename_index_mysql(element: RenameIndex, compiler: Compiler, **_: Any) -> str:
    table = quoted(compiler, str(element.table_name), element.schema)
    old, new = (compiler.preparer.quote(name) for name in (element.name, element.new))
    return f"ALTER TABLE {table} RENAME INDEX {old} TO {new}"


class ValidateConstraint(AlterTable):
    """``VALIDATE CONSTRAINT``."""

    def __init__(self, name: str, constraint_name: str, schema: str | None = None) -> None:
        super().__init__(name, schema)
        self.constraint_name = constraint_name


@compiles(ValidateConstraint)
def _validate(element: ValidateConstraint, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.constraint_name)
    return f"{altering(compiler, element)} VALIDATE CONSTRAINT {name}"


@compiles(ValidateConstraint, "oracle")
def _validate_oracle(element: ValidateConstraint, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.constraint_name)
    return f"{altering(compiler, element)} ENABLE VALIDATE CONSTRAINT {name}"


@compiles(ValidateConstraint, "mssql")
def _validate_mssql(element: ValidateConstraint, compiler: Compiler, **_: Any) -> str:
    name = compiler.preparer.quote(element.constraint_name)
    return f"{altering(compiler, element)} WITH CHECK CHECK CONSTRAINT {name}"


def _quoted(compiler: Compiler, element: Named) -> str:
    return quoted(compiler, element.name, element.schema)

"""One statement each, as a SQLAlchemy DDL element; ``compile`` gives them their text.

::

    AlterTable
    ├── AddColumn, DropColumn, RenameTable
    └── AlterColumn
        ├── ColumnNullable, ColumnType, ColumnName, ColumnDefault
        ├── IdentityColumnDefault, ComputedColumnDefault
        ├── ChangeColumn                     MySQL restates the whole column
        ├── ColumnTypeAndNull                SQL Server has no statement for one of the two
        ├── ColumnComment                    SQL Server tells adding from changing
        └── DropBoundConstraint              SQL Server, where only the server knows the name
    DropConstraintByKind                     MySQL names the kind of constraint
    TableComment, IdentityInsert             SQL Server
    IfMissing                                SQL Server: a statement run only where it is needed
    CreateEnum, DropEnum                     PostgreSQL
    Verbatim                                 text as it is to be sent
    Rows                                     a statement and the rows it is run with
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.expression import Executable
from sqlalchemy.types import TypeEngine


class AlterTable(ExecutableDDLElement):
    """``ALTER TABLE ...``."""

    def __init__(self, table_name: str, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema


class AddColumn(AlterTable):
    """``ADD COLUMN``; references and primary key only where asked to be inline."""

    def __init__(
        self,
        name: str,
        column: sa.Column[Any],
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key


class DropColumn(AlterTable):
    """``DROP COLUMN``."""

    def __init__(
        self,
        name: str,
        column: sa.Column[Any],
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column = column
        self.if_exists = if_exists


class RenameTable(AlterTable):
    """``RENAME TO``."""

    def __init__(self, old_table_name: str, new_table_name: str, schema: str | None = None) -> None:
        super().__init__(old_table_name, schema)
        self.new_table_name = new_table_name


class AlterColumn(AlterTable):
    """``ALTER COLUMN ...``; with what the operation says of the column as it is."""

    def __init__(
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_nullable: bool | None = None,
        existing_server_default: Any | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column_name = column_name
        self.existing_type = existing_type
        self.existing_nullable = existing_nullable
        self.existing_server_default = existing_server_default
        self.existing_comment = existing_comment


class ColumnNullable(AlterColumn):
    """``SET NOT NULL`` or ``DROP NOT NULL``."""

    def __init__(self, name: str, column_name: str, nullable: bool, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.nullable = nullable


class ColumnType(AlterColumn):
    """``TYPE``, with the expression that converts the values where one is given."""

    def __init__(
        self,
        name: str,
        column_name: str,
        type_: TypeEngine[Any],
        using: str | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.type_ = type_
        self.using = using


class ColumnName(AlterColumn):
    """``RENAME COLUMN``."""

    def __init__(self, name: str, column_name: str, newname: str, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.newname = newname


class ColumnDefault(AlterColumn):
    """``SET DEFAULT`` or, where there is none, ``DROP DEFAULT``."""

    def __init__(self, name: str, column_name: str, default: Any | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class ComputedColumnDefault(AlterColumn):
    """Make a column a computed one: for dialects of third parties, no built-in one has it."""

    def __init__(self, name: str, column_name: str, default: sa.Computed | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class IdentityColumnDefault(AlterColumn):
    """Make a column an identity, change its options, or make it a plain column."""

    def __init__(
        self,
        name: str,
        column_name: str,
        default: sa.Identity | None,
        existing: sa.Identity | None,
        **kw: Any,
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default
        self.existing = existing


class ChangeColumn(AlterColumn):
    """``MODIFY`` or, with another name, ``CHANGE``: the column is restated whole.

    MySQL manual 15.1.9, "ALTER TABLE": attributes not restated are lost.
    """

    def __init__(
        self,
        name: str,
        column: sa.Column[Any],
        *,
        column_name: str,
        change: bool,
        autoincrement: bool | None,
        schema: str | None = None,
    ) -> None:
        super().__init__(name, column_name, schema)
        self.column = column
        self.change = change
        self.autoincrement = autoincrement


class ColumnTypeAndNull(AlterColumn):
    """``ALTER COLUMN name type NULL``: what is not said of the two becomes the default.

    :param nullable: None where it is not known.
    """

    def __init__(
        self,
        name: str,
        column_name: str,
        type_: TypeEngine[Any],
        nullable: bool | None,
        schema: str | None = None,
    ) -> None:
        super().__init__(name, column_name, schema)
        self.type_ = type_
        self.nullable = nullable


class ColumnComment(AlterColumn):
    """A column's comment, which is added, updated or, where it is None, dropped."""

    def __init__(self, name: str, column_name: str, comment: str | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.comment = comment

    @property
    def replaces(self) -> bool:
        """Whether there is a comment already."""
        return bool(self.existing_comment)


class DropBoundConstraint(AlterColumn):
    """Drop the default, CHECK or foreign key of a column by the name that the catalogue has."""

    def __init__(
        self,
        name: str,
        column_name: str,
        kind: Literal["default", "check", "foreign_key"],
        schema: str | None = None,
    ) -> None:
        super().__init__(name, column_name, schema)
        self.kind = kind


class TableComment(AlterTable):
    """A table's comment, which is added, updated or, where it is None, dropped.

    :param replaces: whether there is a comment already.
    """

    def __init__(self, name: str, comment: str | None, schema: str, *, replaces: bool) -> None:
        super().__init__(name, schema)
        self.comment = comment
        self.replaces = replaces


class IdentityInsert(AlterTable):
    """Let rows bring values for an identity column, or stop letting them.

    :param columns: what the rows bring; where no identity is among them, nothing is to be done.
    """

    def __init__(
        self,
        name: str,
        state: Literal["ON", "OFF"],
        columns: Sequence[str],
        schema: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.state = state
        self.columns = tuple(columns)


class IfMissing(AlterTable):
    """A statement that runs only where the table, or what it adds to the table, is not there.

    :param kind: what has to be missing.
    :param missing: the name of the column or index; None where the table is meant.
    """

    def __init__(
        self,
        statement: ExecutableDDLElement,
        kind: Literal["table", "column", "index"],
        name: str,
        missing: str | None = None,
        schema: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.statement = statement
        self.kind = kind
        self.missing = missing


class DropConstraintByKind(AlterTable):
    """``DROP FOREIGN KEY``, ``DROP INDEX``, ``DROP PRIMARY KEY`` or ``DROP CONSTRAINT``."""

    def __init__(
        self,
        name: str,
        constraint_name: str | None,
        kind: str,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.constraint_name = constraint_name
        self.kind = kind
        self.if_exists = if_exists


class CreateEnum(ExecutableDDLElement):
    """``CREATE TYPE ... AS ENUM``, unless the type is there."""

    def __init__(self, name: str, values: Sequence[str], schema: str | None = None) -> None:
        self.name = name
        self.values = tuple(values)
        self.schema = schema


class DropEnum(ExecutableDDLElement):
    """``DROP TYPE IF EXISTS``."""

    def __init__(self, name: str, schema: str | None = None) -> None:
        self.name = name
        self.schema = schema


class Verbatim(ExecutableDDLElement):
    """Text as it is to be sent: nothing in it is a parameter."""

    def __init__(self, text: str) -> None:
        self.text = text


@dataclass(frozen=True, slots=True)
class Rows:
    """A statement and the rows it is run with, in one round trip where the driver can."""

    statement: Executable
    rows: Sequence[dict[str, Any]]


Element = ExecutableDDLElement | Executable | Rows
"""What a channel can send."""

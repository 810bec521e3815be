"""Columns: add, alter, drop."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa

from migrate_core.operations import keywords
from migrate_core.operations.base import (
    AlterTableOp,
    BatchInvoker,
    Invoker,
    NamingSource,
    SQLType,
    convention_of,
)
from migrate_core.schema import build

_ALTER = frozenset(
    {
        "autoincrement",
        "existing_autoincrement",
        "insert_after",
        "insert_before",
        "postgresql_using",
    }
)
_DROP = frozenset(
    {
        "existing_comment",
        "existing_nullable",
        "existing_server_default",
        "existing_type",
        "mssql_drop_check",
        "mssql_drop_default",
        "mssql_drop_foreign_key",
    }
)


class AddColumnOp(AlterTableOp):
    """Add a column, with the index, unique constraint and foreign key that it declares."""

    def __init__(
        self,
        table_name: str,
        column: sa.Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key
        self.kw = kw

    @classmethod
    def from_column(cls, col: sa.Column[Any]) -> AddColumnOp:
        """The operation that adds ``col`` to the table it belongs to."""
        return cls(col.table.name, col, schema=col.table.schema)

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: sa.Column[Any]
    ) -> AddColumnOp:
        """The operation that adds ``col`` to the table of that name."""
        return cls(tname, col, schema=schema)

    def to_column(self) -> sa.Column[Any]:
        """The column as it was given."""
        return self.column

    def column_on_table(self, migration_context: NamingSource | None = None) -> sa.Column[Any]:
        """A copy of the column on a stub of its table, named by the convention."""
        return build.column_on(
            self.table_name,
            self.column,
            schema=self.schema,
            convention=convention_of(migration_context),
        )

    def reverse(self) -> DropColumnOp:
        return DropColumnOp.from_column_and_tablename(self.schema, self.table_name, self.column)

    def to_diff_tuple(self) -> tuple[str, str | None, str, sa.Column[Any]]:
        return ("add_column", self.schema, self.table_name, self.to_column())

    @classmethod
    def add_column(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        column: sa.Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column with the index, unique constraint and foreign key that it declares.

        :param column: one that is NOT NULL needs a ``server_default`` where the table has rows.
        :param if_not_exists: whether a column of that name that is there is left as it is; not all
            databases can.
        :param inline_references: whether its one foreign key stands in its definition, as
            ``REFERENCES``, and not in a statement of its own.
        :param inline_primary_key: whether ``PRIMARY KEY`` stands in its definition.
        :raises OperationError: the database cannot do it, or rows would have no value in the
            column; nothing was sent.
        """
        operations.invoke(
            cls(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    @classmethod
    def batch_add_column(
        cls,
        operations: BatchInvoker,
        /,
        column: sa.Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, at the end or beside another one."""
        operations.invoke(
            cls(
                operations.table_name,
                column,
                schema=operations.schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
                **_given(insert_before=insert_before, insert_after=insert_after),
            )
        )


class DropColumnOp(AlterTableOp):
    """Drop a column and its values."""

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddColumnOp | None = None,
        **kw: Any,
    ) -> None:
        keywords.check("drop_column", kw, _DROP)
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.if_exists = if_exists
        self.kw = kw
        self._reverse = _reverse

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: sa.Column[Any]
    ) -> DropColumnOp:
        """The operation that drops ``col`` and can be reversed into adding it."""
        return cls(
            tname,
            col.name,
            schema=schema,
            _reverse=AddColumnOp.from_column_and_tablename(schema, tname, col),
        )

    def to_column(self, migration_context: NamingSource | None = None) -> sa.Column[Any]:
        """The column as far as it is known."""
        if self._reverse is not None:
            return self._reverse.column
        return build.column_on(
            self.table_name,
            sa.Column(self.column_name, sa.types.NULLTYPE),
            schema=self.schema,
            convention=convention_of(migration_context),
        )

    def reverse(self) -> AddColumnOp:
        """The operation that adds the column again, without its values.

        :raises ValueError: the column's type is not known.
        """
        if self._reverse is None:
            raise ValueError(
                f"the type of {self.table_name}.{self.column_name} is not known: cannot reverse"
            )
        return AddColumnOp.from_column_and_tablename(
            self.schema, self.table_name, self._reverse.column
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, sa.Column[Any]]:
        return ("remove_column", self.schema, self.table_name, self.to_column())

    @classmethod
    def drop_column(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column and its values.

        :param kw: ``existing_type``, ``existing_nullable``, ``existing_server_default`` and
            ``existing_comment``, for the reverse; ``mssql_drop_default``, ``mssql_drop_check`` and
            ``mssql_drop_foreign_key``: drop what SQL Server has under a name of its own first.
        :raises OperationError: something that is kept needs the column; nothing was sent.
        """
        operations.invoke(cls(table_name, column_name, schema=schema, **kw))

    @classmethod
    def batch_drop_column(cls, operations: BatchInvoker, /, column_name: str, **kw: Any) -> None:
        """Drop a column and its values."""
        operations.invoke(cls(operations.table_name, column_name, schema=operations.schema, **kw))


class AlterColumnOp(AlterTableOp):
    """Change some of a column's properties.

    ``False`` leaves a default or comment alone, ``None`` removes it. What ``existing_*`` says is
    needed where the database restates the whole column (MySQL, MariaDB) or to reverse the change.
    """

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        existing_type: Any | None = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        modify_nullable: bool | None = None,
        modify_comment: str | Literal[False] | None = False,
        modify_server_default: Any = False,
        modify_name: str | None = None,
        modify_type: Any | None = None,
        **kw: Any,
    ) -> None:
        own = (key for key in kw if not key.startswith("modify_"))  # those are plugins' own
        keywords.check("alter_column", own, _ALTER)
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.existing_type = existing_type
        self.existing_server_default = existing_server_default
        self.existing_nullable = existing_nullable
        self.existing_comment = existing_comment
        self.modify_nullable = modify_nullable
        self.modify_comment = modify_comment
        self.modify_server_default = modify_server_default
        self.modify_name = modify_name
        self.modify_type = modify_type
        self.kw = kw

    def has_changes(self) -> bool:
        """Whether anything is to be changed."""
        return (
            self.modify_nullable is not None
            or self.modify_comment is not False
            or self.modify_server_default is not False
            or self.modify_name is not None
            or self.modify_type is not None
            or any(key.startswith("modify_") for key in self.kw)
        )

    def reverse(self) -> AlterColumnOp:
        forward = {
            "nullable": (self.existing_nullable, self.modify_nullable, None),
            "type": (self.existing_type, self.modify_type, None),
            "server_default": (self.existing_server_default, self.modify_server_default, False),
            "comment": (self.existing_comment, self.modify_comment, False),
        }
        kw: dict[str, Any] = _turned(self.kw)
        for aspect, (existing, modified, untouched) in forward.items():
            if modified is untouched:
                kw[f"existing_{aspect}"] = existing
            else:
                kw[f"existing_{aspect}"] = modified
                kw[f"modify_{aspect}"] = existing
        if self.modify_name is not None:
            kw["modify_name"] = self.column_name
        return AlterColumnOp(
            self.table_name, self.modify_name or self.column_name, schema=self.schema, **kw
        )

    def to_diff_tuple(self) -> Any:
        """A list of tuples, one for each property that changes."""
        where = (self.schema, self.table_name, self.column_name)
        existing: dict[str, Any] = {
            "existing_nullable": self.existing_nullable,
            "existing_type": self.existing_type,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        changes = [
            ("type", self.existing_type, self.modify_type, None),
            ("nullable", self.existing_nullable, self.modify_nullable, None),
            ("default", self.existing_server_default, self.modify_server_default, False),
            ("comment", self.existing_comment, self.modify_comment, False),
            ("name", self.column_name, self.modify_name, None),
        ]
        return [
            (
                f"modify_{aspect}",
                *where,
                {k: v for k, v in existing.items() if not k.endswith(aspect)},
                old,
                new,
            )
            for aspect, old, new, untouched in changes
            if new is not untouched
        ]

    @classmethod
    def alter_column(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: Any = False,
        new_column_name: str | None = None,
        type_: SQLType | None = None,
        existing_type: SQLType | None = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: what is given is changed, all else stays.

        MySQL, MariaDB and SQL Server restate the column, and need the ``existing_*`` of what stays.

        :param nullable: whether it takes NULL.
        :param comment: its comment; False leaves it alone, None removes it.
        :param server_default: its default: text, an expression, a Computed or an Identity; False
            leaves it alone, None removes it.
        :param new_column_name: its new name.
        :param type_: its new type.
        :param existing_type: the type that it has; a Boolean's or Enum's CHECK is replaced by it.
        :param kw: ``postgresql_using``: the expression that makes new values of the old ones;
            ``autoincrement`` and ``existing_autoincrement`` (MySQL); ``insert_before`` and
            ``insert_after`` in a batch.
        :raises OperationError: the database cannot do it, or what it needs to know was not given;
            nothing was sent.
        """
        operations.invoke(
            cls(
                table_name,
                column_name,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **kw,
            )
        )

    @classmethod
    def batch_alter_column(
        cls,
        operations: BatchInvoker,
        /,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: Any = False,
        new_column_name: str | None = None,
        type_: SQLType | None = None,
        existing_type: SQLType | None = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column."""
        operations.invoke(
            cls(
                operations.table_name,
                column_name,
                schema=operations.schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **_given(insert_before=insert_before, insert_after=insert_after),
                **kw,
            )
        )


def _turned(kw: dict[str, Any]) -> dict[str, Any]:
    """A dialect's options for the way back: how values are converted there is not known here."""
    turned = {key: value for key, value in kw.items() if key != "postgresql_using"}
    if "autoincrement" in kw:
        turned["existing_autoincrement"] = kw["autoincrement"]
        turned["autoincrement"] = kw.get("existing_autoincrement")
    return turned


def _given(**kw: str | None) -> dict[str, str]:
    return {key: value for key, value in kw.items() if value is not None}

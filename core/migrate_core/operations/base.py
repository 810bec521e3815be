"""What every operation is: a value that says what may be asked of a schema.

Operations are mutable by contract: documented hooks and plugins change them in place before they
are rendered or run. They hold no connection and run nothing; ``ddl`` says how each is done.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy.types import TypeEngine

from migrate_core.schema.build import Convention

SQLType = TypeEngine[Any] | type[TypeEngine[Any]]


class NamingSource(Protocol):
    """Whatever knows the naming convention that applies: the documented MigrationContext does."""

    @property
    def naming_convention(self) -> Convention | None: ...


class MigrateOperation:
    """One thing asked of a schema."""

    _mutations: frozenset[Any] = frozenset()
    """The Rewriters that made it: each rewrites an operation once."""

    @property
    def info(self) -> dict[Any, Any]:
        """A place for a plugin's own notes on this operation."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return notes

    def reverse(self) -> MigrateOperation:
        """The operation that undoes this one.

        :raises NotImplementedError: this kind cannot be undone without knowing more.
        """
        raise NotImplementedError(f"{type(self).__name__} has no reverse")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """This operation as the documented tuple, whose first item names the difference.

        :raises NotImplementedError: this kind is never found by comparing.
        """
        raise NotImplementedError(f"{type(self).__name__} has no diff tuple")


class Invoker(Protocol):
    """What operations are handed to: the documented Operations does them."""

    def invoke(self, operation: MigrateOperation) -> Any: ...


class BatchInvoker(Invoker, Protocol):
    """The same for one table: the documented BatchOperations collects them."""

    @property
    def table_name(self) -> str: ...

    @property
    def schema(self) -> str | None: ...


class AlterTableOp(MigrateOperation):
    """Something asked of one table."""

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema


def convention_of(source: NamingSource | None) -> Convention | None:
    """The naming convention of ``source``, None where there is no source."""
    return source.naming_convention if source is not None else None

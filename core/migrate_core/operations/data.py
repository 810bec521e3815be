"""Rows and raw SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import Executable, TableClause

from migrate_core.operations.base import Invoker, MigrateOperation


class ExecuteSQLOp(MigrateOperation):
    """Run a statement."""

    def __init__(
        self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None
    ) -> None:
        self.sqltext = sqltext
        self.execution_options = execution_options

    def to_diff_tuple(self) -> tuple[str, Executable | str]:
        return ("execute", self.sqltext)

    @classmethod
    def execute(
        cls,
        operations: Invoker,
        /,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Run a statement.

        :param sqltext: an expression of SQLAlchemy's, or text, in which ``:name`` is a parameter
            and ``\\:`` a colon.
        :param execution_options: of the connection, for this statement.
        """
        operations.invoke(cls(sqltext, execution_options=execution_options))

    @classmethod
    def batch_execute(
        cls,
        operations: Invoker,
        /,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Run a statement at once, before the changes that a batch has collected."""
        operations.invoke(cls(sqltext, execution_options=execution_options))


class BulkInsertOp(MigrateOperation):
    """Insert rows.

    :raises TypeError: ``rows`` is not a list of dictionaries.
    """

    def __init__(
        self,
        table: sa.Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TypeError("bulk_insert takes a list of dictionaries, one for each row")
        self.table = table
        self.rows = rows
        self.multiinsert = multiinsert

    @classmethod
    def bulk_insert(
        cls,
        operations: Invoker,
        /,
        table: sa.Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows.

        :param table: what ``op.create_table()`` returned, or ``sa.table(...)`` with columns that
            have types.
        :param rows: a mapping for each, by the names of the columns.
        :param multiinsert: whether all go in one statement; otherwise each has one of its own, in
            which expressions and defaults may differ.
        """
        operations.invoke(cls(table, rows, multiinsert=multiinsert))

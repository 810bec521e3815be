"""Operations on their way to the database: the dialect's statements, or a rebuilt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from migrate_core.database.channel import Channel
from migrate_core.ddl import DDL
from migrate_core.errors import ConnectionNeeded, TableUnknown, UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    DropColumnOp,
    DropConstraintOp,
    MigrateOperation,
    ModifyTableOps,
    NamingSource,
    OpContainer,
    RenameConstraintOp,
    RenameIndexOp,
)

if TYPE_CHECKING:
    from migrate_core import batch
    from migrate_core.runtime.recreation import Recreating


class Applier:
    """Sends operations through a channel."""

    def __init__(self, ddl: DDL, channel: Channel) -> None:
        self.ddl = ddl
        self.channel = channel

    def apply(self, op: MigrateOperation) -> Any:
        """Do ``op``; a created table is returned, for rows to be inserted.

        :raises OperationError: it cannot be done here; nothing was changed by this operation.
        """
        if isinstance(op, ModifyTableOps):
            return self.alter(op.table_name, op.ops, schema=op.schema)
        if isinstance(op, OpContainer):
            for inner in op.ops:
                self.apply(inner)
            return None
        if self.ddl.alters_by_rebuild and (table := _altered_table(op)) is not None:
            return self.alter(table[0], [op], schema=table[1])
        return self._send([op])

    def alter(
        self,
        table_name: str,
        ops: Sequence[MigrateOperation],
        *,
        schema: str | None = None,
        options: batch.Options | None = None,
        naming: NamingSource | None = None,
    ) -> None:
        """Do several operations on one table, by one rebuild where the database needs it."""
        from migrate_core import batch
        from migrate_core.runtime import altering, recreation

        options = options or batch.DEFAULTS
        if not self.ddl.alters_by_rebuild:
            recreation.refuse_options(table_name, options, self.ddl)
            asked = recreation.Recreating(table_name, schema, ops, options.partial_reordering)
            self._alter_or_recreate(asked, options.recreate)
            return
        try:
            table, known = altering.found(self.channel, table_name, schema, options)
        except TableUnknown as unknown:
            self._send_unseen(ops, unknown)
            return
        names = naming or self.ddl.naming
        plan = batch.plan(table, ops, known, dialect=self.ddl.dialect, naming=names)
        self.channel.about(*ops)
        altering.carry_out(plan, self.channel)

    def _alter_or_recreate(self, asked: Recreating, recreate: batch.Recreate) -> None:
        """Plain ALTERs; a new table only where one is asked for."""
        from migrate_core.runtime import recreation

        if recreate != "always":
            recreation.refuse_order(asked, self.ddl)
            self._send(asked.ops)
            return
        connection = self.channel.connection
        if connection is None:
            raise ConnectionNeeded(
                f"batch_alter_table({asked.table_name!r}, recreate='always') reads the table"
            )
        self.channel.about(*asked.ops)
        for element in recreation.elements(asked, self.ddl, connection):
            self.channel.send(element)

    def _send(self, ops: Sequence[MigrateOperation]) -> sa.Table | None:
        """Make all statements before the first is sent: what cannot be done is refused then.

        :return: the table that was created first, if one was.
        """
        made = [(op, tuple(self.ddl.elements(op))) for op in ops]
        for op, elements in made:
            self.channel.about(op)
            for element in elements:
                self.channel.send(element)
        sent = (element for _, elements in made for element in elements)
        return next((each.element for each in sent if isinstance(each, CreateTable)), None)

    def _send_unseen(self, ops: Sequence[MigrateOperation], unknown: TableUnknown) -> None:
        """Send what the database can do to a table that was not read.

        :raises TableUnknown: it cannot do all of it.
        """
        try:
            self._send(ops)
        except UnsupportedOperation:
            raise unknown from None


def _altered_table(op: MigrateOperation) -> tuple[str, str | None] | None:
    """The existing table that ``op`` alters, None where it does not alter one."""
    match op:
        case AddColumnOp() | DropColumnOp() | AlterColumnOp():
            return op.table_name, op.schema
        case AddConstraintOp() | DropConstraintOp() | RenameConstraintOp():
            return op.table_name, op.schema
        case RenameIndexOp(table_name=str(name)):
            return name, op.schema
    return None

"""Oracle: each property of a column by a MODIFY of its own; DDL commits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from migrate_core.ddl.base import DDL
from migrate_core.ddl.elements import Element, IfMissing
from migrate_core.ddl.script import ScriptStyle
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import AddColumnOp


class OracleDDL(DDL):
    """Oracle Database SQL Language Reference, "ALTER TABLE", "COMMENT"."""

    script = ScriptStyle(begin=None, commit=None, terminator="", separator="/")
    unconditional = (AddColumnOp,)
    matches = False
    materializes = True
    has_schemas = False
    no_comment = ""

    def adapt(self, column: sa.Column[Any]) -> None:
        """A computed column is virtual here, however often it is read."""
        if column.computed is not None and column.computed.persisted:
            raise UnsupportedOperation(
                f"computed and stored column {column.table.name}.{column.name}",
                self.dialect.name,
                "it computes such columns when they are read, and stores none",
                "Leave persisted=True out for this database.",
            )

    def index(self, index: sa.Index, *, if_not_exists: bool) -> Element:
        create = CreateIndex(index)
        if not if_not_exists:
            return create
        assert index.table is not None
        return IfMissing(create, "index", index.table.name, index.name, index.table.schema)

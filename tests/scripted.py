"""Operations that write down their statements instead of sending them, for tests of the SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.url import make_url
from sqlalchemy.schema import ExecutableDDLElement

from migrate_core import ddl
from migrate_core.api.context import MigrationContext
from migrate_core.api.operations import Operations
from migrate_core.operations import MigrateOperation


def dialect(name: str) -> Dialect:
    """A dialect that no connection has told anything; its percent signs are not doubled."""
    return cast(Dialect, make_url(f"{name}://").get_dialect()(paramstyle="named"))


class Script:
    """Stands where a migration context and its applier stand; keeps what they would send."""

    connection = None
    naming_convention = None

    def __init__(self, dialect_name: str) -> None:
        self.dialect = dialect(dialect_name)
        self.ddl = ddl.for_dialect(self.dialect)
        self.statements: list[str] = []

    @property
    def applier(self) -> Script:
        return self

    def apply(self, op: MigrateOperation) -> None:
        self.alter("", [op])

    def alter(self, table_name: str, ops: Sequence[MigrateOperation], **_: Any) -> None:
        for element in [element for op in ops for element in self.ddl.elements(op)]:
            self.statements.extend(self._texts(element))

    def _texts(self, element: ddl.Element) -> Iterator[str]:
        if isinstance(element, ddl.Rows):
            for row in element.rows:
                yield from self._texts(cast(sa.Insert, element.statement).values(row))
            return
        if isinstance(element, ExecutableDDLElement):
            text = str(element.compile(dialect=self.dialect))
        else:
            statement: Any = element
            statement.compile(dialect=self.dialect).construct_params()  # each has a value
            literals = {"literal_binds": True}
            text = str(statement.compile(dialect=self.dialect, compile_kwargs=literals))
        yield " ".join(text.split()) + self.ddl.script.terminator
        if self.ddl.script.separator:
            yield self.ddl.script.separator


def operations(dialect_name: str) -> tuple[Operations, list[str]]:
    """``op`` for a dialect, and the list that it fills."""
    script = Script(dialect_name)
    return Operations(cast(MigrationContext, script)), script.statements

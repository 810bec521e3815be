"""A database that is brought from one set of models to another, by migrations that are written out.

::

    database = Modelled(engine)
    up, down = database.migration(models)   what `flask db migrate` would write, as source
    database.run(up)
    database.words(models)                  what still differs
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from migrate_core import api, ddl, op, render
from migrate_core.autogenerate import trimmed
from migrate_core.database import scopes
from migrate_core.database.channel import Online
from migrate_core.operations import DowngradeOps, OpContainer, describe, leaves
from migrate_core.runtime.comparison import Comparison
from migrate_core.runtime.events import Event
from migrate_core.settings import Settings


@dataclass
class Modelled:
    """One database; `told` are the events of the last comparison."""

    engine: sa.Engine
    settings: Settings = field(default_factory=Settings)
    told: list[Event] = field(default_factory=list)

    def words(self, *models: sa.MetaData) -> list[str]:
        """What differs from the models, in words."""
        return [describe(each) for each in leaves(self._compared(models))]

    def migration(self, *models: sa.MetaData) -> tuple[str, str]:
        """The source that makes the database what the models say, and the source that undoes it."""
        upgrade = self._compared(models)
        downgrade = upgrade.reverse_into(DowngradeOps())
        return self._source(upgrade), self._source(downgrade)

    def run(self, source: str) -> None:
        """Run a migration's source as an upgrade would."""
        with self.engine.connect() as connection:
            context = self._context(connection, ())
            scope = context.transactions
            with scope.whole(), scope.each(), api.running(context):
                exec(source, {"op": op})

    def _compared(self, models: Sequence[sa.MetaData]) -> OpContainer:
        self.told.clear()
        with self.engine.connect() as connection:
            return self.comparison(connection, *models).upgrade_ops()

    def comparison(self, connection: sa.Connection, *models: sa.MetaData) -> Comparison:
        """The models beside the database, on a connection of the caller's."""
        context = api.AutogenContext(self._context(connection, models))
        return Comparison(connection, models, self.settings, self.told.append, context)

    def _context(
        self, connection: sa.Connection, models: Sequence[sa.MetaData]
    ) -> api.MigrationContext:
        implementation = ddl.for_dialect(connection.dialect)
        scope = scopes.of(
            connection, self.settings, _nobody, transactional=implementation.transactional
        )
        return api.MigrationContext.on(Online(connection), self.settings, models, scope)

    def _source(self, ops: OpContainer) -> str:
        ops.ops[:] = trimmed(ops.ops)
        written = render.body(ops.ops, render.Writer(dialect=self.engine.dialect))
        return "\n".join(["import sqlalchemy as sa", *written.imports, *written.lines])


def _nobody(holder: str) -> None:
    """Nobody else works on the database of one test."""

"""The version table: one row for each head of what is applied.

Its name, column and primary key are those that Alembic writes, so that a database it managed is
recognised as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.errors import VersionTableMismatch
from migrate_core.graph import HeadChange
from migrate_core.settings import Settings


class VersionTable:
    """Reads and writes the heads of one database."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.table = sa.Table(
            settings.version_table,
            sa.MetaData(),
            sa.Column("version_num", sa.String(32), nullable=False),
            schema=settings.version_table_schema,
        )
        self.table.append_constraint(
            sa.PrimaryKeyConstraint("version_num", name=f"{settings.version_table}_pkc")
        )

    @property
    def name(self) -> str:
        """Its name, with the schema where there is one."""
        return self.table.fullname

    def exists(self) -> bool:
        """Whether it is there."""
        return sa.inspect(self.connection).has_table(self.table.name, schema=self.table.schema)

    def heads(self) -> tuple[str, ...]:
        """The revisions it holds, sorted; none where there is no table."""
        if not self.exists():
            return ()
        rows = self.connection.execute(sa.select(self.table.c.version_num)).scalars()
        return tuple(sorted(rows))

    def ensure(self) -> None:
        """Make it, unless it is there."""
        if not self.exists():
            self.connection.execute(sa.schema.CreateTable(self.table))

    def apply(self, change: HeadChange) -> None:
        """Write one step's change.

        :raises VersionTableMismatch: a row to delete or update was not there, or was there twice.
        """
        column = self.table.c.version_num
        for revision in change.delete:
            found = self.connection.execute(sa.delete(self.table).where(column == revision))
            self._expect_one(revision, found.rowcount)
        for old, new in change.update:
            found = self.connection.execute(
                sa.update(self.table).where(column == old).values(version_num=new)
            )
            self._expect_one(old, found.rowcount)
        for revision in change.insert:
            self.connection.execute(sa.insert(self.table).inline().values(version_num=revision))

    def replace(self, heads: tuple[str, ...]) -> None:
        """Forget what it holds and write ``heads``."""
        self.connection.execute(sa.delete(self.table))
        self.apply(HeadChange(delete=(), update=(), insert=heads))

    def _expect_one(self, revision: str, found: int) -> None:
        if self.connection.dialect.supports_sane_rowcount and found != 1:
            raise VersionTableMismatch(self.name, revision, 1, found)

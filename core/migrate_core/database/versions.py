"""The version table: one row for each head of what is applied.

Its name, column and primary key are those that Alembic writes, so that a database it managed is
recognised as it is. A dialect's class may make another one, of which ``version_num`` is used here.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import CreateTable

from migrate_core.errors import VersionTableMismatch
from migrate_core.graph import HeadChange
from migrate_core.settings import Settings


class VersionTable:
    """Reads and writes the heads of one database."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.table = _table(settings)
        # Made once: a run of thousands of steps sends each of them thousands of times.
        column = self.table.c.version_num
        self._delete = sa.delete(self.table).where(column == sa.bindparam("old"))
        self._update = sa.update(self.table).where(column == sa.bindparam("old"))
        self._update = self._update.values(version_num=sa.bindparam("new"))
        self._insert = sa.insert(self.table).inline()

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
            self.connection.execute(CreateTable(self.table))

    def apply(self, change: HeadChange) -> None:
        """Write one step's change.

        :raises VersionTableMismatch: a row to delete or update was not there, or was there twice.
        """
        for revision in change.delete:
            found = self.connection.execute(self._delete, {"old": revision})
            self.expect_one(revision, found.rowcount)
        for old, new in change.update:
            found = self.connection.execute(self._update, {"old": old, "new": new})
            self.expect_one(old, found.rowcount)
        for revision in change.insert:
            self.connection.execute(self._insert, {"version_num": revision})

    def replace(self, heads: tuple[str, ...]) -> None:
        """Forget what it holds and write ``heads``."""
        self.connection.execute(sa.delete(self.table))
        self.apply(HeadChange(delete=(), update=(), insert=heads))

    def expect_one(self, revision: str, found: int) -> None:
        """Let a count of rows pass that is 1.

        :raises VersionTableMismatch: it is another.
        """
        if self.connection.dialect.supports_sane_rowcount and found != 1:
            raise VersionTableMismatch(self.name, revision, 1, found)


class VersionScript:
    """The statements for the version table of a database that a script will be run on.

    :param dialect: one for scripts: its literals are for a client.
    """

    def __init__(self, dialect: Dialect, settings: Settings) -> None:
        self._table = _table(settings)
        preparer = dialect.identifier_preparer
        self._name = preparer.format_table(self._table)
        self._column = preparer.format_column(self._table.c.version_num)
        self._compiler = dialect.statement_compiler(dialect, None)

    def create(self) -> CreateTable:
        """The statement that makes it."""
        return CreateTable(self._table)

    def changes(self, change: HeadChange) -> Iterator[str]:
        """The statements for one step."""
        here = f"{self._name}.{self._column}"
        for revision in change.delete:
            yield f"DELETE FROM {self._name} WHERE {here} = {self._literal(revision)}"
        for old, new in change.update:
            yield (
                f"UPDATE {self._name} SET {self._column}={self._literal(new)} "
                f"WHERE {here} = {self._literal(old)}"
            )
        for revision in change.insert:
            yield (f"INSERT INTO {self._name} ({self._column}) VALUES ({self._literal(revision)})")

    def _literal(self, revision: str) -> str:
        if revision.isalnum():
            return f"'{revision}'"  # as generated ones are: nothing in it to be escaped
        return str(self._compiler.render_literal_value(revision, self._table.c.version_num.type))


def documented(
    *, version_table: str, version_table_schema: str | None, version_table_pk: bool
) -> sa.Table:
    """The version table that Alembic writes."""
    table = sa.Table(
        version_table,
        sa.MetaData(),
        sa.Column("version_num", sa.String(32), nullable=False),
        schema=version_table_schema,
    )
    if version_table_pk:
        table.append_constraint(sa.PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc"))
    return table


def _table(settings: Settings) -> sa.Table:
    make = settings.version_table_impl or documented
    table: sa.Table = make(
        version_table=settings.version_table,
        version_table_schema=settings.version_table_schema,
        version_table_pk=settings.version_table_pk,
    )
    return table

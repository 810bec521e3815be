"""A SQLite database, in a file and in memory, and what the runtime does with a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from migrate_core import batch
from migrate_core.database.channel import Online
from migrate_core.runtime import altering


class Database:
    """One connection, foreign keys enforced, transactions as they are written."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.run("PRAGMA foreign_keys=ON")

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.exec_driver_sql(statement)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.exec_driver_sql(sql)]

    def sql(self, name: str) -> str:
        """The text of a table, index, trigger or view."""
        return str(self.rows(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")[0][0])

    def master(self) -> dict[str, str]:
        """All texts by name; what SQLite made by itself has none."""
        return dict(self.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

    def plan(self, table: str, *ops: Any, naming: Any = None, **options: Any) -> batch.Plan:
        """What is to be done; options are those of ``batch_alter_table``."""
        schema, dialect = options.pop("schema", None), self.connection.dialect
        chosen = batch.Options(**options)
        read, known = altering.found(Online(self.connection), table, schema, chosen)
        return batch.plan(read, ops, known, dialect=dialect, naming=naming)

    def change(self, table: str, *ops: Any, **kw: Any) -> batch.Plan:
        """Plan and do it, in a transaction with foreign keys off, checked before it commits."""
        self.run("PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE")
        try:
            plan = self.plan(table, *ops, **kw)
            altering.carry_out(plan, Online(self.connection))
            assert self.rows("PRAGMA foreign_key_check") == []
        except BaseException:
            self.run("ROLLBACK")
            raise
        else:
            self.run("COMMIT")
        finally:
            self.run("PRAGMA foreign_keys=ON")
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA legacy_alter_table") == [(0,)]
        return plan


@pytest.fixture(params=["file", "memory"])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    url = request.getfixturevalue("sqlite_url") if request.param == "file" else "sqlite://"
    engine = sa.create_engine(url, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield Database(connection)
    engine.dispose()

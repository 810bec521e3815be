"""How a step ends: what changes in the version table, and the end of its journal row.

MySQL and MariaDB update rows of two tables in one statement (MySQL manual 15.2.17, "multiple-table
syntax"), so that the usual step, which moves one row, costs a round trip less.
"""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from migrate_core.database.journal import END, Ending, Journal
from migrate_core.database.versions import VersionTable
from migrate_core.graph import HeadChange

TWO_TABLES = frozenset({"mysql", "mariadb"})


class Ends:
    """Writes the ends of one run's steps.

    :param journal: None where it is turned off.
    """

    def __init__(self, versions: VersionTable, journal: Journal | None) -> None:
        self._versions = versions
        self._journal = journal

    def write(self, change: HeadChange, ending: Ending | None) -> None:
        """Write one step's end.

        :param ending: of its journal row; None where that is written with others.
        :raises VersionTableMismatch: a row to delete or update was not there, or was there twice.
        """
        if ending is not None and self._journal is not None:
            if self._in_one(change, ending):
                return
            self._journal.finish(ending)
        self._versions.apply(change)

    def _in_one(self, change: HeadChange, ending: Ending) -> bool:
        """Whether one statement has written both."""
        connection = self._versions.connection
        if connection.dialect.name not in TWO_TABLES or change.delete or change.insert:
            return False
        if len(change.update) != 1:
            return False
        [(old, new)] = change.update
        values = {f"new_{name}": value for name, value in ending.values.items()}
        found = connection.execute(
            self._both, {"old": old, "new": new, "row": ending.row, **values}
        ).rowcount
        # A row that is not there joins to none, and nothing was written: each table by itself then
        # tells which one it was. What is counted is the rows of both.
        if found:
            self._versions.expect_one(old, found - 1)
        return found > 0

    @cached_property
    def _both(self) -> sa.TextClause:
        """Made once, for a run of thousands of steps.

        As text, because an Update without a join condition is taken for a mistake and warned of.
        """
        assert self._journal is not None
        quoted = self._versions.connection.dialect.identifier_preparer
        versions, log = (
            quoted.format_table(table) for table in (self._versions.table, self._journal.table)
        )
        written = [f"{log}.{quoted.quote(name)} = :new_{name}" for name in END]
        # The table that is read first is updated in place, the other one by way of a temporary
        # table, which goes to the disk where it holds a TEXT (MariaDB: "Memory Storage Engine"):
        # so the journal is read first.
        return sa.text(
            f"UPDATE {log} STRAIGHT_JOIN {versions}"
            f" SET {versions}.version_num = :new, {', '.join(written)}"
            f" WHERE {versions}.version_num = :old AND {log}.id = :row"
        )

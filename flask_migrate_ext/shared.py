"""One history for several databases: a file has an ``upgrade_users()`` for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from migrate_core.migrations import Migrations
from migrate_core.operations import MigrationScript
from migrate_core.runtime.requests import Generated
from migrate_core.runtime.settling import Ask
from migrate_core.scripts import Rebased


class SharedMigrations(Migrations):
    """The Migrations of the first database, which write files for all of them.

    Whatever runs a migration is called on the Migrations of each database instead.
    """

    each: tuple[Migrations, ...]

    @classmethod
    def of(cls, each: Sequence[Migrations]) -> SharedMigrations:
        """The history of these databases."""
        made = cls.__new__(cls)
        vars(made).update(vars(each[0]))
        made.each = tuple(each)
        made.metadata = tuple(metadata for one in each for metadata in one.metadata)
        return made

    @property
    def database(self) -> str:
        """The databases' addresses, passwords masked."""
        return ", ".join(one.database for one in self.each)

    def having(self, **options: Any) -> SharedMigrations:
        """The same history with other options."""
        other = copy(self)
        other.each = tuple(one.having(**options) for one in self.each)
        other.settings = other.each[0].settings
        return other

    def rebase(self, revision: str, onto: str = "head") -> Rebased:
        """Give a revision that is applied to none of the databases another parent, in its file.

        :raises CannotRebase: it is applied to one, or as the engine has it.
        """
        graph = self.history().graph
        ids = {each.id for each in self.show(revision)}

        def applied(one: Migrations) -> bool:
            known = [row for row in one.current() if row in graph]
            return not ids.isdisjoint(graph.ancestors(known))

        refusing = next(filter(applied, self.each), self.each[0])
        return refusing.rebase(revision, onto)

    def generate(
        self, message: str | None = None, *, ask: Ask | None = None, **options: Any
    ) -> Generated | None:
        """Write one migration that brings each database to its models; None where none differs.

        Answers are to the questions of one database, and are given for that one alone.
        """
        compared: list[MigrationScript] = []
        *others, last = [one for one in self.each if any(each.tables for each in one.metadata)] or [
            self.each[0]
        ]
        for one in others:
            _taking(one, compared, write=False).generate(message, ask=ask, **options)
        return _taking(last, compared, write=True).generate(message, ask=ask, **options)


def _taking(one: Migrations, compared: list[MigrationScript], *, write: bool) -> Migrations:
    """The Migrations of a database whose comparison is put with those before it.

    :param write: whether it is the last, and the file is written.
    """
    own = one.settings.process_revision_directives
    name = one.settings.engine_name

    def take(context: Any, revision: tuple[str, ...], directives: list[Any]) -> None:
        made: MigrationScript = directives[0]
        if own is not None:
            own(context, revision, directives)
        if directives:
            for direction in made.upgrade_ops_list:
                direction.upgrade_token = f"{name}_upgrades"
            for opposite in made.downgrade_ops_list:
                opposite.downgrade_token = f"{name}_downgrades"
            compared.append(made)
        directives.clear()
        if write and compared:
            made.upgrade_ops = [ops for each in compared for ops in each.upgrade_ops_list]
            made.downgrade_ops = [ops for each in compared for ops in each.downgrade_ops_list]
            made.imports = set().union(*(each.imports for each in compared))
            directives.append(made)

    return one.having(process_revision_directives=take)

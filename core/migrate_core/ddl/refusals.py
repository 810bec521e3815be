"""What a database does not have, said before anything runs."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import AlterColumnOp, MigrateOperation, describe
from migrate_core.schema import versions


class Refusals:
    """Raises :class:`UnsupportedOperation` with what to do instead."""

    dialect: Dialect

    unconditional: ClassVar[tuple[type[MigrateOperation], ...]] = ()
    """What it has no IF EXISTS or IF NOT EXISTS for."""

    excludes: ClassVar[bool] = False
    """Whether it has EXCLUDE constraints."""

    defers: ClassVar[bool] = True
    """Whether it has DEFERRABLE constraints."""

    matches: ClassVar[bool] = True
    """Whether its foreign keys take MATCH."""

    def refuse_condition(self, op: MigrateOperation, kind: type[MigrateOperation]) -> None:
        """Some have IF EXISTS for a few statements only, and would run into a syntax error.

        :param kind: the operation whose statement would carry the condition of ``op``.
        """
        for keyword in ("if_exists", "if_not_exists"):
            if getattr(op, keyword, None) and issubclass(kind, self.unconditional):
                raise UnsupportedOperation(
                    f"{describe(op)}, with {keyword}",
                    self.dialect.name,
                    "its grammar has no such condition here",
                    f"Leave {keyword} out, or ask sa.inspect(op.get_bind()) what is there.",
                )

    def refuse_constraint(self, constraint: sa.Constraint) -> None:
        """Constraints that this database would reject, or take for something else."""
        table = constraint.table
        what = f"constraint {constraint.name} on {table.name}"
        if not self.excludes and versions.is_exclusion(constraint):
            raise UnsupportedOperation(
                f"EXCLUDE {what}",
                self.dialect.name,
                "only PostgreSQL has such constraints",
                "Leave it out for this database, or keep the rule with a trigger.",
            )
        timed = constraint.deferrable is not None or constraint.initially is not None
        if timed and not self.defers:
            raise UnsupportedOperation(
                f"deferrable {what}",
                self.dialect.name,
                "it checks each constraint at once",
                "Leave deferrable= and initially= out for this database.",
            )
        if (
            not self.matches
            and isinstance(constraint, sa.ForeignKeyConstraint)
            and constraint.match is not None
        ):
            raise UnsupportedOperation(
                f"MATCH {constraint.match} of {what}",
                self.dialect.name,
                "its foreign keys have no MATCH",
                "Leave match= out for this database.",
            )

    def refuse_computed(self, op: AlterColumnOp) -> None:
        """No database turns a plain column into a computed one, or back."""
        if isinstance(op.modify_server_default, sa.Computed) or isinstance(
            op.existing_server_default, sa.Computed
        ):
            if op.modify_server_default is False:
                return
            raise UnsupportedOperation(
                f"changing the computed expression of {op.table_name}.{op.column_name}",
                self.dialect.name,
                "a column cannot become computed, or stop being so",
                "Drop the column and add it again with its new expression.",
            )

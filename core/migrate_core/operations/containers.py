"""Operations that hold others: one table's changes, one direction, one migration file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from migrate_core.operations.base import MigrateOperation

Direction = TypeVar("Direction", bound="OpContainer")


class OpContainer(MigrateOperation):
    """A list of operations."""

    def __init__(self, ops: Sequence[MigrateOperation] = ()) -> None:
        self.ops: list[MigrateOperation] = list(ops)

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.ops

    def reverse(self) -> MigrateOperation:
        """The reverse of each operation, last first."""
        return OpContainer([op.reverse() for op in reversed(self.ops)])

    def as_diffs(self) -> Any:
        """The documented tuples of all that is in it; a column's changes are one inner list."""
        return [op.to_diff_tuple() for op in leaves(self)]


class ModifyTableOps(OpContainer):
    """Changes of one table, which are rendered and run together."""

    def __init__(
        self, table_name: str, ops: Sequence[MigrateOperation], *, schema: str | None = None
    ) -> None:
        super().__init__(ops)
        self.table_name = table_name
        self.schema = schema

    def reverse(self) -> ModifyTableOps:
        return ModifyTableOps(
            self.table_name, [op.reverse() for op in reversed(self.ops)], schema=self.schema
        )


class UpgradeOps(OpContainer):
    """What ``upgrade()`` does."""

    def __init__(
        self, ops: Sequence[MigrateOperation] = (), upgrade_token: str = "upgrades"
    ) -> None:
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse(self) -> DowngradeOps:
        return self.reverse_into(DowngradeOps())

    def reverse_into(self, downgrade_ops: DowngradeOps) -> DowngradeOps:
        """Fill ``downgrade_ops`` with the reverse of each operation, last first."""
        downgrade_ops.ops[:] = [op.reverse() for op in reversed(self.ops)]
        return downgrade_ops


class DowngradeOps(OpContainer):
    """What ``downgrade()`` does."""

    def __init__(
        self, ops: Sequence[MigrateOperation] = (), downgrade_token: str = "downgrades"
    ) -> None:
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self) -> UpgradeOps:
        return UpgradeOps([op.reverse() for op in reversed(self.ops)])


class MigrationScript(MigrateOperation):
    """One migration file that is to be written. Several directions may share it."""

    def __init__(
        self,
        rev_id: str | None,
        upgrade_ops: UpgradeOps,
        downgrade_ops: DowngradeOps,
        *,
        message: str | None = None,
        imports: set[str] | None = None,
        head: str | None = None,
        splice: bool | None = None,
        branch_label: str | Sequence[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> None:
        self.rev_id = rev_id
        self.message = message
        self.imports: set[str] = set() if imports is None else imports
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self._upgrade_ops = [upgrade_ops]
        self._downgrade_ops = [downgrade_ops]

    @property
    def upgrade_ops(self) -> UpgradeOps:
        """The one upgrade.

        :raises ValueError: there are several; see :attr:`upgrade_ops_list`.
        """
        return _only(self._upgrade_ops, "upgrade_ops")

    @upgrade_ops.setter
    def upgrade_ops(self, value: UpgradeOps | list[UpgradeOps]) -> None:
        self._upgrade_ops = list(value) if isinstance(value, (list, tuple)) else [value]

    @property
    def downgrade_ops(self) -> DowngradeOps:
        """The one downgrade.

        :raises ValueError: there are several; see :attr:`downgrade_ops_list`.
        """
        return _only(self._downgrade_ops, "downgrade_ops")

    @downgrade_ops.setter
    def downgrade_ops(self, value: DowngradeOps | list[DowngradeOps]) -> None:
        self._downgrade_ops = list(value) if isinstance(value, (list, tuple)) else [value]

    @property
    def upgrade_ops_list(self) -> list[UpgradeOps]:
        """All upgrades, one for each database."""
        return self._upgrade_ops

    @property
    def downgrade_ops_list(self) -> list[DowngradeOps]:
        """All downgrades, one for each database."""
        return self._downgrade_ops


def leaves(container: OpContainer) -> Iterator[MigrateOperation]:
    """The operations themselves, out of whatever containers they are in."""
    for op in container.ops:
        if isinstance(op, OpContainer):
            yield from leaves(op)
        else:
            yield op


def _only(ops: list[Direction], name: str) -> Direction:
    if len(ops) != 1:
        raise ValueError(f"this migration has {len(ops)} {name}: use {name}_list")
    return ops[0]

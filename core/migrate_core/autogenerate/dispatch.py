"""The documented comparators: functions of plugins and projects that take part in a comparison.

::

    autogenerate  (context, upgrade_ops)
    schema        (context, upgrade_ops, schemas)
    table         (context, modify_table_ops, schema, table_name, stored | None, model | None)
    column        (context, alter_column_op, schema, table_name, column_name, stored, model)

Those of one target run by priority. Those of one ``subgroup`` are a chain, which ends where one
returns ``PriorityDispatchResult.STOP``; chains that are named as below have our own comparison in
them too, which then counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, TypeVar

import sqlalchemy as sa

from migrate_core.autogenerate.facts import TableKey
from migrate_core.operations import (
    AddConstraintOp,
    AlterColumnOp,
    AlterEnumOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    MigrateOperation,
    ModifyTableOps,
    UpgradeOps,
)


class DispatchPriority(IntEnum):
    """When a comparator runs among those of its chain."""

    FIRST = 50
    MEDIUM = 25
    LAST = 10


class PriorityDispatchResult(Enum):
    """What a comparator may return."""

    CONTINUE = "continue"
    STOP = "stop"


Comparator = Callable[..., Any]
Registered = TypeVar("Registered", bound=Comparator)

TARGETS = ("autogenerate", "schema", "table", "column")

Pairs = Mapping[TableKey, "tuple[sa.Table | None, sa.Table | None]"]
"""Each table as it is stored and as the models have it, None where it is not there."""


@dataclass(frozen=True, slots=True)
class _Entry:
    function: Comparator
    target: str
    qualifier: str
    priority: int
    subgroup: str | None


class PriorityDispatcher:
    """Functions by target, called in the order of their priority."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def dispatch_for(
        self,
        target: str,
        *,
        priority: int = DispatchPriority.MEDIUM,
        qualifier: str = "default",
        subgroup: str | None = None,
    ) -> Callable[[Registered], Registered]:
        """A decorator for a function of a target.

        :param qualifier: the name of a dialect, for a function for that one only.
        :param subgroup: the chain that it can end.
        """

        def register(function: Registered) -> Registered:
            self._entries.append(_Entry(function, target, qualifier, priority, subgroup))
            return function

        return register

    def dispatch(self, target: str, *, qualifier: str = "default") -> Callable[..., None]:
        """A function that calls those of a target with what it is called with."""

        def call(*arguments: Any, **kw: Any) -> None:
            for chain in self.chains(target, qualifier).values():
                _called(chain, *arguments, **kw)

        return call

    def branch(self) -> PriorityDispatcher:
        """The same, to which more can be added."""
        branch = PriorityDispatcher()
        branch.populate_with(self)
        return branch

    def populate_with(self, other: PriorityDispatcher) -> None:
        """Add all that ``other`` has."""
        self._entries.extend(other._entries)

    def chains(self, target: str, qualifier: str) -> dict[str | None, list[_Entry]]:
        """The functions of a target by their chain, in the order in which they run."""
        found: dict[str | None, list[_Entry]] = {}
        for entry in sorted(self._entries, key=lambda entry: -entry.priority):
            if entry.target == target and entry.qualifier in (qualifier, "default"):
                found.setdefault(entry.subgroup, []).append(entry)
        return found


class Comparators(PriorityDispatcher):
    """What was registered to take part in comparisons."""

    def dispatch_for(
        self,
        target: str,
        *,
        priority: int = DispatchPriority.MEDIUM,
        qualifier: str = "default",
        subgroup: str | None = None,
    ) -> Callable[[Registered], Registered]:
        """A decorator for a function of one of the targets above.

        :raises ValueError: there is no such target.
        """
        if target not in TARGETS:
            raise ValueError(f"there is no target {target!r}; there are {', '.join(TARGETS)}")
        return super().dispatch_for(
            target, priority=priority, qualifier=qualifier, subgroup=subgroup
        )

    @property
    def packages(self) -> frozenset[str]:
        """The packages whose functions were registered."""
        return frozenset(str(e.function.__module__).partition(".")[0] for e in self._entries)

    @property
    def empty(self) -> bool:
        """Whether nothing was."""
        return not self._entries

    def copy(self) -> Comparators:
        """The same, to which more can be added."""
        copied = Comparators()
        copied.populate_with(self)
        return copied


# -- what we compare in the same chains ------------------------------------------------------------

ASPECTS: Mapping[str | None, tuple[str, Any, int]] = {
    "types": ("modify_type", None, DispatchPriority.LAST),
    "nullable": ("modify_nullable", None, DispatchPriority.MEDIUM),
    "server_default": ("modify_server_default", False, DispatchPriority.LAST),
    "comments": ("modify_comment", False, DispatchPriority.MEDIUM),
}
"""A column's chains: the attribute that our answer is in, what it is untouched, our priority."""

_KINDS: Mapping[str | None, tuple[type[MigrateOperation], ...]] = {
    "indexes": (CreateIndexOp, DropIndexOp, CreateUniqueConstraintOp),
    "foreignkeys": (CreateForeignKeyOp,),
    "comments": (CreateTableCommentOp, DropTableCommentOp),
    "checkconstraints": (CreateCheckConstraintOp,),
    "enums": (CreateEnumOp, AlterEnumOp, DropEnumOp),
}
"""A table's chains, and enum types: the operations that our answer is made of."""

_DROPPED: Mapping[str | None, str] = {
    "indexes": "unique",
    "foreignkeys": "foreignkey",
    "checkconstraints": "check",
}


def is_ours(chain: str | None, op: MigrateOperation) -> bool:
    """Whether one of a table's operations is what we compare in a chain."""
    if isinstance(op, DropConstraintOp):
        return op.constraint_type is not None and op.constraint_type == _DROPPED.get(chain)
    return isinstance(op, _KINDS.get(chain, ()))


# -- running ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Dispatch:
    """One comparison's call of what was registered; ``upgrade`` is changed in place.

    :param context: what each function gets first.
    :param wants: whether a column, as it is stored and as the model has it, takes part.
    """

    comparators: Comparators
    context: Any
    dialect: str
    upgrade: UpgradeOps
    wants: Callable[[sa.Column[Any], sa.Column[Any]], bool]
    _table_chains: dict[str | None, list[_Entry]] = field(init=False)
    _column_chains: dict[str | None, list[_Entry]] = field(init=False)

    def __post_init__(self) -> None:
        self._table_chains = self.comparators.chains("table", self.dialect)
        self._column_chains = self.comparators.chains("column", self.dialect)

    def run(self, pairs: Pairs, schemas: Sequence[str | None]) -> None:
        """Call all there are, from the whole to the column."""
        self._whole("autogenerate")
        self._whole("schema", set(schemas))
        if not (self._table_chains or self._column_chains):
            return
        for key, (stored, model) in pairs.items():
            self._table(key, stored, model)

    def _whole(self, target: str, *arguments: Any) -> None:
        for chain in self.comparators.chains(target, self.dialect).values():
            _called(chain, self.context, self.upgrade, *arguments)

    def _table(self, key: TableKey, stored: sa.Table | None, model: sa.Table | None) -> None:
        schema, name = key
        changes = self._changes(key)
        if stored is not None and model is not None:
            for column in model.columns if self._column_chains else ():
                there = stored.columns.get(column.name)
                if there is not None and self.wants(there, column):
                    self._column(changes, key, there, column)
        for chain, entries in self._table_chains.items():
            ours = [op for each in self._all(key) for op in each.ops if is_ours(chain, op)]
            before = [e for e in entries if e.priority > DispatchPriority.MEDIUM]
            arguments = (self.context, changes, schema, name, stored, model)
            if _called(before, *arguments):
                for each in self._all(key, changes):
                    each.ops[:] = [op for op in each.ops if op not in ours]
            else:
                _called([e for e in entries if e not in before], *arguments)
        if changes.ops and changes not in self.upgrade.ops:
            self.upgrade.ops.insert(self._place(), changes)
        elif not changes.ops and changes in self.upgrade.ops:
            self.upgrade.ops.remove(changes)

    def _column(
        self, changes: ModifyTableOps, key: TableKey, stored: sa.Column[Any], model: sa.Column[Any]
    ) -> None:
        op = _altering(changes, key, stored)
        for chain, entries in self._column_chains.items():
            arguments = (self.context, op, *key, model.name, stored, model)
            attribute, untouched, ours = ASPECTS.get(chain, ("", None, 0))
            answer = getattr(op, attribute) if attribute else None
            if attribute:
                setattr(op, attribute, untouched)
            before = [entry for entry in entries if entry.priority > ours]
            if _called(before, *arguments):
                continue
            if attribute and getattr(op, attribute) is untouched:
                setattr(op, attribute, answer)
            _called([entry for entry in entries if entry not in before], *arguments)
        if op.has_changes() and op not in changes.ops:
            changes.ops.insert(_place_of_column(changes.ops), op)
        elif not op.has_changes() and op in changes.ops:
            changes.ops.remove(op)

    def _all(self, key: TableKey, *more: ModifyTableOps) -> Iterator[ModifyTableOps]:
        """What changes a table, which may be in several places because of its foreign keys."""
        for op in self.upgrade.ops:
            if isinstance(op, ModifyTableOps) and (op.schema, op.table_name) == key:
                yield op
        yield from (op for op in more if op not in self.upgrade.ops)

    def _changes(self, key: TableKey) -> ModifyTableOps:
        """The table's changes, foreign keys that stand apart aside; empty where it has none."""
        for op in self._all(key):
            if not all(is_ours("foreignkeys", inner) for inner in op.ops):
                return op
        return ModifyTableOps(key[1], [], schema=key[0])

    def _place(self) -> int:
        """After what is created, before what changes or goes."""
        created = (CreateTableOp, CreateIndexOp, CreateEnumOp)
        places = [i for i, op in enumerate(self.upgrade.ops) if isinstance(op, created)]
        first = next(
            (i for i, op in enumerate(self.upgrade.ops) if isinstance(op, DropTableOp)),
            len(self.upgrade.ops),
        )
        return places[-1] + 1 if places else first


def _called(entries: Sequence[_Entry], *arguments: Any, **kw: Any) -> bool:
    """Whether one of them ended the chain."""
    return any(e.function(*arguments, **kw) is PriorityDispatchResult.STOP for e in entries)


def _altering(changes: ModifyTableOps, key: TableKey, stored: sa.Column[Any]) -> AlterColumnOp:
    for op in changes.ops:
        if isinstance(op, AlterColumnOp) and op.column_name == stored.name:
            return op
    return AlterColumnOp(
        key[1],
        stored.name,
        schema=key[0],
        existing_type=stored.type,
        existing_nullable=stored.nullable,
        existing_server_default=False if stored.server_default is None else stored.server_default,
        existing_comment=stored.comment,
    )


def _place_of_column(ops: Sequence[MigrateOperation]) -> int:
    """Before the columns that go, and the indexes and constraints that come."""
    later = (DropColumnOp, CreateIndexOp, AddConstraintOp)
    return next((i for i, op in enumerate(ops) if isinstance(op, later)), len(ops))

"""Which comparisons take part, under the names that ``autogenerate_plugins`` has for them.

=====================================  ====================================================
alembic.autogenerate.schemas, .tables  all of it: there is nothing to compare without tables
alembic.autogenerate.types             types of columns
alembic.autogenerate.constraints       indexes, unique constraints, foreign keys, nullability
alembic.autogenerate.defaults          server defaults
alembic.autogenerate.comments          comments of tables and columns
alembic.ext.checkconstraint_byname     CHECK constraints, unless taken out with ``~``
migrate_core.autogenerate.enums        enum types, unless taken out or a plugin compares them
=====================================  ====================================================

A :class:`Plugin` has a name beside these, and takes part where a pattern asks for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, ClassVar

from migrate_core.autogenerate.dispatch import (
    ASPECTS,
    DispatchPriority,
    PriorityDispatcher,
    is_ours,
)
from migrate_core.errors import ConfigurationError
from migrate_core.operations import AlterColumnOp, OpContainer, UpgradeOps

_CHECKS = "alembic.ext.checkconstraint_byname"

_ENUMS = "migrate_core.autogenerate.enums"

_CHAINS = {
    "alembic.autogenerate.schemas": (),
    "alembic.autogenerate.tables": (),
    "alembic.autogenerate.types": ("types",),
    "alembic.autogenerate.constraints": ("indexes", "foreignkeys", "nullable"),
    "alembic.autogenerate.defaults": ("server_default",),
    "alembic.autogenerate.comments": ("comments",),
    _CHECKS: ("checkconstraints",),
    "alembic.autogenerate.checkconstraint_byname": ("checkconstraints",),
    _ENUMS: ("enums",),
}

_AT_FIRST = (_CHECKS, "alembic.autogenerate.checkconstraint_byname", _ENUMS)
"""What Alembic does not compare by itself, and this does."""

_INSTEAD: Mapping[str, str] = {"alembic_postgresql_enum": _ENUMS}
"""Packages that compare what this does as well: both would be one too many."""


_GROUP = "alembic.plugins"
"""The documented entry points: each names a module with a function ``setup(plugin)``."""


class Plugin:
    """Comparisons of one package, under a name of their own.

    :raises ValueError: there is one of that name.
    """

    known: ClassVar[dict[str, Plugin]] = {}
    """It is the documented interface that a plugin belongs to the program."""

    def __init__(self, name: str) -> None:
        if name in self.known or name in _CHAINS:
            raise ValueError(f"a plugin named {name!r} is there already")
        self.name = name
        self.comparators = PriorityDispatcher()
        self.known[name] = self

    def remove(self) -> None:
        """Forget it."""
        self.known.pop(self.name, None)

    def add_autogenerate_comparator(
        self,
        fn: Callable[..., Any],
        compare_target: str,
        compare_element: str | None = None,
        *,
        qualifier: str = "default",
        priority: DispatchPriority = DispatchPriority.MEDIUM,
    ) -> None:
        """Let a function take part in comparisons.

        :param compare_target: autogenerate, schema, table or column.
        :param compare_element: the chain that it can end, such as ``types``.
        :param qualifier: the name of a dialect, for a function for that one only.
        """
        register = self.comparators.dispatch_for(
            compare_target, priority=priority, qualifier=qualifier, subgroup=compare_element
        )
        register(fn)

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Make a plugin of a module: its ``setup(plugin)`` adds what it has.

        :raises ValueError: there is a plugin of that name.
        """
        plugin = cls(name)
        try:
            module.setup(plugin)
        except BaseException:
            plugin.remove()
            raise

    @classmethod
    def populate_autogenerate_priority_dispatch(
        cls, comparators: PriorityDispatcher, include_plugins: Sequence[str]
    ) -> None:
        """Add what the plugins have that ``include_plugins`` asks for."""
        for name in sorted(_chosen(include_plugins, cls.known, at_first=())):
            comparators.populate_with(cls.known[name].comparators)


def load_installed() -> None:
    """Make plugins of the installed packages that name one as their entry point."""
    for point in _installed(tuple(sys.path)):
        if point.name not in Plugin.known and point.name not in _CHAINS:
            Plugin.setup_plugin_from_module(point.load(), point.name)


@cache
def _installed(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The entry points of what can be imported; to find them, each package's metadata is read."""
    return tuple(entry_points(group=_GROUP))


def left_out(patterns: Sequence[str], packages: Collection[str] = ()) -> frozenset[str]:
    """The names of comparisons that ``patterns`` do not ask for, or that a package does.

    :param packages: those whose comparators were registered.
    :param patterns: names in which ``*`` stands for one part; ``~`` takes out what follows it.
    :raises ConfigurationError: one that asks for something, and there is no such name.
    """
    for pattern in patterns:
        if not pattern.startswith("~") and not any(
            _matches(pattern, name) for name in (*_CHAINS, *Plugin.known)
        ):
            raise ConfigurationError(
                f"autogenerate_plugins: nothing is named {pattern!r}.",
                f"There are: {', '.join((*_CHAINS, *Plugin.known))}.",
            )
    theirs = {name for package, name in _INSTEAD.items() if package in packages}
    return (frozenset(_CHAINS) - _chosen(patterns, _CHAINS, _AT_FIRST)) | theirs


def _chosen(
    patterns: Sequence[str], names: Iterable[str], at_first: Iterable[str]
) -> frozenset[str]:
    """The names that patterns ask for, taken one after the other."""
    chosen = set(at_first)
    for pattern in patterns:
        found = {name for name in names if _matches(pattern.removeprefix("~"), name)}
        chosen = chosen - found if pattern.startswith("~") else chosen | found
    return frozenset(chosen)


def without(upgrade: UpgradeOps, names: frozenset[str]) -> None:
    """Take what the comparisons of these names found out of ``upgrade``."""
    if {"alembic.autogenerate.schemas", "alembic.autogenerate.tables"} & names:
        upgrade.ops.clear()
    chains = [chain for name in sorted(names) for chain in _CHAINS[name]]
    if chains:
        _prune(upgrade, chains)


def _prune(container: OpContainer, chains: Sequence[str]) -> None:
    for op in container.ops:
        if isinstance(op, OpContainer):
            _prune(op, chains)
        elif isinstance(op, AlterColumnOp):
            for attribute, untouched, _priority in (ASPECTS[c] for c in chains if c in ASPECTS):
                setattr(op, attribute, untouched)
    container.ops[:] = [
        op
        for op in container.ops
        if not (isinstance(op, AlterColumnOp) and not op.has_changes())
        and not (isinstance(op, OpContainer) and op.is_empty())
        and not any(is_ours(chain, op) for chain in chains)
    ]


def _matches(pattern: str, name: str) -> bool:
    parts = (re.escape(part).replace(r"\*", r"[^.]*") for part in pattern.split("."))
    return re.fullmatch(r"\.".join(parts), name) is not None

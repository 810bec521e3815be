"""Which of our comparisons take part, under the names that ``autogenerate_plugins`` has for them.

=====================================  ====================================================
alembic.autogenerate.schemas, .tables  all of it: there is nothing to compare without tables
alembic.autogenerate.types             types of columns
alembic.autogenerate.constraints       indexes, unique constraints, foreign keys, nullability
alembic.autogenerate.defaults          server defaults
alembic.autogenerate.comments          comments of tables and columns
alembic.ext.checkconstraint_byname     CHECK constraints, unless taken out with ``~``
=====================================  ====================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrate_core.autogenerate.dispatch import ASPECTS, is_ours
from migrate_core.errors import ConfigurationError
from migrate_core.operations import AlterColumnOp, OpContainer, UpgradeOps

_CHECKS = "alembic.ext.checkconstraint_byname"

_CHAINS = {
    "alembic.autogenerate.schemas": (),
    "alembic.autogenerate.tables": (),
    "alembic.autogenerate.types": ("types",),
    "alembic.autogenerate.constraints": ("indexes", "foreignkeys", "nullable"),
    "alembic.autogenerate.defaults": ("server_default",),
    "alembic.autogenerate.comments": ("comments",),
    _CHECKS: ("checkconstraints",),
    "alembic.autogenerate.checkconstraint_byname": ("checkconstraints",),
}


def left_out(patterns: Sequence[str]) -> frozenset[str]:
    """The names of comparisons that ``patterns`` do not ask for.

    :param patterns: names in which ``*`` stands for one part; ``~`` takes out what follows it.
    :raises ConfigurationError: one that asks for something, and there is no such name.
    """
    chosen = {name for name in _CHAINS if _CHAINS[name] == _CHAINS[_CHECKS]}
    for pattern in patterns:
        found = {name for name in _CHAINS if _matches(pattern.removeprefix("~"), name)}
        if pattern.startswith("~"):
            chosen -= found
        elif found:
            chosen |= found
        else:
            raise ConfigurationError(
                f"autogenerate_plugins: nothing is named {pattern!r}.",
                f"There are: {', '.join(_CHAINS)}.",
            )
    return frozenset(_CHAINS) - chosen


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

"""The documented options of ``batch_alter_table``, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import sqlalchemy as sa

from migrate_core.schema.build import Convention

Recreate = Literal["auto", "always", "never", "edit"]
"""Which way a table is changed.

========== =======================================================================================
``auto``   in place where SQLite can, else by a rebuild
``always`` by a rebuild
``never``  in place or not at all
``edit``   in place where SQLite can, else by an edit of the stored definition; not by copying rows
========== =======================================================================================
"""


@dataclass(frozen=True, slots=True)
class Options:
    """How the table is changed, and what is said about it besides the operations.

    :param partial_reordering: names of columns that come one after the other in the new table.
    :param copy_from: describes the table in the place of its stored definition.
    :param table_args: constraints and indexes for the new table.
    :param table_kwargs: ``sqlite_autoincrement``, ``sqlite_strict``, ``sqlite_with_rowid``.
    :param reflect_args: columns that are otherwise than they are stored; further constraints.
    :param reflect_kwargs: arguments for a reflection that finds such columns (listeners).
    :param naming_convention: names the constraints that are stored without a name.
    :raises ValueError: another value of ``recreate``.
    """

    recreate: Recreate = "auto"
    partial_reordering: tuple[tuple[str, ...], ...] = ()
    copy_from: sa.Table | None = None
    table_args: tuple[Any, ...] = ()
    table_kwargs: Mapping[str, Any] = field(default_factory=dict)
    reflect_args: tuple[Any, ...] = ()
    reflect_kwargs: Mapping[str, Any] = field(default_factory=dict)
    naming_convention: Convention | None = None

    def __post_init__(self) -> None:
        known = get_args(Recreate)
        if self.recreate not in known:
            listed = ", ".join(map(repr, known[:-1]))
            raise ValueError(f"recreate may be {listed} or {known[-1]!r}, not {self.recreate!r}")

    @property
    def overrides(self) -> list[sa.Column[Any]]:
        """The columns of ``reflect_args``."""
        return [item for item in self.reflect_args if isinstance(item, sa.Column)]

    @property
    def additions(self) -> list[Any]:
        """What the new table is to have besides its stored definition and the operations."""
        others = [item for item in self.reflect_args if not isinstance(item, sa.Column)]
        return [*self.table_args, *others]


DEFAULTS = Options()

"""A scratch table: what a server is asked to make, so that it tells how it would store it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, ExecutableDDLElement

from migrate_core.schema import build, versions
from migrate_core.schema.rows import CheckRow, ColumnRow, ExclusionRow, IndexRow, TableRow

TEXT = "migrate_core_text"
"""A text column that each scratch table has, declared without a collation: it has the usual one."""

Answer = ColumnRow | CheckRow | IndexRow | ExclusionRow


@dataclass(frozen=True, slots=True)
class Scratch:
    """One table to make, with items that are asked about, each under a name of its own.

    :param helpers: columns that only have to be there.
    :param columns: asked about; the name is the column's.
    :param checks: conditions.
    :param indexes: columns and expressions, and the index's keywords.
    :param exclusions: elements, and the constraint's keywords.
    """

    helpers: tuple[sa.Column[Any], ...] = ()
    columns: Mapping[str, sa.Column[Any]] = field(default_factory=dict)
    checks: Mapping[str, Any] = field(default_factory=dict)
    indexes: Mapping[str, tuple[list[Any], dict[str, Any]]] = field(default_factory=dict)
    exclusions: Mapping[str, tuple[list[Any], dict[str, Any]]] = field(default_factory=dict)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Field and name of each item that is asked about."""
        fields = ("columns", "checks", "indexes", "exclusions")
        return [(each, name) for each in fields for name in getattr(self, each)]

    def only(self, asked: list[tuple[str, str]]) -> Scratch:
        """The same table with no more than these items."""
        kept: dict[str, Any] = {
            each: {
                name: item for name, item in getattr(self, each).items() if (each, name) in asked
            }
            for each in ("columns", "checks", "indexes", "exclusions")
        }
        return replace(self, **kept)

    def elements(self, table_name: str, *prefixes: str) -> Iterator[ExecutableDDLElement]:
        """The statements that make it under that name."""
        table = sa.Table(
            table_name,
            sa.MetaData(),
            sa.Column(TEXT, sa.String(1)),
            *(_plain(helper, helper.name) for helper in self.helpers),
            *(_asked(column, name) for name, column in self.columns.items()),
            prefixes=list(prefixes),
        )
        for constraint in list(table.constraints):
            if isinstance(constraint, sa.CheckConstraint):  # came with a Boolean or an Enum
                table.constraints.discard(constraint)
        for name, condition in self.checks.items():
            table.append_constraint(sa.CheckConstraint(build.rebound(condition, table), name=name))
        yield CreateTable(table)
        for name, (columns, keywords) in self.indexes.items():
            yield CreateIndex(build.index(name, table_name, columns, **keywords))
        for name, (columns, keywords) in self.exclusions.items():
            yield AddConstraint(build.exclusion(name, table_name, columns, **keywords))

    def answers(self, row: TableRow) -> dict[tuple[str, str], Answer]:
        """What the server made of the items, out of the whole that was read back."""
        found: dict[tuple[str, str], Answer] = {}
        for kind, listed in (
            ("columns", row.columns),
            ("checks", row.checks),
            ("indexes", row.indexes),
            ("exclusions", row.exclusions),
        ):
            asked = getattr(self, kind)
            for each in listed:
                if each.name in asked:
                    found[kind, str(each.name)] = each
        return found


def _plain(column: sa.Column[Any], name: str) -> sa.Column[Any]:
    return sa.Column(name, _type_of(column))


def _asked(column: sa.Column[Any], name: str) -> sa.Column[Any]:
    """A column that has only what is asked about."""
    items: list[Any] = []
    if column.computed is not None:
        items.append(sa.Computed(column.computed.sqltext, column.computed.persisted))
    if column.identity is not None:
        items.append(versions.copied(column.identity))
    default = column.server_default
    return sa.Column(
        name,
        _type_of(column),
        *items,
        nullable=column.nullable or column.computed is not None,  # MariaDB takes no NOT NULL there
        server_default=sa.DefaultClause(default.arg)
        if isinstance(default, sa.DefaultClause)
        else None,
    )


def _type_of(column: sa.Column[Any]) -> Any:
    """The type; one that takes notice of its table as a copy, so that it keeps its own."""
    kind: Any = column.type
    return versions.copied(column).type if isinstance(kind, sa.types.SchemaType) else kind

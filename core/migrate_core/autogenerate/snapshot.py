"""SQLAlchemy metadata to facts: one pure function, for the models and for the database alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeEngine

from migrate_core.autogenerate.facts import (
    ColumnFacts,
    ForeignKeyFacts,
    IndexFacts,
    Snapshot,
    TableFacts,
    TableKey,
    UniqueFacts,
)
from migrate_core.schema import versions

Wanted = Callable[[TableKey], bool]


class Reader:
    """Reads metadata as one dialect would write it."""

    def __init__(
        self, dialect: Dialect, *, default_schema: str | None, unique_is_index: bool
    ) -> None:
        self._dialect = dialect
        self._compiler = versions.ddl_compiler(dialect)
        self._default_schema = default_schema
        self._unique_is_index = unique_is_index

    def snapshot(self, metadata: Iterable[sa.MetaData], wanted: Wanted) -> Snapshot:
        """The facts of all tables that are wanted, in the order of their names."""
        tables = {
            self.key(table.schema, table.name): table
            for each in metadata
            for table in each.tables.values()
        }
        ordered = sorted(tables, key=lambda key: (key[0] or "", key[1]))
        return Snapshot({key: self._table(key, tables[key]) for key in ordered if wanted(key)})

    def key(self, schema: str | None, name: str) -> TableKey:
        """The default schema, named or not, is one schema."""
        return (None if schema == self._default_schema else schema, name)

    def column(self, column: sa.Column[Any]) -> ColumnFacts:
        """The facts of one column."""
        generated = column.computed is not None or column.identity is not None
        return ColumnFacts(
            name=column.name,
            type=self._type(column.type),
            nullable=self._nullable(column),
            default=None if generated else self._default(column),
            generated=generated,
            source=column,
        )

    def _table(self, key: TableKey, table: sa.Table) -> TableFacts:
        indexes = [self._index(index) for index in table.indexes if not _implicit(index)]
        uniques = [
            self._unique(constraint)
            for constraint in table.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        ]
        if self._unique_is_index:
            uniques += [
                UniqueFacts(index.name, frozenset(index.columns), index.source)
                for index in indexes
                if index.unique and index.plain
            ]
            indexes = [index for index in indexes if not (index.unique and index.plain)]
        return TableFacts(
            key=key,
            columns={column.name: self.column(column) for column in table.columns},
            indexes=tuple(sorted(indexes, key=lambda i: (i.name or "", i.columns))),
            uniques=tuple(sorted(uniques, key=lambda u: (u.name or "", sorted(u.columns)))),
            foreign_keys=tuple(
                sorted(
                    (self._foreign_key(fk) for fk in table.foreign_key_constraints),
                    key=lambda fk: (fk.columns, fk.referred[1], fk.name or ""),
                )
            ),
            source=table,
        )

    def _nullable(self, column: sa.Column[Any]) -> bool:
        """A key is never null; whether a computed value is, follows from its expression."""
        if column.computed is not None:
            return True
        return bool(column.nullable) and not column.primary_key

    def _type(self, type_: TypeEngine[Any]) -> str:
        try:
            return str(self._dialect.type_compiler_instance.process(type_))
        except CompileError:
            return ""

    def _default(self, column: sa.Column[Any]) -> str | None:
        text = self._compiler.get_column_default_string(column)
        return None if text is None else str(text)

    def _index(self, index: sa.Index) -> IndexFacts:
        expressions: Sequence[Any] = index.expressions
        plain = all(isinstance(e, sa.Column) for e in expressions) and not any(
            value is not None and key.endswith("_where")
            for key, value in index.dialect_kwargs.items()
        )
        return IndexFacts(
            name=versions.plain_name(index.name),
            columns=tuple(e.name if isinstance(e, sa.Column) else str(e) for e in expressions),
            unique=bool(index.unique),
            plain=plain,
            source=index,
        )

    def _unique(self, constraint: sa.UniqueConstraint) -> UniqueFacts:
        return UniqueFacts(
            name=versions.plain_name(constraint.name),
            columns=frozenset(column.name for column in constraint.columns),
            source=constraint,
        )

    def _foreign_key(self, key: sa.ForeignKeyConstraint) -> ForeignKeyFacts:
        targets = [element.target_fullname for element in key.elements]
        table_key, _, _ = targets[0].rpartition(".")
        schema, _, name = table_key.rpartition(".")
        local = [
            element.parent.name if element.parent is not None else column
            for element, column in zip(key.elements, key.column_keys, strict=True)
        ]
        return ForeignKeyFacts(
            name=versions.plain_name(key.name),
            columns=tuple(local),
            referred=self.key(schema or None, name),
            referred_columns=tuple(versions.referred_column(element) for element in key.elements),
            onupdate=_action(key.onupdate),
            ondelete=_action(key.ondelete),
            deferrable=bool(key.deferrable),
            initially_deferred=(key.initially or "").upper() == "DEFERRED",
            source=key,
        )


def _implicit(index: sa.Index) -> bool:
    """Whether the database made the index by itself, for a foreign key (MySQL, MariaDB)."""
    return bool(index.info.get("implicit"))


def _action(action: str | None) -> str | None:
    """NO ACTION is what a database does when nothing is said; RESTRICT is something else."""
    return None if action is None or action.upper() == "NO ACTION" else action.upper()

"""Models, SQLAlchemy metadata, as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.types import TypeEngine

from migrate_core.autogenerate import facts, meaning
from migrate_core.autogenerate.facts import TableFacts, TableKey
from migrate_core.autogenerate.texts import MAY_HOLD_ENUMS, Texts
from migrate_core.errors import DotInName
from migrate_core.schema import versions
from migrate_core.schema.views import tables_of

Wanted = Callable[[TableKey], bool]
Source = TypeVar("Source")

_NULLS = {operators.nulls_first_op: "first", operators.nulls_last_op: "last"}


class ModelReader:
    """Makes facts of metadata, as one dialect would write it."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.telling_types: list[TypeEngine[Any]] = []
        """Types that may be, or hold, a named one."""

    def tables(self, metadata: Iterable[sa.MetaData], wanted: Wanted) -> dict[TableKey, TableFacts]:
        """All tables that are wanted, in the order of their names."""
        tables = {
            self._texts.key(table.schema, table.name): table
            for each in metadata
            for table in tables_of(each)
        }
        ranked = sorted(tables, key=lambda key: (key[0] or "", key[1]))
        return {key: self._table(key, tables[key]) for key in ranked if wanted(key)}

    def _table(self, key: TableKey, table: sa.Table) -> TableFacts:
        texts = self._texts
        uniques: list[facts.Unique] = []
        checks: list[facts.Check] = []
        keys: list[facts.ForeignKey] = []
        exclusions: list[facts.Exclusion] = []
        columns = tuple(table.columns)
        for constraint in versions.all_constraints(table, columns):
            if constraint is table.primary_key:
                continue
            name = versions.plain_name(constraint.name)
            match constraint:
                case sa.ForeignKeyConstraint():
                    keys.append(facts.Item(name, self._foreign_key(constraint), given(constraint)))
                case sa.UniqueConstraint():
                    uniques.append(facts.Item(name, self._unique(constraint), given(constraint)))
                case sa.CheckConstraint() if versions.applies_to(constraint, texts.dialect):
                    condition = facts.CheckContent(texts.sql(constraint.sqltext))
                    checks.append(facts.Item(name, condition, given(constraint)))
                case _ if versions.is_exclusion(constraint) and texts.dialect.name == "postgresql":
                    content = facts.ExclusionContent(texts.exclusion(constraint))
                    exclusions.append(facts.Item(name, content, given(constraint)))
        indexes = [
            facts.Item(versions.plain_name(index.name), self._index(index), given(index))
            for index in table.indexes
        ]
        uniques, indexes = texts.settled_uniques(uniques, indexes)
        # over a constraint itself, because its ``columns`` are a collection made for who asks
        primary = tuple(column.name for column in table.primary_key)
        return TableFacts(
            key=key,
            columns=self._columns(table, columns),
            primary_key=facts.Item(
                texts.key_name(versions.plain_name(table.primary_key.name)),
                facts.KeyContent(primary),
                given(table.primary_key),
            )
            if primary
            else None,
            uniques=meaning.ordered(uniques, texts.unique_rank),
            indexes=meaning.ordered(indexes, texts.rank),
            foreign_keys=meaning.ordered(keys, texts.key_rank),
            checks=meaning.ordered(checks, texts.rank),
            exclusions=meaning.ordered(exclusions, texts.rank),
            comment=texts.comment(table.comment),
            implied={},
            table=given(table),
        )

    def _columns(
        self, table: sa.Table, columns: Iterable[sa.Column[Any]]
    ) -> dict[str, facts.ColumnFacts]:
        texts = self._texts
        counted = table.autoincrement_column if texts.tells_counting else None
        return {
            column.name: self._column(column, counts=column is counted)
            for column in columns
            if not column.system
        }

    def _column(self, column: sa.Column[Any], *, counts: bool) -> facts.ColumnFacts:
        texts = self._texts
        default = column.server_default
        computed = identity = text = None
        if default is not None:
            if isinstance(default, sa.Computed):
                stored = default.persisted
                computed = (
                    texts.sql(default.sqltext),
                    texts.stores_computed if stored is None else stored,
                )
            elif isinstance(default, sa.Identity):
                if texts.has_identity:
                    identity = meaning.identity(bool(default.always), versions.counting(default))
            else:
                text = texts.default(column)
        type_ = column.type
        if isinstance(type_, MAY_HOLD_ENUMS):
            self.telling_types.append(type_)
        return facts.ColumnFacts(
            column.name,
            texts.type(type_),
            computed is not None or (bool(column.nullable) and not column.primary_key),
            text,
            computed,
            identity,
            counts and identity is None and text is None,
            texts.comment(column.comment) if column.comment else None,
        )

    def _unique(self, constraint: sa.UniqueConstraint) -> facts.UniqueContent:
        return meaning.unique(
            (column.name for column in constraint),
            meaning.options(versions.given_options(constraint), self._texts.prefixes),
            meaning.timing(constraint.deferrable, constraint.initially),
        )

    def _index(self, index: sa.Index) -> facts.IndexContent:
        said = versions.given_options(index)
        name = "mysql" if self._texts.is_mysql else self._texts.dialect.name
        where = said.get(f"{name}_where")
        return facts.IndexContent(
            tuple(self._element(each) for each in index.expressions),
            bool(index.unique),
            None if where is None else self._texts.sql(_clause(where)),
            meaning.options(said, self._texts.prefixes),
        )

    def _element(self, expression: Any) -> facts.Element:
        if isinstance(expression, sa.Column):
            return facts.Element(expression.name, True)
        descending, nulls, inner = False, None, expression
        while isinstance(inner, UnaryExpression) and inner.modifier is not None:
            if inner.modifier is operators.desc_op:
                descending = True
            nulls = _NULLS.get(inner.modifier, nulls)
            inner = inner.element
        if isinstance(inner, sa.Column):
            usual = "first" if descending else "last"
            if self._texts.dialect.name == "postgresql" and nulls == usual:
                nulls = None
            return facts.Element(inner.name, True, descending, nulls)
        return facts.Element(self._texts.sql(expression), False)

    def _foreign_key(self, key: sa.ForeignKeyConstraint) -> facts.ForeignKeyContent:
        elements = key.elements
        targets = [versions.referred(element) for element in elements]
        dotted = next((target.dotted for target in targets if target.has_dot), None)
        if dotted is not None and not versions.at_least(2, 1):
            raise DotInName(key.table.fullname, dotted)
        local = [
            element.parent.name if element.parent is not None else column
            for element, column in zip(elements, key.column_keys, strict=True)
        ]
        return meaning.foreign_key(
            self._texts.key(targets[0].schema, targets[0].table),
            local,
            [target.column or same for target, same in zip(targets, local, strict=True)],
            onupdate=key.onupdate,
            ondelete=key.ondelete,
            match=self._texts.match(key.match),
            deferrable=key.deferrable,
            initially=key.initially,
        )


def given(source: Source) -> Callable[[], Source]:
    """A source that is there already."""
    return lambda: source


def _clause(where: Any) -> Any:
    return sa.text(where) if isinstance(where, str) else where

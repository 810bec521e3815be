"""Rows that a database was read into, as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from migrate_core.autogenerate import facts, meaning
from migrate_core.autogenerate.facts import TableFacts, TableKey
from migrate_core.autogenerate.texts import Texts
from migrate_core.schema.reflected import Tables
from migrate_core.schema.rows import (
    CheckRow,
    ColumnRow,
    ExclusionRow,
    ForeignKeyRow,
    IndexedColumn,
    IndexRow,
    KeyRow,
    TableRow,
)


class StoredReader:
    """Makes facts of rows; SQLAlchemy's objects are built of a row when one is asked for."""

    def __init__(self, texts: Texts, rows: Iterable[TableRow]) -> None:
        self._texts = texts
        self._rows = list(rows)
        self._built = Tables(self._rows)
        self._columns: dict[tuple[int, bool], facts.ColumnFacts] = {}
        self._types: dict[int, str] = {}

    def tables(self) -> dict[TableKey, TableFacts]:
        """All tables, in the order of their names."""
        found = {self._texts.key(row.schema, row.name): row for row in self._rows}
        ranked = sorted(found, key=lambda key: (key[0] or "", key[1]))
        return {key: self._table(key, found[key]) for key in ranked}

    def _table(self, key: TableKey, row: TableRow) -> TableFacts:
        texts = self._texts
        item = partial(self._source, row)
        primary = row.primary_key
        in_key = primary.columns if primary is not None else ()
        uniques = [
            facts.Item(each.name, self.unique(each), item("uniques", place))
            for place, each in enumerate(row.uniques)
        ]
        indexes = [
            facts.Item(each.name, self.index(each), item("indexes", place))
            for place, each in enumerate(row.indexes)
            if not each.implicit
        ]
        uniques, indexes = texts.settled_uniques(uniques, indexes)
        return TableFacts(
            key=key,
            columns={
                each.name: self._kept(each, in_key=each.name in in_key) for each in row.columns
            },
            primary_key=None
            if primary is None
            else facts.Item(primary.name, facts.KeyContent(in_key), item("primary_key", 0)),
            uniques=meaning.ordered(uniques, texts.unique_rank),
            indexes=meaning.ordered(indexes, texts.rank),
            foreign_keys=meaning.ordered(
                [
                    facts.Item(each.name, self._foreign_key(each), item("foreign_keys", place))
                    for place, each in enumerate(row.foreign_keys)
                ],
                texts.key_rank,
            ),
            checks=meaning.ordered(
                [
                    facts.Item(each.name, self.check(each), item("checks", place))
                    for place, each in enumerate(row.checks)
                ],
                texts.rank,
            ),
            exclusions=meaning.ordered(
                [
                    facts.Item(each.name, self.exclusion(each), item("exclusions", place))
                    for place, each in enumerate(row.exclusions)
                ],
                texts.rank,
            ),
            comment=texts.comment(row.comment),
            implied={
                each.name: tuple(e.name for e in each.elements if isinstance(e, IndexedColumn))
                for each in row.indexes
                if each.implicit
            },
            table=partial(self._built.table, row.schema, row.name),
        )

    def _source(self, row: TableRow, kind: str, place: int) -> Callable[[], Any]:
        return partial(self._built.item, row.schema, row.name, kind, place)

    def _kept(self, row: ColumnRow, *, in_key: bool) -> facts.ColumnFacts:
        """The facts of a column, made once for all tables that share its row."""
        key = (id(row), in_key)
        found = self._columns.get(key)
        if found is None:
            found = self._columns[key] = self.column(row, in_key=in_key)
        return found

    def column(self, row: ColumnRow, *, in_key: bool) -> facts.ColumnFacts:
        """One column."""
        texts, computed = self._texts, row.computed
        type_text = self._types.get(id(row.type))
        if type_text is None:
            type_text = self._types[id(row.type)] = texts.type(row.type)
        return facts.ColumnFacts(
            row.name,
            type_text,
            computed is not None or (row.nullable and not in_key),
            row.default,
            None if computed is None else (meaning.condensed(computed.expression), computed.stored),
            None
            if row.identity is None
            else meaning.identity(row.identity.always, row.identity.options),
            texts.tells_counting and row.autoincrement is True,
            texts.comment(row.comment) if row.comment else None,
        )

    def unique(self, row: KeyRow) -> facts.UniqueContent:
        return meaning.unique(
            row.columns,
            meaning.options(row.options, self._texts.prefixes),
            meaning.timing(row.deferrable, row.initially),
        )

    def index(self, row: IndexRow) -> facts.IndexContent:
        where = next((v for k, v in row.options.items() if k.endswith("_where")), None)
        return facts.IndexContent(
            tuple(
                facts.Element(each.name, True, each.descending, each.nulls)
                if isinstance(each, IndexedColumn)
                else facts.Element(meaning.condensed(each.text), False)
                for each in row.elements
            ),
            row.unique,
            None if where is None else meaning.condensed(where),
            meaning.options(row.options, self._texts.prefixes),
        )

    def check(self, row: CheckRow) -> facts.CheckContent:
        return facts.CheckContent(meaning.condensed(row.condition))

    def exclusion(self, row: ExclusionRow) -> facts.ExclusionContent:
        return facts.ExclusionContent(meaning.condensed(row.definition))

    def _foreign_key(self, row: ForeignKeyRow) -> facts.ForeignKeyContent:
        return meaning.foreign_key(
            self._texts.key(row.referred_schema, row.referred_table),
            row.columns,
            row.referred_columns,
            onupdate=row.onupdate,
            ondelete=row.ondelete,
            match=self._texts.match(row.match),
            deferrable=row.deferrable,
            initially=row.initially,
        )

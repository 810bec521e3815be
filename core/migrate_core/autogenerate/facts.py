"""What is compared: small frozen records, the same for models and database.

Equality is about the facts alone. The SQLAlchemy object behind a fact is made when somebody asks
for it: of a database of which nothing differs, no Table is ever built.

::

    Snapshot
    ├── TableFacts
    │   ├── ColumnFacts
    │   └── Item[...]          primary key, unique, index, foreign key, CHECK, exclusion:
    │                          a name, and a content that says what it does
    ├── enums                  named types and their values
    ├── sequences
    ├── schemas
    └── views                  ViewFacts, of those that are registered or that the history made
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa

from migrate_core.schema.rows import ViewRow

TableKey = tuple[str | None, str]
"""Schema (None for the default one) and name; of types, sequences and views too."""

Content = TypeVar("Content")
Options = tuple[tuple[str, Any], ...]


class ColumnFacts(NamedTuple):
    """A column.

    :param type: the type as the dialect writes it; empty where it cannot be written.
    :param default: the server default as the dialect writes it.
    :param computed: expression, and whether its value is stored.
    :param identity: the settings that are not the usual ones.
    :param counts: whether the database numbers the rows by it: AUTO_INCREMENT, SERIAL.
    :param comment: None where there is none, or the database has no comments.
    """

    name: str
    type: str
    nullable: bool
    default: str | None = None
    computed: tuple[str, bool] | None = None
    identity: Options | None = None
    counts: bool = False
    comment: str | None = None


class _Item(NamedTuple):
    name: str | None
    content: Any
    source: Callable[[], Any]


class Item(_Item, Generic[Content]):
    """Something with a name on a table. Items are equal whatever their sources.

    :param name: None where there is none, or the database keeps none.
    :param content: all that it does.
    :param source: gives the SQLAlchemy object.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __new__(
            cls, name: str | None, content: Content, source: Callable[[], Any]
        ) -> Item[Content]: ...

        @property
        def content(self) -> Content: ...

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and self[:2] == other[:2]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:2])


class KeyContent(NamedTuple):
    """A primary key, columns in order."""

    columns: tuple[str, ...]


class UniqueContent(NamedTuple):
    """A unique constraint; the order of its columns means nothing."""

    columns: frozenset[str]
    options: Options = ()


class Element(NamedTuple):
    """A column or an expression in an index.

    :param text: the column's name, or the expression with all that follows it.
    :param nulls: where they are, if that is not usual for the order.
    """

    text: str
    is_column: bool
    descending: bool = False
    nulls: str | None = None


class IndexContent(NamedTuple):
    """An index.

    :param elements: in order.
    :param where: the predicate.
    """

    elements: tuple[Element, ...]
    unique: bool
    where: str | None = None
    options: Options = ()


class ForeignKeyContent(NamedTuple):
    """A foreign key. What does nothing (NO ACTION, MATCH SIMPLE) is None.

    :param pairs: local and referred column, sorted.
    """

    referred: TableKey
    pairs: tuple[tuple[str, str], ...]
    onupdate: str | None
    ondelete: str | None
    match: str | None
    deferrable: bool
    deferred: bool


class CheckContent(NamedTuple):
    """A CHECK constraint: its condition."""

    condition: str


class ExclusionContent(NamedTuple):
    """An exclusion constraint, as the server writes it."""

    definition: str


class ViewContent(NamedTuple):
    """A view: its SELECT, and names of columns that are not written into it."""

    definition: str
    columns: tuple[str, ...]
    materialized: bool


Index = Item[IndexContent]
Unique = Item[UniqueContent]
ForeignKey = Item[ForeignKeyContent]
Check = Item[CheckContent]
Exclusion = Item[ExclusionContent]
PrimaryKey = Item[KeyContent]


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table and what belongs to it, items in a fixed order.

    :param implied: columns, in order, of the indexes that the server made by itself for a foreign
        key, by name (MySQL, MariaDB).
    :param table: gives the SQLAlchemy Table.
    """

    key: TableKey
    columns: Mapping[str, ColumnFacts]
    primary_key: PrimaryKey | None
    uniques: tuple[Unique, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    checks: tuple[Check, ...]
    exclusions: tuple[Exclusion, ...]
    comment: str | None
    implied: Mapping[str, tuple[str, ...]] = field(compare=False)
    table: Callable[[], sa.Table] = field(compare=False, repr=False)

    @property
    def source(self) -> sa.Table:
        """The SQLAlchemy Table, built now if it was not yet."""
        return self.table()

    @property
    def names(self) -> frozenset[str | None]:
        """What its keys, indexes and constraints are called."""
        key = () if self.primary_key is None else (self.primary_key,)
        groups: tuple[Iterable[Item[Any]], ...] = (
            key,
            self.uniques,
            self.indexes,
            self.foreign_keys,
            self.checks,
            self.exclusions,
        )
        return frozenset(item.name for group in groups for item in group)

    def column(self, name: str) -> sa.Column[Any]:
        """The SQLAlchemy Column of that name, which its key in the model may differ from."""
        columns = self.source.columns
        found = columns.get(name)
        if found is not None and found.name == name:
            return found
        return next(column for column in columns if column.name == name)


@dataclass(frozen=True, slots=True)
class ViewFacts:
    """A view.

    :param row: what a migration says to create it.
    :param shape: its columns for the server; None where the server has not told.
    """

    content: ViewContent
    row: ViewRow = field(compare=False)
    shape: tuple[str, ...] | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of one side.

    :param enums: named types that columns have: all values in order.
    :param sequences: options that are not the usual ones.
    :param schemas: those that are there; of the models, their tables and views say it.
    :param views: in the order of registration.
    """

    tables: Mapping[TableKey, TableFacts]
    enums: Mapping[TableKey, tuple[str, ...]] = field(default_factory=dict)
    sequences: Mapping[TableKey, Options] = field(default_factory=dict)
    schemas: frozenset[str] = frozenset()
    views: Mapping[TableKey, ViewFacts] = field(default_factory=dict)

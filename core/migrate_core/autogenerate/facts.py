"""What is compared: small frozen records, each with the SQLAlchemy object it was read from.

Equality is about the facts alone; ``source`` is for whoever writes the operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

TableKey = tuple[str | None, str]
"""Schema (None for the default one) and name."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column.

    :param type: the type as the dialect writes it; empty where it cannot be written.
    :param default: the server default as the dialect writes it.
    :param generated: whether the database computes or numbers it; its default is not compared.
    """

    name: str
    type: str
    nullable: bool
    default: str | None
    generated: bool
    source: sa.Column[Any] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index.

    :param columns: names and expressions, in order.
    :param plain: whether it is over columns alone, without expression or predicate. Others are
        known by their name only.
    """

    name: str | None
    columns: tuple[str, ...]
    unique: bool
    plain: bool
    source: sa.Index = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UniqueFacts:
    """A unique constraint; the order of its columns means nothing."""

    name: str | None
    columns: frozenset[str]
    source: sa.UniqueConstraint | sa.Index = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ForeignKeyFacts:
    """A foreign key. NO ACTION is the default and the same as nothing."""

    name: str | None
    columns: tuple[str, ...]
    referred: TableKey
    referred_columns: tuple[str, ...]
    onupdate: str | None
    ondelete: str | None
    deferrable: bool
    initially_deferred: bool
    source: sa.ForeignKeyConstraint = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table and what belongs to it."""

    key: TableKey
    columns: Mapping[str, ColumnFacts]
    indexes: tuple[IndexFacts, ...]
    uniques: tuple[UniqueFacts, ...]
    foreign_keys: tuple[ForeignKeyFacts, ...]
    source: sa.Table = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All tables of one side."""

    tables: Mapping[TableKey, TableFacts]

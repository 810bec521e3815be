"""What a reader finds in a database: frozen rows, the same for every dialect.

They are tuples because a database has thousands of them: no other class is made as quickly.

::

    TableRow
    ├── ColumnRow
    │   ├── ComputedRow
    │   └── IdentityRow
    ├── KeyRow                    primary key or unique constraint
    ├── ForeignKeyRow
    ├── CheckRow
    ├── ExclusionRow
    └── IndexRow
        └── IndexedColumn | IndexedExpression
    ViewRow, SequenceRow

Texts (defaults, conditions, expressions) are the server's own. ``options`` hold SQLAlchemy's
dialect arguments under their full names; values of those in :data:`SQL_OPTIONS` are SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy.types import TypeEngine

Include: TypeAlias = Callable[[str, "str | None"], bool]
"""``(table, schema)``: whether to read the table."""

Options: TypeAlias = Mapping[str, Any]
NOTHING: Options = MappingProxyType({})

SQL_OPTIONS = frozenset({"postgresql_where", "sqlite_where"})


def everything(_name: str, _schema: str | None) -> bool:
    """The :data:`Include` that leaves nothing out."""
    return True


class ComputedRow(NamedTuple):
    """The expression of a generated column."""

    expression: str
    stored: bool


class IdentityRow(NamedTuple):
    """An identity column. Settings that are the server's defaults are left out of ``options``."""

    always: bool
    options: Options = NOTHING


class ColumnRow(NamedTuple):
    """One column.

    :param default: SQL as it stands behind DEFAULT, None where there is none.
    :param autoincrement: as SQLAlchemy's Column has it; a True comes without a default.
    """

    name: str
    type: TypeEngine[Any]
    nullable: bool
    default: str | None = None
    computed: ComputedRow | None = None
    identity: IdentityRow | None = None
    autoincrement: bool | Literal["auto"] = "auto"
    comment: str | None = None
    options: Options = NOTHING


class KeyRow(NamedTuple):
    """A primary key or a unique constraint; nameless where the database keeps no name."""

    name: str | None
    columns: tuple[str, ...]
    deferrable: bool | None = None
    initially: str | None = None
    options: Options = NOTHING


class ForeignKeyRow(NamedTuple):
    """A foreign key. Actions that do nothing (NO ACTION) are None.

    :param referred_columns: none where the key was declared without and its target was not read.
    """

    name: str | None
    columns: tuple[str, ...]
    referred_schema: str | None
    referred_table: str
    referred_columns: tuple[str, ...]
    onupdate: str | None = None
    ondelete: str | None = None
    match: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    options: Options = NOTHING


class CheckRow(NamedTuple):
    """A CHECK constraint; its condition without the parentheses around it."""

    name: str | None
    condition: str
    options: Options = NOTHING


class ExclusionRow(NamedTuple):
    """An exclusion constraint (PostgreSQL).

    :param elements: pairs of SQL and an operator.
    :param definition: all of it, as the server writes it.
    """

    name: str
    elements: tuple[tuple[str, str], ...]
    using: str
    definition: str
    where: str | None = None
    deferrable: bool | None = None
    initially: str | None = None


class IndexedColumn(NamedTuple):
    """A column in an index; ``nulls`` only where it is not the server's default for the order."""

    name: str
    descending: bool = False
    nulls: Literal["first", "last"] | None = None


class IndexedExpression(NamedTuple):
    """Anything else in an index: SQL with all that follows it (collation, class, order)."""

    text: str


class IndexRow(NamedTuple):
    """An index that no constraint stands for.

    :param implicit: made by the server for a foreign key, not by anyone's statement.
    """

    name: str
    elements: tuple[IndexedColumn | IndexedExpression, ...]
    unique: bool = False
    implicit: bool = False
    options: Options = NOTHING


class TableRow(NamedTuple):
    """One table with everything on it."""

    name: str
    schema: str | None
    columns: tuple[ColumnRow, ...]
    primary_key: KeyRow | None = None
    foreign_keys: tuple[ForeignKeyRow, ...] = ()
    uniques: tuple[KeyRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    exclusions: tuple[ExclusionRow, ...] = ()
    indexes: tuple[IndexRow, ...] = ()
    comment: str | None = None
    options: Options = NOTHING


class ViewRow(NamedTuple):
    """A view.

    :param definition: its SELECT, and the check option behind it.
    :param columns: names beside the SELECT; none where the server writes them into it.
    :param shape: name, type and collation of each column, as far as replacing it depends on them;
        None where no server has told.
    :param options: in words, what no migration says of it and replacing it loses.
    :param attached: the same for what only dropping it loses.
    """

    name: str
    schema: str | None
    definition: str
    columns: tuple[str, ...] = ()
    materialized: bool = False
    shape: tuple[str, ...] | None = None
    options: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()


class SequenceRow(NamedTuple):
    """A sequence that belongs to no column; settings that are the server's defaults left out."""

    name: str
    schema: str | None
    options: Options = NOTHING

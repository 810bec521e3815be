"""SQLAlchemy schema objects from the plain arguments of an operation.

Each function returns an object attached to a :class:`~sqlalchemy.Table` that holds just what the
object needs, in a :class:`~sqlalchemy.MetaData` of its own; nothing is registered anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.schema import DEFAULT_NAMING_CONVENTION
from sqlalchemy.types import NULLTYPE

from migrate_core.schema import versions

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

Convention = Mapping[str, Any]


def metadata(convention: Convention | None = None) -> sa.MetaData:
    """An empty MetaData, with the naming convention if there is one."""
    return sa.MetaData(naming_convention=convention) if convention else sa.MetaData()


def is_usual(convention: Convention | None) -> bool:
    """Whether a convention changes no given name: none, or the one that MetaData begins with."""
    return not convention or convention is DEFAULT_NAMING_CONVENTION


def table(
    name: str,
    *items: Any,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.Table:
    """A table from columns and constraints, which are copied where they belong to another one.

    Tables that its foreign keys point at are added as stubs, so that it compiles by itself.
    """
    built = sa.Table(
        name,
        metadata(convention),
        *(_unattached(item) for item in items),
        schema=schema,
        **kw,
    )
    for key in list(built.foreign_keys):
        _ensure_referent(built, key)
    return built


def stub(
    name: str,
    columns: Iterable[str] = (),
    *,
    schema: str | None = None,
    convention: Convention | None = None,
) -> sa.Table:
    """A table of which only the name and some column names are known."""
    return sa.Table(
        name,
        metadata(convention),
        *(sa.Column(column, NULLTYPE) for column in dict.fromkeys(columns)),
        schema=schema,
    )


def column_on(
    table_name: str,
    column: sa.Column[Any],
    *,
    schema: str | None = None,
    convention: Convention | None = None,
) -> sa.Column[Any]:
    """A copy of ``column`` attached to a table of that name."""
    built = table(table_name, column, schema=schema, convention=convention)
    return next(iter(built.columns))


def primary_key(
    name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.PrimaryKeyConstraint:
    """A primary key over columns whose types do not matter."""
    on = stub(table_name, columns, schema=schema, convention=convention)
    constraint = sa.PrimaryKeyConstraint(*(on.c[c] for c in columns), name=name, **kw)
    on.append_constraint(constraint)
    return constraint


def unique(
    name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.UniqueConstraint:
    """A unique constraint."""
    on = stub(table_name, columns, schema=schema, convention=convention)
    constraint = sa.UniqueConstraint(*(on.c[c] for c in columns), name=name, **kw)
    on.append_constraint(constraint)
    return constraint


def check(
    name: str | None,
    table_name: str,
    condition: str | TextClause | ColumnElement[Any],
    *,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.CheckConstraint:
    """A CHECK constraint."""
    on = stub(table_name, schema=schema, convention=convention)
    condition = condition if isinstance(condition, str) else rebound(condition, on)
    constraint = sa.CheckConstraint(condition, name=name, **kw)
    on.append_constraint(constraint)
    return constraint


def exclusion(
    name: str | None,
    table_name: str,
    elements: Sequence[tuple[Any, str]],
    *,
    where: str | TextClause | ColumnElement[Any] | None = None,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> ExcludeConstraint:
    """An exclusion constraint; an element that is a string is the name of a column."""
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    named = [element for element, _operator in elements if isinstance(element, str)]
    on = stub(table_name, named, schema=schema, convention=convention)
    constraint = ExcludeConstraint(
        *(
            (on.c[element] if isinstance(element, str) else rebound(element, on), operator)
            for element, operator in elements
        ),
        name=name,
        where=sa.text(where) if isinstance(where, str) else where,
        **kw,
    )
    on.append_constraint(constraint)
    return constraint


def foreign_key(
    name: str | None,
    source: str,
    referent: str,
    local: Sequence[str],
    remote: Sequence[str],
    *,
    source_schema: str | None = None,
    referent_schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.ForeignKeyConstraint:
    """A foreign key between two tables of which only these columns are known."""
    self_referring = source == referent and source_schema == referent_schema
    on = stub(
        source,
        [*local, *remote] if self_referring else local,
        schema=source_schema,
        convention=convention,
    )
    if not self_referring:
        sa.Table(
            referent,
            on.metadata,
            *(sa.Column(column, NULLTYPE) for column in dict.fromkeys(remote)),
            schema=referent_schema,
        )
    target = versions.Target(referent_schema or None, referent, None)
    columns: list[Any] = [target._replace(column=column).spelled for column in remote]
    constraint = sa.ForeignKeyConstraint(local, columns, name=name, **kw)
    on.append_constraint(constraint)
    return constraint


def index(
    name: str | None,
    table_name: str,
    columns: Sequence[str | TextClause | ColumnElement[Any]],
    *,
    schema: str | None = None,
    convention: Convention | None = None,
    **kw: Any,
) -> sa.Index:
    """An index over column names and expressions; INCLUDE columns are added to the stub."""
    included = [
        column
        for key, value in kw.items()
        if key.endswith("_include")
        for column in value or ()
        if isinstance(column, str)
    ]
    named = [column for column in columns if isinstance(column, str)]
    on = stub(table_name, [*named, *included], schema=schema, convention=convention)
    elements = [on.c[c] if isinstance(c, str) else rebound(c, on) for c in columns]
    built = sa.Index(name, *elements, **kw)
    if built.table is None:
        on.append_constraint(built)  # text() alone binds to no table
    return built


def rebound(expression: TextClause | ColumnElement[Any], on: sa.Table) -> Any:
    """``expression`` with its columns replaced by those of ``on``, which gains them as needed.

    A constraint over columns of a model's table would become one of that table.
    """
    if isinstance(expression, TextClause):
        return expression

    def replace(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.Column):
            if element.name not in on.c:
                on.append_column(sa.Column(element.name, element.type))
            return on.c[element.name]
        return None

    return sa.sql.visitors.replacement_traverse(expression, {}, replace)


def _unattached(item: Any) -> Any:
    """A copy, so that an operation can be done twice; what belongs to no table yet needs none.

    A column with foreign keys is always copied: it gives them to the first table it comes to. Keys
    name their columns, so that they mean those of the table they come to.
    """
    if isinstance(item, sa.Column):
        return versions.copied(item) if _belongs(item) or item.foreign_keys else item
    if not isinstance(item, sa.Constraint) or getattr(item, "parent", None) is None:
        return item
    if isinstance(item, (sa.PrimaryKeyConstraint, sa.UniqueConstraint)):
        return type(item)(
            *(column.name for column in item.columns),
            name=versions.plain_name(item.name),
            deferrable=item.deferrable,
            initially=item.initially,
            **item.dialect_kwargs,
        )
    return versions.copied(item)


def _belongs(column: sa.Column[Any]) -> bool:
    return getattr(column, "table", None) is not None


def _ensure_referent(built: sa.Table, key: sa.ForeignKey) -> None:
    """Add the table and column that ``key`` points at, unless they are there."""
    schema, name, column = versions.target_of(key)
    if column is None or (schema, name) == (built.schema, built.name):
        return
    referred = sa.Table(name, built.metadata, schema=schema, keep_existing=True)
    if column not in referred.c:
        referred.append_column(sa.Column(column, NULLTYPE))

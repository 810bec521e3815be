"""Views that belong to a MetaData: registered here, or made by SQLAlchemy's own construct (2.1).

::

    View("active", select(...), metadata=db.metadata)        kept in metadata.info
    sqlalchemy.sql.ddl.CreateView(select(...), "active", metadata=...)
                                                             a Table that says what creates it
    registered(metadata) -> what both say
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.expression import Selectable

from migrate_core.errors import ConfigurationError
from migrate_core.schema import versions

_KEPT = "migrate_core_views"
"""The key in ``info`` of a MetaData."""


class Registered(NamedTuple):
    """What is said of a view; the parameters of :class:`View`."""

    name: str
    schema: str | None
    definition: str | TextClause | Selectable
    columns: tuple[str, ...] = ()
    materialized: bool = False


class View:
    """A view that migrations create, replace and drop as the models say.

    One that uses another is registered after it. A Table of the same name, in the same MetaData,
    maps the view and is never created. What is not registered, and was made by no migration, is
    left alone.

    The documented hooks know no views and are not asked about them: what is registered takes part.
    Only ``include_name`` with ``"schema"`` counts, and leaves out a whole schema.

    :param definition: its SELECT; text is sent as it is written, a construct with its values
        written out.
    :param metadata: whose views are compared with it.
    :param schema: None for the MetaData's own.
    :param columns: names for its columns, where they are not those of the SELECT.
    :param materialized: whether its rows are stored (PostgreSQL).
    :raises ConfigurationError: the MetaData has a view of that name.
    """

    def __init__(
        self,
        name: str,
        definition: str | TextClause | Selectable,
        *,
        metadata: sa.MetaData,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        materialized: bool = False,
    ) -> None:
        said = Registered(
            name,
            metadata.schema if schema is None else schema,
            definition,
            tuple(columns or ()),
            materialized,
        )
        kept: list[Registered] = metadata.info.setdefault(_KEPT, [])
        if any(each[:2] == said[:2] for each in kept):
            raise ConfigurationError(
                f"View {name} is registered twice.",
                "Give one of the two another name, or take it out, and run: flask db check",
            )
        kept.append(said)


def registered(metadata: sa.MetaData) -> Iterator[Registered]:
    """The views of a MetaData in the order of registration, SQLAlchemy's own first.

    A temporary one is no part of the schema.
    """
    for table in metadata.tables.values():
        made = versions.view_of(table)
        if made is not None and not made.temporary:
            yield Registered(
                table.name, table.schema, made.selectable, materialized=made.materialized
            )
    yield from metadata.info.get(_KEPT, ())


def tables_of(metadata: sa.MetaData) -> Iterator[sa.Table]:
    """The Tables that stand for no view, registered or temporary."""
    views = {(each.schema, each.name) for each in registered(metadata)}
    for table in metadata.tables.values():
        if (table.schema, table.name) not in views and versions.view_of(table) is None:
            yield table

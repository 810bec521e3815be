"""Any other dialect, through SQLAlchemy's Inspector, all tables at once if the dialect can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import Inspector

from migrate_core.schema.rows import (
    CheckRow,
    ColumnRow,
    ComputedRow,
    ForeignKeyRow,
    IdentityRow,
    Include,
    IndexedColumn,
    IndexedExpression,
    IndexRow,
    KeyRow,
    TableRow,
)


def read(connection: Connection, schema: str | None, include: Include) -> Sequence[TableRow]:
    """The tables of one schema; what the dialect cannot tell is left out."""
    inspector = sa.inspect(connection)
    names = [name for name in inspector.get_table_names(schema) if include(name, schema)]
    if not names:
        return []
    found = _Inspected(inspector, schema, names)
    return [found.table(name) for name in names]


class _Inspected:
    """What the Inspector told of one schema."""

    def __init__(self, inspector: Inspector, schema: str | None, names: Sequence[str]) -> None:
        self._schema = schema
        scope: dict[str, Any] = {"schema": schema, "filter_names": names}
        self._columns = inspector.get_multi_columns(**scope)
        self._primary_keys = inspector.get_multi_pk_constraint(**scope)
        self._foreign_keys = inspector.get_multi_foreign_keys(**scope)
        self._indexes = inspector.get_multi_indexes(**scope)
        self._uniques = _if_told(inspector.get_multi_unique_constraints, scope)
        self._checks = _if_told(inspector.get_multi_check_constraints, scope)
        self._comments = _if_told(inspector.get_multi_table_comment, scope)

    def table(self, name: str) -> TableRow:
        key = (self._schema, name)
        primary: Any = self._primary_keys.get(key) or {}
        return TableRow(
            name,
            self._schema,
            tuple(_column(each) for each in self._columns.get(key, ())),
            primary_key=_key(primary | {"column_names": primary["constrained_columns"]})
            if primary.get("constrained_columns")
            else None,
            foreign_keys=tuple(_foreign_key(each) for each in self._foreign_keys.get(key, ())),
            uniques=tuple(_key(each) for each in self._uniques.get(key, ())),
            checks=tuple(
                CheckRow(each["name"], each["sqltext"], each.get("dialect_options", {}))
                for each in self._checks.get(key, ())
            ),
            indexes=tuple(
                _index(each)
                for each in self._indexes.get(key, ())
                if not each.get("duplicates_constraint")
            ),
            comment=(self._comments.get(key) or {}).get("text"),
        )


def _if_told(ask: Any, scope: Mapping[str, Any]) -> Mapping[Any, Any]:
    try:
        told: Mapping[Any, Any] = ask(**scope)
    except NotImplementedError:
        return {}
    return told


def _column(told: Any) -> ColumnRow:
    computed, identity = told.get("computed"), told.get("identity")
    return ColumnRow(
        told["name"],
        told["type"],
        nullable=told["nullable"],
        default=None if computed or identity else told.get("default"),
        computed=ComputedRow(computed["sqltext"], bool(computed.get("persisted")))
        if computed
        else None,
        identity=IdentityRow(
            bool(identity.get("always")),
            {name: value for name, value in identity.items() if name != "always"},
        )
        if identity
        else None,
        autoincrement=told.get("autoincrement", "auto"),
        comment=told.get("comment"),
        options=told.get("dialect_options", {}),
    )


def _key(told: Any) -> KeyRow:
    return KeyRow(
        told.get("name"), tuple(told["column_names"]), options=told.get("dialect_options", {})
    )


def _foreign_key(told: Any) -> ForeignKeyRow:
    return ForeignKeyRow(
        told["name"],
        tuple(told["constrained_columns"]),
        told["referred_schema"],
        told["referred_table"],
        tuple(told["referred_columns"]),
        **told.get("options", {}),
    )


def _index(told: Any) -> IndexRow:
    texts = told.get("expressions") or told["column_names"]
    sorting = told.get("column_sorting", {})
    return IndexRow(
        told["name"],
        tuple(
            IndexedExpression(text)
            if column is None
            else IndexedColumn(column, descending="desc" in sorting.get(column, ()))
            for column, text in zip(told["column_names"], texts, strict=True)
        ),
        unique=bool(told["unique"]),
        options=told.get("dialect_options", {}),
    )

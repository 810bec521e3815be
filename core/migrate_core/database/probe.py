"""Whether a statement took effect, by looking at what it would have changed."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.ddl.effects import Effect

_INVALID = (
    "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relname = :name AND n.nspname = coalesce(:schema, current_schema())"
    " AND NOT i.indisvalid"
)


def took_effect(connection: Connection, effect: Effect) -> bool | None:
    """Whether what ``effect`` describes has happened; None where that cannot be told."""
    if effect.kind == "repeatable":
        return False  # sent again, it says the same
    inspector = sa.inspect(connection)
    if effect.kind == "table":
        found: Collection[str] | None = inspector.get_table_names(schema=effect.schema)
        if effect.name in (found or ()) and effect.columns:
            columns = inspector.get_columns(effect.name, schema=effect.schema)
            if {column["name"] for column in columns} != set(effect.columns):
                return None  # a table of that name, and another one
    elif effect.kind == "sequence":
        found = inspector.get_sequence_names(schema=effect.schema)
    elif effect.kind == "enum value":
        found = _labels(inspector, effect)
    elif effect.table is None or not inspector.has_table(effect.table, schema=effect.schema):
        return None
    else:
        found = _names(inspector, effect)
    if found is None:
        return None
    if effect.kind == "index" and effect.there and _is_invalid(connection, effect):
        return False
    return _decided(effect, found)


def _decided(effect: Effect, found: Collection[str]) -> bool | None:
    if effect.former is not None and (effect.former in found) == (effect.name in found):
        return None  # both names, or neither
    return (effect.name in found) == effect.there


def _names(inspector: sa.Inspector, effect: Effect) -> Collection[str] | None:
    """What of its kind the table has, by name; a primary key has the empty one."""
    table, schema = str(effect.table), effect.schema
    match effect.kind:
        case "column":
            return [column["name"] for column in inspector.get_columns(table, schema=schema)]
        case "index" | "unique":
            named = [index["name"] for index in inspector.get_indexes(table, schema=schema)]
            if effect.kind == "unique":
                keys = inspector.get_unique_constraints(table, schema=schema)
                named += [key["name"] for key in keys]
        case "foreign key":
            named = [key["name"] for key in inspector.get_foreign_keys(table, schema=schema)]
        case "check":
            checks = inspector.get_check_constraints(table, schema=schema)
            named = [check["name"] for check in checks]
        case "primary key":
            key = inspector.get_pk_constraint(table, schema=schema)
            return [""] if key["constrained_columns"] else []
        case _:
            return None
    return [name for name in named if name is not None]


def _labels(inspector: sa.Inspector, effect: Effect) -> Collection[str] | None:
    read = getattr(inspector, "get_enums", None)
    enums = read(schema=effect.schema) if read else []
    return next((enum["labels"] for enum in enums if enum["name"] == effect.table), None)


def _is_invalid(connection: Connection, effect: Effect) -> bool:
    """Whether PostgreSQL left the index behind half built (manual, "CREATE INDEX")."""
    if connection.dialect.name != "postgresql":
        return False
    where = {"name": effect.name, "schema": effect.schema}
    return bool(connection.execute(sa.text(_INVALID), where).scalar())

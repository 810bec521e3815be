"""What a database holds, one line for each fact, so that two states can be told apart."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

OWN = {"alembic_version", "migration_log"}


def facts(engine: Engine, schemas: tuple[str | None, ...] = (None,)) -> set[str]:
    """Tables, columns, constraints, indexes, comments and rows; the tool's own tables are left out."""
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        return {
            fact
            for schema in schemas
            for table in inspector.get_table_names(schema)
            if table not in OWN
            for fact in _table(inspector, connection, table, schema)
        }


def change(before: set[str], after: set[str]) -> list[str]:
    """What is gone and what is new."""
    gone = [f"- {fact}" for fact in sorted(before - after)]
    return gone + [f"+ {fact}" for fact in sorted(after - before)]


def _table(
    inspector: sa.Inspector, connection: Connection, table: str, schema: str | None
) -> Iterator[str]:
    on = f"{schema}.{table}" if schema else table
    yield f"table {on}"
    if connection.dialect.supports_comments:
        comment = inspector.get_table_comment(table, schema)["text"]
        if comment:
            yield f"comment on {on}: {comment}"
    for column in inspector.get_columns(table, schema):
        yield f"column {on}.{_column(connection, dict(column))}"
    for constraint in _constraints(inspector, table, schema):
        yield f"{on}: {constraint}"
    yield from _indexes(inspector, connection, table, schema)
    for row in connection.exec_driver_sql(f"SELECT * FROM {on}"):
        yield f"row of {on}: {tuple(row)}"


def _column(connection: Connection, column: dict[str, Any]) -> str:
    text = f"{column['name']} {column['type'].compile(dialect=connection.dialect)}"
    if not column["nullable"]:
        text += " NOT NULL"
    if column.get("default") is not None:
        text += f" DEFAULT {column['default']}"
    if identity := column.get("identity"):
        text += f" IDENTITY {'ALWAYS' if identity['always'] else 'BY DEFAULT'} {identity['start']}"
    if computed := column.get("computed"):
        text += f" AS {computed['sqltext']} {'STORED' if computed['persisted'] else 'VIRTUAL'}"
    if column.get("autoincrement") is True:
        text += " AUTOINCREMENT"
    if column.get("comment"):
        text += f" COMMENT {column['comment']}"
    return text


def _constraints(inspector: sa.Inspector, table: str, schema: str | None) -> Iterator[str]:
    key = inspector.get_pk_constraint(table, schema)
    if key["constrained_columns"]:
        yield f"primary key {key['name']} {key['constrained_columns']}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an index over expressions is none of these
        uniques = inspector.get_unique_constraints(table, schema)
    for unique in uniques:
        options = {k: v for k, v in unique.get("dialect_options", {}).items() if v}
        yield f"unique {unique['name']} {unique['column_names']} {options or ''}".strip()
    for check in inspector.get_check_constraints(table, schema):
        yield f"check {check['name']}: {check['sqltext']}"
    for foreign in inspector.get_foreign_keys(table, schema):
        referred = foreign["referred_table"]
        if foreign["referred_schema"]:
            referred = f"{foreign['referred_schema']}.{referred}"
        options = {k: v for k, v in foreign["options"].items() if v}
        yield (
            f"foreign key {foreign['name']} {foreign['constrained_columns']} -> "
            f"{referred} {foreign['referred_columns']} {options or ''}"
        ).strip()


def _indexes(
    inspector: sa.Inspector, connection: Connection, table: str, schema: str | None
) -> Iterator[str]:
    """On SQLite, where SQLAlchemy does not read expressions, as they are stored."""
    on = f"{schema}.{table}" if schema else table
    if connection.dialect.name != "sqlite":
        for index in inspector.get_indexes(table, schema):
            yield f"{on}: {_index(dict(index))}"
        return
    stored = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql > ''"
    for (sql,) in connection.exec_driver_sql(stored, (table,)):
        yield sql


def _index(index: dict[str, Any]) -> str:
    kind = "unique index" if index["unique"] else "index"
    what = index.get("expressions") or index["column_names"]
    options = {k: v for k, v in index.get("dialect_options", {}).items() if v}
    return f"{kind} {index['name']} {what} {options or ''}".strip()

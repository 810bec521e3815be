"""Views: what is stored under some names, and how a server would store what a model says.

==============  ======================================  ========================================
database        read from                               asked by
==============  ======================================  ========================================
PostgreSQL      ``pg_get_viewdef``                      temporary views inside a savepoint
MySQL, MariaDB  ``information_schema.VIEWS``            views under names of their own, dropped
                                                        at once; they commit, so never inside
                                                        the caller's transaction
SQLite          ``sqlite_master``, the text as given    nobody: it stores what it gets
==============  ======================================  ========================================
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import DBAPIError

from migrate_core.database.questions import (
    NAME,
    Forbidden,
    raise_unless_refused,
    send_together,
    undone,
)
from migrate_core.database.reflect.sqlite_text import unquoted
from migrate_core.ddl.objects import CreateView
from migrate_core.schema.rows import ViewRow

COMPARED = frozenset({"postgresql", "mysql", "mariadb", "sqlite"})
"""The dialects whose views can be read."""

# Manual, "CREATE VIEW": the check option is kept beside the definition, among the view's options.
_POSTGRESQL = """
    SELECT c.relname::text AS name, pg_get_viewdef(c.oid) AS definition,
           c.relkind = 'm' AS materialized,
           (SELECT o.option_value FROM pg_options_to_table(c.reloptions) o
            WHERE o.option_name = 'check_option') AS check_option,
           ARRAY(SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                  a.attcollation)
                 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                 ORDER BY a.attnum) AS shape,
           ARRAY(SELECT o.option_name || '=' || o.option_value
                 FROM pg_options_to_table(c.reloptions) o
                 WHERE o.option_name <> 'check_option') AS options,
           ARRAY(SELECT 'grants' WHERE c.relacl IS NOT NULL
                 UNION ALL SELECT 'index ' || i.indexrelid::regclass::text
                 FROM pg_index i WHERE i.indrelid = c.oid
                 UNION ALL SELECT 'trigger ' || t.tgname
                 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS attached
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND c.relname IN :names
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
      AND {where}"""
_VISIBLE = _POSTGRESQL.format(
    where="n.nspname NOT IN ('pg_catalog', 'information_schema') AND pg_table_is_visible(c.oid) "
    "AND c.relpersistence <> 't'"
)
_OF_SCHEMA = _POSTGRESQL.format(where="n.nspname = :schema AND c.relpersistence <> 't'")
_TEMPORARY = _POSTGRESQL.format(where="c.relnamespace = pg_my_temp_schema()")

_MYSQL = """
    SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, CHECK_OPTION AS check_option,
           SECURITY_TYPE AS security, DATABASE() AS home
    FROM information_schema.VIEWS
    WHERE TABLE_SCHEMA = coalesce(:schema, DATABASE()) AND TABLE_NAME IN :names"""
_WORD = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)+`\.?", re.DOTALL)

_SQLITE = """
    SELECT v.name, v.sql, t.name AS trigger_name
    FROM {schema}.sqlite_master v
    LEFT JOIN {schema}.sqlite_master t
      ON t.type = 'trigger' AND lower(t.tbl_name) = lower(v.name)
    WHERE v.type = 'view' AND v.name IN :names ORDER BY v.name, t.name"""
_QUOTED = r"""(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[^\s"'`\[\](),]+)"""
_GAP = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_CREATE_VIEW = re.compile(
    rf"CREATE\s+VIEW\s{_GAP}{_QUOTED}{_GAP}(?:\((?P<columns>[^)]*)\){_GAP})?AS\b(?P<definition>.*)",
    re.IGNORECASE | re.DOTALL,
)


def read_views(
    connection: Connection, schema: str | None, names: Collection[str]
) -> Sequence[ViewRow]:
    """Those of the views that are there, in one statement; none where no name is given.

    :param schema: None for the default one.
    """
    if not names:
        return []
    match connection.dialect.name:
        case "postgresql":
            statement = _VISIBLE if schema is None else _OF_SCHEMA
            return _read_postgresql(connection, statement, schema, names)
        case "mysql" | "mariadb":
            return _read_mysql(connection, schema, names)
        case "sqlite":
            return _read_sqlite(connection, schema, names)
        case _:
            return []


def stored_views(
    connection: Connection, asked: Sequence[ViewRow], *, may_commit: bool
) -> Sequence[ViewRow | None] | None:
    """How this server would store views.

    :param may_commit: whether the connection is in no transaction of the caller's.
    :return: for each what was read back, None where the server refuses it (what it shows is not
        there yet) or stores what it gets; None for all where nothing can be asked.
    """
    try:
        match connection.dialect.name:
            case "postgresql":
                return _answers_of_postgresql(connection, asked)
            case "mysql" | "mariadb":
                return _answers_of_mysql(connection, asked) if may_commit else None
            case _:
                return [None] * len(asked)
    except Forbidden:
        return None


def _send(
    connection: Connection, statement: str, schema: str | None, names: Collection[str]
) -> Sequence[Row[Any]]:
    """The rows of these names to the letter: MySQL would find others that only look like one."""
    text = sa.text(statement).bindparams(sa.bindparam("names", sorted(names), expanding=True))
    values = {"schema": schema} if ":schema" in statement else {}
    return [row for row in connection.execute(text, values) if row.name in names]


def _checked(definition: str, option: str | None) -> str:
    """The definition with its check option, as CREATE VIEW has them."""
    text = definition.strip().rstrip(";")
    return text if option in (None, "NONE") else f"{text} WITH {option.upper()} CHECK OPTION"


# -- PostgreSQL ------------------------------------------------------------------------------------


def _read_postgresql(
    connection: Connection, statement: str, schema: str | None, names: Collection[str]
) -> Sequence[ViewRow]:
    return [
        ViewRow(
            row.name,
            schema,
            _checked(row.definition, row.check_option),
            materialized=row.materialized,
            shape=tuple(row.shape),
            options=tuple(row.options),
            attached=tuple(row.attached),
        )
        for row in _send(connection, statement, schema, names)
    ]


def _answers_of_postgresql(
    connection: Connection, asked: Sequence[ViewRow]
) -> list[ViewRow | None]:
    """Answers to all, in halves where one is refused.

    :raises Forbidden: no temporary view can be made.
    """
    names = [f"{NAME}_{place}" for place in range(len(asked))]
    try:
        with undone(connection):
            send_together(
                connection,
                [
                    CreateView(
                        name, each.definition, each.columns, verb="CREATE TEMPORARY VIEW"
                    ).compile(dialect=connection.dialect)
                    for name, each in zip(names, asked, strict=True)
                ],
            )
            found = {row.name: row for row in _read_postgresql(connection, _TEMPORARY, None, names)}
    except DBAPIError as error:
        raise_unless_refused(error)
        if len(asked) == 1:
            return [None]
        half = len(asked) // 2
        return [
            *_answers_of_postgresql(connection, asked[:half]),
            *_answers_of_postgresql(connection, asked[half:]),
        ]
    return [found.get(name) for name in names]


# -- MySQL, MariaDB --------------------------------------------------------------------------------


def _read_mysql(
    connection: Connection, schema: str | None, names: Collection[str]
) -> Sequence[ViewRow]:
    return [
        ViewRow(
            row.name,
            schema,
            _checked(_without_home(row.definition, row.home), row.check_option),
            shape=(),  # CREATE OR REPLACE VIEW asks nothing of the columns
            options=() if row.security == "DEFINER" else (f"SQL SECURITY {row.security}",),
        )
        for row in _send(connection, _MYSQL, schema, names)
    ]


def _without_home(definition: str, home: str) -> str:
    """The definition without the database it stands in: another one may be called otherwise."""
    quoted = f"`{home.replace('`', '``')}`."
    return _WORD.sub(lambda word: "" if word[0] == quoted else word[0], definition)


def _answers_of_mysql(connection: Connection, asked: Sequence[ViewRow]) -> list[ViewRow | None]:
    """
    :raises Forbidden: no view can be made, or none dropped.
    """
    names = [f"{NAME}_{uuid.uuid4().hex[:16]}" for _ in asked]
    made: list[str] = []
    try:
        for name, each in zip(names, asked, strict=True):
            if _is_made(connection, name, each):
                made.append(name)
        found = {row.name: row for row in read_views(connection, None, made)}
    finally:
        if made:
            connection.exec_driver_sql(f"DROP VIEW {', '.join(made)}")
    return [found.get(name) for name in names]


def _is_made(connection: Connection, name: str, asked: ViewRow) -> bool:
    """Whether the server takes the view. OR REPLACE asks for the right to drop it as well (manual,
    "CREATE VIEW"): without that it would stay.
    """
    verb = "CREATE OR REPLACE VIEW"
    try:
        connection.execute(CreateView(name, asked.definition, asked.columns, verb=verb))
    except DBAPIError as error:
        raise_unless_refused(error)
        return False
    return True


# -- SQLite ----------------------------------------------------------------------------------------


def _read_sqlite(
    connection: Connection, schema: str | None, names: Collection[str]
) -> Sequence[ViewRow]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema or "main")
    statement = _SQLITE.format(schema=quoted.replace(":", "\\:"))
    found: dict[str, ViewRow] = {}
    for row in _send(connection, statement, None, names):
        view = found.get(row.name) or _of_text(row.name, schema, row.sql)
        more = () if row.trigger_name is None else (f"trigger {row.trigger_name}",)
        found[row.name] = view._replace(attached=(*view.attached, *more))
    return list(found.values())


def _of_text(name: str, schema: str | None, sql: str) -> ViewRow:
    """What stands in a CREATE VIEW; all of it as the definition where it is not understood."""
    said = _CREATE_VIEW.match(sql)
    if said is None:
        return ViewRow(name, schema, sql)
    columns = tuple(map(unquoted, re.findall(_QUOTED, said["columns"] or "")))
    return ViewRow(name, schema, said["definition"].strip(), columns)

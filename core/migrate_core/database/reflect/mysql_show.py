"""A temporary table of MySQL or MariaDB: not in ``information_schema``, so it is shown instead.

SHOW FULL COLUMNS tells all but two things, which the text of SHOW CREATE TABLE has: the expression
of a generated column, and on MariaDB a default as SQL. Both stand there as ``information_schema``
writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection, Row

from migrate_core.database.reflect.mysql import Columns, StoredColumn, is_mariadb
from migrate_core.database.reflect.parentheses import unwrapped
from migrate_core.schema.rows import CheckRow, TableRow

_LINE = re.compile(r"""  [`"](?P<name>(?:[^`"]|``|"")+)[`"] (?P<definition>.*?),?""")
_CHECK = re.compile(
    r"""  CONSTRAINT [`"](?P<name>(?:[^`"]|``)+)[`"] CHECK \((?P<condition>.*)\),?"""
)
_WORD = re.compile(
    r"""(?P<quoted>'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|"(?:[^"]|"")*")|(?P<mark>[()])|\w+|\s+|."""
)
_AFTER_DEFAULT = re.compile(
    r"(?:ON UPDATE|AUTO_INCREMENT|COMMENT|CHECK|INVISIBLE|COLUMN_FORMAT|STORAGE)\b"
)


def table(connection: Connection, name: str, like: str) -> TableRow:
    """The columns and named CHECKs of a temporary table, in two statements.

    :param like: a text column that was declared without a collation; it has the usual one.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    shown = connection.exec_driver_sql(f"SHOW FULL COLUMNS FROM {quoted}").all()
    created: str = connection.exec_driver_sql(f"SHOW CREATE TABLE {quoted}").one()[1]
    definitions = definitions_in(created)
    usual = next(row.Collation for row in shown if row.Field == like)
    mariadb = is_mariadb(connection)
    make = Columns(connection)
    return TableRow(
        name,
        None,
        tuple(make.row(_stored(row, definitions[row.Field], mariadb), usual) for row in shown),
        checks=tuple(_checks(created)),
    )


def _checks(created: str) -> Iterator[CheckRow]:
    """Each stands on a line of its own, as ``information_schema`` writes it."""
    for line in created.splitlines():
        found = _CHECK.fullmatch(line)
        if found is not None:
            yield CheckRow(found["name"].replace("``", "`"), unwrapped(found["condition"]))


def definitions_in(created: str) -> dict[str, str]:
    """What stands behind each column's name in the text of SHOW CREATE TABLE, in its order."""
    lines = (_LINE.fullmatch(line) for line in created.split("\n"))
    return {
        line["name"].replace("``", "`").replace('""', '"'): line["definition"]
        for line in lines
        if line is not None
    }


def _stored(row: Row[Any], definition: str, mariadb: bool) -> StoredColumn:
    default = default_in(definition) if mariadb else row.Default
    return StoredColumn(
        row.Field,
        row.Type,
        row.Collation,
        row.Null == "YES",
        default,
        row.Extra or None,
        expression_in(definition),
        None,
        is_json=f"CHECK (json_valid(`{row.Field}`))" in definition,
    )


def default_in(definition: str) -> str | None:
    """What stands behind DEFAULT in a column's definition, None where that word is not."""
    start = _top_level(definition, re.compile(r"DEFAULT\b"), 0)
    if start is None:
        return None
    start += len("DEFAULT ")
    end = _top_level(definition, _AFTER_DEFAULT, start)
    return definition[start:end].strip()


def expression_in(definition: str) -> str | None:
    """What a column's definition says it is generated as, None where it is not."""
    words = re.compile(r"GENERATED ALWAYS AS \(")
    start = _top_level(definition, words, 0)
    if start is None:
        return None
    start += len("GENERATED ALWAYS AS ")
    end = _top_level(definition, re.compile(r"VIRTUAL|STORED|PERSISTENT"), start)
    return definition[start:end].strip()[1:-1]


def _top_level(definition: str, wanted: re.Pattern[str], start: int) -> int | None:
    """Where ``wanted`` stands outside of quotes and parentheses, at ``start`` or behind."""
    depth, at = 0, start
    while at < len(definition):
        if depth == 0 and wanted.match(definition, at):
            return at
        match = _WORD.match(definition, at)
        if match is None:
            return None
        depth += {"(": 1, ")": -1}.get(match["mark"] or "", 0)
        at = match.end()
    return None
